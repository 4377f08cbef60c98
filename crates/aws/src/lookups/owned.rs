//! Which parts a deployment has at Amazon EC2, told by the tags of its objects (Amazon EC2 API, `DescribeTags`).

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Filter, TagDescription};

use super::network::filter;
use crate::Aws;
use crate::error::refusal;
use engine::{DeploymentId, Key, Result, TAG_COMPONENT, TAG_DEPLOYMENT_ID};

/// How many values a filter takes (Amazon EC2 API, *Request filtering*).
const VALUES: usize = 200;

/// The keys of the deployment's parts at EC2. An object that was deleted may keep its tags for an hour or so: what the
/// keys name may be gone.
pub async fn part_keys(aws: &Aws, deployment: &DeploymentId) -> Result<BTreeSet<Key>> {
    let of_deployment = vec![filter("key", TAG_DEPLOYMENT_ID), filter("value", deployment.as_str())];
    let objects = tags(aws, of_deployment).await?;
    let ids: Vec<String> = objects
        .iter()
        .filter_map(|tag| tag.resource_id().map(str::to_owned))
        .collect();
    let mut keys = BTreeSet::new();
    for ids in ids.chunks(VALUES) {
        let of_objects = Filter::builder()
            .name("resource-id")
            .set_values(Some(ids.to_vec()))
            .build();
        let named = tags(aws, vec![filter("key", TAG_COMPONENT), of_objects]).await?;
        keys.extend(named.iter().filter_map(|tag| tag.value().map(Key::new)));
    }
    Ok(keys)
}

async fn tags(aws: &Aws, filters: Vec<Filter>) -> Result<Vec<TagDescription>> {
    let pages = aws
        .ec2
        .describe_tags()
        .set_filters(Some(filters))
        .into_paginator()
        .items()
        .send();
    let found: std::result::Result<Vec<_>, _> = pages.collect().await;
    found.map_err(|error| refusal("ec2:DescribeTags", &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn the_parts_are_named_by_the_tags_of_the_deployments_objects() {
        let stage = Stage::answering(|asked| {
            let tag =
                |id: &str, value: &str| format!("<item><resourceId>{id}</resourceId><value>{value}</value></item>");
            let tags = if asked.body.contains("resource-id") {
                tag("vpc-1", "vpc") + &tag("subnet-1", "subnet_public_us-east-1a")
            } else {
                tag("vpc-1", "id-1") + &tag("subnet-1", "id-1")
            };
            Answer::xml(format!(
                "<DescribeTagsResponse><tagSet>{tags}</tagSet></DescribeTagsResponse>"
            ))
        });
        let keys = part_keys(&stage.aws, &DeploymentId::from_text("id-1")).await.unwrap();
        let keys: Vec<&str> = keys.iter().map(Key::as_str).collect();
        assert_eq!(keys, ["subnet_public_us-east-1a", "vpc"]);
    }
}
