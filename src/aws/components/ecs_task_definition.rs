//! A revision of an ECS task definition. Every change is a new revision; the old one is deregistered once nothing runs on
//! it. Source: Amazon ECS API, `RegisterTaskDefinition`, `DescribeTaskDefinition`, `DeregisterTaskDefinition`.

mod conversion;

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{self as sdk, Compatibility, NetworkMode, TaskDefinitionField, TaskDefinitionStatus};

use self::conversion::{definition, reported, volume};
use crate::aws::Aws;
use crate::aws::error::{ask, lacking};
use crate::aws::ids::{AccessPointId, FileSystemId, LogGroupName, RoleArn, TaskDefinitionArn};
use crate::aws::retry::{ROLE_UNKNOWN_YET, retry_while};
use crate::aws::{ecs_tags, tags};
use crate::engine::{
    Call, Component, Created, Error, ErrorKind, Identity, Observed, Replacement, Result, TAG_COMPONENT, TAG_DEPLOYMENT,
    TAG_DEPLOYMENT_ID, Tags,
};
use crate::spec;

/// How many of the newest revisions are looked at for one of ours: a pipeline may have registered some since.
const LOOKED_AT: i32 = 50;

spec! {
    /// A task definition for Fargate.
    pub struct EcsTaskDefinition {
        /// The family that the revisions belong to.
        replace family: String,
        /// CPU units, 1024 to the vCPU.
        replace cpu: i64,
        /// Memory in MiB.
        replace memory: i64,
        /// The task's own disk in GiB; `None` for Fargate's own size.
        replace ephemeral_storage_gib: Option<i32>,
        /// The role that the containers have.
        replace task_role: RoleArn,
        /// The role that starts the containers.
        replace execution_role: RoleArn,
        /// The containers.
        replace containers: Vec<Container>,
        /// The volumes.
        replace volumes: Vec<EfsVolume>,
    }
}

/// A container, as far as we set it. Two are equal when they mean the same, whatever defaults AWS adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The TCP port that it listens on.
    pub port: Option<u16>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Environment variables that ECS fetches: name → ARN.
    pub secrets: BTreeMap<String, String>,
    /// Volumes by the path they are mounted at.
    pub mounts: BTreeMap<String, Mount>,
    /// Where its output goes.
    pub logs: Option<Logs>,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout: Option<i32>,
}

/// A volume within a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The volume's name.
    pub volume: String,
    /// Whether the container may only read it.
    pub read_only: bool,
}

/// The `awslogs` driver's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// The log group.
    pub group: LogGroupName,
    /// The group's region.
    pub region: String,
    /// What the streams' names start with.
    pub stream_prefix: String,
}

/// An EFS file system as a volume, with encryption in transit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfsVolume {
    /// The volume's name.
    pub name: String,
    /// The file system.
    pub file_system: FileSystemId,
    /// The folder that is mounted; through an access point it must be `/`.
    pub root_directory: String,
    /// The access point.
    pub access_point: Option<AccessPointId>,
    /// Whether the task role is what the file system's policy sees.
    pub iam: bool,
}

/// What others can refer to.
#[derive(Debug, Clone)]
pub struct EcsTaskDefinitionOutput {
    /// The revision.
    pub arn: TaskDefinitionArn,
}

impl Component<Aws> for EcsTaskDefinition {
    const TYPE: &'static str = "ecs_task_definition";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = EcsTaskDefinitionOutput;

