//! What IAM has and admits.

use aws_sdk_iam::types::SummaryKeyType;

use crate::Aws;
use crate::error::{refusal, unless_absent};
use crate::ids::PolicyArn;
use engine::Result;

/// How many managed policies a user or a role can have in every account; more on request. Source: AWS IAM user guide, *IAM
/// and AWS STS quotas*.
pub const DEFAULT_POLICIES_PER_PRINCIPAL: usize = 10;

/// Whether there is a policy of that ARN (AWS IAM API, `GetPolicy`).
pub async fn policy_exists(aws: &Aws, policy: &PolicyArn) -> Result<bool> {
    let answer = aws.iam.get_policy().policy_arn(policy.as_str()).send().await;
    let found = unless_absent(answer.map_err(|error| refusal("iam:GetPolicy", &error)))?;
    Ok(found.is_some())
}

/// How many managed policies a user can have in this account.
pub async fn policies_per_user(aws: &Aws) -> Result<usize> {
    quota(aws, &SummaryKeyType::AttachedPoliciesPerUserQuota).await
}

/// How many managed policies a role can have in this account.
pub async fn policies_per_role(aws: &Aws) -> Result<usize> {
    quota(aws, &SummaryKeyType::AttachedPoliciesPerRoleQuota).await
}

/// A quota of the account (AWS IAM API, `GetAccountSummary`); the one that every account has, where it is not told.
async fn quota(aws: &Aws, key: &SummaryKeyType) -> Result<usize> {
    let answer = aws.iam.get_account_summary().send().await;
    let answer = answer.map_err(|error| refusal("iam:GetAccountSummary", &error))?;
    let told = answer.summary_map().and_then(|quotas| quotas.get(key)).copied();
    let quota = told.and_then(|quota| usize::try_from(quota).ok());
    Ok(quota.unwrap_or(DEFAULT_POLICIES_PER_PRINCIPAL))
}
