//! Between our description of a revision and the SDK's. What AWS adds by default is left out on the way back.

use aws_sdk_ecs::types::{
    self as sdk, ApplicationProtocol, ContainerCondition, ContainerDefinition, CpuArchitecture, LogDriver, OsFamily,
    ResourceType, TransportProtocol,
};

use super::{
    AppProtocol, Architecture, Compatibility, Condition, Container, EcsTaskDefinition, HealthCheck, Logs, Mount,
    PortMapping, Volume,
};
use aws::ids::RoleArn;
use engine::{Error, Result};

/// What AWS takes where a health check does not say (Amazon ECS API, `HealthCheck`).
mod health_check_defaults {
    pub(super) const INTERVAL: i32 = 30;
    pub(super) const TIMEOUT: i32 = 5;
    pub(super) const RETRIES: i32 = 3;
}

/// A container as the SDK takes it.
pub(super) fn definition(container: &Container) -> Result<ContainerDefinition> {
    let environment = container
        .environment
        .iter()
        .map(|(name, value)| sdk::KeyValuePair::builder().name(name).value(value).build());
    let mounts = container.mounts.iter().map(|(path, mount)| {
        sdk::MountPoint::builder()
            .source_volume(&mount.volume)
            .container_path(path)
            .set_read_only(mount.read_only.then_some(true))
            .build()
    });
    let secrets = all(container
        .secrets
        .iter()
        .map(|(name, arn)| sdk::Secret::builder().name(name).value_from(arn).build()))?;
    let depends_on = all(container.depends_on.iter().map(|(name, condition)| {
        sdk::ContainerDependency::builder()
            .container_name(name)
            .condition(ContainerCondition::from(condition.as_str()))
            .build()
    }))?;
    let gpus = all(container.gpus.iter().map(|gpus| {
        sdk::ResourceRequirement::builder()
            .r#type(ResourceType::Gpu)
            .value(gpus.to_string())
            .build()
    }))?;
    let logs = container.logs.as_ref().map(|logs| {
        sdk::LogConfiguration::builder()
            .log_driver(LogDriver::Awslogs)
            .options("awslogs-group", logs.group.as_str())
            .options("awslogs-region", &logs.region)
            .options("awslogs-stream-prefix", &logs.stream_prefix)
            .build()
    });
    let health_check = container.health_check.as_ref().map(|check| {
        sdk::HealthCheck::builder()
            .set_command(Some(check.command.clone()))
            .interval(check.interval)
            .timeout(check.timeout)
            .retries(check.retries)
            .set_start_period(Some(check.start_period).filter(|seconds| *seconds > 0))
            .build()
    });
    Ok(ContainerDefinition::builder()
        .name(&container.name)
        .image(&container.image)
        .essential(container.essential)
        .set_entry_point(container.entry_point.clone())
        .set_command(container.command.clone())
        .set_user(container.user.clone())
        .set_port_mappings(some_if_any(container.port_mappings.iter().map(port).collect()))
        .set_environment(Some(environment.collect()))
        .set_secrets(some_if_any(secrets))
        .set_mount_points(Some(mounts.collect()))
        .set_depends_on(some_if_any(depends_on))
        .set_health_check(health_check.transpose().map_err(|error| incomplete(&error))?)
        .set_resource_requirements(some_if_any(gpus))
        .set_log_configuration(logs.transpose().map_err(|error| incomplete(&error))?)
        .set_stop_timeout(container.stop_timeout)
        .build())
}

fn port(mapping: &PortMapping) -> sdk::PortMapping {
    let protocol = mapping.app_protocol.as_ref();
    sdk::PortMapping::builder()
        .set_name(mapping.name.clone())
        .container_port(mapping.container_port.into())
        .host_port(mapping.container_port.into())
        .protocol(TransportProtocol::Tcp)
        .set_app_protocol(protocol.map(|protocol| ApplicationProtocol::from(protocol.as_str())))
        .build()
}

/// The platform as the SDK takes it.
pub(super) fn runtime_platform(architecture: &Architecture) -> sdk::RuntimePlatform {
    sdk::RuntimePlatform::builder()
        .operating_system_family(OsFamily::Linux)
        .cpu_architecture(CpuArchitecture::from(architecture.as_str()))
        .build()
}

fn some_if_any<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn all<T>(
    built: impl Iterator<Item = std::result::Result<T, aws_smithy_types::error::operation::BuildError>>,
) -> Result<Vec<T>> {
    built
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| incomplete(&error))
}

fn incomplete(error: &aws_smithy_types::error::operation::BuildError) -> Error {
    Error::bug("ecs:RegisterTaskDefinition", error.to_string())
}

