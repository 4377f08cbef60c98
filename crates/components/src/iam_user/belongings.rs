//! What hangs on a user beside its credentials: managed policies, inline policies, groups.

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use engine::{Call, Result};

/// Takes everything off the user, whoever put it there. A user that is not there has nothing.
pub(super) async fn clear(call: &Call<'_, Aws>, user: &str) -> Result<()> {
    let (attached, inline, groups) = tokio::try_join!(attached(call, user), inline(call, user), groups(call, user))?;
    let iam = &call.world.iam;
    for policy in attached {
        let request = iam.detach_user_policy().user_name(user).policy_arn(policy);
        unless_absent(ask(call, "iam:DetachUserPolicy", request.send()).await)?;
    }
    for policy in inline {
        let request = iam.delete_user_policy().user_name(user).policy_name(policy);
        unless_absent(ask(call, "iam:DeleteUserPolicy", request.send()).await)?;
    }
    for group in groups {
        let request = iam.remove_user_from_group().user_name(user).group_name(group);
        unless_absent(ask(call, "iam:RemoveUserFromGroup", request.send()).await)?;
    }
    Ok(())
}

async fn attached(call: &Call<'_, Aws>, user: &str) -> Result<Vec<String>> {
    let pages = call.world.iam.list_attached_user_policies().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let listed = unless_absent(ask(call, "iam:ListAttachedUserPolicies", listed).await)?;
    let policies = listed.into_iter().flatten();
    Ok(policies.filter_map(|policy| policy.policy_arn).collect())
}

async fn inline(call: &Call<'_, Aws>, user: &str) -> Result<Vec<String>> {
    let pages = call.world.iam.list_user_policies().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    Ok(unless_absent(ask(call, "iam:ListUserPolicies", listed).await)?.unwrap_or_default())
}

async fn groups(call: &Call<'_, Aws>, user: &str) -> Result<Vec<String>> {
    let pages = call.world.iam.list_groups_for_user().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let listed = unless_absent(ask(call, "iam:ListGroupsForUser", listed).await)?;
    let groups = listed.into_iter().flatten();
    Ok(groups.map(|group| group.group_name).collect())
}
