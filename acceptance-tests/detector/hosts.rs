//! On EC2 hosts instead of Fargate.

use aws_sdk_ecs::types::{LaunchType, Service};

use super::drift::is_shown_and_repaired;
use super::updates::{Change, InPlace};
use super::view::{ADDRESS, NAME, deployment, id_of, ingress, not_ready, parts, service, task_definition};
use crate::harness::{Sandbox, Wait};

const HOSTED: &str = "  capacity {}\n  persistence {}";

/// The capacity providers that a service's tasks come to.
fn providers(service: &Service) -> Vec<String> {
    let strategy = service.capacity_provider_strategy().iter();
    strategy.map(|item| item.capacity_provider().to_owned()).collect()
}

/// The percentages by which a new revision takes the place of the old one.
fn percentages(sandbox: &Sandbox) -> (Option<i32>, Option<i32>) {
    let service = service(sandbox);
    let rollout = service.deployment_configuration().unwrap();
    (rollout.minimum_healthy_percent(), rollout.maximum_percent())
}

fn hosts(sandbox: &Sandbox) -> usize {
    let request = sandbox.aws.ecs.list_container_instances().cluster(NAME).send().wait();
    request.unwrap().container_instance_arns().len()
}

#[test]
fn a_detector_with_its_volume_runs_on_a_host_and_goes_without_a_trace() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, HOSTED));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert_eq!(
        providers(&service(&sandbox)),
        [id_of(&sandbox.state(ADDRESS), "capacity_provider")]
    );
    assert_eq!(percentages(&sandbox), (Some(0), Some(100)), "the volume has one writer");
    assert_eq!(hosts(&sandbox), 1, "one host for one task");
    assert_eq!(state.text("/host/instance_type"), "m5.large");
    assert!(state.at("platform_version").is_null() && state.at("public_ip").is_null());
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("private_ip")));
    assert!(
        ingress(&sandbox, &id_of(&state, "security_group_hosts")).is_empty(),
        "nothing need reach a host"
    );

    // What stands only with hosts is looked at and put right like everything else.
    let group = id_of(&state, "auto_scaling_group");
    let template = id_of(&state, "launch_template");
    assert!(!group.is_empty() && !template.is_empty());
    let somebody = sandbox.aws.ec2.authorize_security_group_ingress();
    somebody
        .group_id(id_of(&state, "security_group_hosts"))
        .ip_protocol("tcp")
        .from_port(22)
        .to_port(22)
        .cidr_ip("0.0.0.0/0")
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(&sandbox, &[("security_group_hosts", "drifted: ingress")]);
    sandbox.destroy();
}

#[test]
fn a_service_moves_from_fargate_to_hosts_and_back_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let before = sandbox.state(ADDRESS);
    let made = service(&sandbox).created_at().map(ToString::to_string);
    sandbox.apply(&deployment(&sandbox, HOSTED));
    assert_eq!(
        providers(&service(&sandbox)),
        [id_of(&sandbox.state(ADDRESS), "capacity_provider")]
    );
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let after = sandbox.state(ADDRESS);
    assert_eq!(before.keys("components"), after.keys("components"));
    assert_eq!(before.text("file_system_id"), after.text("file_system_id"));
    assert_eq!(service(&sandbox).created_at().map(ToString::to_string), made);
    assert_eq!(service(&sandbox).running_count(), 1);
    assert_eq!(after.text("platform_version"), "1.4.0");
    assert!(after.at("host").is_null() && after.at("auto_scaling_group_arn").is_null());
    sandbox.destroy();
}

