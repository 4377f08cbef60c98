//! The versions of a managed policy. Source: AWS IAM user guide, *Versioning IAM policies*: a policy has up to five, of
//! which one is the default; the default one goes with the policy alone.

use aws_sdk_iam::types::PolicyVersion;

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::policy::Policy;
use aws::retry::{ROLE_IN_CHANGE, retry_while};
use engine::{Call, Result};

/// How many versions IAM keeps. Source: AWS IAM user guide, *IAM and AWS STS quotas*.
const MOST: usize = 5;

/// What a version says; `None` where there is no such version. A document that cannot be understood reads as one that
/// allows nothing.
pub(super) async fn document(call: &Call<'_, Aws>, arn: &str, version: &str) -> Result<Option<Policy>> {
    let request = call.world.iam.get_policy_version().policy_arn(arn).version_id(version);
    let answer = unless_absent(ask(call, "iam:GetPolicyVersion", request.send()).await)?;
    Ok(answer.map(|answer| {
        let text = answer.policy_version().and_then(PolicyVersion::document);
        Policy::parse(text.unwrap_or_default()).unwrap_or_else(|_| Policy::new([]))
    }))
}

/// Makes a new default version, in the room of the oldest one where there is no other.
pub(super) async fn publish(call: &Call<'_, Aws>, arn: &str, document: &Policy) -> Result<()> {
    let mut old = old(call, arn).await?;
    // The default version is not among the old ones and counts, too.
    while old.len() + 1 >= MOST
        && let Some(oldest) = old.pop()
    {
        delete(call, arn, &oldest).await?;
    }
    let request = call
        .world
        .iam
        .create_policy_version()
        .policy_arn(arn)
        .policy_document(document.to_json())
        .set_as_default(true);
    retry_while(call, &ROLE_IN_CHANGE, || {
        ask(call, "iam:CreatePolicyVersion", request.clone().send())
    })
    .await
    .map(drop)
}

/// Deletes all versions but the default one.
pub(super) async fn clear(call: &Call<'_, Aws>, arn: &str) -> Result<()> {
    for version in old(call, arn).await? {
        delete(call, arn, &version).await?;
    }
    Ok(())
}

/// The versions that are not the default one, the newest first.
async fn old(call: &Call<'_, Aws>, arn: &str) -> Result<Vec<String>> {
    let pages = call
        .world
        .iam
        .list_policy_versions()
        .policy_arn(arn)
        .into_paginator()
        .items()
        .send();
    let listed = ask(
        call,
        "iam:ListPolicyVersions",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    );
    let mut versions: Vec<_> = unless_absent(listed.await)?.unwrap_or_default();
    versions.retain(|version| !version.is_default_version());
    versions.sort_by_key(|version| std::cmp::Reverse(number(version)));
    Ok(versions.into_iter().filter_map(|version| version.version_id).collect())
}

/// The number of a version `v12`: IAM counts on, whatever is deleted.
fn number(version: &PolicyVersion) -> u64 {
    let id = version.version_id().unwrap_or_default();
    id.trim_start_matches('v').parse().unwrap_or_default()
}

async fn delete(call: &Call<'_, Aws>, arn: &str, version: &str) -> Result<()> {
    let deleted = retry_while(call, &ROLE_IN_CHANGE, || {
        let request = call
            .world
            .iam
            .delete_policy_version()
            .policy_arn(arn)
            .version_id(version);
        ask(call, "iam:DeletePolicyVersion", request.send())
    });
    unless_absent(deleted.await).map(drop)
}