/// The spec that a revision would be made by.
pub(super) fn reported(found: &sdk::TaskDefinition) -> EcsTaskDefinition {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    EcsTaskDefinition {
        family: found.family().unwrap_or_default().to_owned().into(),
        compatibility: compatibility(found).into(),
        architecture: architecture(found).into(),
        cpu: number(found.cpu()).into(),
        memory: number(found.memory()).into(),
        ephemeral_storage_gib: found.ephemeral_storage().map(sdk::EphemeralStorage::size_in_gib).into(),
        task_role: RoleArn::from(found.task_role_arn().unwrap_or_default()).into(),
        execution_role: RoleArn::from(found.execution_role_arn().unwrap_or_default()).into(),
        containers: found
            .container_definitions()
            .iter()
            .map(reported_container)
            .collect::<Vec<_>>()
            .into(),
        volumes: found
            .volumes()
            .iter()
            .filter_map(Volume::reported)
            .collect::<Vec<_>>()
            .into(),
    }
}

/// What the revision was checked for, which is one thing where we registered it.
fn compatibility(found: &sdk::TaskDefinition) -> Compatibility {
    let mut required: Vec<_> = found
        .requires_compatibilities()
        .iter()
        .map(sdk::Compatibility::as_str)
        .collect();
    required.sort_unstable();
    Compatibility::from(required.join(",").as_str())
}

/// The architecture; with the operating system, where that is not Linux.
pub(super) fn architecture(found: &sdk::TaskDefinition) -> Option<Architecture> {
    let platform = found.runtime_platform()?;
    let architecture = platform.cpu_architecture().map_or("X86_64", CpuArchitecture::as_str);
    Some(match platform.operating_system_family() {
        None | Some(OsFamily::Linux) => Architecture::from(architecture),
        Some(other) => Architecture::Other(format!("{other}/{architecture}")),
    })
}

fn reported_container(found: &ContainerDefinition) -> Container {
    let some_words = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
    Container {
        name: found.name().unwrap_or_default().to_owned(),
        image: found.image().unwrap_or_default().to_owned(),
        essential: found.essential().unwrap_or(true),
        entry_point: some_words(found.entry_point()),
        command: some_words(found.command()),
        user: found.user().filter(|user| !user.is_empty()).map(str::to_owned),
        port_mappings: found.port_mappings().iter().filter_map(reported_port).collect(),
        environment: found
            .environment()
            .iter()
            .filter_map(|pair| Some((pair.name()?.to_owned(), pair.value().unwrap_or_default().to_owned())))
            .collect(),
        secrets: found
            .secrets()
            .iter()
            .map(|secret| (secret.name().to_owned(), secret.value_from().to_owned()))
            .collect(),
        mounts: found.mount_points().iter().filter_map(reported_mount).collect(),
        depends_on: found
            .depends_on()
            .iter()
            .map(|other| {
                (
                    other.container_name().to_owned(),
                    Condition::from(other.condition().as_str()),
                )
            })
            .collect(),
        health_check: found.health_check().map(reported_health_check),
        gpus: found
            .resource_requirements()
            .iter()
            .find(|requirement| *requirement.r#type() == ResourceType::Gpu)
            .and_then(|requirement| requirement.value().parse().ok()),
        logs: found
            .log_configuration()
            .filter(|logs| *logs.log_driver() == LogDriver::Awslogs)
            .map(reported_logs),
        stop_timeout: found.stop_timeout(),
    }
}

fn reported_port(found: &sdk::PortMapping) -> Option<PortMapping> {
    let protocol = found.app_protocol();
    Some(PortMapping {
        name: found.name().map(str::to_owned),
        container_port: found.container_port()?.try_into().ok()?,
        app_protocol: protocol.map(|protocol| AppProtocol::from(protocol.as_str())),
    })
}

fn reported_mount(found: &sdk::MountPoint) -> Option<(String, Mount)> {
    let mount = Mount {
        volume: found.source_volume()?.to_owned(),
        read_only: found.read_only() == Some(true),
    };
    Some((found.container_path()?.to_owned(), mount))
}

fn reported_health_check(found: &sdk::HealthCheck) -> HealthCheck {
    use health_check_defaults::{INTERVAL, RETRIES, TIMEOUT};
    HealthCheck {
        command: found.command().to_vec(),
        interval: found.interval().unwrap_or(INTERVAL),
        timeout: found.timeout().unwrap_or(TIMEOUT),
        retries: found.retries().unwrap_or(RETRIES),
        start_period: found.start_period().unwrap_or_default(),
    }
}

fn reported_logs(found: &sdk::LogConfiguration) -> Logs {
    let option = |name| {
        let options = found.options();
        options
            .and_then(|options| options.get(name))
            .cloned()
            .unwrap_or_default()
    };
    Logs {
        group: option("awslogs-group").into(),
        region: option("awslogs-region"),
        stream_prefix: option("awslogs-stream-prefix"),
    }
}
