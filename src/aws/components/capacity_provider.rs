//! A capacity provider, by which an ECS cluster scales an auto scaling group. Sources: Amazon ECS API,
//! `CreateCapacityProvider`, `DescribeCapacityProviders`, `UpdateCapacityProvider`, `DeleteCapacityProvider`; Amazon ECS
//! developer guide, *Amazon ECS capacity providers for EC2 workloads*.

use crate::aws::ids::{AutoScalingGroupArn, CapacityProviderName};

crate::spec! {
    /// A capacity provider with managed scaling.
    pub struct CapacityProvider {
        /// The name: up to 255 letters, digits, hyphens and underscores, not beginning with `aws`, `ecs` or `fargate`.
        replace name: CapacityProviderName,
        /// The group that it scales, which no other capacity provider may have.
        replace group: AutoScalingGroupArn,
        /// How much of the hosts' room should be used, in percent: 1 to 100. Below 100, some is kept spare.
        update target_capacity: i32,
        /// Whether tasks are moved off a host before it goes.
        update managed_draining: bool,
        /// Whether hosts with tasks are never scaled in; the group must protect its hosts from scale-in then.
        update managed_termination_protection: bool,
        /// After how many seconds a new host counts in the scaling metric, up to 10000; `None`: AWS's default, 300.
        update instance_warmup_period: Option<i32>,
        /// The fewest hosts that are added at once, 1 to 10000; `None`: AWS's default, 1.
        update minimum_scaling_step_size: Option<i32>,
        /// The most hosts that are added at once, 1 to 10000; `None`: AWS's default, 10000.
        update maximum_scaling_step_size: Option<i32>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityProviderOutput {
    /// The name.
    pub name: CapacityProviderName,
    /// The ARN.
    pub arn: String,
}
