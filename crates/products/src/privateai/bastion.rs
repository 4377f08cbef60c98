//! The bastion. Source: the vendor's guide, *Create Security Groups* and *Create Bastion and Create License*.

use std::collections::BTreeSet;

use super::model::{Bastion, PrivateAi};
use super::vendor;
use crate::shared::admission::{nothing, out_to, with_ranges};
use crate::shared::hosts::{self, disk};
use crate::wiring::{input, known_ids, known_list};
use aws::InstanceMetadata;
use aws::ids::{FileSystemId, ImageId, InstanceId, RoleArn, SecurityGroupId, SubnetId};
use aws::{Aws, ManagedPolicy};
use components::{Ec2Instance, InstanceState};
use engine::{Graph, Input, Key};
use framework::Attr;

const SSH: u16 = 22;
/// The size of its disk in GiB: what the Amazon Linux 2023 image has.
pub const DISK: i32 = 8;

/// The bastion, as the rest of the deployment sees it.
pub struct Standing {
    /// Its key.
    pub key: Key,
    /// Its id.
    pub id: Input<InstanceId>,
    /// Its public address.
    pub public_ip: Input<Option<String>>,
}

/// Adds its security group: SSH from the given ranges, and everything out.
pub fn security_group(graph: &mut Graph<Aws>, model: &PrivateAi, block: &Bastion) -> Input<SecurityGroupId> {
    let ranges = known_ids(&block.ingress_cidr_blocks);
    let ingress = with_ranges(nothing(), ranges, SSH, "SSH");
    let egress = out_to(Vec::new().into(), "to packages, SSM, the tasks and the file system");
    let group = model
        .basis()
        .security_group(graph, "bastion", "bastion", ingress, egress);
    group.output("id", Clone::clone)
}

/// Adds its role, with the profile that gives it to it.
pub fn role(graph: &mut Graph<Aws>, model: &PrivateAi, aws: &Aws) -> hosts::Profile {
    hosts::profile(graph, &model.basis(), aws, "bastion", ManagedPolicy::SsmManagedInstance)
}

/// Adds the instance.
pub fn add(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    block: &Bastion,
    group: Input<SecurityGroupId>,
    profile: &hosts::Profile,
    file_system: Option<&Input<FileSystemId>>,
) -> Standing {
    let subnet = match (&block.subnet_id, known_list(&model.public_subnet_ids)) {
        (Attr::Known(id), _) => Input::Known(SubnetId::from(id.as_str())),
        (Attr::Unknown, _) | (Attr::Null, None) => Input::Unknown,
        (Attr::Null, Some(ids)) => ids
            .first()
            .map_or(Input::Unknown, |id| Input::Known(SubnetId::from(id.as_str()))),
    };
    let image = match &model.bastion_ami_id {
        Attr::Known(id) => Input::Known(ImageId::from(id.as_str())),
        Attr::Unknown | Attr::Null => Input::Unknown,
    };
    let user_data = match file_system {
        None => "#!/bin/bash\n".into(),
        Some(id) => id.clone().with("mount", (), |id, ()| mount(&id)),
    };
    let handle = graph.add(
        Key::new("ec2_instance_bastion"),
        Ec2Instance {
            name: model.basis().derived("bastion"),
            image_id: image,
            instance_type: input(&block.instance_type, |kind| kind, vendor::BASTION_TYPE.to_owned()),
            key_name: input(&block.key_name, Some, None),
            subnet,
            security_groups: group.with("set", (), |group, ()| BTreeSet::from([group])),
            associate_public_ip: true.into(),
            instance_profile: profile.arn.clone(),
            user_data,
            volume: disk("/dev/xvda".to_owned(), DISK, None).into(),
            metadata: InstanceMetadata::GUARDED.into(),
            state: InstanceState::Running.into(),
        },
    );
    Standing {
        key: handle.key().clone(),
        id: handle.output("id", |output| output.id.clone()),
        public_ip: handle.volatile("public_ip", |output| output.public_ip.clone()),
    }
}

/// The script that mounts the file system, now and after each start. Source: Amazon EFS user guide, *Mounting EFS file
/// systems using the EFS mount helper*.
fn mount(file_system: &FileSystemId) -> String {
    let folder = vendor::BASTION_MOUNT;
    format!(
        "#!/bin/bash\n\
         dnf install -y amazon-efs-utils\n\
         mkdir -p {folder}\n\
         echo '{file_system}:/ {folder} efs _netdev,noresvport,tls,iam 0 0' >> /etc/fstab\n\
         for attempt in $(seq 1 30); do mount {folder} && break; sleep 10; done\n"
    )
}

/// The roles that may mount the file system.
pub fn mounting(task: &Input<RoleArn>, bastion: Option<&hosts::Profile>) -> Input<BTreeSet<RoleArn>> {
    match bastion {
        None => task.clone().with("alone", (), |task, ()| BTreeSet::from([task])),
        Some(profile) => task
            .clone()
            .and(profile.role.clone())
            .with("both", (), |(task, bastion), ()| BTreeSet::from([task, bastion])),
    }
}
