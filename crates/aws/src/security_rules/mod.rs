//! The rules of security groups: what they say, how they are read, and how a group is brought to those that are wanted.

mod alignment;
mod rule;

use aws_sdk_ec2::types::SecurityGroup;

use super::Aws;
use super::permissions::Site;
use engine::{Call, Permission, Result};

pub use alignment::{align, align_new, forget_groups};
pub use rule::rules;
pub use rule::{Peer, Protocol, Rule};

/// The group of that id.
pub async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<SecurityGroup>> {
    call.world.reads.ec2.security_groups.seen(call, id).await
}

/// What aligning takes: for groups of ours alone.
pub fn permissions(site: Site<'_>) -> Vec<Permission> {
    site.ec2("security-group").ours().called([
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ])
}
