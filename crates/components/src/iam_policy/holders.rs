//! Who holds a managed policy: users, groups and roles that it is attached to, or whose boundary it is.

use aws::Aws;
use aws::ask::ask;
use engine::{Call, Result};

/// The holders, as people name them: `user ann`.
pub(super) async fn of(call: &Call<'_, Aws>, arn: &str) -> Result<Vec<String>> {
    let pages = call
        .world
        .iam
        .list_entities_for_policy()
        .policy_arn(arn)
        .into_paginator()
        .send();
    let pages = ask(
        call,
        "iam:ListEntitiesForPolicy",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await?;
    let named = |kind: &'static str, name: Option<&str>| name.map(|name| format!("{kind} {name}"));
    let holders = pages.iter().flat_map(|page| {
        let users = page
            .policy_users()
            .iter()
            .map(move |user| named("user", user.user_name()));
        let groups = page
            .policy_groups()
            .iter()
            .map(move |group| named("group", group.group_name()));
        let roles = page
            .policy_roles()
            .iter()
            .map(move |role| named("role", role.role_name()));
        users.chain(groups).chain(roles)
    });
    Ok(holders.flatten().collect())
}

/// What to do about them.
pub(super) fn remedy(arn: &str, holders: &[String]) -> String {
    let holders = if holders.is_empty() {
        "somebody".to_owned()
    } else {
        holders.join(", ")
    };
    format!(
        "The policy {arn} is still held by {holders}: attached, or as a permissions boundary, and not by this deployment. \
         Detach it there, and destroy again."
    )
}
