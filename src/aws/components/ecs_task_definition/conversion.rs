//! Between our description of containers and volumes and the SDK's. What AWS adds by default is left out on the way back.

use aws_sdk_ecs::types::{
    self as sdk, ContainerDefinition, EfsAuthorizationConfigIam, EfsTransitEncryption, LogDriver, TransportProtocol,
};

use super::{Container, EcsTaskDefinition, EfsVolume, Logs, Mount};
use crate::aws::ids::{AccessPointId, RoleArn};
use crate::engine::{Error, Result};

/// A container as the SDK takes it.
pub(super) fn definition(container: &Container) -> Result<ContainerDefinition> {
    let port = container.port.map(|port| {
        sdk::PortMapping::builder()
            .container_port(port.into())
            .host_port(port.into())
            .protocol(TransportProtocol::Tcp)
            .build()
    });
    let environment = container
        .environment
        .iter()
        .map(|(name, value)| sdk::KeyValuePair::builder().name(name).value(value).build());
    let secrets = container
        .secrets
        .iter()
        .map(|(name, arn)| {
            sdk::Secret::builder()
                .name(name)
                .value_from(arn)
                .build()
                .map_err(|error| incomplete(&error))
        })
        .collect::<Result<Vec<_>>>()?;
    let mounts = container.mounts.iter().map(|(path, mount)| {
        sdk::MountPoint::builder()
            .source_volume(&mount.volume)
            .container_path(path)
            .set_read_only(mount.read_only.then_some(true))
            .build()
    });
    let logs = container
        .logs
        .as_ref()
        .map(|logs| {
            sdk::LogConfiguration::builder()
                .log_driver(LogDriver::Awslogs)
                .options("awslogs-group", logs.group.as_str())
                .options("awslogs-region", &logs.region)
                .options("awslogs-stream-prefix", &logs.stream_prefix)
                .build()
                .map_err(|error| incomplete(&error))
        })
        .transpose()?;
    Ok(ContainerDefinition::builder()
        .name(&container.name)
        .image(&container.image)
        .essential(true)
        .set_port_mappings(port.map(|port| vec![port]))
        .set_environment(Some(environment.collect()))
        .set_secrets((!secrets.is_empty()).then_some(secrets))
        .set_mount_points(Some(mounts.collect()))
        .set_log_configuration(logs)
        .set_stop_timeout(container.stop_timeout)
        .build())
}

/// A volume as the SDK takes it.
pub(super) fn volume(volume: &EfsVolume) -> Result<sdk::Volume> {
    let iam = if volume.iam {
        EfsAuthorizationConfigIam::Enabled
    } else {
        EfsAuthorizationConfigIam::Disabled
    };
    let authorization = sdk::EfsAuthorizationConfig::builder()
        .set_access_point_id(volume.access_point.as_ref().map(ToString::to_string))
        .iam(iam)
        .build();
    let efs = sdk::EfsVolumeConfiguration::builder()
        .file_system_id(volume.file_system.as_str())
        .root_directory(&volume.root_directory)
        .transit_encryption(EfsTransitEncryption::Enabled)
        .authorization_config(authorization)
        .build()
        .map_err(|error| incomplete(&error))?;
    Ok(sdk::Volume::builder()
        .name(&volume.name)
        .efs_volume_configuration(efs)
        .build())
}

fn incomplete(error: &aws_smithy_types::error::operation::BuildError) -> Error {
    Error::bug("ecs:RegisterTaskDefinition", error.to_string())
}

/// The spec that a revision would be made by.
pub(super) fn reported(found: &sdk::TaskDefinition) -> EcsTaskDefinition {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    EcsTaskDefinition {
        family: found.family().unwrap_or_default().to_owned().into(),
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
            .filter_map(reported_volume)
            .collect::<Vec<_>>()
            .into(),
    }
}

fn reported_container(found: &ContainerDefinition) -> Container {
    let option = |logs: &sdk::LogConfiguration, name| {
        logs.options()
            .and_then(|options| options.get(name))
            .cloned()
            .unwrap_or_default()
    };
    let port = found.port_mappings().first().and_then(sdk::PortMapping::container_port);
    Container {
        name: found.name().unwrap_or_default().to_owned(),
        image: found.image().unwrap_or_default().to_owned(),
        port: port.and_then(|port| u16::try_from(port).ok()),
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
        mounts: found
            .mount_points()
            .iter()
            .filter_map(|mount| {
                let volume = mount.source_volume()?.to_owned();
                Some((
                    mount.container_path()?.to_owned(),
                    Mount {
                        volume,
                        read_only: mount.read_only() == Some(true),
                    },
                ))
            })
            .collect(),
        logs: found
            .log_configuration()
            .filter(|logs| *logs.log_driver() == LogDriver::Awslogs)
            .map(|logs| Logs {
                group: option(logs, "awslogs-group").into(),
                region: option(logs, "awslogs-region"),
                stream_prefix: option(logs, "awslogs-stream-prefix"),
            }),
        stop_timeout: found.stop_timeout(),
    }
}

fn reported_volume(found: &sdk::Volume) -> Option<EfsVolume> {
    let efs = found.efs_volume_configuration()?;
    let authorization = efs.authorization_config();
    Some(EfsVolume {
        name: found.name()?.to_owned(),
        file_system: efs.file_system_id().into(),
        root_directory: efs.root_directory().unwrap_or("/").to_owned(),
        access_point: authorization
            .and_then(|auth| auth.access_point_id())
            .map(AccessPointId::from),
        iam: authorization.and_then(|auth| auth.iam()) == Some(&EfsAuthorizationConfigIam::Enabled),
    })
}
