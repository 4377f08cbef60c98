//! Joined reads of what scales: auto scaling groups, and the counts of services.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget, ScalingPolicy, ServiceNamespace};
use aws_sdk_autoscaling::types::{AutoScalingGroup, NotificationConfiguration};

use crate::batch::Batcher;
use crate::error::refusal;
use crate::on_demand::OnDemand;

/// How many groups one call describes: a page of them. Source: Amazon EC2 Auto Scaling API, `DescribeAutoScalingGroups`,
/// "By default, you can specify up to 50 names".
const GROUPS: usize = 50;
/// How many targets or policies one call describes: a page of them. Source: Application Auto Scaling API,
/// `DescribeScalableTargets`, `DescribeScalingPolicies`, "between 1 and 50".
const SCALED: usize = 50;

/// Joined reads of both services. What does not exist is left out.
pub struct Scaling {
    /// By name.
    pub groups: Batcher<(), String, AutoScalingGroup>,
    /// What is told of a group to whom, by its name.
    pub notices: Batcher<(), String, NotificationConfiguration>,
    /// By the service that is scaled, as a resource id.
    pub targets: Batcher<(), String, ScalableTarget>,
    /// By the service that is scaled, as a resource id, and by name.
    pub policies: Batcher<(), (String, String), ScalingPolicy>,
}

impl Scaling {
    /// The reads of these clients.
    pub(super) fn new(
        autoscaling: &OnDemand<aws_sdk_autoscaling::Client>,
        appautoscaling: &OnDemand<aws_sdk_applicationautoscaling::Client>,
    ) -> Self {
        Self {
            groups: groups(autoscaling.clone()),
            notices: notices(autoscaling.clone()),
            targets: targets(appautoscaling.clone()),
            policies: policies(appautoscaling.clone()),
        }
    }
}

fn groups(autoscaling: OnDemand<aws_sdk_autoscaling::Client>) -> Batcher<(), String, AutoScalingGroup> {
    let is = |name: &String, found: &AutoScalingGroup| found.auto_scaling_group_name() == Some(name);
    Batcher::new(GROUPS, is, move |(), names| {
        let request = autoscaling.describe_auto_scaling_groups();
        let pages = request
            .set_auto_scaling_group_names(Some(names))
            .into_paginator()
            .items()
            .send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("autoscaling:DescribeAutoScalingGroups", &error))
        }
    })
}

fn notices(autoscaling: OnDemand<aws_sdk_autoscaling::Client>) -> Batcher<(), String, NotificationConfiguration> {
    let is = |name: &String, found: &NotificationConfiguration| found.auto_scaling_group_name() == Some(name);
    Batcher::new(GROUPS, is, move |(), names| {
        let request = autoscaling.describe_notification_configurations();
        let pages = request
            .set_auto_scaling_group_names(Some(names))
            .into_paginator()
            .items()
            .send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("autoscaling:DescribeNotificationConfigurations", &error))
        }
    })
}

fn targets(appautoscaling: OnDemand<aws_sdk_applicationautoscaling::Client>) -> Batcher<(), String, ScalableTarget> {
    let is = |resource: &String, found: &ScalableTarget| found.resource_id() == resource;
    Batcher::new(SCALED, is, move |(), resources| {
        let request = appautoscaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .set_resource_ids(Some(resources));
        let pages = request.into_paginator().items().send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("application-autoscaling:DescribeScalableTargets", &error))
        }
    })
}

/// By names alone, since a call takes one resource: policies of these names of other services come along.
fn policies(
    appautoscaling: OnDemand<aws_sdk_applicationautoscaling::Client>,
) -> Batcher<(), (String, String), ScalingPolicy> {
    let is = |(resource, name): &(String, String), found: &ScalingPolicy| {
        found.resource_id() == resource && found.policy_name() == name
    };
    Batcher::new(SCALED, is, move |(), policies| {
        let mut names: Vec<String> = policies.into_iter().map(|(_, name)| name).collect();
        names.sort();
        names.dedup();
        let request = appautoscaling
            .describe_scaling_policies()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .set_policy_names(Some(names));
        let pages = request.into_paginator().items().send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("application-autoscaling:DescribeScalingPolicies", &error))
        }
    })
}
