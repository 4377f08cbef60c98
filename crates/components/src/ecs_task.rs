//! One task, run once, as one runs it by hand (Amazon ECS API: `RunTask`, `DescribeTasks`, `ListTasks`,
//! `StopTask`). A task that has stopped is gone: nobody starts it again but the next apply.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, DesiredStatus, Failure, NetworkConfiguration, Task};
use futures::future::{join, try_join_all};
use futures::lock::Mutex;
use tokio::time::Instant;

use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{CapacityProviderName, ClusterArn, SecurityGroupId, SubnetId, TaskArn, TaskDefinitionArn, is_told};
use aws::launch::{Launch, some_if_any};
use aws::permissions::Site;
use aws::retry::{START_TOO_EARLY, retry_while};
use aws::tags::{from_ecs, to_ecs};
use aws::tasks::{self, Addresses};
use aws::wait::{Heard, Pace, wait_until};
use aws::{Aws, Shutdown, Unordered};
use aws::{diagnosis, ecs_tags, shutdown};
use engine::{
    Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, TAG_COMPONENT,
    TAG_DEPLOYMENT, TAG_DEPLOYMENT_ID, Tags,
};

/// The platform version that stands for the latest one.
const LATEST: &str = "LATEST";

/// How long a task that has come up is watched: one that cannot begin, for want of a licence or a subscription, ends within
/// moments, and nobody starts it again.
const WATCHED: Duration = Duration::from_secs(5);

