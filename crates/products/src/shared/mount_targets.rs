//! Mount targets of a file system of ours: one in each subnet, each subnet in a zone of its own.

use std::collections::BTreeSet;

use super::site::List;
use crate::wiring::known_list;
use aws::Aws;
use aws::ids::{FileSystemId, SecurityGroupId, SubnetId};
use components::EfsMountTarget;
use engine::{Graph, Input, Key};

/// Where tasks may run.
#[derive(Debug, Clone, Copy)]
pub struct Subnets<'a> {
    /// The subnets.
    pub ids: &'a List,
    /// The zone of each.
    pub zones: &'a List,
}

impl Subnets<'_> {
    /// The subnets, each with its zone where that is known.
    fn each(self) -> Vec<(String, Option<String>)> {
        let zones = known_list(self.zones).unwrap_or_default();
        let zones = zones.into_iter().map(Some).chain(std::iter::repeat(None));
        let ids = known_list(self.ids).unwrap_or_default();
        ids.into_iter().zip(zones).collect()
    }
}

/// The key of the mount target in a subnet.
fn key(subnet: &str) -> Key {
    Key::new(format!("efs_mount_target_{subnet}"))
}

/// Adds a mount target in each subnet, and tells their keys.
pub fn add(
    graph: &mut Graph<Aws>,
    subnets: &List,
    file_system: &Input<FileSystemId>,
    groups: &Input<BTreeSet<SecurityGroupId>>,
) -> Vec<Key> {
    let Some(ids) = known_list(subnets) else {
        graph.mark_undetermined();
        return Vec::new();
    };
    let targets = ids.into_iter().map(|subnet| {
        let target = EfsMountTarget {
            file_system: file_system.clone(),
            subnet: SubnetId::from(subnet.as_str()).into(),
            security_groups: groups.clone(),
        };
        graph.add(key(&subnet), target).key().clone()
    });
    targets.collect()
}

/// Lets what mounts the file system wait for those parts of it.
pub fn precede(graph: &mut Graph<Aws>, mounts: &Key, parts: &[Key]) {
    for part in parts {
        graph.after(
            mounts,
            part,
            "a task can mount the file system only where it can be reached, and by its policy",
        );
    }
}

/// Lets a mount target wait for the one that it takes the place of: a zone has one. One whose zone is not known may be of
/// any. Source: Amazon EFS API, `CreateMountTarget`.
pub fn succeed(graph: &mut Graph<Aws>, prior: Subnets<'_>, now: Subnets<'_>) {
    for (subnet, zone) in prior.each() {
        let older = key(&subnet);
        if graph.kind(&older).is_some() {
            continue;
        }
        for (subnet, other) in now.each() {
            let newer = key(&subnet);
            let may_be_one = zone.is_none() || other.is_none() || zone == other;
            if may_be_one && graph.kind(&newer).is_some() {
                graph.succeeds(&newer, older.clone());
            }
        }
    }
}
