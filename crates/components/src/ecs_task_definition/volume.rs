//! What a task's containers can mount.

use aws_sdk_ecs::types::{self as sdk, EfsAuthorizationConfigIam, EfsTransitEncryption};

use aws::ids::{AccessPointId, FileSystemId};
use engine::{Error, Result};

/// A volume. Source: Amazon ECS API, `Volume`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Volume {
    /// A file system.
    Efs(EfsVolume),
    /// A place of this name on the task's own disk or its host's, which the task's containers share and which ends with the
    /// task.
    Task(String),
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

impl Volume {
    /// The file system that it is, where it is one.
    pub fn efs(&self) -> Option<&EfsVolume> {
        match self {
            Self::Efs(volume) => Some(volume),
            Self::Task(_) => None,
        }
    }

    /// As the SDK takes it.
    pub(super) fn sent(&self) -> Result<sdk::Volume> {
        let volume = match self {
            Self::Efs(volume) => sdk::Volume::builder()
                .name(&volume.name)
                .efs_volume_configuration(volume.sent()?),
            Self::Task(name) => sdk::Volume::builder()
                .name(name)
                .host(sdk::HostVolumeProperties::builder().build()),
        };
        Ok(volume.build())
    }

    /// As it is reported; `None` for a kind that we never register.
    pub(super) fn reported(found: &sdk::Volume) -> Option<Self> {
        let name = found.name()?.to_owned();
        if let Some(efs) = found.efs_volume_configuration() {
            return Some(Self::Efs(EfsVolume::reported(name, efs)));
        }
        let elsewhere = found.docker_volume_configuration().is_some()
            || found.fsx_windows_file_server_volume_configuration().is_some()
            || found.configured_at_launch() == Some(true)
            || found.host().is_some_and(|host| host.source_path().is_some());
        (!elsewhere).then_some(Self::Task(name))
    }
}

impl EfsVolume {
    fn sent(&self) -> Result<sdk::EfsVolumeConfiguration> {
        let iam = if self.iam {
            EfsAuthorizationConfigIam::Enabled
        } else {
            EfsAuthorizationConfigIam::Disabled
        };
        let authorization = sdk::EfsAuthorizationConfig::builder()
            .set_access_point_id(self.access_point.as_ref().map(ToString::to_string))
            .iam(iam)
            .build();
        sdk::EfsVolumeConfiguration::builder()
            .file_system_id(self.file_system.as_str())
            .root_directory(&self.root_directory)
            .transit_encryption(EfsTransitEncryption::Enabled)
            .authorization_config(authorization)
            .build()
            .map_err(|error| Error::bug("ecs:RegisterTaskDefinition", error.to_string()))
    }

    fn reported(name: String, efs: &sdk::EfsVolumeConfiguration) -> Self {
        let authorization = efs.authorization_config();
        Self {
            name,
            file_system: efs.file_system_id().into(),
            root_directory: efs.root_directory().unwrap_or("/").to_owned(),
            access_point: authorization
                .and_then(|auth| auth.access_point_id())
                .map(AccessPointId::from),
            iam: authorization.and_then(|auth| auth.iam()) == Some(&EfsAuthorizationConfigIam::Enabled),
        }
    }
}
