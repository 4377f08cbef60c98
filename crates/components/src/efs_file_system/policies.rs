//! A file system's lifecycle and backup policies.

use aws_sdk_efs::types::{BackupPolicy, LifecyclePolicy, Status};

use super::TransitionToIa;

use aws::Aws;
use aws::ask::ask;
use aws::retry::{FILE_SYSTEM_NOT_AVAILABLE, retry_while};
use engine::{Call, Error, Result};

/// When files that nobody reads move to cheaper storage.
pub(super) async fn transition_to_ia(call: &Call<'_, Aws>, id: &str) -> Result<Option<TransitionToIa>> {
    Ok(lifecycle(call, id)
        .await?
        .into_iter()
        .find_map(|policy| policy.transition_to_ia)
        .map(|after| after.as_str().into()))
}

/// Sets it. The other transitions, which the same call would drop, are kept.
pub(super) async fn put_transition_to_ia(call: &Call<'_, Aws>, id: &str, after: Option<&TransitionToIa>) -> Result<()> {
    let mut policies: Vec<_> = lifecycle(call, id)
        .await?
        .into_iter()
        .filter(|policy| policy.transition_to_ia.is_none())
        .collect();
    policies.extend(after.map(|after| {
        LifecyclePolicy::builder()
            .transition_to_ia(after.as_str().into())
            .build()
    }));
    let request = call
        .world
        .efs
        .put_lifecycle_configuration()
        .file_system_id(id)
        .set_lifecycle_policies(Some(policies));
    retry_while(call, &FILE_SYSTEM_NOT_AVAILABLE, || {
        ask(
            call,
            "elasticfilesystem:PutLifecycleConfiguration",
            request.clone().send(),
        )
    })
    .await?;
    Ok(())
}

async fn lifecycle(call: &Call<'_, Aws>, id: &str) -> Result<Vec<LifecyclePolicy>> {
    let request = call.world.efs.describe_lifecycle_configuration().file_system_id(id);
    let answer = ask(call, "elasticfilesystem:DescribeLifecycleConfiguration", request.send()).await?;
    Ok(answer.lifecycle_policies.unwrap_or_default())
}

/// Whether AWS Backup keeps copies. A file system that never had a backup policy answers `PolicyNotFound`.
pub(super) async fn backup(call: &Call<'_, Aws>, id: &str) -> Result<bool> {
    let request = call.world.efs.describe_backup_policy().file_system_id(id);
    match ask(call, "elasticfilesystem:DescribeBackupPolicy", request.send()).await {
        Ok(answer) => Ok(answer
            .backup_policy
            .is_some_and(|policy| matches!(policy.status, Status::Enabled | Status::Enabling))),
        Err(error) if error.code.as_deref() == Some("PolicyNotFound") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Sets whether AWS Backup keeps copies.
pub(super) async fn put_backup(call: &Call<'_, Aws>, id: &str, wanted: bool) -> Result<()> {
    let status = if wanted { Status::Enabled } else { Status::Disabled };
    let policy = BackupPolicy::builder()
        .status(status)
        .build()
        .map_err(|error| Error::bug("elasticfilesystem:PutBackupPolicy", error.to_string()))?;
    let request = call
        .world
        .efs
        .put_backup_policy()
        .file_system_id(id)
        .backup_policy(policy);
    retry_while(call, &FILE_SYSTEM_NOT_AVAILABLE, || {
        ask(call, "elasticfilesystem:PutBackupPolicy", request.clone().send())
    })
    .await?;
    Ok(())
}
