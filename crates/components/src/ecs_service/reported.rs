//! From what AWS reports of a service to the spec that it would be made by.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{self as sdk, AssignPublicIp};

use super::balancing::{self, same_grace};
use super::{CircuitBreaker, DesiredCount, EcsService, PlacementStrategy, Rollout, capacity};
use aws::Unordered;
use aws::ids::{ClusterArn, SubnetId, TaskDefinitionArn};

impl EcsService {
    /// The spec that the service would be made by.
    pub(super) fn reported(&self, found: &sdk::Service) -> Self {
        let vpc = found
            .network_configuration()
            .and_then(|network| network.awsvpc_configuration());
        let launch = capacity::reported(self.launch.known(), found);
        let platform_version = launch
            .is_fargate()
            .then(|| same_platform(self.platform_version.known(), found.platform_version()));
        Self {
            name: found.service_name().unwrap_or_default().into(),
            cluster: ClusterArn::from(found.cluster_arn().unwrap_or_default()).into(),
            task_definition: TaskDefinitionArn::from(found.task_definition().unwrap_or_default()).into(),
            desired_count: DesiredCount::reported(self.desired_count.known(), found.desired_count()).into(),
            launch: launch.into(),
            platform_version: platform_version.into(),
            subnets: vpc
                .map(|vpc| {
                    vpc.subnets()
                        .iter()
                        .map(|id| SubnetId::from(id.as_str()))
                        .collect::<Unordered<_>>()
                })
                .unwrap_or_default()
                .into(),
            security_groups: vpc
                .map(|vpc| {
                    vpc.security_groups()
                        .iter()
                        .map(|id| id.as_str().into())
                        .collect::<BTreeSet<_>>()
                })
                .unwrap_or_default()
                .into(),
            assign_public_ip: (vpc.and_then(|vpc| vpc.assign_public_ip()) == Some(&AssignPublicIp::Enabled)).into(),
            placement_strategy: found
                .placement_strategy()
                .iter()
                .map(PlacementStrategy::reported)
                .collect::<Vec<_>>()
                .into(),
            load_balancers: balancing::reported(found).into(),
            health_check_grace_period: same_grace(self.health_check_grace_period.known().copied(), found).into(),
            rollout: rollout(found.deployment_configuration()).into(),
            enable_execute_command: found.enable_execute_command().into(),
            force_new_deployment: self.force_new_deployment.clone(),
            wait_for_steady_state: self.wait_for_steady_state.clone(),
            shutdown: self.shutdown.clone(),
        }
    }
}

/// What is reported, or `LATEST` where that is wanted: AWS may report what it stands for at the moment.
fn same_platform(wanted: Option<&Option<String>>, reported: Option<&str>) -> String {
    match wanted.and_then(Option::as_deref) {
        Some("LATEST") => "LATEST".to_owned(),
        _ => reported.unwrap_or("LATEST").to_owned(),
    }
}

/// The percentages that AWS takes where none are given, and no circuit breaker. Source: Amazon ECS API,
/// `DeploymentConfiguration`.
fn rollout(found: Option<&sdk::DeploymentConfiguration>) -> Rollout {
    let breaker = found.and_then(sdk::DeploymentConfiguration::deployment_circuit_breaker);
    Rollout {
        minimum_healthy_percent: found
            .and_then(sdk::DeploymentConfiguration::minimum_healthy_percent)
            .unwrap_or(100),
        maximum_percent: found
            .and_then(sdk::DeploymentConfiguration::maximum_percent)
            .unwrap_or(200),
        circuit_breaker: CircuitBreaker {
            enable: breaker.is_some_and(sdk::DeploymentCircuitBreaker::enable),
            rollback: breaker.is_some_and(sdk::DeploymentCircuitBreaker::rollback),
        },
    }
}
