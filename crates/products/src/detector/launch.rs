//! On what a detector's tasks run: Fargate, or hosts of its own.

use super::model::Detector;
use super::running::is_task;
use crate::shared::Existing;
use crate::shared::admission::{alone, nothing, out_to, with_ranges};
use crate::shared::capacity::Capacity;
use crate::shared::hosts::{self, Hosts};
use crate::shared::site::failed;
use crate::wiring::known_ids;
use aws::ids::{CapacityProviderName, ClusterArn, SecurityGroupId};
use aws::{Aws, CapacityProviderShare, lookups};
use components::{ClusterCapacityProvider, Launch};
use engine::{Graph, Input, Key};
use framework::{Diagnostic, Path};

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
    let launch = hosts::add(graph, &model.basis(), aws, &parts);
    way_back(graph, model, cluster);
    Ground {
        launch,
        host_group: Some(group),
    }
}

/// Gives a cluster of ours Fargate's own provider beside the hosts': without it, no service that was made on hosts could move
/// to Fargate. A cluster of the user's own keeps what it has.
fn way_back(graph: &mut Graph<Aws>, model: &Detector, cluster: &Input<ClusterArn>) {
    let brought = |existing: &Existing| !existing.cluster_arn.is_null();
    if model.existing.as_ref().is_some_and(brought) {
        return;
    }
    let fargate = Key::new("cluster_capacity_provider_fargate");
    graph.add(
        fargate.clone(),
        ClusterCapacityProvider {
            cluster: cluster.clone(),
            provider: CapacityProviderName::from(Launch::FARGATE).into(),
        },
    );
    graph.after(
        &fargate,
        &Key::new(hosts::ASSOCIATION),
        "each change of a cluster's providers replaces all of them",
    );
}

/// Refuses to move a service from hosts to Fargate in a cluster of the user's own that lacks Fargate's provider. What starts on
/// Fargate needs none, but ECS moves a service from one provider to another, and to no launch type that it was not made with.
/// Source: Amazon ECS API, `UpdateService`, `capacityProviderStrategy`.
pub async fn check_move(aws: &Aws, prior: Option<&Detector>, model: &Detector) -> Option<Diagnostic> {
    let prior = prior.filter(|prior| prior.capacity.is_some() && model.capacity.is_none())?;
    if is_task(prior) || is_task(model) {
        return None;
    }
    let own = |model: &Detector| model.existing.as_ref()?.cluster_arn.known().cloned();
    let arn = own(model).filter(|arn| own(prior).as_ref() == Some(arn))?;
    let path = Path::of(["existing", "cluster_arn"]);
    let cluster = ClusterArn::from(arn.as_str());
    let capacity = match lookups::cluster_capacity(aws, &cluster).await {
        // That there is no such cluster is told elsewhere.
        Ok(found) => found?,
        Err(error) => return Some(failed("the cluster's capacity providers", &error, path)),
    };
    if capacity.providers.iter().any(|name| name == Launch::FARGATE) {
        return None;
    }
    let share = |share: &CapacityProviderShare| {
        let CapacityProviderShare { provider, weight, base } = share;
        format!("capacityProvider={provider},weight={weight},base={base}")
    };
    let strategy: Vec<String> = capacity.default_strategy.iter().map(share).collect();
    let strategy = if strategy.is_empty() {
        "[]".to_owned()
    } else {
        strategy.join(" ")
    };
    let text = format!(
        "The service runs on hosts, and ECS moves such a one to Fargate only by the capacity provider FARGATE, which your cluster \
         does not have. Give it that, beside what it has:\n\naws ecs put-cluster-capacity-providers --cluster {} \
         --capacity-providers {} --default-capacity-provider-strategy {strategy}\n\nThen plan again.",
        cluster.cluster_name(),
        [capacity.providers.as_slice(), &[Launch::FARGATE.to_owned()]]
            .concat()
            .join(" "),
    );
    Some(Diagnostic::error("A cluster without Fargate", text).at(path))
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
