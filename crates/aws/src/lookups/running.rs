//! How a deployment is doing: its service, its tasks, what ECS says of them. Sources: Amazon ECS API, `DescribeServices`,
//! `ListTasks`, `DescribeTasks`; Amazon EC2 API, `DescribeNetworkInterfaces`.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ecs::types::{DesiredStatus, Service, Task};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Aws;
use crate::error::{refusal, unless_absent};
use crate::ids::{ClusterArn, ServiceArn, TaskArn, TaskDefinitionArn};
use crate::tasks::addresses;
use engine::{Call, DeploymentId, Key, Notes, Result, Tags};

/// How many tasks `DescribeTasks` takes.
const TASKS_PER_CALL: usize = 100;

/// How many of the service's events are told.
const EVENTS: usize = 10;

/// How long finding the tasks' addresses may take.
const LIMIT: Duration = Duration::from_mins(1);

/// A service as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningService {
    /// Its ARN.
    pub arn: ServiceArn,
    /// Its cluster.
    pub cluster_arn: ClusterArn,
    /// `ACTIVE` or `DRAINING`.
    pub status: String,
    /// How many tasks are to run.
    pub desired_count: i32,
    /// How many tasks run.
    pub running_count: i32,
    /// How many tasks are on their way.
    pub pending_count: i32,
    /// The revision that new tasks are of.
    pub task_definition: Option<TaskDefinitionArn>,
    /// How far the current deployment is: `COMPLETED`, `IN_PROGRESS`, `FAILED`.
    pub rollout_state: Option<String>,
    /// Why it is there.
    pub rollout_reason: Option<String>,
    /// What ECS did last, the newest first.
    pub events: Vec<ServiceEvent>,
}

/// Something that ECS did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEvent {
    /// When, in RFC 3339.
    pub at: String,
    /// What.
    pub message: String,
}

/// A task that runs or is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningTask {
    /// Its ARN.
    pub arn: TaskArn,
    /// ECS's word for where it is: `PENDING`, `RUNNING`.
    pub status: String,
    /// ECS's word for its health: `HEALTHY`, `UNHEALTHY`, `UNKNOWN`.
    pub health: String,
    /// Its revision.
    pub task_definition: Option<TaskDefinitionArn>,
    /// Its zone.
    pub zone: Option<String>,
    /// Its public address, where it has one.
    pub public_ip: Option<String>,
    /// Its private address.
    pub private_ip: Option<String>,
    /// The digest of each container's image, by the container's name; of those whose image was pulled.
    pub image_digests: BTreeMap<String, String>,
    /// Since when it runs, in RFC 3339.
    pub started_at: Option<String>,
}

/// The service of that name, or `None` where there is none that lives.
pub async fn running_service(aws: &Aws, cluster: &str, service: &str) -> Result<Option<RunningService>> {
    let request = aws.ecs.describe_services().cluster(cluster).services(service);
    let answer = request
        .send()
        .await
        .map_err(|error| refusal("ecs:DescribeServices", &error));
    let found = unless_absent(answer)?
        .and_then(|answer| answer.services)
        .unwrap_or_default();
    let living = found.into_iter().find(|service| service.status() != Some("INACTIVE"));
    Ok(living.map(|service| told(&service)))
}

fn told(service: &Service) -> RunningService {
    let primary = service
        .deployments()
        .iter()
        .find(|deployment| deployment.status() == Some("PRIMARY"));
    let events = service.events().iter().take(EVENTS).filter_map(|event| {
        Some(ServiceEvent {
            at: event.created_at().and_then(rfc3339)?,
            message: event.message()?.to_owned(),
        })
    });
    RunningService {
        arn: service.service_arn().unwrap_or_default().into(),
        cluster_arn: service.cluster_arn().unwrap_or_default().into(),
        status: service.status().unwrap_or_default().to_owned(),
        desired_count: service.desired_count(),
        running_count: service.running_count(),
        pending_count: service.pending_count(),
        task_definition: service.task_definition().map(Into::into),
        rollout_state: primary
            .and_then(|primary| primary.rollout_state())
            .map(|state| state.as_str().to_owned()),
        rollout_reason: primary
            .and_then(|primary| primary.rollout_state_reason())
            .map(str::to_owned),
        events: events.collect(),
    }
}

/// Whose tasks are asked for.
#[derive(Debug, Clone, Copy)]
pub enum TasksOf<'a> {
    /// A service's.
    Service(&'a str),
    /// A task definition's family, whoever runs them.
    Family(&'a str),
}

/// The tasks in a cluster that are meant to run, the newest first; none where there is no such cluster or service.
pub async fn running_tasks(aws: &Aws, cluster: &str, of: TasksOf<'_>) -> Result<Vec<RunningTask>> {
    let request = aws
        .ecs
        .list_tasks()
        .cluster(cluster)
        .desired_status(DesiredStatus::Running);
    let request = match of {
        TasksOf::Service(name) => request.service_name(name),
        TasksOf::Family(name) => request.family(name),
    };
    let pages = request.into_paginator().items().send();
    let listed: std::result::Result<Vec<_>, _> = pages.collect().await;
    let arns = unless_absent(listed.map_err(|error| refusal("ecs:ListTasks", &error)))?.unwrap_or_default();
    let mut tasks = Vec::new();
    for arns in arns.chunks(TASKS_PER_CALL) {
        let request = aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(arns.to_vec()));
        let answer = request
            .send()
            .await
            .map_err(|error| refusal("ecs:DescribeTasks", &error))?;
        tasks.extend(answer.tasks.unwrap_or_default());
    }
    tasks.sort_by_key(|task| std::cmp::Reverse(task.started_at().map(DateTime::secs)));
    let placed = tasks.iter().map(|task| placed(aws, task));
    futures::future::try_join_all(placed).await
}

