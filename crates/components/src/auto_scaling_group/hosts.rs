//! The hosts of a group: their protection from scale-in, and how they go (Amazon EC2 Auto Scaling API,
//! `SetInstanceProtection`, `UpdateAutoScalingGroup`).

use aws_sdk_autoscaling::types::{Instance, LifecycleState};
use tokio::time::Instant;

use super::described;
use aws::Aws;
use aws::ask::ask;
use aws::retry::hosts::AUTO_SCALING_GROUP_IN_CHANGE;
use aws::retry::retry_while;
use aws::wait::{Pace, wait_until};
use engine::{Call, ErrorKind, Result};

/// How many hosts one call protects at most.
const AT_ONCE: usize = 50;

/// Protects the hosts that run already, or no longer does. One that is on its way in or out is left: AWS refuses it, and
/// the whole call with it. Answers how many hosts of all kinds there were.
pub(super) async fn protect(call: &Call<'_, Aws>, group: &str, protected: bool) -> Result<usize> {
    let found = described(call, group).await?;
    let stays = |host: &&Instance| {
        host.lifecycle_state() == Some(&LifecycleState::InService)
            && host.protected_from_scale_in().unwrap_or_default() != protected
    };
    let hosts: Vec<String> = found
        .iter()
        .flat_map(aws_sdk_autoscaling::types::AutoScalingGroup::instances)
        .filter(stays)
        .filter_map(|host| host.instance_id().map(str::to_owned))
        .collect();
    for some in hosts.chunks(AT_ONCE) {
        let request = call
            .world
            .autoscaling
            .set_instance_protection()
            .auto_scaling_group_name(group)
            .set_instance_ids(Some(some.to_vec()))
            .protected_from_scale_in(protected);
        let done = ask(call, "autoscaling:SetInstanceProtection", request.send()).await;
        match done {
            // A host that left between the look and the call; the next look shows who is still there.
            Err(error) if error.kind == ErrorKind::Invalid => {
                tracing::debug!(%error, group, "hosts came or went meanwhile");
            }
            other => drop(other?),
        }
    }
    Ok(found.map_or(0, |group| group.instances().len()))
}

/// Sets the sizes to zero and waits until no host is left, but no longer than until `patience` ends. Whether any is left
/// is for the caller to care about.
pub(super) async fn let_go(call: &Call<'_, Aws>, group: &str, patience: Instant) -> Result<()> {
    let request = call
        .world
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .min_size(0)
        .max_size(0)
        .desired_capacity(0)
        .new_instances_protected_from_scale_in(false);
    retry_while(call, &AUTO_SCALING_GROUP_IN_CHANGE, || {
        ask(call, "autoscaling:UpdateAutoScalingGroup", request.clone().send())
    })
    .await?;
    let patient = Call {
        deadline: call.deadline.min(patience),
        ..*call
    };
    let emptied = wait_until(
        &patient,
        Pace::Minutes,
        "the auto scaling group has no hosts",
        || async {
            // Again and again: a host that was on its way in when it was first asked for may be protected by now.
            Ok((protect(call, group, false).await? == 0).then_some(()))
        },
    );
    match emptied.await {
        Err(error) if error.kind == ErrorKind::TimedOut && Instant::now() < call.deadline => {
            tracing::warn!(group, "the group still has hosts, and is dropped with them");
            Ok(())
        }
        other => other,
    }
}
