//! What the parts of a load balancer share: tags, read and changed by ARN. Source: Elastic Load Balancing API
//! (2015-12-01), `DescribeTags`, `AddTags`, `RemoveTags`.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::TagDescription;

use super::Aws;
use super::error::{ask, unless_absent};
use super::tags::{from_elb, to_elb};
use crate::engine::{Call, Identity, Result, Tags};

/// How many objects one `DescribeTags` takes.
const AT_ONCE: usize = 20;

/// The tags of those of some objects that still stand, by their ARNs.
pub(super) async fn tags_of(call: &Call<'_, Aws>, arns: &[String]) -> Result<BTreeMap<String, Tags>> {
    let mut tags = BTreeMap::new();
    for some in arns.chunks(AT_ONCE) {
        if let Some(told) = unless_absent(described(call, some).await)? {
            tags.extend(told);
            continue;
        }
        // Somebody deleted one of them meanwhile, and AWS does not say which.
        for one in some {
            let told = unless_absent(described(call, std::slice::from_ref(one)).await)?;
            tags.extend(told.unwrap_or_default());
        }
    }
    Ok(tags)
}

/// One object's tags.
///
/// # Errors
/// Not found, where it does not exist.
pub(super) async fn tags_of_one(call: &Call<'_, Aws>, arn: &str) -> Result<Tags> {
    let mut tags = described(call, &[arn.to_owned()]).await?;
    Ok(tags.remove(arn).unwrap_or_default())
}

async fn described(call: &Call<'_, Aws>, arns: &[String]) -> Result<BTreeMap<String, Tags>> {
    let request = call.world.elbv2.describe_tags().set_resource_arns(Some(arns.to_vec()));
    let answer = ask(call, "elasticloadbalancing:DescribeTags", request.send()).await?;
    let tags = |described: &TagDescription| Some((described.resource_arn()?.to_owned(), from_elb(described.tags())));
    Ok(answer.tag_descriptions().iter().filter_map(tags).collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing::{Answer, Stage};

    #[tokio::test]
    async fn what_is_gone_meanwhile_does_not_hide_the_others_and_twenty_are_asked_for_at_once() {
        let stage = Stage::answering(|asked| {
            if asked.body.contains("gone") {
                return Answer::refused_xml("TargetGroupNotFound", "One or more target groups not found");
            }
            let members: String = asked
                .body
                .split('&')
                .filter_map(|pair| pair.split_once("ResourceArns.member."))
                .filter_map(|(_, arn)| arn.split_once('='))
                .map(|(_, arn)| format!("<member><ResourceArn>{arn}</ResourceArn><Tags/></member>"))
                .collect();
            Answer::xml(format!(
                "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions>{members}</TagDescriptions></DescribeTagsResult></DescribeTagsResponse>"
            ))
        });
        let mut arns: Vec<String> = (0..24).map(|number| format!("arn{number}")).collect();
        arns.push("gone".to_owned());
        let tags = tags_of(&stage.call(), &arns).await.unwrap();
        assert_eq!(tags.len(), 24);
        // Twenty; the other five in vain; these one by one.
        assert_eq!(stage.asked().len(), 1 + 1 + 5);
    }
}
