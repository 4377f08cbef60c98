//! What is asked of a deployment's status and what is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use aws::lookups::{RunningTask, ServiceEvent};
use framework::validators::{arn, custom, length};
use framework::{Attr, Attribute, Schema, Type};

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    /// The deployment, by its name.
    pub name: Attr<String>,
    /// The deployment, by its service's ARN.
    pub service_arn: Attr<String>,
    /// The deployment, by its service: the cluster's name or ARN.
    pub cluster: Attr<String>,
    /// The deployment, by its service: the service's name.
    pub service: Attr<String>,
    /// Where to ask.
    pub endpoint_url: Attr<String>,
    /// Whether to ask.
    pub probe: Attr<bool>,
    /// Cluster and service.
    pub id: Attr<String>,
    /// ECS's word for the service.
    pub status: Attr<String>,
    /// How many tasks are to run.
    pub desired_count: Attr<i64>,
    /// How many tasks run.
    pub running_count: Attr<i64>,
    /// How many tasks are on their way.
    pub pending_count: Attr<i64>,
    /// How far the current deployment is.
    pub rollout_state: Attr<String>,
    /// Why it is there.
    pub rollout_state_reason: Attr<String>,
    /// The revision that new tasks are of.
    pub task_definition_arn: Attr<String>,
    /// The tasks, the newest first.
    pub tasks: Attr<Vec<Attr<Task>>>,
    /// What ECS did last, the newest first.
    pub events: Attr<Vec<Attr<Event>>>,
    /// Where was asked.
    pub url: Attr<String>,
    /// Whether there was an answer.
    pub reachable: Attr<bool>,
    /// Why there was none.
    pub reason: Attr<String>,
    /// The HTTP status of `/`.
    pub http_status: Attr<i64>,
    /// The version that `/` tells.
    pub app_version: Attr<String>,
    /// The HTTP status of `/healthz`.
    pub healthz_status: Attr<i64>,
}

/// One task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    arn: Attr<String>,
    status: Attr<String>,
    health: Attr<String>,
    #[serde(rename = "task_definition_arn")]
    definition_arn: Attr<String>,
    availability_zone: Attr<String>,
    public_ip: Attr<String>,
    private_ip: Attr<String>,
    image_digests: Attr<BTreeMap<String, Attr<String>>>,
    started_at: Attr<String>,
}

impl From<RunningTask> for Task {
    fn from(task: RunningTask) -> Self {
        let digests = task.image_digests.into_iter();
        Self {
            arn: Attr::Known(task.arn.into()),
            status: Attr::Known(task.status),
            health: Attr::Known(task.health),
            definition_arn: task.task_definition.map(String::from).into(),
            availability_zone: task.zone.into(),
            public_ip: task.public_ip.into(),
            private_ip: task.private_ip.into(),
            image_digests: Attr::Known(digests.map(|(name, digest)| (name, Attr::Known(digest))).collect()),
            started_at: task.started_at.into(),
        }
    }
}

/// One event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    at: Attr<String>,
    message: Attr<String>,
}

impl From<ServiceEvent> for Event {
    fn from(event: ServiceEvent) -> Self {
        Self {
            at: Attr::Known(event.at),
            message: Attr::Known(event.message),
        }
    }
}

/// The schema.
pub fn schema() -> Schema {
    let mut attributes = asked();
    attributes.extend(of_service());
    attributes.extend(of_endpoint());
    Schema::new(
        0,
        "How a deployment is doing right now: its tasks with health, addresses and image digests, what Amazon ECS did last, \
         and what the deployment's endpoint answers, where this machine reaches it. A deployment that does not answer is no \
         error: `reachable` is then `false`, and `reason` says why.",
        attributes,
        vec![],
    )
}

fn asked() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "name",
            "The deployment's name, for a deployment in a cluster of its own. Give this, or `service_arn`, or `cluster` with \
             `service`.",
        )
        .optional()
        .validate(length(1..=255)),
        Attribute::string("service_arn", "The ARN of the deployment's service.")
            .optional()
            .validate(arn("ecs")),
        Attribute::string("cluster", "The name or ARN of the cluster that the service is in.")
            .optional()
            .validate(length(1..=2048)),
        Attribute::string("service", "The service's name.").optional().validate(length(1..=255)),
        Attribute::string(
            "endpoint_url",
            "Where to ask: a deployment's `url`, or a load balancer's. Left out: port 8080 of the newest running task, at its \
             public address and else its private one.",
        )
        .optional()
        .validate(custom("a URL that begins with http:// or https://", |text| {
            text.starts_with("http://") || text.starts_with("https://")
        })),
        Attribute::bool(
            "probe",
            "Whether the endpoint is asked at all: two GET requests, `/` and `/healthz`, for which no credentials are sent and \
             no more than three seconds are waited. Defaults to `true`.",
        )
        .default(true),
    ]
}

fn of_service() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    let number = |name, description| Attribute::number(name, description).computed();
    let task = Type::object([
        ("arn", Type::String),
        ("status", Type::String),
        ("health", Type::String),
        ("task_definition_arn", Type::String),
        ("availability_zone", Type::String),
        ("public_ip", Type::String),
        ("private_ip", Type::String),
        ("image_digests", Type::map(Type::String)),
        ("started_at", Type::String),
    ]);
    let event = Type::object([("at", Type::String), ("message", Type::String)]);
    vec![
        text("id", "Cluster and service: `CLUSTER/SERVICE`."),
        text("status", "ECS's word for the service: `ACTIVE` or `DRAINING`; null where a single task runs without one."),
        number("desired_count", "How many tasks are to run; null without a service."),
        number("running_count", "How many tasks run."),
        number("pending_count", "How many tasks are on their way; null without a service."),
        text(
            "rollout_state",
            "How far the current deployment of the service is: `COMPLETED`, `IN_PROGRESS` or `FAILED`.",
        ),
        text("rollout_state_reason", "Why it is there, in ECS's words."),
        text("task_definition_arn", "The revision of the task definition that new tasks are of."),
        Attribute::list(
            "tasks",
            task,
            "The tasks that run or are on their way, the newest first: `arn`, `status`, `health` (`HEALTHY`, `UNHEALTHY`, \
             `UNKNOWN`), `task_definition_arn`, `availability_zone`, `public_ip`, `private_ip`, `image_digests` (by \
             container), `started_at` (RFC 3339).",
        )
        .computed(),
        Attribute::list(
            "events",
            event,
            "What Amazon ECS did last, the newest of ten first: `at` (RFC 3339) and `message`.",
        )
        .computed(),
    ]
}

fn of_endpoint() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    let number = |name, description| Attribute::number(name, description).computed();
    vec![
        text("url", "Where was asked; null where there was nobody to ask."),
        Attribute::bool("reachable", "Whether the endpoint answered, whatever it said.").computed(),
        text("reason", "Why it did not answer; null where it did."),
        number("http_status", "The HTTP status of `/`."),
        text(
            "app_version",
            "The version that `/` tells, as Private AI does; null where it tells none.",
        ),
        number(
            "healthz_status",
            "The HTTP status of `/healthz`: 200 where the service is healthy.",
        ),
    ]
}
