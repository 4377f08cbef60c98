//! A detector's deployment as a graph of components: everything that the vendor's guide does by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Detector;
use super::running::Parts;
use super::{launch, roles, running, storage, vendor};
use crate::product::Design;
use crate::shared::admission::{alone, nothing, out_to, with_another, with_groups, with_ranges};
use crate::shared::balancing::{self, Backend, Balancing, Front};
use crate::shared::basis::lock;
use crate::shared::cluster::cluster;
use crate::shared::environment::known_entries;
use crate::shared::hosts;
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::log_group::{LOG_GROUP, log_group};
use crate::shared::mount_targets::{self, Subnets};
pub use crate::shared::service::{SERVICE, TASK_DEFINITION};
use crate::wiring::{input, known_ids, perhaps};
use aws::Aws;
use aws::Rule;
use aws::ids::{
    AutoScalingGroupArn, ClusterArn, FileSystemId, LogGroupName, RoleArn, SecurityGroupId, ServiceArn,
    TaskDefinitionArn,
};
use components::{Compatibility, Container, EcsTaskDefinition, Logs, Mount, PortMapping};
use engine::{Graph, Input, Key};
use framework::Attr;

/// The key of the file system, which holds the data.
pub const FILE_SYSTEM: &str = "efs_file_system";
/// The key of the task that is run by itself.
pub const TASK: &str = "ecs_task";

/// Where the outputs come from.
pub struct Wiring {
    /// The cluster.
    pub cluster_arn: Input<ClusterArn>,
    /// The service, where there is one.
    pub service_arn: Input<Option<ServiceArn>>,
    /// The current revision.
    pub task_definition_arn: Input<TaskDefinitionArn>,
    /// The role that the container has.
    pub task_role_arn: Input<RoleArn>,
    /// The role that starts the container.
    pub execution_role_arn: Input<RoleArn>,
    /// The file system, where there is one.
    pub file_system_id: Input<Option<FileSystemId>>,
    /// The groups of the task.
    pub security_group_ids: Input<Vec<SecurityGroupId>>,
    /// Where the logs go.
    pub log_group_name: Input<LogGroupName>,
    /// The running task's public address.
    pub public_ip: Input<Option<String>>,
    /// The running task's private address.
    pub private_ip: Input<Option<String>>,
    /// The load balancer.
    pub front: Front,
    /// The hosts' auto scaling group, where there is one.
    pub auto_scaling_group_arn: Input<Option<AutoScalingGroupArn>>,
}

/// The deployment's parts and wiring.
pub fn design(model: &Detector, aws: &Aws) -> Design<Wiring> {
    let mut graph = Graph::new();
    let basis = model.basis();
    let log_group_name = log_group(&mut graph, &basis);
    let cluster_arn = cluster(&mut graph, &basis);
    let task_role_arn = roles::task(&mut graph, model, aws);
    let execution_role_arn = roles::execution(&mut graph, model, aws);
    let balancer = model.load_balancer.as_ref();
    let balancer = balancer.map(|block| (block, balancing::security_group(&mut graph, &basis, block, None)));
    let security_group_ids = service_groups(&mut graph, model, balancer.as_ref().map(|(_, group)| group));
    let balancing = balancer.map(|(block, group)| front(&mut graph, model, block, group, &security_group_ids));
    let ground = launch::add(&mut graph, model, aws, &cluster_arn);
    let storage = model.persistence.as_ref().map(|persistence| {
        let mounting = with_another(security_group_ids.clone(), ground.host_group.as_ref());
        storage::add(&mut graph, model, persistence, &task_role_arn, &mounting)
    });
    let on_hosts = model.capacity.is_some();
    let definition = graph.add(
        Key::new(TASK_DEFINITION),
        EcsTaskDefinition {
            family: input(&model.name, |name| name, String::new()),
            compatibility: if on_hosts {
                Compatibility::Ec2
            } else {
                Compatibility::Fargate
            }
            .into(),
            architecture: if on_hosts {
                hosts::architecture(&model.host)
            } else {
                None.into()
            },
            cpu: input(&model.cpu, |cpu| cpu, vendor::CPU),
            memory: input(&model.memory, |memory| memory, vendor::MEMORY),
            ephemeral_storage_gib: input(&model.ephemeral_storage_gib, |gib| i32::try_from(gib).ok(), None),
            task_role: task_role_arn.clone(),
            execution_role: execution_role_arn.clone(),
            containers: containers(model, aws, &log_group_name),
            volumes: storage
                .as_ref()
                .map_or(Input::Known(Vec::new()), |storage| storage.volumes.clone()),
        },
    );
    let task_definition_arn = definition.output("arn", |output| output.arn.clone());
    let parts = Parts {
        cluster: &cluster_arn,
        definition: &task_definition_arn,
        groups: &security_group_ids,
        launch: &ground.launch,
        targets: balancing::targets(balancing.as_ref()),
    };
    let running = running::add(&mut graph, model, parts);
    balancing::precede(&mut graph, &running.key, balancing.as_ref());
    hosts::precede(&mut graph, &running.key);
    if let Some(storage) = &storage {
        mount_targets::precede(&mut graph, &running.key, &storage.before_tasks);
    }
    let candidates = [
        LOG_GROUP,
        "iam_role_task",
        "iam_role_execution",
        "security_group_service",
    ];
    lock(&mut graph, &candidates);
    let wiring = Wiring {
        cluster_arn,
        service_arn: running.service_arn,
        task_definition_arn,
        task_role_arn,
        execution_role_arn,
        file_system_id: perhaps(storage.map(|storage| storage.file_system)),
        security_group_ids,
        log_group_name,
        public_ip: running.public_ip,
        private_ip: running.private_ip,
        front: Front::of(balancing.as_ref()),
        auto_scaling_group_arn: perhaps(on_hosts.then(hosts::group_arn)),
    };
    Design { graph, wiring }
}

