//! The address of an EFS file system in one subnet (Amazon EFS API: `CreateMountTarget`, `DescribeMountTargets`,
//! `DescribeMountTargetSecurityGroups`, `ModifyMountTargetSecurityGroups`, `DeleteMountTarget`). EFS allows one per
//! availability zone, and tags none of them.

use std::collections::BTreeSet;

use aws_sdk_efs::types::{LifeCycleState, MountTargetDescription};

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::efs;
use aws::error::{unless_absent, with_id};
use aws::ids::{FileSystemId, MountTargetId, SecurityGroupId, SubnetId};
use aws::permissions::Site;
use aws::retry::{FILE_SYSTEM_NOT_AVAILABLE, MOUNT_TARGET_IN_CHANGE, retry_while};
use aws::wait::{Pace, wait_until};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A mount target.
    pub struct EfsMountTarget {
        /// The file system.
        replace file_system: FileSystemId,
        /// The subnet, which must be the only one of its zone.
        replace subnet: SubnetId,
        /// The groups that guard port 2049.
        update security_groups: BTreeSet<SecurityGroupId>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfsMountTargetOutput {
    /// The id.
    pub id: MountTargetId,
    /// The file system, once it can be mounted here: who needs the mount target refers to this.
    pub file_system: FileSystemId,
}

impl Component<Aws> for EfsMountTarget {
    const TYPE: &'static str = "efs_mount_target";
    /// A zone has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    type Output = EfsMountTargetOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let file_systems = site.at("elasticfilesystem", "file-system/*");
        let file_system = match self.file_system.known() {
            Some(id) => site.at("elasticfilesystem", format!("file-system/{id}")),
            None => file_systems.clone().ours(),
        };
        [
            file_system.called([
                "elasticfilesystem:CreateMountTarget",
                "elasticfilesystem:DeleteMountTarget",
                "elasticfilesystem:ModifyMountTargetSecurityGroups",
            ]),
            file_systems.called([
                "elasticfilesystem:DescribeMountTargetSecurityGroups",
                "elasticfilesystem:DescribeMountTargets",
            ]),
            // A mount target is a network interface, which EFS makes, changes and deletes in the caller's name, and tags with
            // nothing of ours.
            site.anywhere()
                .behind(["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]),
            site.ec2("network-interface")
                .behind(["ec2:CreateNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"]),
            site.ec2_named("security-group", &self.security_groups)
                .behind(["ec2:CreateNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"]),
            site.ec2("subnet").behind(["ec2:CreateNetworkInterface"]),
            site.ec2("network-interface").behind(["ec2:DeleteNetworkInterface"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(file_system), Some(subnet)) = (self.file_system.known(), self.subnet.known()) else {
            return Ok(None);
        };
        let request = call
            .world
            .efs
            .describe_mount_targets()
            .file_system_id(file_system.as_str());
        let request = request
            .into_paginator()
            .items()
            .send()
            .collect::<std::result::Result<Vec<_>, _>>();
        let found = unless_absent(ask(call, "elasticfilesystem:DescribeMountTargets", request).await)?;
        Ok(found
            .unwrap_or_default()
            .iter()
            .find(|target| target.subnet_id == subnet.as_str() && efs::stands(&target.life_cycle_state))
            .map(identity))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, EfsMountTargetOutput>>> {
        let id = identity.id.as_str();
        let (found, groups) = tokio::join!(self.described(call, id), security_groups(call, id));
        let Some(found) = found? else { return Ok(None) };
        // One that is being made tells its groups only then.
        let groups = match groups {
            Err(error) if (MOUNT_TARGET_IN_CHANGE.is)(&error) => {
                retry_while(call, &MOUNT_TARGET_IN_CHANGE, || security_groups(call, id)).await
            }
            other => other,
        };
        let Some(groups) = unless_absent(groups)? else {
            return Ok(None);
        };
        let spec = Self {
            file_system: FileSystemId::from(found.file_system_id.as_str()).into(),
            subnet: SubnetId::from(found.subnet_id.as_str()).into(),
            security_groups: groups.into(),
        };
        Ok(Some(Observed {
            identity: self::identity(&found),
            spec,
            output: output(&found),
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<EfsMountTargetOutput>> {
        const ATTEMPTED: &str = "elasticfilesystem:CreateMountTarget";
        let request = call
            .world
            .efs
            .create_mount_target()
            .file_system_id(self.file_system.get()?.as_str())
            .subnet_id(self.subnet.get()?.as_str())
            .set_security_groups(Some(texts(self.security_groups.get()?)));
        let made = retry_while(call, &FILE_SYSTEM_NOT_AVAILABLE, || {
            ask(call, ATTEMPTED, request.clone().send())
        });
        let made = made.await.map_err(taken)?;
        let id = with_id(ATTEMPTED, "mount target's id", made, |made| &made.mount_target_id)?.mount_target_id;
        let found = self.available(call, &id).await?;
        Ok(Created {
            identity: identity(&found),
            output: output(&found),
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        self.available(call, &identity.id).await.map(drop)
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, EfsMountTargetOutput>,
        _fields: &[&'static str],
    ) -> Result<EfsMountTargetOutput> {
        let request = call
            .world
            .efs
            .modify_mount_target_security_groups()
            .mount_target_id(&have.identity.id)
            .set_security_groups(Some(texts(self.security_groups.get()?)));
        retry_while(call, &MOUNT_TARGET_IN_CHANGE, || {
            ask(
                call,
                "elasticfilesystem:ModifyMountTargetSecurityGroups",
                request.clone().send(),
            )
        })
        .await?;
        Ok(have.output.clone())
    }

    /// Mount targets carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        let request = call.world.efs.delete_mount_target().mount_target_id(id);
        let deleted = retry_while(call, &MOUNT_TARGET_IN_CHANGE, || {
            ask(call, "elasticfilesystem:DeleteMountTarget", request.clone().send())
        });
        if unless_absent(deleted.await)?.is_none() {
            return Ok(());
        }
        // While it is being deleted it still counts for the file system and holds a network interface.
        wait_until(call, Pace::Seconds, "the mount target is gone", || async {
            Ok(self.reported(call, id).await?.is_none().then_some(()))
        })
        .await
    }
}

impl EfsMountTarget {
    /// Waits until the mount target can be mounted.
    async fn available(&self, call: &Call<'_, Aws>, id: &str) -> Result<MountTargetDescription> {
        wait_until(call, Pace::Minutes, "the mount target is available", || async {
            match self.described(call, id).await? {
                Some(found) if found.life_cycle_state == LifeCycleState::Available => Ok(Some(found)),
                Some(found) if found.life_cycle_state == LifeCycleState::Error => Err(failed(id)),
                _ => Ok(None),
            }
        })
        .await
    }

    async fn described(&self, call: &Call<'_, Aws>, id: &str) -> Result<Option<MountTargetDescription>> {
        let found = self.reported(call, id).await?;
        Ok(found.filter(|found| efs::stands(&found.life_cycle_state)))
    }

    /// The mount target in any state but deleted: with the others of its file system, where that is known.
    async fn reported(&self, call: &Call<'_, Aws>, id: &str) -> Result<Option<MountTargetDescription>> {
        const ATTEMPTED: &str = "elasticfilesystem:DescribeMountTargets";
        let found = if let Some(file_system) = self.file_system.known() {
            let found = call.world.reads.stores.mount_targets.one(file_system.as_str(), id);
            in_time(call, ATTEMPTED, found).await?
        } else {
            let request = call.world.efs.describe_mount_targets().mount_target_id(id);
            let answer = unless_absent(ask(call, ATTEMPTED, request.send()).await)?;
            let found = answer.and_then(|answer| answer.mount_targets?.into_iter().next());
            let id = MountTargetDescription::mount_target_id;
            found
                .map(|found| with_id(ATTEMPTED, "mount target's id", found, id))
                .transpose()?
        };
        Ok(found.filter(|found| found.life_cycle_state != LifeCycleState::Deleted))
    }
}

async fn security_groups(call: &Call<'_, Aws>, id: &str) -> Result<BTreeSet<SecurityGroupId>> {
    let request = call
        .world
        .efs
        .describe_mount_target_security_groups()
        .mount_target_id(id);
    let answer = ask(
        call,
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        request.send(),
    )
    .await?;
    Ok(answer.security_groups.into_iter().map(Into::into).collect())
}

/// EFS's word for a zone that has a mount target already.
fn taken(error: Error) -> Error {
    if error.code.as_deref() != Some("MountTargetConflict") {
        return error;
    }
    Error {
        kind: ErrorKind::AlreadyExists,
        ..error
    }
    .with_remedy("A zone has room for one mount target: name one subnet per zone, all of the file system's own VPC.")
}

fn failed(id: &str) -> Error {
    let message = format!("EFS reports the mount target {id} as failed");
    Error::new(ErrorKind::Unhealthy, "elasticfilesystem:DescribeMountTargets", message)
        .with_remedy("Check that the subnet has a free address, then apply again.")
}

fn identity(found: &MountTargetDescription) -> Identity {
    Identity {
        id: found.mount_target_id.clone(),
        arn: None,
    }
}

fn output(found: &MountTargetDescription) -> EfsMountTargetOutput {
    EfsMountTargetOutput {
        id: found.mount_target_id.as_str().into(),
        file_system: found.file_system_id.as_str().into(),
    }
}

fn texts(groups: &BTreeSet<SecurityGroupId>) -> Vec<String> {
    groups.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::Spec as _;

    fn spec() -> EfsMountTarget {
        EfsMountTarget {
            file_system: FileSystemId::from("fs-1").into(),
            subnet: SubnetId::from("subnet-1").into(),
            security_groups: BTreeSet::from(["sg-1".into()]).into(),
        }
    }

    fn target(state: &str) -> String {
        format!(
            r#"{{"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "SubnetId": "subnet-1", "LifeCycleState": "{state}"}}"#
        )
    }

    fn identity() -> Identity {
        Identity {
            id: "fsmt-1".to_owned(),
            arn: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_made_once_the_file_system_is_ready_and_awaited_until_it_can_be_mounted() {
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let stage = Stage::answering(move |asked| {
            let number = calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match (asked.operation.starts_with("POST"), number) {
                (true, 0) => Answer::refused("IncorrectFileSystemLifeCycleState", "fs-1 is creating"),
                (true, _) => Answer::json(target("creating")),
                (false, 2) => Answer::json(format!(r#"{{"MountTargets": [{}]}}"#, target("creating"))),
                (false, _) => Answer::json(format!(r#"{{"MountTargets": [{}]}}"#, target("available"))),
            }
        });
        let made = Box::pin(spec().create(&stage.call())).await.unwrap();
        assert_eq!(
            made.output,
            EfsMountTargetOutput {
                id: "fsmt-1".into(),
                file_system: "fs-1".into()
            }
        );
        assert_eq!(stage.asked().len(), 4);
    }

    #[tokio::test]
    async fn a_zone_that_has_one_already_says_what_to_do() {
        let stage =
            Stage::answering(|_| Answer::refused("MountTargetConflict", "mount target already exists in this AZ"));
        let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert!(error.remedy.unwrap().contains("one subnet per zone"));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_being_made_is_read_when_it_tells_its_groups() {
        let looks = std::sync::atomic::AtomicUsize::new(0);
        let stage = Stage::answering(move |asked| {
            if !asked.operation.ends_with("security-groups") {
                return Answer::json(format!(r#"{{"MountTargets": [{}]}}"#, target("creating")));
            }
            match looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 | 1 => Answer::refused("IncorrectMountTargetState", "Mount target 'fsmt-1' is creating."),
                _ => Answer::json(r#"{"SecurityGroups": ["sg-1"]}"#),
            }
        });
        let seen = Box::pin(spec().read(&stage.call(), &identity()))
            .await
            .unwrap()
            .unwrap();
        assert!(spec().compare(&seen.spec).different().is_empty(), "{seen:?}");
    }

    #[tokio::test]
    async fn one_that_is_being_deleted_is_gone_for_reading() {
        let stage = Stage::answering(|asked| {
            if asked.operation.ends_with("security-groups") {
                Answer::refused("IncorrectMountTargetState", "Mount target 'fsmt-1' is deleting.")
            } else {
                Answer::json(format!(r#"{{"MountTargets": [{}]}}"#, target("deleting")))
            }
        });
        assert!(
            Box::pin(spec().read(&stage.call(), &identity()))
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn deleting_waits_until_it_holds_its_zone_no_more() {
        let looks = std::sync::atomic::AtomicUsize::new(0);
        let stage = Stage::answering(move |asked| {
            if asked.operation.starts_with("DELETE") {
                return Answer::Told(204, "application/json", String::new());
            }
            match looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 | 1 => Answer::json(format!(r#"{{"MountTargets": [{}]}}"#, target("deleting"))),
                _ => Answer::Told(404, "application/json", r#"{"code": "MountTargetNotFound"}"#.to_owned()),
            }
        });
        let done = spec().delete(&stage.call(), &identity()).await;
        assert_eq!(done, Ok(()));
        assert_eq!(stage.asked().len(), 4);
    }
}