#[test]
fn what_was_made_on_hosts_moves_to_fargate_and_a_task_by_itself_runs_on_hosts() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  capacity {}"));
    assert_eq!(
        percentages(&sandbox),
        (Some(0), Some(100)),
        "a host has room for one task"
    );
    sandbox.apply(&deployment(&sandbox, ""));
    assert_eq!(service(&sandbox).running_count(), 1);
    assert_eq!(
        task_definition(&sandbox).requires_compatibilities()[0].as_str(),
        "FARGATE"
    );

    sandbox.apply(&deployment(&sandbox, "  run_as = \"task\"\n  capacity {}"));
    let state = sandbox.state(ADDRESS);
    let arn = parts(&state)["ecs_task"].arn.clone().expect("a task");
    let request = sandbox.aws.ecs.describe_tasks().cluster(NAME).tasks(arn).send().wait();
    let task = request.unwrap().tasks()[0].clone();
    assert_eq!(task.launch_type(), Some(&LaunchType::Ec2));
    assert_eq!(
        task.capacity_provider_name(),
        Some(id_of(&sandbox.state(ADDRESS), "capacity_provider").as_str())
    );
    sandbox.destroy();
}

#[test]
fn a_service_leaves_hosts_only_where_a_cluster_of_ones_own_has_fargates_provider() {
    let mut sandbox = Sandbox::new();
    let made = sandbox.aws.ecs.create_cluster().cluster_name("own").send().wait();
    let cluster = made.unwrap().cluster().unwrap().cluster_arn().unwrap().to_owned();
    sandbox.take_as_found();
    let text = |body: &str| {
        let existing = format!("  existing {{\n    cluster_arn = \"{cluster}\"\n  }}\n{body}");
        deployment(&sandbox, &existing)
    };
    sandbox.apply(&text("  capacity {}"));
    let hosts = id_of(&sandbox.state(ADDRESS), "capacity_provider");
    sandbox.configure(&text(""));
    sandbox.stand_in.forget_calls();
    let error = sandbox.terraform.plan(&[]).error();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
    assert!(error.line().contains("cluster_arn"), "{}", error.line());
    let command = format!(
        "put-cluster-capacity-providers --cluster own --capacity-providers {hosts} FARGATE --default-capacity-provider-strategy []"
    );
    assert!(error.text().contains(&command), "{}", error.text());

    let put = sandbox.aws.ecs.put_cluster_capacity_providers().cluster("own");
    let put = put.capacity_providers(hosts).capacity_providers("FARGATE");
    put.set_default_capacity_provider_strategy(Some(Vec::new()))
        .send()
        .wait()
        .unwrap();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let request = sandbox.aws.ecs.describe_services().cluster("own").services(NAME).send();
    let service = request.wait().unwrap().services()[0].clone();
    assert_eq!(providers(&service), ["FARGATE"]);
    assert_eq!(service.running_count(), 1);
    sandbox.terraform.destroy(&[]).succeeded();
}

#[test]
fn hosts_and_what_runs_on_them_change_in_place_and_back() {
    let sandbox = Sandbox::new();
    let base = "  capacity {\n    min_size = 1\n    max_size = 2\n  }";
    sandbox.apply(&deployment(&sandbox, base));
    assert_eq!(
        percentages(&sandbox),
        (Some(100), Some(200)),
        "two hosts have room for two tasks"
    );
    let changes: [&dyn InPlace; 2] = [
        &Change {
            set: "cpu = 1024\n  memory = 3000",
            shown: |sandbox| task_definition(sandbox).memory().map(str::to_owned),
            with: Some("3000".to_owned()),
            without: Some("6144".to_owned()),
        },
        &Change {
            set: "desired_count = 2",
            shown: |sandbox| (service(sandbox).running_count(), percentages(sandbox)),
            with: (2, (Some(50), Some(100))),
            without: (1, (Some(100), Some(200))),
        },
    ];
    for change in changes {
        change.comes_and_goes(&sandbox, base);
    }
    let with_ssh = base.replace("min_size", "ssh_from = \"vpc\"\n    volume_size_gib = 80\n    min_size");
    sandbox.apply(&deployment(&sandbox, &with_ssh));
    let group = id_of(&sandbox.state(ADDRESS), "security_group_hosts");
    assert_eq!(ingress(&sandbox, &group), super::view::from_the_vpc(22));
    sandbox.apply(&deployment(&sandbox, base));
    assert!(ingress(&sandbox, &group).is_empty());
    sandbox.destroy();
}
