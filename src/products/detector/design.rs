//! A detector's deployment as a graph of components: everything that the vendor's guide does by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Detector;
use super::running::Parts;
use super::storage::{self, Storage};
use super::{roles, running, vendor};
use crate::aws::Aws;
use crate::aws::Rule;
use crate::aws::components::{Compatibility, Container, EcsTaskDefinition, Logs, Mount, PortMapping};
use crate::aws::ids::{
    ClusterArn, FileSystemId, LogGroupName, RoleArn, SecurityGroupId, ServiceArn, TaskDefinitionArn,
};
use crate::engine::{Graph, Input, Key};
use crate::framework::Attr;
use crate::products::product::Design;
use crate::products::shared::admission::{nothing, out_to, with_groups, with_ranges};
use crate::products::shared::basis::lock;
use crate::products::shared::cluster::cluster;
use crate::products::shared::environment::known_entries;
use crate::products::shared::log_group::{LOG_GROUP, log_group};
use crate::products::shared::mount_targets::{self, Subnets};
pub use crate::products::shared::service::{SERVICE, TASK_DEFINITION};
use crate::products::wiring::{input, known_ids};

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
}

/// The deployment's parts and wiring.
pub fn design(model: &Detector, aws: &Aws) -> Design<Wiring> {
    let mut graph = Graph::new();
    let basis = model.basis();
    let log_group_name = log_group(&mut graph, &basis);
    let cluster_arn = cluster(&mut graph, &basis);
    let task_role_arn = roles::task(&mut graph, model, aws);
    let execution_role_arn = roles::execution(&mut graph, model, aws);
    let security_group_ids = service_groups(&mut graph, model);
    let storage = model
        .persistence
        .as_ref()
        .map(|persistence| storage::add(&mut graph, model, persistence, &task_role_arn, &security_group_ids));
    let definition = graph.add(
        Key::new(TASK_DEFINITION),
        EcsTaskDefinition {
            family: input(&model.name, |name| name, String::new()),
            compatibility: Compatibility::Fargate.into(),
            architecture: None.into(),
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
    };
    let running = running::add(&mut graph, model, &parts);
    if let Some(Storage { before_tasks, .. }) = &storage {
        for key in before_tasks {
            graph.after(
                &running.key,
                key,
                "a task can mount the file system only where it can be reached, and by its policy",
            );
        }
    }
    let candidates = [
        LOG_GROUP,
        "iam_role_task",
        "iam_role_execution",
        "security_group_service",
    ];
    lock(&mut graph, &candidates);
    let file_system_id = match storage {
        Some(storage) => storage.file_system.with("some", (), |id, ()| Some(id)),
        None => Input::Known(None),
    };
    let wiring = Wiring {
        cluster_arn,
        service_arn: running.service_arn,
        task_definition_arn,
        task_role_arn,
        execution_role_arn,
        file_system_id,
        security_group_ids,
        log_group_name,
        public_ip: running.public_ip,
        private_ip: running.private_ip,
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

/// The task's groups: the user's, or one of ours that admits the ingress to the detector's port.
fn service_groups(graph: &mut Graph<Aws>, model: &Detector) -> Input<Vec<SecurityGroupId>> {
    let basis = model.basis();
    if let Some(groups) = basis.brought_groups() {
        return groups;
    }
    let egress = out_to(
        Vec::new().into(),
        "to the registry, AWS and whatever the detector calls",
    );
    let group = basis.security_group(graph, "service", "task", ingress(model), egress);
    group.output("id", |id| vec![id.clone()])
}

/// Whom the ingress admits to the detector's port; without the block, the VPC's own ranges.
fn ingress(model: &Detector) -> Input<BTreeSet<Rule>> {
    let none = Attr::Null;
    let (ranges, groups) = match &model.ingress {
        Some(ingress) => (known_ids(&ingress.cidr_blocks), &ingress.security_group_ids),
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
