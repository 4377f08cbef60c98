//! Drift of the service.

use aws_sdk_ecs::types::{DeploymentCircuitBreaker, DeploymentConfiguration, NetworkConfiguration};

use super::drift::{is_shown_and_repaired, standing};
use super::view::{NAME, service};
use crate::harness::Wait;

#[test]
fn a_service_that_was_scaled_moved_and_loosened_is_shown_and_repaired() {
    let sandbox = standing("");
    let before = service(&sandbox);
    let network = before
        .network_configuration()
        .unwrap()
        .awsvpc_configuration()
        .unwrap()
        .clone();
    let mut moved = network.clone();
    moved.subnets.truncate(1);
    let breaker = DeploymentCircuitBreaker::builder()
        .enable(false)
        .rollback(false)
        .build();
    let loose = DeploymentConfiguration::builder()
        .deployment_circuit_breaker(breaker)
        .minimum_healthy_percent(100);
    sandbox
        .aws
        .ecs
        .update_service()
        .cluster(NAME)
        .service(NAME)
        .desired_count(0)
        .enable_execute_command(true)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(moved).build())
        .deployment_configuration(loose.maximum_percent(200).build())
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[(
            "ecs_service",
            "drifted: desired_count, subnets, rollout, enable_execute_command",
        )],
    );
    let after = service(&sandbox);
    assert_eq!((after.desired_count(), after.running_count()), (1, 1));
    assert!(!after.enable_execute_command());
    assert_eq!(
        after.network_configuration().unwrap().awsvpc_configuration(),
        Some(&network)
    );
    assert_eq!(
        after.deployment_configuration().unwrap().maximum_percent(),
        before.deployment_configuration().unwrap().maximum_percent()
    );
    assert_eq!(after.created_at(), before.created_at(), "repaired in place");
}
