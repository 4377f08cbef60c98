//! A deployment as a graph of components: everything that sections 6 to 17 of the vendor's guide do by hand.

use std::collections::BTreeSet;

use super::license::Storage;
use super::model::PrivateAi;
use super::{bastion, definition, gateway, license, running, vendor};
use crate::product::Design;
use crate::shared::admission::{alone, nothing, out_to, with_another, with_groups, with_ranges};
use crate::shared::balancing::{self, Backend, Balancing, Front};
use crate::shared::basis::lock;
use crate::shared::capacity::Capacity;
use crate::shared::cluster::cluster;
use crate::shared::hosts::{self, Hosts};
use crate::shared::log_group::{LOG_GROUP, log_group};
use crate::shared::mount_targets::{self, Subnets};
use crate::shared::roles;
use crate::wiring::{input, known_ids, perhaps};
use aws::ids::{
    ApiId, AutoScalingGroupArn, CapacityProviderName, ClusterArn, FileSystemId, InstanceId, LogGroupName, RoleArn,
    SecurityGroupId, ServiceArn, TaskDefinitionArn,
};
use aws::{Aws, ManagedPolicy};
use components::Launch;
use engine::{Graph, Input, Key};

const SSH: u16 = 22;

/// Where the outputs come from. What the deployment does not have is a known `None`.
pub struct Wiring {
    /// The cluster.
    pub cluster_arn: Input<ClusterArn>,
    /// The service.
    pub service_arn: Input<ServiceArn>,
    /// The current revision.
    pub task_definition_arn: Input<TaskDefinitionArn>,
    /// The role that the container has.
    pub task_role_arn: Input<RoleArn>,
    /// The role that starts the container.
    pub execution_role_arn: Input<RoleArn>,
    /// The file system.
    pub file_system_id: Input<Option<FileSystemId>>,
    /// The groups of hosts and tasks.
    pub security_group_ids: Input<Vec<SecurityGroupId>>,
    /// Where the logs go.
    pub log_group_name: Input<LogGroupName>,
    /// The load balancer.
    pub front: Front,
    /// The HTTP API.
    pub api_id: Input<Option<ApiId>>,
    /// Where it answers.
    pub api_endpoint: Input<Option<String>>,
    /// The bastion.
    pub bastion_id: Input<Option<InstanceId>>,
    /// Its public address.
    pub bastion_public_ip: Input<Option<String>>,
    /// The hosts' auto scaling group.
    pub group_arn: Input<Option<AutoScalingGroupArn>>,
    /// The secret that holds the licence.
    pub secret_arn: Input<Option<String>>,
}

