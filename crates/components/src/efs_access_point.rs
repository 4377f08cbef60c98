//! A fixed folder, user and group through which a file system is mounted (Amazon EFS API: `CreateAccessPoint`,
//! `DescribeAccessPoints`, `DeleteAccessPoint`).

use aws_sdk_efs::types::{AccessPointDescription, CreationInfo, LifeCycleState, PosixUser, RootDirectory};

use aws::Aws;
use aws::ask::ask;
use aws::efs;
use aws::error::{lacking, unless_absent, with_id};
use aws::ids::{AccessPointId, FileSystemId};
use aws::permissions::Site;
use aws::retry::{FILE_SYSTEM_NOT_AVAILABLE, retry_while};
use aws::tags::{from_efs, to_efs};
use aws::wait::{Pace, wait_until};
use engine::{
    Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, TAG_COMPONENT,
    TAG_DEPLOYMENT, Tags,
};

engine::spec! {
    /// An access point. Nothing of it but its tags can be changed.
    pub struct EfsAccessPoint {
        /// The file system.
        replace file_system: FileSystemId,
        /// The folder that it shows as `/`.
        replace path: String,
        /// The user id that everything is read and written as.
        replace uid: i64,
        /// The group id that everything is read and written as.
        replace gid: i64,
        /// The mode, in octal digits, that the folder is made with where it is missing.
        replace permissions: String,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfsAccessPointOutput {
    /// The id.
    pub id: AccessPointId,
}

impl Component<Aws> for EfsAccessPoint {
    const TYPE: &'static str = "efs_access_point";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = EfsAccessPointOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let points = site.at("elasticfilesystem", "access-point/*");
        let file_system = match self.file_system.known() {
            Some(id) => site.at("elasticfilesystem", format!("file-system/{id}")),
            None => site.at("elasticfilesystem", "file-system/*").ours(),
        };
        [
            file_system.called(["elasticfilesystem:CreateAccessPoint"]),
            points
                .clone()
                .when("elasticfilesystem:CreateAction", ["CreateAccessPoint"])
                .behind(["elasticfilesystem:TagResource"]),
            points.clone().ours().called([
                "elasticfilesystem:DeleteAccessPoint",
                "elasticfilesystem:TagResource",
                "elasticfilesystem:UntagResource",
            ]),
            points
                .and(site.at("elasticfilesystem", "file-system/*"))
                .called(["elasticfilesystem:DescribeAccessPoints"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(file_system) = self.file_system.known() else {
            return Ok(None);
        };
        let request = call
            .world
            .efs
            .describe_access_points()
            .file_system_id(file_system.as_str());
        let request = request
            .into_paginator()
            .items()
            .send()
            .collect::<std::result::Result<Vec<_>, _>>();
        let found = unless_absent(ask(call, "elasticfilesystem:DescribeAccessPoints", request).await)?;
        let key = call.key.base();
        let is_ours = |found: &AccessPointDescription| {
            let tags = from_efs(found.tags());
            let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
            has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, key.as_str())
        };
        Ok(found
            .unwrap_or_default()
            .into_iter()
            .find(|found| stands(found) && is_ours(found))
            .map(|found| identity(&found)))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, EfsAccessPointOutput>>> {
        let Some(found) = described(call, &identity.id).await? else {
            return Ok(None);
        };
        let user = found.posix_user();
        let root = found.root_directory();
        let made_with = root
            .and_then(RootDirectory::creation_info)
            .map(|made| made.permissions.clone());
        let spec = Self {
            file_system: FileSystemId::from(found.file_system_id().unwrap_or_default()).into(),
            path: root.and_then(RootDirectory::path).unwrap_or("/").to_owned().into(),
            uid: user.map(|user| user.uid).unwrap_or_default().into(),
            gid: user.map(|user| user.gid).unwrap_or_default().into(),
            permissions: made_with.unwrap_or_default().into(),
        };
        let tags = Some(from_efs(found.tags()));
        Ok(Some(Observed {
            identity: self::identity(&found),
            spec,
            output: output(&found),
            tags,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<EfsAccessPointOutput>> {
        const ATTEMPTED: &str = "elasticfilesystem:CreateAccessPoint";
        let (uid, gid) = (*self.uid.get()?, *self.gid.get()?);
        let bug = |error: aws_sdk_efs::error::BuildError| {
            Error::bug("elasticfilesystem:CreateAccessPoint", error.to_string())
        };
        let made_with = CreationInfo::builder()
            .owner_uid(uid)
            .owner_gid(gid)
            .permissions(self.permissions.get()?)
            .build()
            .map_err(bug)?;
        let request = call
            .world
            .efs
            .create_access_point()
            // Fresh, because EFS remembers tokens and answers with what they once made.
            .client_token(chance::client_token())
            .file_system_id(self.file_system.get()?.as_str())
            .posix_user(PosixUser::builder().uid(uid).gid(gid).build().map_err(bug)?)
            .root_directory(
                RootDirectory::builder()
                    .path(self.path.get()?)
                    .creation_info(made_with)
                    .build(),
            )
            .set_tags(Some(to_efs(call.tags)));
        let made = retry_while(call, &FILE_SYSTEM_NOT_AVAILABLE, || {
            ask(call, ATTEMPTED, request.clone().send())
        });
        let id = made.await?.access_point_id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| lacking(ATTEMPTED, "access point's id"))?;
        let found = available(call, &id).await?;
        Ok(Created {
            identity: identity(&found),
            output: output(&found),
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await.map(drop)
    }

    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        _have: &Observed<Self, EfsAccessPointOutput>,
        fields: &[&'static str],
    ) -> Result<EfsAccessPointOutput> {
        Err(Error::bug(
            "update the access point",
            format!("{} cannot be updated", fields.join(", ")),
        ))
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        efs::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        let request = call.world.efs.delete_access_point().access_point_id(id);
        unless_absent(ask(call, "elasticfilesystem:DeleteAccessPoint", request.send()).await)?;
        wait_until(call, Pace::Moments, "the access point is gone", || async {
            Ok(described(call, id).await?.is_none().then_some(()))
        })
        .await
    }
}

/// Waits until the access point can be mounted through.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<AccessPointDescription> {
    wait_until(call, Pace::Moments, "the access point is available", || async {
        let found = described(call, id).await?;
        Ok(found.filter(|found| found.life_cycle_state() == Some(&LifeCycleState::Available)))
    })
    .await
}

async fn described(call: &Call<'_, Aws>, id: &str) -> Result<Option<AccessPointDescription>> {
    const ATTEMPTED: &str = "elasticfilesystem:DescribeAccessPoints";
    let request = call.world.efs.describe_access_points().access_point_id(id);
    let answer = unless_absent(ask(call, ATTEMPTED, request.send()).await)?;
    answer
        .and_then(|answer| answer.access_points?.into_iter().next())
        .filter(stands)
        .map(|found| with_id(ATTEMPTED, "access point's id", found, id_of))
        .transpose()
}

fn id_of(found: &AccessPointDescription) -> &str {
    found.access_point_id().unwrap_or_default()
}

fn stands(found: &AccessPointDescription) -> bool {
    found.life_cycle_state().is_none_or(efs::stands)
}

fn identity(found: &AccessPointDescription) -> Identity {
    Identity {
        id: id_of(found).to_owned(),
        arn: found.access_point_arn().map(str::to_owned),
    }
}

fn output(found: &AccessPointDescription) -> EfsAccessPointOutput {
    EfsAccessPointOutput {
        id: id_of(found).into(),
    }
}