engine::spec! {
    /// A task. A running one cannot be changed.
    pub struct EcsTask {
        /// The cluster.
        replace cluster: ClusterArn,
        /// The revision that it runs.
        replace task_definition: TaskDefinitionArn,
        /// On what it runs.
        replace launch: Launch,
        /// The Fargate platform version, or `LATEST`; `None` on hosts, which have none.
        replace platform_version: Option<String>,
        /// The subnets that it may run in.
        replace subnets: Unordered<SubnetId>,
        /// The groups that guard it.
        replace security_groups: BTreeSet<SecurityGroupId>,
        /// Whether it gets a public address.
        replace assign_public_ip: bool,
        /// Whether one may open a shell in it.
        replace enable_execute_command: bool,
        /// What makes its container end in order, asked before it is stopped. It is kept by us alone.
        update shutdown: Option<Shutdown>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcsTaskOutput {
    /// The ARN.
    pub arn: TaskArn,
    /// The public address.
    pub public_ip: Option<String>,
    /// The private address.
    pub private_ip: Option<String>,
}

impl Component<Aws> for EcsTask {
    const TYPE: &'static str = "ecs_task";
    /// The old task must have let go of what only one may write to.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = EcsTaskOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let cluster = site.cluster(&self.cluster);
        let definition = match self.task_definition.known() {
            Some(arn) => site.exactly(arn.as_str()),
            None => site.at("ecs", format!("task-definition/{deployment}:*")).ours(),
        };
        let task = site.at("ecs", format!("task/{cluster}/*"));
        [
            definition.called(["ecs:RunTask"]),
            task.clone().ours().called(["ecs:StopTask", "ecs:UntagResource"]),
            task.clone().ours().called(["ecs:TagResource"]),
            task.when("ecs:CreateAction", ["RunTask"]).behind(["ecs:TagResource"]),
            site.linked_role("ecs.amazonaws.com")
                .behind(["iam:CreateServiceLinkedRole"]),
            tasks::permissions(site, cluster),
            diagnosis::permissions(site, cluster),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(cluster) = self.cluster.known() else {
            return Ok(None);
        };
        let named = named(call, cluster).await?;
        let is_ours = |task: &&Task| owner(task).as_deref() == Some(call.deployment.as_str());
        named.iter().max_by_key(is_ours).map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, EcsTaskOutput>>> {
        let Some(task) = one(call, &identity.id).await?.filter(stands) else {
            return Ok(None);
        };
        let addresses = tasks::addresses(call, &task).await?;
        let launch = same_launch(self.launch.known(), &task);
        let platform_version = launch
            .is_fargate()
            .then(|| same_platform(self.platform_version.known(), task.platform_version()));
        let spec = Self {
            cluster: ClusterArn::from(task.cluster_arn().unwrap_or_default()).into(),
            task_definition: TaskDefinitionArn::from(task.task_definition_arn().unwrap_or_default()).into(),
            launch: launch.into(),
            platform_version: platform_version.into(),
            subnets: same_subnets(self.subnets.known(), addresses.subnet.as_ref()).into(),
            // Without an interface nothing can be told.
            security_groups: addresses
                .security_groups
                .clone()
                .map_or_else(|| self.security_groups.clone(), Into::into),
            enable_execute_command: task.enable_execute_command().into(),
            assign_public_ip: self.assign_public_ip.clone(),
            shutdown: self.shutdown.clone(),
        };
        let tags = Some(from_ecs(task.tags()));
        Ok(Some(Observed {
            identity: self::identity(&task)?,
            spec,
            output: output(&task, addresses)?,
            tags,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<EcsTaskOutput>> {
        let cluster = self.cluster.get()?;
        let assign = if *self.assign_public_ip.get()? {
            AssignPublicIp::Enabled
        } else {
            AssignPublicIp::Disabled
        };
        let network = AwsVpcConfiguration::builder()
            .set_subnets(Some(self.subnets.get()?.iter().map(ToString::to_string).collect()))
            .set_security_groups(Some(
                self.security_groups.get()?.iter().map(ToString::to_string).collect(),
            ))
            .assign_public_ip(assign)
            .build()
            .map_err(|error| Error::bug("ecs:RunTask", error.to_string()))?;
        let request = call
            .world
            .ecs
            .run_task()
            .cluster(cluster.as_str())
            .task_definition(self.task_definition.get()?.as_str())
            .set_launch_type(self.launch.get()?.launch_type())
            .set_capacity_provider_strategy(some_if_any(self.launch.get()?.strategy()?))
            .set_platform_version(self.platform_version.get()?.clone())
            .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(network).build())
            .enable_execute_command(*self.enable_execute_command.get()?)
            .started_by(started_by(call))
            .count(1)
            .set_tags(Some(to_ecs(call.tags)));
        let task = retry_while(call, &START_TOO_EARLY, || async {
            // Fresh for each attempt: ECS remembers a token for a day and answers with the task it once started.
            let request = request.clone().client_token(chance::client_token());
            let answer = ask(call, "ecs:RunTask", request.send()).await?;
            match (answer.tasks(), answer.failures()) {
                ([task, ..], _) => Ok(task.clone()),
                ([], [failure, ..]) => Err(not_placed(failure)),
                ([], []) => Err(lacking("ecs:RunTask", "task")),
            }
        })
        .await?;
        let identity = identity(&task)?;
        let task = running(call, &task, &identity).await?;
        stays(call, cluster, &task, &identity).await?;
        let addresses = tasks::addresses(call, &task).await?;
        Ok(Created {
            identity,
            output: output(&task, addresses)?,
        })
    }

    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, EcsTaskOutput>,
        fields: &[&'static str],
    ) -> Result<EcsTaskOutput> {
        if fields == ["shutdown"] {
            return Ok(have.output.clone());
        }
        Err(Error::bug(
            "update the task",
            format!("{} cannot be updated", fields.join(", ")),
        ))
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ecs_tags::retag(call, identity, set, remove).await
    }

    async fn before_delete(&self, call: &Call<'_, Aws>, identity: &Identity, seen: Option<&EcsTaskOutput>) {
        let seen = seen.and_then(|seen| Addresses::known(seen.public_ip.as_ref(), seen.private_ip.as_ref()));
        let running = async {
            if let Some(seen) = seen {
                return Ok(vec![seen]);
            }
            let task = one(call, &identity.id).await?;
            Ok(tasks::addresses_of_running(call, task.as_slice()).await)
        };
        shutdown::before_stop(call, self.shutdown.known().copied().flatten(), running).await;
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = identity.id.as_str();
        let request = call
            .world
            .ecs
            .stop_task()
            .cluster(cluster_of(arn))
            .task(arn)
            .reason("Stopped by Terraform");
        match unless_absent(ask(call, "ecs:StopTask", request.send()).await) {
            Ok(None) => return Ok(()),
            // Of a task that stopped some while ago ECS knows nothing any more, and calls its name invalid.
            Err(error) if error.message.contains("task was not found") => return Ok(()),
            other => other?,
        };
        wait_until(call, Pace::Seconds, "the task has stopped", || async {
            let task = one(call, arn).await?;
            Ok(task
                .is_none_or(|task| task.last_status() == Some("STOPPED"))
                .then_some(()))
        })
        .await
    }
}

/// Waits until a task that was started runs.
async fn running(call: &Call<'_, Aws>, started: &Task, identity: &Identity) -> Result<Task> {
    let (latest, heard) = (Mutex::new(started.clone()), Heard::now());
    let runs = wait_until(call, Pace::Seconds, "the task runs", || async {
        // One that is not found is not known everywhere yet.
        let found = one(call, &identity.id).await?;
        heard.again();
        let Some(task) = found else {
            return Ok(None);
        };
        match task.last_status() {
            Some("RUNNING") => Ok(Some(task)),
            Some("STOPPED") => Err(diagnosis::explain_task(call, &task, "The task stopped before it ran.").await),
            _ => {
                *latest.lock().await = task;
                Ok(None)
            }
        }
    });
    match runs.await {
        Err(error) if error.kind == ErrorKind::TimedOut => {
            let latest = latest.into_inner();
            let silence = heard.silence("ecs:DescribeTasks");
            let reason = format!("The task did not come up in the time for this operation{silence}.");
            Err(diagnosis::explain_task(call, &latest, &reason).await)
        }
        other => other,
    }
}

/// Looks once more at a task that has come up, a little later: whether it stays, and whether another of its name came first.
async fn stays(call: &Call<'_, Aws>, cluster: &ClusterArn, task: &Task, identity: &Identity) -> Result<()> {
    tokio::select! {
        // What came up counts as made, whatever becomes of the rest of the run.
        () = call.cancel.cancelled() => return Ok(()),
        () = tokio::time::sleep_until(call.deadline.min(Instant::now() + WATCHED)) => {}
    }
    let (again, named) = join(one(call, &identity.id), named(call, cluster)).await;
    // It did come up, and what cannot be seen now the next refresh sees.
    if let Ok(Some(task)) = again
        && !stands(&task)
    {
        return Err(diagnosis::explain_task(call, &task, "The task stopped as soon as it had come up.").await);
    }
    match named.unwrap_or_default().iter().find(|other| came_before(other, task)) {
        Some(other) => Err(overtaken(other, call.name)),
        None => Ok(()),
    }
}

/// The tasks that stand and carry this deployment's name and this component's key, whichever deployment's they are.
async fn named(call: &Call<'_, Aws>, cluster: &ClusterArn) -> Result<Vec<Task>> {
    let request = call
        .world
        .ecs
        .list_tasks()
        .cluster(cluster.as_str())
        .started_by(started_by(call))
        .desired_status(DesiredStatus::Running);
    let arns = request.into_paginator().items().send();
    let arns = ask(call, "ecs:ListTasks", arns.collect::<std::result::Result<Vec<_>, _>>()).await;
    let arns = unless_absent(arns)?.unwrap_or_default();
    let tasks = try_join_all(arns.iter().map(|arn| described(call, cluster.as_str(), arn))).await?;
    let key = call.key.base();
    let is_named = |task: &Task| {
        let tags = from_ecs(task.tags());
        let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
        has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, key.as_str())
    };
    let tasks = tasks.into_iter().flatten();
    Ok(tasks.filter(|task| stands(task) && is_named(task)).collect())
}

/// The id of the deployment that a task belongs to.
fn owner(task: &Task) -> Option<String> {
    from_ecs(task.tags()).remove(TAG_DEPLOYMENT_ID)
}

/// Whether a task is another deployment's and was started before ours. A task's name is no lock: of two deployments that start
/// one at once the earlier has it, as both of them see.
fn came_before(other: &Task, ours: &Task) -> bool {
    let order = |task: &Task| {
        let created = task.created_at();
        created.map(|at| (at.secs(), at.subsec_nanos(), task.task_arn().map(str::to_owned)))
    };
    owner(other) != owner(ours) && order(other) < order(ours)
}

/// What is said to the deployment whose task came second.
fn overtaken(other: &Task, name: &str) -> Error {
    let message = format!(
        "{} was started before ours; it is owned by the deployment {} of the same name",
        other.task_arn().unwrap_or_default(),
        owner(other).unwrap_or_default()
    );
    let remedy =
        format!("choose another name; or take that deployment over, with `terraform import` and the name `{name}`");
    Error::new(ErrorKind::Foreign, "ecs:RunTask", message).with_remedy(remedy)
}

/// What a task's starter is called, by which it is found again. At most 128 letters, digits, hyphens and underscores.
fn started_by(call: &Call<'_, Aws>) -> String {
    format!("thatdot-{}", call.name)
}

/// The cluster that a task's ARN names: `arn:…:task/CLUSTER/ID`.
fn cluster_of(task_arn: &str) -> &str {
    task_arn.split('/').nth(1).unwrap_or("default")
}

async fn one(call: &Call<'_, Aws>, arn: &str) -> Result<Option<Task>> {
    described(call, cluster_of(arn), arn).await
}

async fn described(call: &Call<'_, Aws>, cluster: &str, arn: &str) -> Result<Option<Task>> {
    in_time(call, "ecs:DescribeTasks", call.world.reads.ecs.tasks.one(cluster, arn)).await
}

/// Whether a task runs or is on its way to (Amazon ECS developer guide, "Task lifecycle").
fn stands(task: &Task) -> bool {
    let ends = ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED", "DELETED"];
    task.desired_status() != Some("STOPPED") && !task.last_status().is_some_and(|status| ends.contains(&status))
}

/// Why no task was started although the call was accepted (Amazon ECS developer guide, "API failure reasons").
fn not_placed(failure: &Failure) -> Error {
    let reason = failure.reason().unwrap_or("no reason given");
    let detail = failure
        .detail()
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default();
    let kind = if reason.starts_with("RESOURCE") || reason.contains("apacity") {
        ErrorKind::LimitExceeded
    } else {
        ErrorKind::Invalid
    };
    Error::new(kind, "ecs:RunTask", format!("ECS started no task: {reason}{detail}"))
        .with_remedy("Where capacity is short, apply again later or in other subnets; else see what the reason names.")
}

/// What the task runs on. Of a strategy it tells the one provider that it came to.
fn same_launch(wanted: Option<&Launch>, task: &Task) -> Launch {
    let Some(provider) = task.capacity_provider_name().map(CapacityProviderName::from) else {
        return Launch::told(wanted, BTreeSet::new(), task.launch_type());
    };
    match wanted {
        Some(Launch::CapacityProviders(shares)) if shares.iter().any(|share| share.provider == provider) => {
            Launch::CapacityProviders(shares.clone())
        }
        Some(Launch::Fargate) if provider.as_str() == Launch::FARGATE => Launch::Fargate,
        _ => Launch::only(provider),
    }
}

/// The platform version that is reported, or `LATEST` where that is wanted: a task keeps the one it started with.
fn same_platform(wanted: Option<&Option<String>>, reported: Option<&str>) -> String {
    match (wanted.and_then(Option::as_ref), reported) {
        (Some(wanted), Some(_)) if wanted == LATEST => wanted.clone(),
        (Some(wanted), None) => wanted.clone(),
        (_, reported) => reported.unwrap_or(LATEST).to_owned(),
    }
}

/// The subnets that are wanted, as long as the task runs in one of them: ECS does not repeat the others.
fn same_subnets(wanted: Option<&Unordered<SubnetId>>, actual: Option<&SubnetId>) -> Unordered<SubnetId> {
    match (wanted, actual) {
        (Some(wanted), Some(actual)) if wanted.contains(actual) => wanted.clone(),
        (Some(wanted), None) => wanted.clone(),
        (_, actual) => actual.into_iter().cloned().collect(),
    }
}

fn identity(task: &Task) -> Result<Identity> {
    let arn = task
        .task_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("ecs:DescribeTasks", "task ARN"))?;
    Ok(Identity {
        id: arn.to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(task: &Task, addresses: Addresses) -> Result<EcsTaskOutput> {
    Ok(EcsTaskOutput {
        arn: identity(task)?.id.into(),
        public_ip: addresses.public,
        private_ip: addresses.private,
    })
}

#[cfg(test)]
mod tests;
