//! A container as we describe it.

use std::collections::BTreeMap;

use aws::choice;
use aws::ids::LogGroupName;

/// A container, as far as we set it. Two are equal when they mean the same, whatever defaults AWS adds. Source: Amazon ECS
/// API, `ContainerDefinition`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Whether the task ends when it ends.
    pub essential: bool,
    /// What it starts with; `None` for the image's own.
    pub entry_point: Option<Vec<String>>,
    /// What the entry point is told; `None` for the image's own.
    pub command: Option<Vec<String>>,
    /// Whom its process runs as: a name or number, with or without a group; `None` for the image's own.
    pub user: Option<String>,
    /// The TCP ports that it listens on.
    pub port_mappings: Vec<PortMapping>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Environment variables that ECS fetches: name → ARN.
    pub secrets: BTreeMap<String, String>,
    /// Volumes by the path they are mounted at.
    pub mounts: BTreeMap<String, Mount>,
    /// The containers that it waits for before it starts, by name.
    pub depends_on: BTreeMap<String, Condition>,
    /// How it is found to be healthy; `None`: not from within.
    pub health_check: Option<HealthCheck>,
    /// How many GPUs it has for itself.
    pub gpus: Option<u32>,
    /// Where its output goes.
    pub logs: Option<Logs>,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout: Option<i32>,
}

impl Container {
    /// An essential container of that name that runs an image as the image says, with nothing else set.
    pub fn new(name: impl Into<String>, image: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            image: image.into(),
            essential: true,
            entry_point: None,
            command: None,
            user: None,
            port_mappings: Vec::new(),
            environment: BTreeMap::new(),
            secrets: BTreeMap::new(),
            mounts: BTreeMap::new(),
            depends_on: BTreeMap::new(),
            health_check: None,
            gpus: None,
            logs: None,
            stop_timeout: None,
        }
    }
}

/// A TCP port that a container listens on. In a network of the task's own it is the port of the task too. Source: Amazon
/// ECS API, `PortMapping`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortMapping {
    /// What Service Connect calls it: up to 64 lower-case letters, digits, `_` and `-`, not beginning with `-`. A port that
    /// has an application protocol must have one.
    pub name: Option<String>,
    /// The port.
    pub container_port: u16,
    /// What is spoken on it, which Service Connect alone looks at; `None`: TCP.
    pub app_protocol: Option<AppProtocol>,
}

impl PortMapping {
    /// A port without a name.
    pub fn tcp(container_port: u16) -> Self {
        Self {
            name: None,
            container_port,
            app_protocol: None,
        }
    }
}

choice! {
    /// The protocols that Service Connect knows beside TCP.
    pub enum AppProtocol {
        /// HTTP/1.1.
        Http = "http",
        /// HTTP/2.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
    }
}

/// How a container is found to be healthy, from within. Source: Amazon ECS API, `HealthCheck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// `CMD` and a program with its arguments, or `CMD-SHELL` and a line for the shell; exit code 0 means healthy.
    pub command: Vec<String>,
    /// Seconds from one check to the next: 5 to 300.
    pub interval: i32,
    /// Seconds until a check counts as failed: 2 to 60.
    pub timeout: i32,
    /// How many failures in a row make the container unhealthy: 1 to 10.
    pub retries: i32,
    /// Seconds from the start in which failures do not count: 0 to 300.
    pub start_period: i32,
}

choice! {
    /// What one container waits for another to come to.
    pub enum Condition {
        /// It has started.
        Start = "START",
        /// It has ended, whatever its exit code; it must not be essential.
        Complete = "COMPLETE",
        /// It has ended with exit code 0; it must not be essential.
        Success = "SUCCESS",
        /// Its health check has passed.
        Healthy = "HEALTHY",
    }
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
