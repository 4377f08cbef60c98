//! Changing the tags of Amazon ECS objects, all kinds of which are tagged by ARN. Source: Amazon ECS API, `TagResource`,
//! `UntagResource`.

use super::Aws;
use super::ask::ask;
use super::tags::to_ecs;
use engine::{Call, Identity, Result, Tags};

/// Sets and removes tags of an object.
pub async fn retag(call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
    let arn = identity.arn.as_deref().unwrap_or(&identity.id);
    if !set.is_empty() {
        let request = call
            .world
            .ecs
            .tag_resource()
            .resource_arn(arn)
            .set_tags(Some(to_ecs(set)));
        ask(call, "ecs:TagResource", request.send()).await?;
    }
    if !remove.is_empty() {
        let request = call
            .world
            .ecs
            .untag_resource()
            .resource_arn(arn)
            .set_tag_keys(Some(remove.to_vec()));
        ask(call, "ecs:UntagResource", request.send()).await?;
    }
    Ok(())
}
