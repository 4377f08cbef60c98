//! The whole life of a deployment.

use aws_sdk_ecs::types::{LaunchType, PropagateTags};

use super::view::{ADDRESS, BASE_PARTS, NAME, id_of, ingress, not_ready, parts, public_deployment, service};
use crate::harness::{Sandbox, Wait};

const BODY: &str = r#"
  persistence {}
  ingress { cidr_blocks = ["203.0.113.0/24"] }
"#;

#[test]
fn a_deployment_is_applied_runs_and_is_destroyed_without_a_trace() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));

    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    let url = format!("http://{}:8080", state.text("public_ip"));
    assert_eq!(state.text("url"), url);
    assert_eq!(state.text("docs_url"), format!("{url}/docs"));
    assert_eq!(state.text("log_group_name"), "/thatdot/fraud");
    let part_arn = |key: &str| parts(&state)[key].arn.clone().unwrap();
    assert_eq!(state.text("cluster_arn"), part_arn("ecs_cluster"));
    assert_eq!(state.text("service_arn"), part_arn("ecs_service"));
    assert_eq!(state.text("task_definition_arn"), part_arn("ecs_task_definition"));
    assert_eq!(state.text("task_role_arn"), part_arn("iam_role_task"));
    assert_eq!(state.text("execution_role_arn"), part_arn("iam_role_execution"));
    assert_eq!(state.text("file_system_id"), id_of(&state, "efs_file_system"));
    assert_eq!(
        state.texts("security_group_ids"),
        [id_of(&state, "security_group_service")]
    );

    // With -detailed-exitcode Terraform 1.11 exits 2 here whatever it finds (hashicorp/terraform#36403): its words count.
    let refresh = sandbox
        .terraform
        .run(&["plan", "-refresh-only", "-no-color"])
        .succeeded();
    assert!(
        refresh.output.contains("No changes."),
        "a refresh was to find nothing changed: {refresh}"
    );

    sandbox.destroy();
    assert!(sandbox.terraform.state(ADDRESS).is_none());
    let temporary: Vec<_> = std::fs::read_dir(sandbox.terraform.folder().join("tmp"))
        .unwrap()
        .collect();
    assert!(temporary.is_empty(), "left in the temporary folder: {temporary:?}");
}

#[test]
fn aws_holds_what_the_guide_makes_by_hand() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));
    let state = sandbox.state(ADDRESS);
    let aws = &sandbox.aws;

    let service = service(&sandbox);
    assert_eq!((service.desired_count(), service.running_count()), (1, 1));
    assert_eq!(service.launch_type(), Some(&LaunchType::Fargate));
    assert_eq!(service.platform_version(), Some("1.4.0"));
    assert_eq!(service.propagate_tags(), Some(&PropagateTags::Service));
    let deployment = service.deployment_configuration().unwrap();
    assert_eq!(
        (deployment.minimum_healthy_percent(), deployment.maximum_percent()),
        (Some(0), Some(100))
    );
    assert!(deployment.deployment_circuit_breaker().unwrap().enable());

    let role = state.text("task_role_name");
    let attached = aws
        .iam
        .list_attached_role_policies()
        .role_name(role)
        .send()
        .wait()
        .unwrap();
    let mut policies: Vec<_> = attached
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_name())
        .collect();
    policies.sort_unstable();
    assert_eq!(
        policies,
        [
            "AWSMarketplaceMeteringFullAccess",
            "AWSMarketplaceMeteringRegisterUsage"
        ]
    );

    let service_group = id_of(&state, "security_group_service");
    assert_eq!(ingress(&sandbox, &service_group), ["8080 from 203.0.113.0/24"]);
    let mut nfs = vec!["2049 from 10.0.0.0/16".to_owned(), format!("2049 from {service_group}")];
    nfs.sort();
    assert_eq!(ingress(&sandbox, &id_of(&state, "security_group_nfs")), nfs);

    let volume = state.text("file_system_id");
    let targets = aws
        .efs
        .describe_mount_targets()
        .file_system_id(volume)
        .send()
        .wait()
        .unwrap();
    let mut subnets: Vec<_> = targets
        .mount_targets()
        .iter()
        .map(aws_sdk_efs::types::MountTargetDescription::subnet_id)
        .collect();
    let mut wanted: Vec<_> = sandbox.vpc.public_subnet_ids.iter().map(String::as_str).collect();
    subnets.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(subnets, wanted, "one mount target for each subnet");

    let groups = aws
        .logs
        .describe_log_groups()
        .log_group_name_prefix("/thatdot/")
        .send()
        .wait()
        .unwrap();
    assert_eq!(groups.log_groups()[0].retention_in_days(), Some(30));
}

#[test]
fn a_plan_names_every_aws_object_and_makes_none() {
    let sandbox = Sandbox::new();
    sandbox.configure(&public_deployment(&sandbox, BODY));
    sandbox.stand_in.forget_calls();
    let change = sandbox.plan().change(ADDRESS);

    assert_eq!(change.actions, ["create"]);
    let mut expected: Vec<String> = BASE_PARTS.map(str::to_owned).to_vec();
    expected.extend(["efs_file_system", "security_group_nfs"].map(str::to_owned));
    expected.extend(
        sandbox
            .vpc
            .public_subnet_ids
            .iter()
            .map(|subnet| format!("efs_mount_target_{subnet}")),
    );
    expected.sort();
    let mut named = change.unknown.keys("components");
    named.sort_unstable();
    assert_eq!(named, expected);
    assert_eq!(change.after.text("name"), NAME);
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
}

#[test]
fn every_object_says_whose_it_is() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));
    let state = sandbox.state(ADDRESS);
    let owner = state.text("id");
    let aws = &sandbox.aws;

    let service = service(&sandbox);
    let value = |name: &str| {
        service
            .tags()
            .iter()
            .find(|tag| tag.key() == Some(name))
            .and_then(|tag| tag.value())
    };
    assert_eq!(value("thatdot:deployment-id"), Some(owner));
    assert_eq!(value("thatdot:deployment"), Some(NAME));
    assert_eq!(value("thatdot:component"), Some("ecs_service"));

    let role = aws
        .iam
        .get_role()
        .role_name(state.text("task_role_name"))
        .send()
        .wait()
        .unwrap();
    let role = role.role().unwrap();
    assert!(
        role.tags()
            .iter()
            .any(|tag| tag.key() == "thatdot:deployment-id" && tag.value() == owner)
    );
    let volume = super::view::file_system(&sandbox);
    assert!(
        volume
            .tags()
            .iter()
            .any(|tag| tag.key() == "thatdot:deployment-id" && tag.value() == owner)
    );
    let groups = aws
        .ec2
        .describe_security_groups()
        .group_ids(id_of(&state, "security_group_nfs"))
        .send()
        .wait()
        .unwrap();
    let tags = groups.security_groups()[0].tags();
    assert!(
        tags.iter()
            .any(|tag| tag.key() == Some("thatdot:component") && tag.value() == Some("security_group_nfs"))
    );
}
