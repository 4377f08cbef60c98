//! What the parts of a load balancer share: tags, read and changed by ARN. Source: Elastic Load Balancing API
//! (2015-12-01), `DescribeTags`, `AddTags`, `RemoveTags`.

use std::collections::BTreeMap;

use futures::future::try_join_all;

use super::Aws;
use super::error::{ask, in_time};
use super::tags::{from_elb, to_elb};
use crate::engine::{Call, Identity, Result, Tags};

/// The tags of some objects, by their ARNs.
pub(super) async fn tags_of(call: &Call<'_, Aws>, arns: &[String]) -> Result<BTreeMap<String, Tags>> {
    let found = try_join_all(arns.iter().map(|arn| call.world.reads.balancing_tags(arn)));
    let found = in_time(call, "elasticloadbalancing:DescribeTags", found).await?;
    let tags = found.iter().flatten().map(|described| {
        let arn = described.resource_arn().unwrap_or_default().to_owned();
        (arn, from_elb(described.tags()))
    });
    Ok(tags.collect())
}

/// One object's tags.
pub(super) async fn tags_of_one(call: &Call<'_, Aws>, arn: &str) -> Result<Tags> {
    let mut tags = tags_of(call, &[arn.to_owned()]).await?;
    Ok(tags.remove(arn).unwrap_or_default())
}

/// Sets and removes tags of an object.
pub(super) async fn retag(call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
    let elb = &call.world.elbv2;
    let arn = identity.arn.as_deref().unwrap_or(&identity.id);
    if !set.is_empty() {
        let request = elb.add_tags().resource_arns(arn).set_tags(Some(to_elb(set)));
        ask(call, "elasticloadbalancing:AddTags", request.send()).await?;
    }
    if !remove.is_empty() {
        let request = elb.remove_tags().resource_arns(arn).set_tag_keys(Some(remove.to_vec()));
        ask(call, "elasticloadbalancing:RemoveTags", request.send()).await?;
    }
    Ok(())
}
