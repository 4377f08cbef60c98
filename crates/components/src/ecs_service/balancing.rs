//! The load balancers that a service's tasks are registered with.

use std::collections::BTreeSet;

use aws_sdk_ecs::types as sdk;

use aws::ids::TargetGroupArn;

/// A container's port as the target of a load balancer. A change starts a new deployment. Source: Amazon ECS API,
/// `LoadBalancer`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadBalancerTarget {
    /// The target group, whose targets are addresses. A load balancer's listener must forward to it already.
    pub target_group: TargetGroupArn,
    /// The container, by its name in the task definition.
    pub container: String,
    /// The port, which the container must map.
    pub port: u16,
}

impl LoadBalancerTarget {
    pub(super) fn sent(&self) -> sdk::LoadBalancer {
        sdk::LoadBalancer::builder()
            .target_group_arn(self.target_group.as_str())
            .container_name(&self.container)
            .container_port(self.port.into())
            .build()
    }
}

/// The targets that a service reports.
pub(super) fn reported(found: &sdk::Service) -> BTreeSet<LoadBalancerTarget> {
    let targets = found.load_balancers().iter().map(|target| LoadBalancerTarget {
        target_group: target.target_group_arn().unwrap_or_default().into(),
        container: target.container_name().unwrap_or_default().to_owned(),
        port: target
            .container_port()
            .and_then(|port| port.try_into().ok())
            .unwrap_or_default(),
    });
    targets.collect()
}

#[expect(clippy::option_option, reason = "not known yet is something else than none")]
/// The seconds of grace as they are wanted where that means what is reported: none at all is none of zero seconds, and
/// without a load balancer there is nothing that they could delay.
pub(super) fn same_grace(wanted: Option<Option<i32>>, found: &sdk::Service) -> Option<i32> {
    if found.load_balancers().is_empty() {
        return wanted.flatten();
    }
    let reported = found.health_check_grace_period_seconds().unwrap_or_default();
    match wanted {
        Some(wanted) if wanted.unwrap_or_default() == reported => wanted,
        _ => Some(reported).filter(|seconds| *seconds != 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_grace_is_a_grace_of_no_seconds() {
        let with = |seconds| {
            sdk::Service::builder()
                .load_balancers(sdk::LoadBalancer::builder().target_group_arn("tg").build())
                .set_health_check_grace_period_seconds(seconds)
                .build()
        };
        assert_eq!(same_grace(Some(None), &with(Some(0))), None);
        assert_eq!(same_grace(Some(Some(0)), &with(None)), Some(0));
        assert_eq!(same_grace(Some(None), &with(Some(60))), Some(60));
        assert_eq!(same_grace(Some(Some(60)), &with(None)), None);
        assert_eq!(same_grace(Some(Some(60)), &sdk::Service::builder().build()), Some(60));
    }
}
