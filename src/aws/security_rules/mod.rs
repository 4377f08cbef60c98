//! The rules of security groups: what they say, how they are read, and how a group is brought to those that are wanted.

mod alignment;
mod rule;

use aws_sdk_ec2::types::SecurityGroup;

use super::Aws;
use super::error::{ask, unless_absent};
use crate::engine::{Call, Result};

pub(super) use alignment::{align, forget_groups};
pub(super) use rule::rules;
pub use rule::{Peer, Protocol, Rule};

/// The group of that id.
pub(super) async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<SecurityGroup>> {
    let request = call.world.ec2.describe_security_groups().group_ids(id);
    let answer = unless_absent(ask(call, "ec2:DescribeSecurityGroups", request.send()).await)?;
    Ok(answer.and_then(|answer| answer.security_groups.unwrap_or_default().into_iter().next()))
}
