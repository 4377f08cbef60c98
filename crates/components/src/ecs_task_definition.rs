//! A revision of an ECS task definition. Every change is a new revision; the old one is deregistered once nothing runs on
//! it. Source: Amazon ECS API, `RegisterTaskDefinition`, `DescribeTaskDefinition`, `DeregisterTaskDefinition`.

mod container;
mod conversion;
mod volume;

use aws_sdk_ecs::config::Builder;
use aws_sdk_ecs::types::{self as sdk, NetworkMode, TaskDefinitionField, TaskDefinitionStatus};
use aws_smithy_types::retry::RetryConfig;
use futures::future::join;

pub use self::container::{AppProtocol, Condition, Container, HealthCheck, Logs, Mount, PortMapping};
use self::conversion::{definition, reported};
pub use self::volume::{EfsVolume, Volume};
use aws::Aws;
use aws::ask::ask;
use aws::choice;
use aws::error::lacking;
use aws::ids::{RoleArn, TaskDefinitionArn, is_told};
use aws::once::made_once;
use aws::permissions::{Site, text};
use aws::retry::{ROLE_UNKNOWN_YET, retry_while};
use aws::{ecs_tags, tags};
use engine::spec;
use engine::{
    Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Spec,
    TAG_COMPONENT, TAG_DEPLOYMENT, TAG_DEPLOYMENT_ID, Tags,
};

/// How many of the newest revisions are looked at for one of ours: a pipeline may have registered some since.
const LOOKED_AT: i32 = 50;

spec! {
    /// A task definition whose tasks have network interfaces of their own.
    pub struct EcsTaskDefinition {
        /// The family that the revisions belong to.
        replace family: String,
        /// On what its tasks can run.
        replace compatibility: Compatibility,
        /// What the images are built for; `None` for what Fargate takes them for: x86-64.
        replace architecture: Option<Architecture>,
        /// CPU units, 1024 to the vCPU.
        replace cpu: i64,
        /// Memory in MiB.
        replace memory: i64,
        /// The task's own disk in GiB; `None` for Fargate's own size. Hosts share theirs, so there it is not sent.
        replace ephemeral_storage_gib: Option<i32>,
        /// The role that the containers have.
        replace task_role: RoleArn,
        /// The role that starts the containers.
        replace execution_role: RoleArn,
        /// The containers.
        replace containers: Vec<Container>,
        /// The volumes.
        replace volumes: Vec<Volume>,
    }
}

choice! {
    /// What tasks can run on, as ECS checks it when a revision is registered.
    pub enum Compatibility {
        /// Fargate.
        Fargate = "FARGATE",
        /// Hosts.
        Ec2 = "EC2",
    }
}

choice! {
    /// The CPU architecture of a task, whose operating system is Linux.
    pub enum Architecture {
        /// 64-bit x86.
        X86_64 = "X86_64",
        /// 64-bit ARM.
        Arm64 = "ARM64",
    }
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

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let revisions = site.at("ecs", format!("task-definition/{}:*", text(&self.family)));
        [
            revisions.called(["ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UntagResource"]),
            site.anywhere().called([
                "ecs:DeregisterTaskDefinition",
                "ecs:DescribeTaskDefinition",
                "ecs:ListTaskDefinitions",
            ]),
            site.passed(&self.task_role, "ecs-tasks.amazonaws.com"),
            site.passed(&self.execution_role, "ecs-tasks.amazonaws.com"),
        ]
        .concat()
    }

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
            .filter(is_told)
            .ok_or_else(|| lacking("ecs:DescribeTaskDefinition", "ARN of the task definition"))?;
        Ok(Some(Observed {
            identity: self::identity(arn),
            spec: Self {
                architecture: self.same_architecture(conversion::architecture(found)).into(),
                ..reported(found)
            },
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
        let volumes: Vec<_> = self.volumes.get()?.iter().map(Volume::sent).collect::<Result<_>>()?;
        let compatibility = self.compatibility.get()?;
        let storage = self
            .ephemeral_storage_gib
            .get()?
            .filter(|_| *compatibility == Compatibility::Fargate)
            .map(|gib| sdk::EphemeralStorage::builder().size_in_gib(gib).build());
        let platform = self.architecture.get()?.as_ref().map(conversion::runtime_platform);
        let request = call
            .world
            .ecs
            .register_task_definition()
            .family(self.family.get()?)
            .requires_compatibilities(compatibility.as_str().into())
            .set_runtime_platform(platform)
            .network_mode(NetworkMode::Awsvpc)
            .cpu(self.cpu.get()?.to_string())
            .memory(self.memory.get()?.to_string())
            .set_ephemeral_storage(storage)
            .task_role_arn(self.task_role.get()?.as_str())
            .execution_role_arn(self.execution_role.get()?.as_str())
            .set_container_definitions(Some(containers))
            .set_volumes(Some(volumes))
            .set_tags(Some(tags::to_ecs(call.tags)));
        let attempt = || {
            let once = Builder::new().retry_config(RetryConfig::disabled());
            let request = request.clone().customize().config_override(once);
            ask(call, "ecs:RegisterTaskDefinition", request.send())
        };
        let answer = retry_while(call, &ROLE_UNKNOWN_YET, || {
            made_once(call, attempt, || self.registered(call))
        })
        .await?;
        let arn = answer
            .task_definition()
            .and_then(sdk::TaskDefinition::task_definition_arn)
            .filter(is_told)
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

    /// Deregisters the revision, and with it earlier ones of ours that still stand: what ran before a pipeline deployed past
    /// us, and what an earlier version of the provider registered twice because an answer was lost.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (done, earlier) = join(deregister(call, &identity.id), earlier_of_ours(call, &identity.id)).await;
        done?;
        for earlier in earlier? {
            deregister(call, &earlier).await?;
        }
        Ok(())
    }
}

impl EcsTaskDefinition {
    /// The newest revision of ours, where it is just this one.
    async fn registered(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(newest) = self.find(call).await? else {
            return Ok(None);
        };
        let seen = self.read(call, &newest).await?;
        Ok(seen
            .filter(|seen| self.compare(&seen.spec).changes.is_empty())
            .map(|seen| seen.identity))
    }

    /// Nothing, where nothing is wanted and AWS says what it takes that for.
    fn same_architecture(&self, reported: Option<Architecture>) -> Option<Architecture> {
        match self.architecture.known() {
            Some(None) => reported.filter(|architecture| *architecture != Architecture::X86_64),
            _ => reported,
        }
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
    let number_of = |arn: &String| {
        split(&identity(arn).id)
            .filter(|(name, _)| *name == family)
            .map(|(_, number)| number)
    };
    // The newest, replaced, was given up for an earlier one, which runs.
    if call.replaced && !arns.iter().filter_map(number_of).any(|other| other > number) {
        return Ok(Vec::new());
    }
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
mod finding;
#[cfg(test)]
mod tests;