/// What cannot stand beside what it takes the place of: the task and the service (the volume has one writer), and the
/// mount targets of two subnets of one zone. A target in another zone stays until the service has moved.
pub fn succeed(prior: &Detector, model: &Detector, graph: &mut Graph<Aws>) {
    for (newer, older) in [(SERVICE, TASK), (TASK, SERVICE)].map(|(newer, older)| (Key::new(newer), Key::new(older))) {
        if graph.kind(&newer).is_some() {
            graph.succeeds(&newer, older);
        }
    }
    mount_targets::succeed(graph, subnets(prior), subnets(model));
}

fn subnets(model: &Detector) -> Subnets<'_> {
    Subnets {
        ids: &model.subnet_ids,
        zones: &model.availability_zones,
    }
}

/// The load balancer in front of the tasks, which reaches their port and nothing else.
fn front(
    graph: &mut Graph<Aws>,
    model: &Detector,
    block: &LoadBalancerBlock,
    group: Input<SecurityGroupId>,
    tasks: &Input<Vec<SecurityGroupId>>,
) -> Balancing {
    balancing::confine(graph, &group, tasks, vendor::PORT);
    let backend = Backend {
        container: vendor::CONTAINER,
        port: vendor::PORT,
        health_path: vendor::HEALTH_PATH,
        subnets: &model.subnet_ids,
    };
    balancing::add(graph, &model.basis(), block, group, &backend)
}

/// The task's groups: the user's, or one of ours that admits the ingress and the load balancer to the detector's port.
fn service_groups(
    graph: &mut Graph<Aws>,
    model: &Detector,
    balancer: Option<&Input<SecurityGroupId>>,
) -> Input<Vec<SecurityGroupId>> {
    let basis = model.basis();
    if let Some(groups) = basis.brought_groups() {
        return groups;
    }
    let mut rules = ingress(model);
    if let Some(group) = balancer {
        let words = "user interface and API, from the load balancer";
        rules = with_groups(rules, alone(group.clone()), vendor::PORT, words);
    }
    let egress = out_to(
        Vec::new().into(),
        "to the registry, AWS and whatever the detector calls",
    );
    let group = basis.security_group(graph, "service", "task", rules, egress);
    group.output("id", |id| vec![id.clone()])
}

/// Whom the ingress admits to the detector's port; without the block, the VPC's own ranges, unless a load balancer stands
/// between.
fn ingress(model: &Detector) -> Input<BTreeSet<Rule>> {
    let none = Attr::Null;
    let (ranges, groups) = match &model.ingress {
        Some(ingress) => (known_ids(&ingress.cidr_blocks), &ingress.security_group_ids),
        None if model.load_balancer.is_some() => return nothing(),
        None => (model.basis().vpc_ranges(), &none),
    };
    let words = "user interface and API";
    let rules = with_ranges(nothing(), ranges, vendor::PORT, words);
    with_groups(rules, known_ids(groups), vendor::PORT, words)
}

fn containers(model: &Detector, aws: &Aws, log_group: &Input<LogGroupName>) -> Input<Vec<Container>> {
    let mounts = if model.persistence.is_some() {
        let mount = Mount {
            volume: vendor::VOLUME.to_owned(),
            read_only: false,
        };
        BTreeMap::from([(vendor::STATE_PATH.to_owned(), mount)])
    } else {
        BTreeMap::new()
    };
    let (Some(image), Some(environment), Some(secrets), Some(stop_timeout)) = (
        model.image.known(),
        known_entries(&model.environment),
        known_entries(&model.secrets),
        model.stop_timeout.known(),
    ) else {
        return Input::Unknown;
    };
    let container = Container {
        port_mappings: vec![PortMapping::tcp(vendor::PORT)],
        environment,
        secrets,
        mounts,
        stop_timeout: i32::try_from(*stop_timeout).ok(),
        ..Container::new(vendor::CONTAINER, image)
    };
    log_group.clone().with(
        "container",
        (container, aws.region.to_string()),
        |group, (container, region)| {
            let logs = Logs {
                group,
                region: region.clone(),
                stream_prefix: "detector".to_owned(),
            };
            vec![Container {
                logs: Some(logs),
                ..container.clone()
            }]
        },
    )
}
