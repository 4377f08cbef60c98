//! The volume that outlives the task: a file system of ours or the user's, and how the task mounts it.

use std::collections::BTreeSet;

use super::design::FILE_SYSTEM;
use super::model::{AccessPoint, Detector, Persistence};
use super::vendor;
use crate::shared::admission::{nothing, with_groups, with_ranges};
use crate::shared::{Basis, mount_targets};
use crate::wiring::input;
use aws::Aws;
use aws::ids::{AccessPointId, FileSystemId, RoleArn, SecurityGroupId};
use components::{
    Access, EfsAccessPoint, EfsFileSystem, EfsVolume, PerformanceMode, ThroughputMode, TransitionToIa, Volume,
};
use engine::{Graph, Input, Key};
use framework::Attr;

/// The port of NFS. Source: the vendor's guide, *Set Up*.
const NFS: u16 = 2049;

/// The storage of a deployment.
pub struct Storage {
    /// The file system.
    pub file_system: Input<FileSystemId>,
    /// The volume as the task definition has it.
    pub volumes: Input<Vec<Volume>>,
    /// What must stand before a task can mount it.
    pub before_tasks: Vec<Key>,
}

/// Adds the storage to the graph.
pub fn add(
    graph: &mut Graph<Aws>,
    model: &Detector,
    persistence: &Persistence,
    task_role: &Input<RoleArn>,
    mounting_groups: &Input<Vec<SecurityGroupId>>,
) -> Storage {
    let mut before_tasks = Vec::new();
    let file_system = match &persistence.file_system_id {
        brought @ (Attr::Known(_) | Attr::Unknown) => input(brought, FileSystemId::from, FileSystemId::from("")),
        Attr::Null => ours(graph, model, persistence, task_role, mounting_groups, &mut before_tasks),
    };
    let access_point = persistence
        .access_point
        .as_ref()
        .map(|block| access_point(graph, block, &file_system));
    let root = input(&persistence.root_directory, |path| path, "/".to_owned());
    let volumes = match access_point {
        Some(access_point) => {
            file_system
                .clone()
                .and(access_point)
                .and(root)
                .with("volume", (), |((id, point), _), ()| {
                    vec![volume(id, "/".to_owned(), Some(point))]
                })
        }
        None => file_system
            .clone()
            .and(root)
            .with("volume", (), |(id, root), ()| vec![volume(id, root, None)]),
    };
    Storage {
        file_system,
        volumes,
        before_tasks,
    }
}

fn volume(file_system: FileSystemId, root_directory: String, access_point: Option<AccessPointId>) -> Volume {
    Volume::Efs(EfsVolume {
        name: vendor::VOLUME.to_owned(),
        file_system,
        root_directory,
        access_point,
        iam: true,
    })
}

/// A file system of ours, its security group, and a mount target in each subnet.
fn ours(
    graph: &mut Graph<Aws>,
    model: &Detector,
    persistence: &Persistence,
    task_role: &Input<RoleArn>,
    mounting_groups: &Input<Vec<SecurityGroupId>>,
    before_tasks: &mut Vec<Key>,
) -> Input<FileSystemId> {
    let file_system = graph.add(
        Key::new(FILE_SYSTEM),
        EfsFileSystem {
            encrypted: input(&persistence.encrypted, |on| on, true),
            kms_key_id: input(&persistence.kms_key_id, Some, None),
            performance_mode: input(
                &persistence.performance_mode,
                |mode| PerformanceMode::from(mode.as_str()),
                PerformanceMode::GeneralPurpose,
            ),
            throughput_mode: input(
                &persistence.throughput_mode,
                |mode| ThroughputMode::from(mode.as_str()),
                ThroughputMode::Bursting,
            ),
            transition_to_ia: input(
                &persistence.transition_to_ia,
                |after| Some(TransitionToIa::from(after.as_str())),
                None,
            ),
            backup: input(&persistence.backup, |on| on, true),
            access: task_role
                .clone()
                .with("access", (), |role, ()| Access::Only(BTreeSet::from([role]))),
        },
    );
    if persistence.retain_on_destroy.known() == Some(&true) {
        graph.retain(file_system.key());
    }
    before_tasks.push(file_system.key().clone());
    let id = file_system.output("id", |output| output.id.clone());
    let groups = nfs_group(graph, &model.basis(), mounting_groups);
    before_tasks.extend(mount_targets::add(graph, &model.subnet_ids, &id, &groups));
    id
}

/// NFS from the groups of who mounts it and from the VPC, as the guide has it.
fn nfs_group(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    mounting_groups: &Input<Vec<SecurityGroupId>>,
) -> Input<BTreeSet<SecurityGroupId>> {
    let ingress = with_groups(nothing(), mounting_groups.clone(), NFS, "NFS");
    let ingress = with_ranges(ingress, basis.vpc_ranges(), NFS, "NFS");
    let group = basis.security_group(graph, "nfs", "file system", ingress, Some(BTreeSet::new()).into());
    group.output("id", |id| BTreeSet::from([id.clone()]))
}

fn access_point(
    graph: &mut Graph<Aws>,
    block: &AccessPoint,
    file_system: &Input<FileSystemId>,
) -> Input<AccessPointId> {
    let handle = graph.add(
        Key::new("efs_access_point"),
        EfsAccessPoint {
            file_system: file_system.clone(),
            path: input(&block.path, |path| path, "/".to_owned()),
            uid: input(&block.uid, |id| id, 0),
            gid: input(&block.gid, |id| id, 0),
            permissions: input(&block.permissions, |mode| mode, "0755".to_owned()),
        },
    );
    handle.output("id", |output| output.id.clone())
}
