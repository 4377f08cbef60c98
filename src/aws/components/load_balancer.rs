//! An application load balancer. Source: Elastic Load Balancing API (2015-12-01), `CreateLoadBalancer`,
//! `DescribeLoadBalancers`, `ModifyLoadBalancerAttributes`, `SetSubnets`, `SetSecurityGroups`, `DeleteLoadBalancer`.

use std::collections::BTreeSet;

use crate::aws::choice::choice;
use crate::aws::ids::{LoadBalancerArn, SecurityGroupId, SubnetId};

crate::spec! {
    /// An application load balancer, IPv4.
    pub struct LoadBalancer {
        /// Its name, unique in account and region: up to 32 letters, digits and hyphens, none at either end, and not
        /// beginning with `internal-`.
        replace name: String,
        /// From where it can be reached.
        replace scheme: Scheme,
        /// Where it stands: one subnet in each of two zones at least.
        update subnets: BTreeSet<SubnetId>,
        /// What guards it.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// After how many seconds without a byte a connection is closed: 1 to 4000.
        update idle_timeout: i32,
        /// Whether AWS refuses to delete it. A delete that is asked of us takes away what we were told to put on, and
        /// never what somebody else put on.
        update deletion_protection: bool,
        /// Where each request is written down; `None`: nowhere.
        update access_logs: Option<AccessLogs>,
        /// Whether headers whose names are not valid are removed instead of handed on.
        update drop_invalid_headers: bool,
    }
}

choice! {
    /// From where a load balancer can be reached.
    pub enum Scheme {
        /// Only from where its private addresses can be.
        Internal = "internal",
        /// From the Internet.
        InternetFacing = "internet-facing",
    }
}

/// Where a load balancer writes down each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLogs {
    /// The S3 bucket, of the same region, whose policy lets Elastic Load Balancing write to it.
    pub bucket: String,
    /// The path in the bucket, without slashes at either end; empty: the bucket's root.
    pub prefix: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancerOutput {
    /// The ARN.
    pub arn: LoadBalancerArn,
    /// The host name by which it is reached.
    pub dns_name: String,
    /// The Route 53 hosted zone of that name, for alias records.
    pub zone_id: String,
}
