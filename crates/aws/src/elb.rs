//! What the parts of a load balancer share: tags, read and changed by ARN. Source: Elastic Load Balancing API
//! (2015-12-01), `DescribeTags`, `AddTags`, `RemoveTags`.

use std::collections::BTreeMap;

use futures::future::try_join_all;

use super::Aws;
use super::ask::{ask, in_time};
use super::error::lacking;
use super::tags::{from_elb, to_elb};
use engine::{Call, Identity, Result, Tags};

/// The tags of some objects, by their ARNs.
pub async fn tags_of(call: &Call<'_, Aws>, arns: &[String]) -> Result<BTreeMap<String, Tags>> {
    // One that somebody deleted meanwhile must not hide the others.
    let one = async |arn: &String| call.world.reads.elb.tags.one((), arn.as_str()).await;
    let found = try_join_all(arns.iter().map(one));
    let found = in_time(call, "elasticloadbalancing:DescribeTags", found).await?;
    let tags = found.into_iter().flatten().map(|described| {
        let arn = described.resource_arn().unwrap_or_default().to_owned();
        (arn, from_elb(described.tags()))
    });
    Ok(tags.collect())
}

/// One object's tags.
///
/// # Errors
/// Not found, where it does not exist.
pub async fn tags_of_one(call: &Call<'_, Aws>, arn: &str) -> Result<Tags> {
    let found = in_time(
        call,
        "elasticloadbalancing:DescribeTags",
        call.world.reads.elb.tags.get((), arn.to_owned()),
    )
    .await?;
    let described = found
        .first()
        .ok_or_else(|| lacking("elasticloadbalancing:DescribeTags", "tags of the object"))?;
    Ok(from_elb(described.tags()))
}

/// Sets and removes tags of an object.
pub async fn retag(call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn what_is_gone_meanwhile_does_not_hide_the_others_and_twenty_are_asked_for_at_once() {
        let stage = Stage::answering(|asked| {
            if asked.body.contains("gone") {
                return Answer::refused_xml("TargetGroupNotFound", "One or more target groups not found");
            }
            let arns = asked.body.split('&').filter_map(|pair| {
                let (_, arn) = pair.split_once("ResourceArns.member.")?.1.split_once('=')?;
                Some(format!("<member><ResourceArn>{arn}</ResourceArn><Tags/></member>"))
            });
            let members = arns.collect::<Vec<_>>().concat();
            Answer::xml(format!(
                "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions>{members}</TagDescriptions></DescribeTagsResult></DescribeTagsResponse>"
            ))
        });
        let mut arns: Vec<String> = (0..24).map(|number| format!("arn{number}")).collect();
        arns.push("gone".to_owned());
        let tags = tags_of(&stage.call(), &arns).await.unwrap();
        assert_eq!(tags.len(), 24);
        // Twenty; the other five in vain; then halves of them, down to the one that is gone.
        assert_eq!(stage.asked().len(), 1 + 1 + 6);
    }
}
