//! What hangs on a role: managed policies, inline policies, instance profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures::future::{join, join_all};

use aws::ask::{ask, ask_first};
use aws::error::unless_absent;
use aws::ids::PolicyArn;
use aws::policy::Policy;
use aws::retry::{ROLE_IN_CHANGE, retry_while};
use aws::{Aws, ManagedPolicy};
use engine::{Call, Result};

/// How the names of our inline policies begin, so that one we no longer want is told from one that somebody else put there.
pub const OUR_INLINE_POLICIES: &str = "thatdot-";

/// All managed policies that are attached, whoever attached them; `None` where there is no such role.
pub(super) async fn managed(call: &Call<'_, Aws>, role: &str) -> Result<Option<BTreeSet<PolicyArn>>> {
    let pages = call
        .world
        .iam
        .list_attached_role_policies()
        .role_name(role)
        .into_paginator()
        .items()
        .send();
    let attached = ask(
        call,
        "iam:ListAttachedRolePolicies",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await;
    let arns = |attached: Vec<aws_sdk_iam::types::AttachedPolicy>| {
        attached
            .iter()
            .filter_map(|policy| policy.policy_arn())
            .map(PolicyArn::from)
            .collect()
    };
    Ok(unless_absent(attached)?.map(arns))
}

/// The names of all inline policies, whoever put them there.
async fn names(call: &Call<'_, Aws>, role: &str) -> Result<Option<Vec<String>>> {
    let pages = call
        .world
        .iam
        .list_role_policies()
        .role_name(role)
        .into_paginator()
        .items()
        .send();
    unless_absent(
        ask_first(
            call,
            "iam:ListRolePolicies",
            pages.collect::<std::result::Result<Vec<_>, _>>(),
        )
        .await,
    )
}

/// The inline policies that are ours by their name. One that cannot be understood reads as one that allows nothing.
pub(super) async fn inline(call: &Call<'_, Aws>, role: &str) -> Result<Option<BTreeMap<String, Policy>>> {
    let Some(names) = names(call, role).await? else {
        return Ok(None);
    };
    let ours = names
        .into_iter()
        .filter(|name| name.starts_with(OUR_INLINE_POLICIES))
        .map(|name| async move {
            let request = call.world.iam.get_role_policy().role_name(role).policy_name(&name);
            let answer = unless_absent(ask(call, "iam:GetRolePolicy", request.send()).await)?;
            let parse = |text: &str| Policy::parse(text).unwrap_or_else(|_| Policy::new([]));
            Ok(answer.map(|answer| (name, parse(answer.policy_document()))))
        });
    let policies = futures::future::try_join_all(ours).await?;
    Ok(Some(policies.into_iter().flatten().collect()))
}

/// Does the same with each, at once; all are seen to their end, also where one fails.
async fn each<T, Work: Future<Output = Result<()>>>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> Work,
) -> Result<()> {
    join_all(items.into_iter().map(work)).await.into_iter().collect()
}

pub(super) async fn attach(call: &Call<'_, Aws>, role: &str, policies: &BTreeSet<ManagedPolicy>) -> Result<()> {
    each(policies, |policy| async move {
        let arn = policy.arn(&call.world.partition);
        retry_while(call, &ROLE_IN_CHANGE, || {
            let request = call.world.iam.attach_role_policy().role_name(role).policy_arn(&arn);
            ask(call, "iam:AttachRolePolicy", request.send())
        })
        .await
        .map(drop)
    })
    .await
}

pub(super) async fn detach<'p>(
    call: &Call<'_, Aws>,
    role: &str,
    policies: impl IntoIterator<Item = &'p PolicyArn>,
) -> Result<()> {
    each(policies, |arn| async move {
        let detached = retry_while(call, &ROLE_IN_CHANGE, || {
            let request = call.world.iam.detach_role_policy().role_name(role).policy_arn(arn);
            ask(call, "iam:DetachRolePolicy", request.send())
        });
        unless_absent(detached.await).map(drop)
    })
    .await
}

pub(super) async fn put<'p>(
    call: &Call<'_, Aws>,
    role: &str,
    policies: impl IntoIterator<Item = (&'p String, &'p Policy)>,
) -> Result<()> {
    each(policies, |(name, policy)| async move {
        let document = policy.to_json();
        retry_while(call, &ROLE_IN_CHANGE, || {
            let request = call
                .world
                .iam
                .put_role_policy()
                .role_name(role)
                .policy_name(name)
                .policy_document(&document);
            ask(call, "iam:PutRolePolicy", request.send())
        })
        .await
        .map(drop)
    })
    .await
}

pub(super) async fn remove<'p>(
    call: &Call<'_, Aws>,
    role: &str,
    names: impl IntoIterator<Item = &'p String>,
) -> Result<()> {
    each(names, |name| async move {
        let removed = retry_while(call, &ROLE_IN_CHANGE, || {
            let request = call.world.iam.delete_role_policy().role_name(role).policy_name(name);
            ask(call, "iam:DeleteRolePolicy", request.send())
        });
        unless_absent(removed.await).map(drop)
    })
    .await
}

/// Takes everything off the role. Source: AWS IAM API, `DeleteRole`: a role must have neither policies nor instance
/// profiles.
pub(super) async fn clear(call: &Call<'_, Aws>, role: &str) -> Result<()> {
    let pages = call
        .world
        .iam
        .list_instance_profiles_for_role()
        .role_name(role)
        .into_paginator()
        .items()
        .send();
    let profiles = async {
        let listed = ask(
            call,
            "iam:ListInstanceProfilesForRole",
            pages.collect::<std::result::Result<Vec<_>, _>>(),
        );
        unless_absent(listed.await)
    };
    let (managed, names, profiles) = tokio::try_join!(managed(call, role), names(call, role), profiles)?;
    let detached = detach(call, role, managed.iter().flatten());
    let (detached, removed) = join(detached, remove(call, role, names.iter().flatten())).await;
    detached.and(removed)?;
    for profile in profiles.iter().flatten() {
        let request = call.world.iam.remove_role_from_instance_profile().role_name(role);
        let request = request.instance_profile_name(profile.instance_profile_name());
        unless_absent(ask(call, "iam:RemoveRoleFromInstanceProfile", request.send()).await)?;
    }
    Ok(())
}
