//! A launch template: what hosts of an auto scaling group are made of. Sources: Amazon EC2 API, `CreateLaunchTemplate`,
//! `CreateLaunchTemplateVersion`, `ModifyLaunchTemplate`, `DescribeLaunchTemplates`, `DescribeLaunchTemplateVersions`,
//! `DeleteLaunchTemplateVersions`, `DeleteLaunchTemplate`.

use std::collections::BTreeSet;

use crate::aws::ids::{ImageId, InstanceProfileArn, LaunchTemplateId, SecurityGroupId};
use crate::aws::{InstanceMetadata, RootVolume};
use crate::engine::Tags;

crate::spec! {
    /// A launch template. Its default version is the one that counts: a change makes a new version and makes that the
    /// default.
    pub struct LaunchTemplate {
        /// The name, unique in the region of an account: 3 to 128 letters, digits and `( ) . / _ -`.
        replace name: String,
        /// The machine image.
        update image_id: ImageId,
        /// The instance type: `m5zn.xlarge`.
        update instance_type: String,
        /// The key pair that opens SSH; `None`: no SSH key.
        update key_name: Option<String>,
        /// The groups that guard the hosts.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// What the hosts have their role by.
        update instance_profile: InstanceProfileArn,
        /// The disk that the hosts start from.
        update volume: RootVolume,
        /// How the hosts' metadata service may be asked.
        update metadata: InstanceMetadata,
        /// The script that runs when a host first starts, as plain text: up to 16 KiB.
        update user_data: String,
        /// Whether metrics come every minute instead of every five.
        update monitoring: bool,
        /// Whether the hosts are spot instances, which AWS may take back at two minutes' notice.
        update spot: bool,
        /// The tags of hosts, their volumes and their network interfaces. Those of an auto scaling group that propagate
        /// are laid over them on hosts alone.
        update instance_tags: Tags,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchTemplateOutput {
    /// The id.
    pub id: LaunchTemplateId,
    /// The default version, which every change in place replaces (refer to it as volatile).
    pub version: i64,
}