    /// The newest revision that carries the deployment's name; where none does, the newest of all.
    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let request = call
            .world
            .ecs
            .list_task_definitions()
            .family_prefix(self.family.get()?)
            .status(TaskDefinitionStatus::Active)
            .sort(sdk::SortOrder::Desc)
            .max_results(LOOKED_AT);
        let latest = ask(call, "ecs:ListTaskDefinitions", request.send()).await?;
        let revisions: Vec<Identity> = latest.task_definition_arns().iter().map(|arn| identity(arn)).collect();
        for revision in &revisions {
            if is_named(call, &tags_of(call, &revision.id).await?) {
                return Ok(Some(revision.clone()));
            }
        }
        Ok(revisions.into_iter().next())
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, Self::Output>>> {
        let request = call
            .world
            .ecs
            .describe_task_definition()
            .task_definition(&identity.id)
            .include(TaskDefinitionField::Tags);
        let answer = match ask(call, "ecs:DescribeTaskDefinition", request.send()).await {
            Ok(answer) => answer,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = answer
            .task_definition()
            .ok_or_else(|| lacking("ecs:DescribeTaskDefinition", "task definition"))?;
        if found.status() != Some(&TaskDefinitionStatus::Active) {
            return Ok(None);
        }
        let arn = found
            .task_definition_arn()
            .ok_or_else(|| lacking("ecs:DescribeTaskDefinition", "ARN of the task definition"))?;
        Ok(Some(Observed {
            identity: self::identity(arn),
            spec: reported(found),
            output: EcsTaskDefinitionOutput { arn: arn.into() },
            tags: owner_tags(tags::from_ecs(answer.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<Self::Output>> {
        let containers = self
            .containers
            .get()?
            .iter()
            .map(definition)
            .collect::<Result<Vec<_>>>()?;
        let volumes: Vec<_> = self.volumes.get()?.iter().map(volume).collect::<Result<_>>()?;
        let storage = self
            .ephemeral_storage_gib
            .get()?
            .map(|gib| sdk::EphemeralStorage::builder().size_in_gib(gib).build());
        let request = call
            .world
            .ecs
            .register_task_definition()
            .family(self.family.get()?)
            .requires_compatibilities(Compatibility::Fargate)
            .network_mode(NetworkMode::Awsvpc)
            .cpu(self.cpu.get()?.to_string())
            .memory(self.memory.get()?.to_string())
            .set_ephemeral_storage(storage)
            .task_role_arn(self.task_role.get()?.as_str())
            .execution_role_arn(self.execution_role.get()?.as_str())
            .set_container_definitions(Some(containers))
            .set_volumes(Some(volumes))
            .set_tags(Some(tags::to_ecs(call.tags)));
        let answer = retry_while(call, &ROLE_UNKNOWN_YET, || {
            ask(call, "ecs:RegisterTaskDefinition", request.clone().send())
        })
        .await?;
        let arn = answer
            .task_definition()
            .and_then(sdk::TaskDefinition::task_definition_arn)
            .ok_or_else(|| lacking("ecs:RegisterTaskDefinition", "ARN of the task definition"))?;
        Ok(Created {
            identity: identity(arn),
            output: EcsTaskDefinitionOutput { arn: arn.into() },
        })
    }

    /// Nothing of a revision can be changed, so there is nothing to do.
    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, Self::Output>,
        _fields: &[&'static str],
    ) -> Result<Self::Output> {
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ecs_tags::retag(call, identity, set, remove).await
    }

    /// Deregisters the revision, and with it earlier ones of ours that still stand: a registration whose answer was lost
    /// and that the SDK tried again, and what ran before a pipeline deployed past us.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        deregister(call, &identity.id).await?;
        for earlier in earlier_of_ours(call, &identity.id).await? {
            deregister(call, &earlier).await?;
        }
        Ok(())
    }
}

async fn deregister(call: &Call<'_, Aws>, revision: &str) -> Result<()> {
    let request = call.world.ecs.deregister_task_definition().task_definition(revision);
    match ask(call, "ecs:DeregisterTaskDefinition", request.send()).await {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// The active revisions before this one that carry this deployment's id.
async fn earlier_of_ours(call: &Call<'_, Aws>, revision: &str) -> Result<Vec<String>> {
    let Some((family, number)) = split(revision) else {
        return Ok(Vec::new());
    };
    let pages = call
        .world
        .ecs
        .list_task_definitions()
        .family_prefix(family)
        .status(TaskDefinitionStatus::Active);
    let arns = pages
        .into_paginator()
        .items()
        .send()
        .collect::<std::result::Result<Vec<_>, _>>();
    let arns = ask(call, "ecs:ListTaskDefinitions", arns).await?;
    let mut found = Vec::new();
    for arn in arns {
        let identity = identity(&arn);
        let is_earlier = split(&identity.id).is_some_and(|(name, earlier)| name == family && earlier < number);
        if is_earlier
            && tags_of(call, &identity.id)
                .await?
                .get(TAG_DEPLOYMENT_ID)
                .is_some_and(|id| id == call.deployment.as_str())
        {
            found.push(identity.id);
        }
    }
    Ok(found)
}

/// Whether the tags are those of this component of a deployment of this name.
fn is_named(call: &Call<'_, Aws>, tags: &Tags) -> bool {
    let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
    has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, call.key.base().as_str())
}

async fn tags_of(call: &Call<'_, Aws>, revision: &str) -> Result<Tags> {
    let request = call
        .world
        .ecs
        .describe_task_definition()
        .task_definition(revision)
        .include(TaskDefinitionField::Tags);
    let answer = ask(call, "ecs:DescribeTaskDefinition", request.send()).await?;
    Ok(tags::from_ecs(answer.tags()))
}

/// The family and the number.
fn split(revision: &str) -> Option<(&str, u32)> {
    let (family, number) = revision.rsplit_once(':')?;
    Some((family, number.parse().ok()?))
}

/// The tags, where one of them tells whose the revision is. A pipeline registers revisions of our family without any:
/// those are judged as what carries no tags, by what they refer to.
fn owner_tags(tags: Tags) -> Option<Tags> {
    tags.contains_key(TAG_DEPLOYMENT_ID).then_some(tags)
}

/// `family:revision` and the ARN.
fn identity(arn: &str) -> Identity {
    let id = arn.rsplit('/').next().unwrap_or(arn).to_owned();
    Identity {
        id,
        arn: Some(arn.to_owned()),
    }
}

/// ECS has no code of its own for a revision that does not exist, or not any more.
fn is_absent(error: &Error) -> bool {
    let says = |words: &str| error.message.contains(words);
    error.kind == ErrorKind::NotFound
        || error.code.as_deref() == Some("ClientException")
            && (says("Unable to describe task definition") || says("does not exist") || says("inactive"))
}

#[cfg(test)]
mod tests;
