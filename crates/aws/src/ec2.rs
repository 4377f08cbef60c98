//! What all objects of Amazon EC2 share: how they are named, tagged, and looked for by their tags.

use aws_sdk_ec2::config::Builder;
use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};

use super::ask::ask;
use super::{Aws, once, tags};
use engine::{Call, Error, Identity, Result, TAG_DEPLOYMENT_ID, Tags};

/// The address of an object of that kind and id. EC2 answers no ARNs for most kinds; they are built as the *Service
/// authorization reference* has them.
pub fn identity(call: &Call<'_, Aws>, kind: &ResourceType, id: &str) -> Identity {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = call.world;
    Identity {
        id: id.to_owned(),
        arn: Some(format!(
            "arn:{partition}:ec2:{region}:{account_id}:{}/{id}",
            kind.as_str()
        )),
    }
}

/// The tags that a new object of that kind is made with.
pub fn tagged(call: &Call<'_, Aws>, kind: ResourceType) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(tags::to_ec2(call.tags)))
        .build()
}

/// A filter with one value.
pub fn filter(name: impl Into<String>, value: impl Into<String>) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// Of several objects found by their tags, the one of this very deployment, else the first.
pub fn ours_or_first<T>(call: &Call<'_, Aws>, mut found: Vec<T>, tags: impl Fn(&T) -> &[Tag]) -> Option<T> {
    let is_ours = |object: &T| {
        let id = tags::from_ec2(tags(object)).remove(TAG_DEPLOYMENT_ID);
        id.as_deref() == Some(call.deployment.as_str())
    };
    let place = found.iter().position(is_ours).unwrap_or_default();
    (place < found.len()).then(|| found.swap_remove(place))
}

/// Sets and removes tags.
pub async fn retag(call: &Call<'_, Aws>, id: &str, set: &Tags, remove: &[String]) -> Result<()> {
    let ec2 = &call.world.ec2;
    if !set.is_empty() {
        let request = ec2.create_tags().resources(id).set_tags(Some(tags::to_ec2(set)));
        ask(call, "ec2:CreateTags", request.send()).await?;
    }
    if !remove.is_empty() {
        let names = remove.iter().map(|name| Tag::builder().key(name).build()).collect();
        let request = ec2.delete_tags().resources(id).set_tags(Some(names));
        ask(call, "ec2:DeleteTags", request.send()).await?;
    }
    Ok(())
}

/// The settings of a create that knows no client token: the SDK, trying again after an answer that was lost, would make a
/// second one. See [`made_once`](super::once::made_once).
pub fn sent_once() -> Builder {
    Builder::new().retry_config(once::unrepeated())
}

/// What EC2 tells, with a success, of one of several objects that it did nothing about.
pub fn unsuccessful(attempted: &str, items: &[aws_sdk_ec2::types::UnsuccessfulItem]) -> Option<Error> {
    let error = items.first()?.error()?;
    let code = error.code().unwrap_or_default();
    Some(super::error::spoken(
        attempted,
        code,
        error.message().unwrap_or("AWS gave no reason"),
    ))
}