async fn placed(aws: &Aws, task: &Task) -> Result<RunningTask> {
    let (key, deployment, tags, cancel) = (
        Key::new("task"),
        DeploymentId::from_text(""),
        Tags::new(),
        CancellationToken::new(),
    );
    let call = Call {
        world: aws,
        key: &key,
        replaced: false,
        deployment: &deployment,
        name: "",
        tags: &tags,
        deadline: Instant::now() + LIMIT,
        cancel: &cancel,
        notes: &Notes::default(),
    };
    let place = addresses(&call, task).await?;
    let digests = task.containers().iter().filter_map(|container| {
        let (name, digest) = (container.name()?, container.image_digest()?);
        Some((name.to_owned(), digest.to_owned()))
    });
    Ok(RunningTask {
        arn: task.task_arn().unwrap_or_default().into(),
        status: task.last_status().unwrap_or_default().to_owned(),
        health: task
            .health_status()
            .map_or("UNKNOWN", aws_sdk_ecs::types::HealthStatus::as_str)
            .to_owned(),
        task_definition: task.task_definition_arn().map(Into::into),
        zone: task.availability_zone().map(str::to_owned),
        public_ip: place.public,
        private_ip: place.private,
        image_digests: digests.collect(),
        started_at: task.started_at().and_then(rfc3339),
    })
}

fn rfc3339(at: &DateTime) -> Option<String> {
    at.fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn a_service_that_is_not_there_or_is_dead_is_none() {
        for answer in [
            Answer::json(r#"{"services": [], "failures": [{"reason": "MISSING"}]}"#),
            Answer::json(r#"{"services": [{"serviceName": "a", "status": "INACTIVE"}]}"#),
            Answer::refused("ClusterNotFoundException", "Cluster not found."),
        ] {
            let stage = Stage::answering(move |_| answer.clone());
            assert_eq!(running_service(&stage.aws, "a", "a").await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_service_tells_its_primary_deployment_and_its_last_events() {
        let events: Vec<_> = (0..12)
            .map(|n| format!(r#"{{"id": "{n}", "createdAt": 1700000000.5, "message": "event {n}"}}"#))
            .collect();
        let body = format!(
            r#"{{"services": [{{"serviceName": "a", "status": "ACTIVE", "desiredCount": 2, "runningCount": 1,
                "deployments": [{{"status": "ACTIVE", "rolloutState": "COMPLETED"}},
                    {{"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "rolloutStateReason": "rolling"}}],
                "events": [{}]}}]}}"#,
            events.join(",")
        );
        let stage = Stage::answering(move |_| Answer::json(body.clone()));
        let found = running_service(&stage.aws, "a", "a").await.unwrap().unwrap();
        assert_eq!((found.desired_count, found.running_count), (2, 1));
        assert_eq!(found.rollout_state.as_deref(), Some("IN_PROGRESS"));
        assert_eq!(found.rollout_reason.as_deref(), Some("rolling"));
        assert_eq!(found.events.len(), EVENTS);
        assert_eq!(found.events[0].at, "2023-11-14T22:13:20.5Z");
    }

    #[tokio::test]
    async fn tasks_are_gathered_from_every_page_and_the_newest_is_first() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "ListTasks" if asked.body.contains("nextToken") => Answer::json(r#"{"taskArns": ["t/2"]}"#),
            "ListTasks" => Answer::json(r#"{"taskArns": ["t/1"], "nextToken": "more"}"#),
            _ => Answer::json(
                r#"{"tasks": [
                    {"taskArn": "t/1", "lastStatus": "RUNNING", "healthStatus": "HEALTHY", "startedAt": 1700000000,
                     "containers": [{"name": "a", "imageDigest": "sha256:1"}, {"name": "b"}]},
                    {"taskArn": "t/2", "lastStatus": "RUNNING", "startedAt": 1700000001}]}"#,
            ),
        });
        let tasks = running_tasks(&stage.aws, "a", TasksOf::Service("a")).await.unwrap();
        assert_eq!(
            tasks.iter().map(|task| task.arn.as_str()).collect::<Vec<_>>(),
            ["t/2", "t/1"]
        );
        assert_eq!(tasks[0].health, "UNKNOWN");
        assert_eq!(
            tasks[1].image_digests,
            BTreeMap::from([("a".to_owned(), "sha256:1".to_owned())])
        );
        assert_eq!(stage.operations(), ["ListTasks", "ListTasks", "DescribeTasks"]);
    }

    #[tokio::test]
    async fn tasks_of_what_is_not_there_are_none() {
        let stage = Stage::answering(|_| Answer::refused("ServiceNotFoundException", "Service not found."));
        assert!(
            running_tasks(&stage.aws, "a", TasksOf::Family("a"))
                .await
                .unwrap()
                .is_empty()
        );
    }
}
