//! What is seen of an instance, some of which stands elsewhere: its script, and its disk (Amazon EC2 API,
//! `DescribeInstanceAttribute`, `DescribeVolumes`).

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{
    Instance, InstanceAttributeName, InstanceNetworkInterfaceAssociation, InstanceStateName, Volume,
};

use super::{Ec2Instance, InstanceState, NAME, state};
use aws::ask::{ask, in_time};
use aws::error::unless_absent;
use aws::host::{decoded, same_key};
use aws::ids::{ImageId, InstanceProfileArn, SecurityGroupId, SubnetId};
use aws::{Aws, InstanceMetadata, RootVolume, tags};
use engine::{Call, Result};

/// What the instance itself does not tell.
pub(super) struct Elsewhere {
    user_data: String,
    disk: Option<Volume>,
}

/// Looks for the instance and for the rest; `None` where it is gone.
pub(super) async fn look(call: &Call<'_, Aws>, id: &str) -> Result<Option<(Instance, Elsewhere)>> {
    let disks = call.world.reads.ec2.volumes.by("attachment.instance-id", id);
    let disks = in_time(call, "ec2:DescribeVolumes", disks);
    let (instance, user_data, disks) = tokio::try_join!(super::described(call, id), user_data(call, id), disks)?;
    let (Some(instance), Some(user_data)) = (instance.filter(super::stands), user_data) else {
        return Ok(None);
    };
    let disk = disk(&instance, disks);
    Ok(Some((instance, Elsewhere { user_data, disk })))
}

async fn user_data(call: &Call<'_, Aws>, id: &str) -> Result<Option<String>> {
    let request = call.world.ec2.describe_instance_attribute();
    let request = request.instance_id(id).attribute(InstanceAttributeName::UserData);
    let answer = unless_absent(ask(call, "ec2:DescribeInstanceAttribute", request.send()).await)?;
    Ok(answer.map(|answer| decoded(answer.user_data().and_then(|data| data.value()))))
}

/// The disk that it started from, among those that are attached to it.
fn disk(instance: &Instance, disks: Vec<Volume>) -> Option<Volume> {
    let mut mappings = instance.block_device_mappings().iter();
    let root = mappings.find(|mapping| mapping.device_name() == instance.root_device_name())?;
    let volume = root.ebs()?.volume_id();
    disks.into_iter().find(|disk| disk.volume_id() == volume)
}

impl Ec2Instance {
    /// The spec that the instance would be made by.
    pub(super) fn reported(&self, call: &Call<'_, Aws>, instance: &Instance, seen: Elsewhere) -> Self {
        let options = instance.metadata_options();
        let metadata = InstanceMetadata::told(
            options
                .and_then(|options| options.http_tokens())
                .map(aws_sdk_ec2::types::HttpTokensState::as_str),
            options.and_then(aws_sdk_ec2::types::InstanceMetadataOptionsResponse::http_put_response_hop_limit),
        );
        let groups = instance.security_groups().iter().filter_map(|group| group.group_id());
        let profile = instance.iam_instance_profile().and_then(|profile| profile.arn());
        Self {
            name: self.name_seen(call, instance).into(),
            image_id: ImageId::from(instance.image_id().unwrap_or_default()).into(),
            instance_type: instance.instance_type().map_or("", |kind| kind.as_str()).into(),
            key_name: instance
                .key_name()
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .into(),
            subnet: SubnetId::from(instance.subnet_id().unwrap_or_default()).into(),
            security_groups: groups.map(SecurityGroupId::from).collect::<BTreeSet<_>>().into(),
            associate_public_ip: has_public_ip(instance).map_or_else(|| self.associate_public_ip.clone(), Into::into),
            instance_profile: InstanceProfileArn::from(profile.unwrap_or_default()).into(),
            user_data: seen.user_data.into(),
            volume: self.volume_seen(instance, seen.disk.as_ref()).into(),
            metadata: metadata.into(),
            state: state_seen(instance).into(),
        }
    }

    /// What the tag says; where the user's own tags have a name, whether that is kept is told by the tags.
    fn name_seen(&self, call: &Call<'_, Aws>, instance: &Instance) -> String {
        match self.name.known() {
            Some(name) if call.tags.contains_key(NAME) => name.clone(),
            _ => tags::from_ec2(instance.tags()).remove(NAME).unwrap_or_default(),
        }
    }

    fn volume_seen(&self, instance: &Instance, disk: Option<&Volume>) -> RootVolume {
        RootVolume {
            device_name: instance.root_device_name().unwrap_or_default().to_owned(),
            size_gib: disk.and_then(Volume::size).unwrap_or_default(),
            encrypted: disk.and_then(Volume::encrypted).unwrap_or_default(),
            kms_key_id: same_key(self.volume.known(), disk.and_then(Volume::kms_key_id)),
            volume_type: disk
                .and_then(Volume::volume_type)
                .map_or_else(String::new, |kind| kind.as_str().to_owned()),
        }
    }
}

/// Whether it has a public address of its own; `None` where that cannot be told: it does not run, or somebody gave it an
/// Elastic IP address, which takes the place of its own and is theirs to take away.
fn has_public_ip(instance: &Instance) -> Option<bool> {
    if state(instance) != Some(&InstanceStateName::Running) {
        return None;
    }
    let association = instance
        .network_interfaces()
        .iter()
        .find_map(|interface| interface.association());
    match association.and_then(InstanceNetworkInterfaceAssociation::ip_owner_id) {
        Some("amazon") => Some(true),
        Some(_) => None,
        None => Some(instance.public_ip_address().is_some_and(|address| !address.is_empty())),
    }
}

fn state_seen(instance: &Instance) -> InstanceState {
    match state(instance) {
        Some(InstanceStateName::Pending | InstanceStateName::Running) | None => InstanceState::Running,
        Some(InstanceStateName::Stopping | InstanceStateName::Stopped) => InstanceState::Stopped,
        Some(other) => InstanceState::from(other.as_str()),
    }
}
