//! The service, and what scales it. Source: the vendor's guide, *Create ECS Service*.

use std::collections::BTreeSet;

use super::definition;
use super::model::{Autoscaling, PrivateAi};
use crate::shared::room::{TaskSize, percentages};
use crate::shared::service::{SERVICE, rolling_back};
use crate::wiring::{input, known_ids};
use aws::Aws;
use aws::ids::{ClusterArn, SecurityGroupId, ServiceArn, TaskDefinitionArn};
use components::{
    DesiredCount, EcsService, EcsServiceOutput, Launch, LoadBalancerTarget, PlacementKind, PlacementStrategy, Rollout,
    ScalableTarget, ScalingMetric, ScalingPolicy, TargetValue,
};
use engine::{Graph, Handle, Input, Key};
use framework::Attr;

/// What the service refers to.
pub struct Parts<'a> {
    /// The cluster.
    pub cluster: &'a Input<ClusterArn>,
    /// The revision.
    pub definition: &'a Input<TaskDefinitionArn>,
    /// The security groups.
    pub groups: &'a Input<Vec<SecurityGroupId>>,
    /// On what tasks run.
    pub launch: Input<Launch>,
    /// Where tasks are registered.
    pub targets: Input<BTreeSet<LoadBalancerTarget>>,
    /// What requests per task are counted by.
    pub resource_label: Option<Input<String>>,
}

/// Adds the service and what scales it.
pub fn add(graph: &mut Graph<Aws>, model: &PrivateAi, parts: &Parts<'_>) -> Handle<EcsService> {
    let subnets = known_ids(&model.private_subnet_ids);
    let number = |attr: &Attr<i64>| i32::try_from(attr.known().copied().unwrap_or(1)).unwrap_or(i32::MAX);
    let desired_count = match (&model.autoscaling, &model.desired_count) {
        (_, Attr::Unknown) => Input::Unknown,
        (Some(_), count) => DesiredCount::Initial(number(count)).into(),
        (None, count) => DesiredCount::Fixed(number(count)).into(),
    };
    let balanced = model.load_balancer.is_some();
    let grace = &model.health_check_grace_period_seconds;
    let handle = graph.add(
        Key::new(SERVICE),
        EcsService {
            name: input(&model.name, |name| name, String::new()),
            cluster: parts.cluster.clone(),
            task_definition: parts.definition.clone(),
            desired_count,
            launch: parts.launch.clone(),
            platform_version: match &model.fargate {
                Some(fargate) => input(&fargate.platform_version, Some, None),
                None => None.into(),
            },
            subnets,
            security_groups: parts
                .groups
                .clone()
                .with("set", (), |groups, ()| groups.into_iter().collect()),
            assign_public_ip: false.into(),
            placement_strategy: placement(model),
            load_balancers: parts.targets.clone(),
            health_check_grace_period: if balanced {
                input(grace, |seconds| i32::try_from(seconds).ok(), None)
            } else {
                None.into()
            },
            rollout: rollout(model),
            enable_execute_command: input(&model.enable_execute_command, |on| on, false),
            force_new_deployment: input(&model.force_new_deployment, |on| on, false),
            wait_for_steady_state: input(&model.wait_for_steady_state, |on| on, true),
            shutdown: None.into(),
        },
    );
    if let Some(scaling) = &model.autoscaling {
        scale(graph, model, scaling, &handle, parts.resource_label.as_ref());
    }
    handle
}

fn placement(model: &PrivateAi) -> Input<Vec<PlacementStrategy>> {
    let rules = model.ordered_placement_strategy.iter().map(|rule| {
        let kind = PlacementKind::from(rule.kind.known()?.as_str());
        (!rule.field.is_unknown()).then(|| PlacementStrategy::new(kind, rule.field.known().map(String::as_str)))
    });
    rules.collect::<Option<Vec<_>>>().map_or(Input::Unknown, Input::Known)
}

/// What a task takes of a host; `None` while that is unknown.
pub fn task_size(model: &PrivateAi) -> Option<TaskSize> {
    Some(TaskSize {
        cpu: model.cpu.known().copied()?,
        memory: model.memory.known().copied()?,
        gpus: i64::from(definition::gpus(model)?),
    })
}

/// The percentages that are chosen where the user gives none; `None` while the hosts are unknown.
pub fn standard_percentages(model: &PrivateAi) -> Option<(i32, i32)> {
    if model.hosts().is_none() {
        return Some((100, 200));
    }
    let desired = model.desired_count.known().copied().unwrap_or(1);
    percentages(&model.hosts()?, model.host.known()?, task_size(model)?, desired)
}

/// The percentages that the user gave, and for the others those that can roll on the hosts there are.
fn rollout(model: &PrivateAi) -> Input<Rollout> {
    let given = [
        &model.deployment_minimum_healthy_percent,
        &model.deployment_maximum_percent,
    ];
    if given.iter().any(|attr| attr.is_unknown()) || model.desired_count.is_unknown() {
        return Input::Unknown;
    }
    let Some(standard) = standard_percentages(model) else {
        return Input::Unknown;
    };
    let percent = |attr: &Attr<i64>, standard: i32| {
        let given = attr.known().and_then(|percent| i32::try_from(*percent).ok());
        given.unwrap_or(standard)
    };
    Input::Known(rolling_back(
        percent(given[0], standard.0),
        percent(given[1], standard.1),
    ))
}

fn scale(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    scaling: &Autoscaling,
    service: &Handle<EcsService>,
    label: Option<&Input<String>>,
) {
    let number = |attr: &Attr<i64>, null| input(attr, |n| i32::try_from(n).unwrap_or(i32::MAX), null);
    let arn: Input<ServiceArn> = service.output("arn", |output: &EcsServiceOutput| output.arn.clone());
    let target = graph.add(
        Key::new("scalable_target"),
        ScalableTarget {
            service: arn,
            min_capacity: number(&scaling.min_count, 1),
            max_capacity: number(&scaling.max_count, 1),
        },
    );
    let registered = target.output("service", |output| output.service.clone());
    let metrics = [
        ("cpu", &scaling.cpu_percent, Some(Input::from(ScalingMetric::Cpu))),
        ("memory", &scaling.memory_percent, Some(ScalingMetric::Memory.into())),
        (
            "requests",
            &scaling.requests_per_task,
            label.map(|label| {
                label
                    .clone()
                    .with("requests", (), |resource_label, ()| ScalingMetric::RequestsPerTarget {
                        resource_label,
                    })
            }),
        ),
    ];
    for (name, aim, metric) in metrics {
        let Some(metric) = metric.filter(|_| !aim.is_null()) else {
            continue;
        };
        graph.add(
            Key::new(format!("scaling_policy_{name}")),
            ScalingPolicy {
                service: registered.clone(),
                name: input(&model.name, |deployment| format!("{deployment}-{name}"), String::new()),
                metric,
                target: input(
                    aim,
                    |aim| TargetValue::whole(i32::try_from(aim).unwrap_or(i32::MAX)),
                    TargetValue::whole(0),
                ),
                scale_in_cooldown: number(&scaling.scale_in_cooldown, 300),
                scale_out_cooldown: number(&scaling.scale_out_cooldown, 300),
                disable_scale_in: false.into(),
            },
        );
    }
}
