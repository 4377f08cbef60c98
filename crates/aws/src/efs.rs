//! What the parts of EFS share: tags, and what "gone" means there (Amazon EFS API: `TagResource`, `UntagResource`).

use aws_sdk_efs::types::LifeCycleState;

use super::Aws;
use super::ask::ask;
use super::tags::to_efs;
use engine::{Call, Result, Tags};

/// Sets and removes tags of a file system or an access point.
pub async fn retag(call: &Call<'_, Aws>, id: &str, set: &Tags, remove: &[String]) -> Result<()> {
    if !set.is_empty() {
        let request = call
            .world
            .efs
            .tag_resource()
            .resource_id(id)
            .set_tags(Some(to_efs(set)));
        ask(call, "elasticfilesystem:TagResource", request.send()).await?;
    }
    if !remove.is_empty() {
        let request = call
            .world
            .efs
            .untag_resource()
            .resource_id(id)
            .set_tag_keys(Some(remove.to_vec()));
        ask(call, "elasticfilesystem:UntagResource", request.send()).await?;
    }
    Ok(())
}

/// Whether an object in that state is there to stay.
pub fn stands(state: &LifeCycleState) -> bool {
    !matches!(state, LifeCycleState::Deleting | LifeCycleState::Deleted)
}
