//! Partitions, and what has another name in each.

use std::fmt;

use super::ids::PolicyArn;

/// A partition of AWS, told by the caller's own ARN: `aws`, `aws-cn`, `aws-us-gov` …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition(String);

impl Partition {
    /// The partition of that name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ARN of a policy of AWS's own, by its path and name: `AmazonECS_FullAccess`.
    pub fn managed_policy(&self, path: &str) -> PolicyArn {
        format!("arn:{self}:iam::aws:policy/{path}").into()
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The policies of AWS's own that we attach. Source: AWS managed policy reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManagedPolicy {
    /// `aws-marketplace:MeterUsage`.
    MarketplaceMeteringFullAccess,
    /// `aws-marketplace:RegisterUsage`.
    MarketplaceMeteringRegisterUsage,
    /// Pulling from ECR and writing to existing log groups.
    EcsTaskExecution,
    /// Registering an EC2 host with a cluster.
    EcsHost,
    /// Opening a shell on an EC2 instance through Systems Manager, without a key or an open port.
    SsmManagedInstance,
}

impl ManagedPolicy {
    const ALL: [Self; 5] = [
        Self::MarketplaceMeteringFullAccess,
        Self::MarketplaceMeteringRegisterUsage,
        Self::EcsTaskExecution,
        Self::EcsHost,
        Self::SsmManagedInstance,
    ];

    /// The path and name.
    fn path(self) -> &'static str {
        match self {
            Self::MarketplaceMeteringFullAccess => "AWSMarketplaceMeteringFullAccess",
            Self::MarketplaceMeteringRegisterUsage => "AWSMarketplaceMeteringRegisterUsage",
            Self::EcsTaskExecution => "service-role/AmazonECSTaskExecutionRolePolicy",
            Self::EcsHost => "service-role/AmazonEC2ContainerServiceforEC2Role",
            Self::SsmManagedInstance => "AmazonSSMManagedInstanceCore",
        }
    }

    /// The ARN in a partition.
    pub fn arn(self, partition: &Partition) -> PolicyArn {
        partition.managed_policy(self.path())
    }

    /// The policy an ARN names, where it is one of these.
    pub fn from_arn(arn: &str) -> Option<Self> {
        let (owner, path) = arn.split_once(":policy/")?;
        if !owner.ends_with(":iam::aws") {
            return None;
        }
        Self::ALL.into_iter().find(|policy| policy.path() == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_policies_are_found_in_every_partition_and_nowhere_else() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let partition = Partition::named(partition);
            for policy in ManagedPolicy::ALL {
                assert_eq!(ManagedPolicy::from_arn(policy.arn(&partition).as_str()), Some(policy));
            }
        }
        let own = "arn:aws:iam::123456789012:policy/AWSMarketplaceMeteringFullAccess";
        assert_eq!(
            ManagedPolicy::from_arn(own),
            None,
            "a customer's policy of the same name is another"
        );
    }
}
