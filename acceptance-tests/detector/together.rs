//! Several deployments in one configuration.

use super::view::{REQUIRED, not_ready, resource};
use crate::harness::{Sandbox, Wait};

#[test]
fn two_deployments_stand_side_by_side_and_go_together() {
    let sandbox = Sandbox::new();
    let two = format!(
        "{REQUIRED}{}{}",
        resource(&sandbox, "one", "one", "  persistence {}"),
        resource(&sandbox, "two", "two", "  persistence {}")
    );
    sandbox.apply(&two);
    for label in ["one", "two"] {
        let state = sandbox.state(&format!("thatdot_detector_deployment.{label}"));
        assert!(not_ready(&state).is_empty(), "{label}: {:?}", not_ready(&state));
        assert_eq!(state.text("log_group_name"), format!("/thatdot/{label}"));
        let services = sandbox
            .aws
            .ecs
            .describe_services()
            .cluster(label)
            .services(label)
            .send()
            .wait()
            .unwrap();
        assert_eq!(services.services()[0].running_count(), 1);
    }
    sandbox.apply(&format!(
        "{REQUIRED}{}",
        resource(&sandbox, "one", "one", "  persistence {}")
    ));
    sandbox.destroy();
}

#[test]
fn eight_deployments_are_read_together_and_come_and_go_in_one_run() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (1..=8).map(|number| format!("fraud-{number}")).collect();
    let eight: String = names.iter().map(|name| resource(&sandbox, name, name, "")).collect();
    sandbox.configure(&format!("{REQUIRED}{eight}"));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.stand_in.forget_calls();
    sandbox.assert_settled();
    let looks = sandbox.stand_in.calls();
    let looks = looks
        .iter()
        .filter(|call| call.action == "DescribeSecurityGroups")
        .count();
    assert!(looks < names.len(), "{looks} calls for what one can tell");
    sandbox.destroy();
}

#[test]
fn a_deployment_refers_to_what_another_puts_out() {
    let sandbox = Sandbox::new();
    let first = resource(&sandbox, "one", "one", "");
    let second = resource(
        &sandbox,
        "two",
        "two",
        "  existing { cluster_arn = thatdot_detector_deployment.one.cluster_arn }\n  ingress { security_group_ids = thatdot_detector_deployment.one.security_group_ids }",
    );
    sandbox.apply(&format!("{REQUIRED}{first}{second}"));
    let services = sandbox.aws.ecs.list_services().cluster("one").send().wait().unwrap();
    assert_eq!(services.service_arns().len(), 2);
    sandbox.destroy();
}
