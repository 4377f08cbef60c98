//! A group of addresses that a load balancer sends requests to. Source: Elastic Load Balancing API (2015-12-01),
//! `CreateTargetGroup`, `DescribeTargetGroups`, `DescribeTags`, `ModifyTargetGroup`, `ModifyTargetGroupAttributes`,
//! `DeleteTargetGroup`.

use crate::aws::ids::{TargetGroupArn, VpcId};

crate::spec! {
    /// A target group of addresses, which speak HTTP/1.1. A new one can stand beside the one it replaces, because its
    /// name ends with letters that were never used before.
    pub struct TargetGroup {
        /// How its name begins: up to 23 letters, digits and hyphens, none at either end.
        replace name_prefix: String,
        /// The VPC.
        replace vpc_id: VpcId,
        /// The targets' port, where they do not say another.
        replace port: i32,
        /// How it is told that a target is well.
        update health_check: HealthCheck,
        /// How many seconds a target that goes may finish what it was asked: 0 to 3600.
        update deregistration_delay: i32,
    }
}

/// How a load balancer tells that a target is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is asked for.
    pub path: String,
    /// How many seconds lie between two questions: 5 to 300.
    pub interval: i32,
    /// How many seconds an answer may take: 2 to 120, less than the interval.
    pub timeout: i32,
    /// After how many good answers in a row a target is well: 2 to 10.
    pub healthy: i32,
    /// After how many bad ones it is not: 2 to 10.
    pub unhealthy: i32,
    /// Which HTTP codes are good answers: `200`, `200,202`, `200-299`.
    pub matcher: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGroupOutput {
    /// The ARN.
    pub arn: TargetGroupArn,
    /// `targetgroup/NAME/ID`.
    pub full_name: String,
    /// The name.
    pub name: String,
}
