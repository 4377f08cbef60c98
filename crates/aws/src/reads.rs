//! The reads that AWS takes many of in one call, joined across everything that this process works on: a file for each
//! service. Reads that AWS takes one by one (roles, file systems, task definitions) are made where they are needed.

mod ec2;
mod ecs;
mod elb;
mod scaling;
mod stores;

use std::fmt;

use ec2::Ec2;
use ecs::Ecs;
use elb::Elb;
use scaling::Scaling;
use stores::Stores;

use super::on_demand::OnDemand;

/// Joined reads.
pub struct Reads {
    /// Amazon EC2.
    pub ec2: Ec2,
    /// Amazon ECS.
    pub ecs: Ecs,
    /// Elastic Load Balancing.
    pub elb: Elb,
    /// Amazon EC2 Auto Scaling and Application Auto Scaling.
    pub scaling: Scaling,
    /// Amazon ECR, Amazon EFS and Amazon CloudWatch Logs.
    pub stores: Stores,
}

/// The clients that joined reads are made with.
pub struct Clients<'a> {
    pub appautoscaling: &'a OnDemand<aws_sdk_applicationautoscaling::Client>,
    pub autoscaling: &'a OnDemand<aws_sdk_autoscaling::Client>,
    pub ec2: &'a OnDemand<aws_sdk_ec2::Client>,
    pub ecr: &'a OnDemand<aws_sdk_ecr::Client>,
    pub ecs: &'a OnDemand<aws_sdk_ecs::Client>,
    pub efs: &'a OnDemand<aws_sdk_efs::Client>,
    pub elbv2: &'a OnDemand<aws_sdk_elasticloadbalancingv2::Client>,
    pub logs: &'a OnDemand<aws_sdk_cloudwatchlogs::Client>,
}

impl Reads {
    /// The reads of these clients.
    pub fn new(clients: &Clients<'_>) -> Self {
        Self {
            ec2: Ec2::new(clients.ec2),
            ecs: Ecs::new(clients.ecs),
            elb: Elb::new(clients.elbv2),
            scaling: Scaling::new(clients.autoscaling, clients.appautoscaling),
            stores: Stores::new(clients.ecr, clients.efs, clients.logs),
        }
    }
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
