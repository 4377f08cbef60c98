//! On what a detector's tasks run: Fargate, or hosts of its own.

use super::model::Detector;
use crate::aws::Aws;
use crate::aws::components::Launch;
use crate::aws::ids::{ClusterArn, SecurityGroupId};
use crate::engine::{Graph, Input};
use crate::products::shared::admission::{alone, nothing, out_to, with_ranges};
use crate::products::shared::capacity::Capacity;
use crate::products::shared::hosts::{self, Hosts};
use crate::products::wiring::known_ids;

const SSH: u16 = 22;

/// What tasks run on.
pub struct Ground {
    /// How they come to it.
    pub launch: Input<Launch>,
    /// The security group of the hosts, where there are any: it is they who mount the tasks' file system.
    pub host_group: Option<Input<SecurityGroupId>>,
}

/// Adds the hosts, where there are to be any.
pub fn add(graph: &mut Graph<Aws>, model: &Detector, aws: &Aws, cluster: &Input<ClusterArn>) -> Ground {
    let Some(capacity) = &model.capacity else {
        return Ground {
            launch: Launch::Fargate.into(),
            host_group: None,
        };
    };
    let group = host_group(graph, model, capacity);
    let parts = Hosts {
        capacity,
        host: &model.host,
        subnets: known_ids(&model.subnet_ids),
        security_groups: alone(group.clone()),
        cluster: cluster.clone(),
    };
    Ground {
        launch: hosts::add(graph, &model.basis(), aws, &parts),
        host_group: Some(group),
    }
}

/// The hosts' group: the tasks have network interfaces and groups of their own, so nothing need reach the hosts.
fn host_group(graph: &mut Graph<Aws>, model: &Detector, capacity: &Capacity) -> Input<SecurityGroupId> {
    let basis = model.basis();
    let from_vpc = capacity.ssh_from.known().is_some_and(|from| from == "vpc");
    let ingress = if from_vpc {
        with_ranges(nothing(), basis.vpc_ranges(), SSH, "SSH")
    } else {
        nothing()
    };
    let egress = out_to(Vec::new().into(), "to the registry, AWS and the file system");
    let group = basis.security_group(graph, "hosts", "hosts", ingress, egress);
    group.output("id", Clone::clone)
}
