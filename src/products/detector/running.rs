//! What runs the container: a service that keeps it running, or a single task.

use std::collections::BTreeSet;

use super::design::{SERVICE, TASK};
use super::model::Detector;
use super::vendor;
use crate::aws::components::{CircuitBreaker, DesiredCount, EcsService, EcsTask, Launch, Rollout};
use crate::aws::ids::{ClusterArn, SecurityGroupId, ServiceArn, SubnetId, TaskDefinitionArn};
use crate::aws::{Aws, Shutdown, Unordered};
use crate::engine::{Graph, Input, Key, Ref};
use crate::framework::Attr;
use crate::products::wiring::{input, known_ids};

/// Whether a single task is run, without a service.
pub fn is_task(model: &Detector) -> bool {
    model.run_as.known().is_some_and(|word| word == "task")
}

/// Adds what runs.
pub fn add(graph: &mut Graph<Aws>, model: &Detector, parts: &Parts<'_>) -> Running {
    if is_task(model) {
        task(graph, model, parts)
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

fn service(graph: &mut Graph<Aws>, model: &Detector, parts: &Parts<'_>) -> Running {
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
            launch: Launch::Fargate.into(),
            platform_version: input(&model.platform_version, Some, Some("1.4.0".to_owned())),
            subnets: subnets(model),
            security_groups: parts
                .groups
                .clone()
                .with("set", (), |groups, ()| groups.into_iter().collect()),
            assign_public_ip: input(&model.assign_public_ip, |on| on, false),
            placement_strategy: Vec::new().into(),
            load_balancers: BTreeSet::new().into(),
            health_check_grace_period: None.into(),
            rollout: rollout(model).into(),
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

/// With a volume, the old task must stop before the new one starts: the volume has one writer.
fn rollout(model: &Detector) -> Rollout {
    let (minimum_healthy_percent, maximum_percent) = if model.persistence.is_some() {
        (0, 100)
    } else {
        (100, 200)
    };
    Rollout {
        minimum_healthy_percent,
        maximum_percent,
        circuit_breaker: CircuitBreaker {
            enable: true,
            rollback: true,
        },
    }
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
            launch: Launch::Fargate.into(),
            platform_version: input(&model.platform_version, Some, Some("1.4.0".to_owned())),
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