/// The deployment's parts and wiring.
pub fn design(model: &PrivateAi, aws: &Aws) -> Design<Wiring> {
    let mut graph = Graph::new();
    let basis = model.basis();
    let capacity = model.hosts();
    let log_group_name = log_group(&mut graph, &basis);
    let cluster_arn = cluster(&mut graph, &basis);
    let metering = model.marketplace.known() == Some(&true);
    let managed = if metering {
        BTreeSet::from([ManagedPolicy::MarketplaceMeteringRegisterUsage])
    } else {
        BTreeSet::new()
    };
    let inline = roles::execute_command(&model.enable_execute_command);
    let task_role_arn = roles::task(&mut graph, &basis, aws, managed, inline.into());
    let secret = model
        .license
        .as_ref()
        .map(|block| license::secret(&mut graph, model, block));
    let execution_role_arn = roles::execution(&mut graph, &basis, aws, secrets(model, secret.as_ref()));

    let bastion_group = model
        .bastion
        .as_ref()
        .map(|block| bastion::security_group(&mut graph, model, block));
    let link_group = model.api_gateway.as_ref().map(|_| {
        let https = model
            .load_balancer
            .as_ref()
            .is_some_and(super::super::shared::load_balancer::LoadBalancerBlock::is_https);
        gateway::link_group(&mut graph, model, if https { 443 } else { 80 })
    });
    let balancer_group = model
        .load_balancer
        .as_ref()
        .map(|block| balancing::security_group(&mut graph, &basis, block, link_group.as_ref()));
    let groups = task_groups(
        &mut graph,
        model,
        capacity.as_ref(),
        balancer_group.as_ref(),
        bastion_group.as_ref(),
    );
    if let Some(group) = &balancer_group {
        balancing::confine(&mut graph, group, &groups, vendor::PORT);
    }

    let (balancing, gateway) = front(&mut graph, model, balancer_group, link_group);
    let (storage, bastion) = beside(&mut graph, model, aws, &task_role_arn, &groups, bastion_group);

    let task_definition_arn = definition::add(
        &mut graph,
        model,
        aws,
        &definition::Parts {
            task_role: &task_role_arn,
            execution_role: &execution_role_arn,
            log_group: &log_group_name,
            secret: secret.as_ref(),
            file_system: storage.as_ref().map(|storage| &storage.id),
        },
    );
    let launch = launch(&mut graph, model, aws, capacity.as_ref(), &cluster_arn, &groups);
    let service = running::add(
        &mut graph,
        model,
        &running::Parts {
            cluster: &cluster_arn,
            definition: &task_definition_arn,
            groups: &groups,
            launch,
            targets: balancing::targets(balancing.as_ref()),
            resource_label: balancing.as_ref().map(|balancing| balancing.resource_label.clone()),
        },
    );
    order(
        &mut graph,
        service.key(),
        balancing.as_ref(),
        storage.as_ref(),
        bastion.as_ref(),
    );

    let wiring = Wiring {
        service_arn: service.output("arn", |output| output.arn.clone()),
        cluster_arn,
        task_definition_arn,
        task_role_arn,
        execution_role_arn,
        file_system_id: perhaps(storage.map(|storage| storage.id)),
        security_group_ids: groups,
        log_group_name,
        front: Front::of(balancing.as_ref()),
        api_id: perhaps(gateway.as_ref().map(|gateway| gateway.id.clone())),
        api_endpoint: perhaps(gateway.map(|gateway| gateway.endpoint)),
        bastion_id: perhaps(bastion.as_ref().map(|bastion| bastion.id.clone())),
        bastion_public_ip: bastion.map_or(Input::Known(None), |bastion| bastion.public_ip),
        group_arn: perhaps(capacity.as_ref().map(|_| hosts::group_arn())),
        secret_arn: perhaps(secret),
    };
    Design { graph, wiring }
}

/// What stands in front of the tasks: the load balancer, and the API in front of it.
fn front(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    balancer_group: Option<Input<SecurityGroupId>>,
    link_group: Option<Input<SecurityGroupId>>,
) -> (Option<Balancing>, Option<gateway::Gateway>) {
    let balancing = model.load_balancer.as_ref().zip(balancer_group).map(|(block, group)| {
        let subnets = if block.faces_internet() {
            &model.public_subnet_ids
        } else {
            &model.private_subnet_ids
        };
        let backend = Backend {
            container: vendor::CONTAINER,
            port: vendor::PORT,
            health_path: vendor::HEALTH_PATH,
            subnets,
        };
        balancing::add(graph, &model.basis(), block, group, &backend)
    });
    let gateway = match (&model.api_gateway, link_group, &balancing) {
        (Some(block), Some(link_group), Some(balancing)) => {
            Some(gateway::add(graph, model, block, link_group, &balancing.listener))
        }
        _ => None,
    };
    (balancing, gateway)
}

/// What stands beside the tasks: the file system that the licence is on, and the bastion that has it too.
fn beside(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    aws: &Aws,
    task_role: &Input<RoleArn>,
    groups: &Input<Vec<SecurityGroupId>>,
    bastion_group: Option<Input<SecurityGroupId>>,
) -> (Option<Storage>, Option<bastion::Standing>) {
    let profile = model.bastion.as_ref().map(|_| bastion::role(graph, model, aws));
    let storage = model.has_file_system().then(|| {
        let from = with_another(groups.clone(), bastion_group.as_ref());
        let roles = bastion::mounting(task_role, profile.as_ref());
        license::file_system(graph, model, roles, from)
    });
    let bastion = match (&model.bastion, bastion_group, &profile) {
        (Some(block), Some(group), Some(profile)) => {
            let file_system = storage.as_ref().map(|storage| &storage.id);
            Some(bastion::add(graph, model, block, group, profile, file_system))
        }
        _ => None,
    };
    (storage, bastion)
}

