//! An EFS file system with its lifecycle, backup and access policies (Amazon EFS API: `CreateFileSystem`,
//! `DescribeFileSystems`, `UpdateFileSystem`, `PutLifecycleConfiguration`, `PutBackupPolicy`, `PutFileSystemPolicy`,
//! `DeleteFileSystem`).

mod access;
mod policies;
#[cfg(test)]
mod tests;
mod words;

use aws_sdk_efs::operation::describe_file_systems::DescribeFileSystemsOutput;
use aws_sdk_efs::types::{FileSystemDescription, LifeCycleState};

pub use access::Access;
pub use words::{PerformanceMode, ThroughputMode, TransitionToIa};

use aws::Aws;
use aws::ask::ask;
use aws::efs;
use aws::error::{unless_absent, with_id};
use aws::ids::FileSystemId;
use aws::permissions::Site;
use aws::retry::{FILE_SYSTEM_IN_USE, FILE_SYSTEM_NOT_AVAILABLE, retry_while};
use aws::tags::{from_efs, to_efs};
use aws::wait::{Pace, wait_until};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A file system.
    pub struct EfsFileSystem {
        /// Whether it is encrypted at rest.
        replace encrypted: bool,
        /// The key it is encrypted with: an ARN, an id or an alias. `None`: AWS's own key for EFS.
        replace kms_key_id: Option<String>,
        /// How it trades latency for parallelism.
        replace performance_mode: PerformanceMode,
        /// How its throughput is measured out: bursting or elastic.
        update throughput_mode: ThroughputMode,
        /// When files that nobody reads move to cheaper storage. `None`: never.
        update transition_to_ia: Option<TransitionToIa>,
        /// Whether AWS Backup keeps copies.
        update backup: bool,
        /// Who may mount it.
        update access: Access,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfsFileSystemOutput {
    /// The id.
    pub id: FileSystemId,
    /// The ARN.
    pub arn: String,
}

impl Component<Aws> for EfsFileSystem {
    const TYPE: &'static str = "efs_file_system";
    /// Its policy, which goes with it.
    const NAMES: Option<&'static str> = Some("access");
    /// A second one would need another creation token; and its data would not be there anyway.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = EfsFileSystemOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let file_systems = site.at("elasticfilesystem", "file-system/*");
        let key = self.kms_key_id.known().and_then(Option::as_deref);
        [
            site.anywhere()
                .made_ours()
                .called(["elasticfilesystem:CreateFileSystem"]),
            file_systems
                .clone()
                .when("elasticfilesystem:CreateAction", ["CreateFileSystem"])
                .behind(["elasticfilesystem:TagResource"]),
            file_systems.clone().ours().called([
                "elasticfilesystem:DeleteFileSystem",
                "elasticfilesystem:PutBackupPolicy",
                "elasticfilesystem:PutFileSystemPolicy",
                "elasticfilesystem:PutLifecycleConfiguration",
                "elasticfilesystem:TagResource",
                "elasticfilesystem:UntagResource",
                "elasticfilesystem:UpdateFileSystem",
            ]),
            file_systems.called([
                "elasticfilesystem:DescribeBackupPolicy",
                "elasticfilesystem:DescribeFileSystemPolicy",
                "elasticfilesystem:DescribeFileSystems",
                "elasticfilesystem:DescribeLifecycleConfiguration",
            ]),
            // Automatic backups are AWS Backup's.
            site.linked_role("elasticfilesystem.amazonaws.com")
                .behind(["iam:CreateServiceLinkedRole"]),
            site.linked_role("backup.amazonaws.com")
                .behind(["iam:CreateServiceLinkedRole"]),
            site.encrypted(key, "elasticfilesystem"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let request = call.world.efs.describe_file_systems().creation_token(token(call));
        let answer = ask(call, "elasticfilesystem:DescribeFileSystems", request.send()).await;
        Ok(first(unless_absent(answer)?)?
            .filter(|found| efs::stands(&found.life_cycle_state))
            .map(|found| identity(&found)))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, EfsFileSystemOutput>>> {
        let id = identity.id.as_str();
        let (found, transition_to_ia, backup, policy) = tokio::join!(
            described(call, id),
            policies::transition_to_ia(call, id),
            policies::backup(call, id),
            access::policy(call, id),
        );
        let (Some(found), Some(transition_to_ia), Some(backup)) =
            (found?, unless_absent(transition_to_ia)?, unless_absent(backup)?)
        else {
            return Ok(None);
        };
        let output = output(&found);
        let access = Access::told(policy?.as_deref(), &output.arn);
        let spec = Self {
            encrypted: found.encrypted.unwrap_or_default().into(),
            kms_key_id: same_key(self.kms_key_id.known(), found.kms_key_id.as_deref()).into(),
            performance_mode: PerformanceMode::from(found.performance_mode.as_str()).into(),
            throughput_mode: found
                .throughput_mode
                .as_ref()
                .map_or(ThroughputMode::Bursting, |mode| mode.as_str().into())
                .into(),
            transition_to_ia: transition_to_ia.into(),
            backup: backup.into(),
            access: access.into(),
        };
        Ok(Some(Observed {
            identity: self::identity(&found),
            spec,
            output,
            tags: Some(from_efs(&found.tags)),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<EfsFileSystemOutput>> {
        const ATTEMPTED: &str = "elasticfilesystem:CreateFileSystem";
        let request = call
            .world
            .efs
            .create_file_system()
            .creation_token(token(call))
            .encrypted(*self.encrypted.get()?)
            .set_kms_key_id(self.kms_key_id.get()?.clone())
            .performance_mode(self.performance_mode.get()?.as_str().into())
            .throughput_mode(self.throughput_mode.get()?.as_str().into())
            .backup(*self.backup.get()?)
            .set_tags(Some(to_efs(call.tags)));
        let made = ask(call, ATTEMPTED, request.send()).await?;
        let made = with_id(ATTEMPTED, "file system's id", made, |made| &made.file_system_id)?;
        let id = made.file_system_id;
        let found = available(call, &id).await?;
        let output = output(&found);
        let transition = async {
            match self.transition_to_ia.get()? {
                Some(after) => policies::put_transition_to_ia(call, &id, Some(after)).await,
                None => Ok(()),
            }
        };
        tokio::try_join!(transition, access::put(call, &output, self.access.get()?))?;
        Ok(Created {
            identity: identity(&found),
            output,
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await.map(drop)
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, EfsFileSystemOutput>,
        fields: &[&'static str],
    ) -> Result<EfsFileSystemOutput> {
        let id = have.identity.id.as_str();
        // One whose creation was not seen to end is brought to its spec too, and EFS changes none that is being made.
        available(call, id).await?;
        for field in fields {
            match *field {
                "throughput_mode" => {
                    let request = call.world.efs.update_file_system().file_system_id(id);
                    let request = request.throughput_mode(self.throughput_mode.get()?.as_str().into());
                    retry_while(call, &FILE_SYSTEM_NOT_AVAILABLE, || {
                        ask(call, "elasticfilesystem:UpdateFileSystem", request.clone().send())
                    })
                    .await?;
                    available(call, id).await?;
                }
                "transition_to_ia" => {
                    policies::put_transition_to_ia(call, id, self.transition_to_ia.get()?.as_ref()).await?;
                }
                "backup" => policies::put_backup(call, id, *self.backup.get()?).await?,
                "access" => access::put(call, &have.output, self.access.get()?).await?,
                other => {
                    return Err(Error::bug(
                        "update the file system",
                        format!("{other} cannot be updated"),
                    ));
                }
            }
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        efs::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        // A mount target that is just gone may still count.
        let request = call.world.efs.delete_file_system().file_system_id(id);
        let deleted = retry_while(call, &FILE_SYSTEM_IN_USE, || {
            ask(call, "elasticfilesystem:DeleteFileSystem", request.clone().send())
        });
        if unless_absent(deleted.await)?.is_none() {
            return Ok(());
        }
        wait_until(call, Pace::Moments, "the file system is gone", || async {
            // While it is being deleted its creation token is still taken.
            Ok(reported(call, id).await?.is_none().then_some(()))
        })
        .await
    }
}

/// The creation token: EFS makes one file system per token, so that a second creator of the same deployment's name is
/// refused (`FileSystemAlreadyExists`). At most 64 characters.
fn token(call: &Call<'_, Aws>) -> String {
    format!("thatdot-{}-{}", call.name, call.key)
}

/// The file system, where it is there to stay.
async fn described(call: &Call<'_, Aws>, id: &str) -> Result<Option<FileSystemDescription>> {
    Ok(reported(call, id)
        .await?
        .filter(|found| efs::stands(&found.life_cycle_state)))
}

/// The one file system that an answer tells of.
fn first(answer: Option<DescribeFileSystemsOutput>) -> Result<Option<FileSystemDescription>> {
    let found = answer.and_then(|answer| answer.file_systems?.into_iter().next());
    let (attempted, id) = (
        "elasticfilesystem:DescribeFileSystems",
        FileSystemDescription::file_system_id,
    );
    found
        .map(|found| with_id(attempted, "file system's id", found, id))
        .transpose()
}

/// The file system in any state but deleted.
async fn reported(call: &Call<'_, Aws>, id: &str) -> Result<Option<FileSystemDescription>> {
    let request = call.world.efs.describe_file_systems().file_system_id(id);
    let answer = unless_absent(ask(call, "elasticfilesystem:DescribeFileSystems", request.send()).await)?;
    Ok(first(answer)?.filter(|found| found.life_cycle_state != LifeCycleState::Deleted))
}

/// Waits until the file system can be worked with: before, its policies are refused.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<FileSystemDescription> {
    wait_until(call, Pace::Moments, "the file system is available", || async {
        match described(call, id).await? {
            Some(found) if found.life_cycle_state == LifeCycleState::Available => Ok(Some(found)),
            Some(found) if found.life_cycle_state == LifeCycleState::Error => Err(Error::new(
                ErrorKind::Unhealthy,
                "elasticfilesystem:DescribeFileSystems",
                format!("EFS reports the file system {id} as failed"),
            )
            .with_remedy("Destroy it and apply again; where a key was named, check that EFS may use it.")),
            _ => Ok(None),
        }
    })
    .await
}

fn identity(found: &FileSystemDescription) -> Identity {
    Identity {
        id: found.file_system_id.clone(),
        arn: found.file_system_arn.clone(),
    }
}

fn output(found: &FileSystemDescription) -> EfsFileSystemOutput {
    EfsFileSystemOutput {
        id: found.file_system_id.as_str().into(),
        arn: found.file_system_arn.clone().unwrap_or_default(),
    }
}

/// The key that is reported, in the words of the one that is wanted where both mean the same. Of an alias that cannot be
/// told without asking KMS; it is taken to.
fn same_key(wanted: Option<&Option<String>>, reported: Option<&str>) -> Option<String> {
    let reported = reported?;
    match wanted {
        Some(None) => None,
        Some(Some(wanted)) if wanted.contains("alias/") || reported.ends_with(&format!("/{wanted}")) => {
            Some(wanted.clone())
        }
        _ => Some(reported.to_owned()),
    }
}
