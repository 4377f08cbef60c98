//! The whole life of a deployment, in each of its shapes.

use super::view::{ADDRESS, LICENSE, LICENSED, deployment, id_of, keys, not_ready};
use crate::harness::{Sandbox, Wait};

const WHOLE: &str = r#"
  capacity {
    instance_type = "m5zn.xlarge"
    max_size      = 2
  }
  license {
    content_wo         = "{\"key\":\"planted-licence-7f3a\"}"
    content_wo_version = 1
    on                 = "efs"
  }
  load_balancer {}
  api_gateway { authorization = "AWS_IAM" }
  bastion { ingress_cidr_blocks = ["203.0.113.4/32"] }
  autoscaling {
    max_count         = 2
    cpu_percent       = 70
    requests_per_task = 1000
  }
"#;

#[test]
fn the_guides_deployment_is_applied_runs_and_is_destroyed_without_a_trace() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, &format!("{LICENSED}\n  load_balancer {{}}")));

    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert_eq!(
        state.text("url"),
        format!("http://{}", state.text("load_balancer_dns_name"))
    );
    assert_eq!(state.text("/host/instance_type"), "m5zn.xlarge");
    for part in [
        "auto_scaling_group",
        "capacity_provider",
        "secret_license",
        "target_group",
        "ecs_service",
    ] {
        assert!(
            keys(&state).iter().any(|key| key == part),
            "{part} is missing: {:?}",
            keys(&state)
        );
    }
    let hosts = sandbox
        .aws
        .ecs
        .list_container_instances()
        .cluster("deid")
        .send()
        .wait()
        .unwrap();
    assert_eq!(hosts.container_instance_arns().len(), 1, "one host for one task");
    sandbox.destroy();
}

#[test]
fn every_block_together_lives_and_goes() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, WHOLE));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert!(state.text("url").contains("execute-api"), "{}", state.text("url"));
    assert_eq!(state.text("bastion_instance_id"), id_of(&state, "ec2_instance_bastion"));
    assert!(!state.text("bastion_public_ip").is_empty());
    sandbox.destroy();
}

#[test]
fn fargate_takes_no_hosts_and_a_size_that_it_has() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, &format!("{LICENSED}\n  fargate {{}}")));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.at("cpu"), 2048);
    assert!(state.at("host").is_null() && state.at("url").is_null());
    assert!(!keys(&state).iter().any(|key| key == "auto_scaling_group"));
    sandbox.destroy();
}

#[test]
fn the_marketplaces_image_needs_no_licence_and_may_meter_its_use() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  marketplace = true\n"));
    let state = sandbox.state(ADDRESS);
    let attached = sandbox
        .aws
        .iam
        .list_attached_role_policies()
        .role_name(state.text("task_role_name"))
        .send()
        .wait()
        .unwrap();
    let names: Vec<_> = attached
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_name())
        .collect();
    assert_eq!(names, ["AWSMarketplaceMeteringRegisterUsage"]);
    let definition = sandbox
        .aws
        .ecs
        .describe_task_definition()
        .task_definition(state.text("task_definition_arn"))
        .send()
        .wait()
        .unwrap();
    assert_eq!(definition.task_definition().unwrap().container_definitions().len(), 1);
    sandbox.destroy();
}

#[test]
fn the_licence_is_in_secrets_manager_and_nowhere_else() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, LICENSED));
    let state = sandbox.state(ADDRESS);
    let secret = sandbox
        .aws
        .secretsmanager
        .get_secret_value()
        .secret_id(state.text("license_secret_arn"))
        .send()
        .wait()
        .unwrap();
    assert_eq!(secret.secret_string(), Some(LICENSE));
    let kept = std::fs::read_to_string(sandbox.terraform.folder().join("terraform.tfstate")).unwrap();
    assert!(!kept.contains("planted-licence"), "the state holds the licence");
    let definition = sandbox
        .aws
        .ecs
        .describe_task_definition()
        .task_definition(state.text("task_definition_arn"))
        .send()
        .wait()
        .unwrap();
    assert!(!format!("{definition:?}").contains("planted-licence"));
    sandbox.destroy();
}