/// What cannot stand beside what it takes the place of: two mount targets of one zone.
pub fn succeed(prior: &PrivateAi, model: &PrivateAi, graph: &mut Graph<Aws>) {
    mount_targets::succeed(graph, subnets(prior), subnets(model));
}

fn subnets(model: &PrivateAi) -> Subnets<'_> {
    Subnets {
        ids: &model.private_subnet_ids,
        zones: &model.availability_zones,
    }
}

/// Everything that the execution role must be able to read.
fn secrets(model: &PrivateAi, license: Option<&Input<String>>) -> Input<Vec<String>> {
    let named = roles::secret_arns(&model.secrets);
    match license {
        None => named,
        Some(arn) => named
            .and(arn.clone())
            .with("and licence", (), |(mut arns, licence), ()| {
                arns.push(licence);
                arns
            }),
    }
}

/// The group of hosts and tasks. Source: the vendor's guide, *Create Security Groups*.
fn task_groups(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    capacity: Option<&Capacity>,
    balancer: Option<&Input<SecurityGroupId>>,
    bastion: Option<&Input<SecurityGroupId>>,
) -> Input<Vec<SecurityGroupId>> {
    let basis = model.basis();
    if let Some(groups) = basis.brought_groups() {
        return groups;
    }
    let mut ingress = nothing();
    if balancer.is_none() && bastion.is_none() {
        ingress = with_ranges(ingress, basis.vpc_ranges(), vendor::PORT, "API");
    }
    for (group, words) in [
        (balancer, "API, from the load balancer"),
        (bastion, "API, from the bastion"),
    ] {
        if let Some(group) = group {
            ingress = with_groups(ingress, alone(group.clone()), vendor::PORT, words);
        }
    }
    match (
        capacity
            .and_then(|capacity| capacity.ssh_from.known())
            .map(String::as_str),
        bastion,
    ) {
        (Some("vpc"), _) => ingress = with_ranges(ingress, basis.vpc_ranges(), SSH, "SSH"),
        (Some(_), Some(group)) => ingress = with_groups(ingress, alone(group.clone()), SSH, "SSH, from the bastion"),
        (Some(_) | None, _) => {}
    }
    let ranges = known_ids(&model.egress_cidr_blocks);
    let egress = out_to(ranges, "to the registry, AWS and the file system");
    let group = basis.security_group(graph, "service", "hosts and tasks", ingress, egress);
    group.output("id", |id| vec![id.clone()])
}

/// On what tasks run: hosts of ours, or Fargate.
fn launch(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    aws: &Aws,
    capacity: Option<&Capacity>,
    cluster: &Input<ClusterArn>,
    groups: &Input<Vec<SecurityGroupId>>,
) -> Input<Launch> {
    if let Some(capacity) = capacity {
        let parts = Hosts {
            capacity,
            host: &model.host,
            subnets: known_ids(&model.private_subnet_ids),
            security_groups: groups.clone(),
            cluster: cluster.clone(),
        };
        return hosts::add(graph, &model.basis(), aws, &parts);
    }
    // By its provider, not by its launch type: a service moves between providers, but to no launch type that it was not
    // made with.
    let provider = |spot| CapacityProviderName::from(if spot { Launch::FARGATE_SPOT } else { Launch::FARGATE });
    let provider = match &model.fargate {
        Some(fargate) => input(&fargate.spot, provider, provider(false)),
        None => provider(false).into(),
    };
    hosts::associate(graph, cluster, provider.clone());
    provider.with("launch", (), |provider, ()| Launch::only(provider))
}

/// What AWS asks for and no reference shows.
fn order(
    graph: &mut Graph<Aws>,
    service: &Key,
    balancing: Option<&Balancing>,
    storage: Option<&Storage>,
    bastion: Option<&bastion::Standing>,
) {
    balancing::precede(graph, service, balancing);
    hosts::precede(graph, service);
    if let Some(storage) = storage {
        mount_targets::precede(graph, service, &storage.before_mounts);
        if let Some(bastion) = bastion {
            mount_targets::precede(graph, &bastion.key, &storage.before_mounts);
        }
    }
    let candidates = [
        LOG_GROUP,
        "iam_role_task",
        "iam_role_execution",
        "security_group_service",
    ];
    lock(graph, &candidates);
}
