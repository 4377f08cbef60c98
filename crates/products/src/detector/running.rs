//! What runs the container: a service that keeps it running, or a single task.

use std::collections::BTreeSet;

use super::design::{SERVICE, TASK};
use super::model::Detector;
use super::vendor;
use crate::shared::capacity::Capacity;
use crate::shared::room::percentages;
use crate::shared::service::rolling_back;
use crate::wiring::{input, known_ids};
use aws::ids::{ClusterArn, SecurityGroupId, ServiceArn, SubnetId, TaskDefinitionArn};
use aws::{Aws, Shutdown, Unordered};
use components::{DesiredCount, EcsService, EcsTask, Launch, LoadBalancerTarget, Rollout};
use engine::{Graph, Input, Key, Ref};
use framework::Attr;

/// Whether a single task is run, without a service.
pub fn is_task(model: &Detector) -> bool {
    model.run_as.known().is_some_and(|word| word == "task")
}

/// Adds what runs.
pub fn add(graph: &mut Graph<Aws>, model: &Detector, parts: Parts<'_>) -> Running {
    if is_task(model) {
        task(graph, model, &parts)
    } else {
        service(graph, model, parts)
    }
}

/// Adds the task that is run by itself to a design that has the service, so that one search finds whichever runs.
pub fn add_task_for_search(graph: &mut Graph<Aws>, model: &Detector) {
    let cluster = match model.basis().brought(|existing| &existing.cluster_arn) {
        Some(arn) => arn,
        None => Input::Ref(Ref::new(Key::new("ecs_cluster"), "arn", false, ClusterArn::clone)),
    };
    let parts = Parts {
        cluster: &cluster,
        definition: &Input::Unknown,
        groups: &Input::Unknown,
        launch: &Input::Unknown,
        targets: Input::Unknown,
    };
    task(graph, model, &parts);
}

/// What the running part refers to.
pub struct Parts<'a> {
    /// The cluster.
    pub cluster: &'a Input<ClusterArn>,
    /// The revision.
    pub definition: &'a Input<TaskDefinitionArn>,
    /// The security groups.
    pub groups: &'a Input<Vec<SecurityGroupId>>,
    /// On what tasks run.
    pub launch: &'a Input<Launch>,
    /// Where a service's tasks are registered.
    pub targets: Input<BTreeSet<LoadBalancerTarget>>,
}

/// What runs, and what it puts out.
pub struct Running {
    /// Its key.
    pub key: Key,
    /// The service, where there is one.
    pub service_arn: Input<Option<ServiceArn>>,
    /// The task's public address.
    pub public_ip: Input<Option<String>>,
    /// The task's private address.
    pub private_ip: Input<Option<String>>,
}

fn subnets(model: &Detector) -> Input<Unordered<SubnetId>> {
    known_ids(&model.subnet_ids)
}

/// The Fargate platform version; hosts have none.
fn platform_version(model: &Detector) -> Input<Option<String>> {
    match &model.capacity {
        Some(_) => None.into(),
        None => input(&model.platform_version, Some, Some("1.4.0".to_owned())),
    }
}

fn service(graph: &mut Graph<Aws>, model: &Detector, parts: Parts<'_>) -> Running {
    let handle = graph.add(
        Key::new(SERVICE),
        EcsService {
            name: input(&model.name, |name| name, String::new()),
            cluster: parts.cluster.clone(),
            task_definition: parts.definition.clone(),
            desired_count: input(
                &model.desired_count,
                |count| DesiredCount::Fixed(i32::try_from(count).unwrap_or(i32::MAX)),
                DesiredCount::Fixed(1),
            ),
            launch: parts.launch.clone(),
            platform_version: platform_version(model),
            subnets: subnets(model),
            security_groups: parts
                .groups
                .clone()
                .with("set", (), |groups, ()| groups.into_iter().collect()),
            assign_public_ip: input(&model.assign_public_ip, |on| on, false),
            placement_strategy: Vec::new().into(),
            load_balancers: parts.targets,
            health_check_grace_period: input(
                &model.health_check_grace_period_seconds,
                |seconds| i32::try_from(seconds).ok(),
                None,
            ),
            rollout: rollout(model),
            enable_execute_command: input(&model.enable_execute_command, |on| on, false),
            force_new_deployment: input(&model.force_new_deployment, |on| on, false),
            wait_for_steady_state: input(&model.wait_for_steady_state, |on| on, true),
            shutdown: shutdown(model).into(),
        },
    );
    Running {
        key: handle.key().clone(),
        service_arn: handle.output("arn", |output| Some(output.arn.clone())),
        public_ip: public(model, handle.volatile("public_ip", |output| output.public_ip.clone())),
        private_ip: handle.volatile("private_ip", |output| output.private_ip.clone()),
    }
}

/// With a volume, the old task must stop before the new one starts: the volume has one writer. On hosts it must do so too
/// where they have no room for both.
fn rollout(model: &Detector) -> Input<Rollout> {
    let percentages = match (&model.persistence, &model.capacity) {
        (Some(_), _) => Some((0, 100)),
        (None, None) => Some((100, 200)),
        (None, Some(capacity)) => on_hosts(model, capacity),
    };
    percentages.map_or(Input::Unknown, |(minimum, maximum)| {
        Input::Known(rolling_back(minimum, maximum))
    })
}

fn on_hosts(model: &Detector, capacity: &Capacity) -> Option<(i32, i32)> {
    let desired = match model.desired_count {
        Attr::Null => 1,
        Attr::Unknown => return None,
        Attr::Known(count) => count,
    };
    percentages(capacity, model.host.known()?, model.task_size()?, desired)
}

/// Only with a volume is there anything to save.
fn shutdown(model: &Detector) -> Option<Shutdown> {
    model.persistence.as_ref().map(|_| vendor::SHUTDOWN)
}

fn task(graph: &mut Graph<Aws>, model: &Detector, parts: &Parts<'_>) -> Running {
    let handle = graph.add(
        Key::new(TASK),
        EcsTask {
            cluster: parts.cluster.clone(),
            task_definition: parts.definition.clone(),
            launch: parts.launch.clone(),
            platform_version: platform_version(model),
            subnets: subnets(model),
            security_groups: parts
                .groups
                .clone()
                .with("set", (), |groups, ()| groups.into_iter().collect()),
            assign_public_ip: input(&model.assign_public_ip, |on| on, false),
            enable_execute_command: input(&model.enable_execute_command, |on| on, false),
            shutdown: shutdown(model).into(),
        },
    );
    Running {
        key: handle.key().clone(),
        service_arn: Input::Known(None),
        public_ip: public(model, handle.volatile("public_ip", |output| output.public_ip.clone())),
        private_ip: handle.volatile("private_ip", |output| output.private_ip.clone()),
    }
}

/// The public address, where the task may have one: where none is asked for, that is known before anything runs.
fn public(model: &Detector, address: Input<Option<String>>) -> Input<Option<String>> {
    match model.assign_public_ip {
        Attr::Known(true) | Attr::Unknown => address,
        Attr::Known(false) | Attr::Null => Input::Known(None),
    }
}
