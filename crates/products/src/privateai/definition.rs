//! The task definition: the product's container, and the one that puts its licence in place. Source: the vendor's guide,
//! *Create ECS Task Definition*.

use super::model::PrivateAi;
use super::{license, vendor};
use crate::shared::environment::known_entries;
use crate::shared::hosts;
use crate::shared::service::TASK_DEFINITION;
use crate::wiring::input;
use aws::Aws;
use aws::ids::{FileSystemId, LogGroupName, RoleArn, TaskDefinitionArn};
use components::{
    AppProtocol, Architecture, Compatibility, Container, EcsTaskDefinition, HealthCheck, Logs, PortMapping,
};
use engine::{Graph, Input, Key};

/// What the task definition refers to.
pub struct Parts<'a> {
    /// The role that the container has.
    pub task_role: &'a Input<RoleArn>,
    /// The role that starts it.
    pub execution_role: &'a Input<RoleArn>,
    /// Where it logs.
    pub log_group: &'a Input<LogGroupName>,
    /// The secret that holds the licence, where there is one.
    pub secret: Option<&'a Input<String>>,
    /// The file system that the licence is put on, where there is one.
    pub file_system: Option<&'a Input<FileSystemId>>,
}

/// Adds the task definition.
pub fn add(graph: &mut Graph<Aws>, model: &PrivateAi, aws: &Aws, parts: &Parts<'_>) -> Input<TaskDefinitionArn> {
    let on_fargate = model.hosts().is_none();
    let storage = model.fargate.as_ref().map(|fargate| &fargate.ephemeral_storage_gib);
    let handle = graph.add(
        Key::new(TASK_DEFINITION),
        EcsTaskDefinition {
            family: input(&model.name, |name| name, String::new()),
            compatibility: if on_fargate {
                Compatibility::Fargate
            } else {
                Compatibility::Ec2
            }
            .into(),
            architecture: architecture(model),
            cpu: input(&model.cpu, |cpu| cpu, vendor::CPU),
            memory: input(&model.memory, |memory| memory, vendor::MEMORY),
            ephemeral_storage_gib: storage.map_or(Input::Known(None), |gib| {
                input(gib, |gib| i32::try_from(gib).ok(), None)
            }),
            task_role: parts.task_role.clone(),
            execution_role: parts.execution_role.clone(),
            containers: containers(model, aws, parts),
            volumes: if parts.secret.is_some() {
                license::volumes(parts.file_system)
            } else {
                Vec::new().into()
            },
        },
    );
    handle.output("arn", |output| output.arn.clone())
}

/// The hosts' architecture; the product's own on Fargate.
fn architecture(model: &PrivateAi) -> Input<Option<Architecture>> {
    if model.hosts().is_none() {
        return Some(Architecture::X86_64).into();
    }
    hosts::architecture(&model.host)
}

fn containers(model: &PrivateAi, aws: &Aws, parts: &Parts<'_>) -> Input<Vec<Container>> {
    let (Some(image), Some(environment), Some(secrets), Some(stop_timeout), Some(gpus)) = (
        model.image.known(),
        known_entries(&model.environment),
        known_entries(&model.secrets),
        model.stop_timeout.known(),
        gpus(model),
    ) else {
        return Input::Unknown;
    };
    let mut product = Container::new(vendor::CONTAINER, image);
    product.environment = environment;
    product.secrets = secrets;
    product.stop_timeout = i32::try_from(*stop_timeout).ok();
    product.gpus = Some(gpus).filter(|gpus| *gpus > 0);
    product.health_check = Some(health_check());
    product.port_mappings = vec![PortMapping {
        name: Some(format!("{}-{}-tcp", vendor::CONTAINER, vendor::PORT)),
        container_port: vendor::PORT,
        app_protocol: Some(AppProtocol::Http),
    }];
    let region = aws.region.to_string();
    let Some(secret) = parts.secret else {
        return logged(
            parts
                .log_group
                .clone()
                .with("container", product, |group, product| (group, vec![product.clone()])),
            region,
        );
    };
    product.mounts = license::mounts(true);
    product.depends_on = license::awaited();
    let version = model.license.as_ref().and_then(license::version);
    let both = parts.log_group.clone().and(secret.clone());
    let both = both.with(
        "containers",
        (product, version),
        |(group, secret), (product, version)| {
            let writer = license::container(&product.image, secret, version.clone());
            (group, vec![product.clone(), writer])
        },
    );
    logged(both, region)
}

/// Lets all containers log to the group.
fn logged(containers: Input<(LogGroupName, Vec<Container>)>, region: String) -> Input<Vec<Container>> {
    containers.with("logs", region, |(group, containers), region| {
        let log = |mut container: Container| {
            container.logs = Some(Logs {
                group: group.clone(),
                region: region.clone(),
                stream_prefix: "privateai".to_owned(),
            });
            container
        };
        containers.into_iter().map(log).collect()
    })
}

/// Source: the vendor's guide, *Create ECS Task Definition*, step 12.
fn health_check() -> HealthCheck {
    HealthCheck {
        command: vec![
            "CMD-SHELL".to_owned(),
            format!(
                "curl -f http://localhost:{}{} || exit 1",
                vendor::PORT,
                vendor::HEALTH_PATH
            ),
        ],
        interval: 30,
        timeout: 5,
        retries: 3,
        start_period: 60,
    }
}

/// How many GPUs the container asks for: all that a host has. `None` while the host is unknown.
pub fn gpus(model: &PrivateAi) -> Option<u32> {
    if model.hosts().is_none() {
        return Some(0);
    }
    u32::try_from(*model.host.known()?.gpus.known()?).ok()
}
