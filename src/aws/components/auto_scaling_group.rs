//! An auto scaling group of EC2 hosts. Sources: Amazon EC2 Auto Scaling API, `CreateAutoScalingGroup`,
//! `UpdateAutoScalingGroup`, `DescribeAutoScalingGroups`, `EnableMetricsCollection`, `PutNotificationConfiguration`,
//! `StartInstanceRefresh`, `SetInstanceProtection`, `DeleteAutoScalingGroup`.

use std::collections::BTreeSet;

use crate::aws::ids::{AutoScalingGroupArn, LaunchTemplateId, SubnetId};

crate::spec! {
    /// An auto scaling group. How many hosts run is no part of it: that is the capacity provider's to decide, between
    /// `min_size` and `max_size`.
    pub struct AutoScalingGroup {
        /// The name, unique in the region of an account: up to 255 characters.
        replace name: String,
        /// What hosts are made of.
        update launch_template: LaunchTemplateId,
        /// Which version of it. Hosts that run already keep theirs, unless `instance_refresh` says otherwise.
        update launch_template_version: i64,
        /// Where hosts run.
        update subnets: BTreeSet<SubnetId>,
        /// The fewest hosts, which is also how many there are at first.
        update min_size: i32,
        /// The most hosts.
        update max_size: i32,
        /// For how many seconds a new host does not count in the group's metrics; `None`: it counts at once.
        update instance_warmup: Option<i32>,
        /// Whether the group's own metrics are collected.
        update group_metrics: bool,
        /// Whether new hosts are protected from scale-in, as managed termination protection needs it.
        update protect_from_scale_in: bool,
        /// The ARN of the SNS topic that hears of launches, terminations and the failures of both.
        update notification_topic: Option<String>,
        /// Whether a new version of the launch template replaces the hosts that run, one by one. It is kept by us alone.
        update instance_refresh: bool,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoScalingGroupOutput {
    /// The ARN.
    pub arn: AutoScalingGroupArn,
    /// The name.
    pub name: String,
}
