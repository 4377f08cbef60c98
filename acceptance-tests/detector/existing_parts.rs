//! Parts that the user brings: used, never changed, never deleted.

use aws_sdk_efs::types::LifeCycleState;

use super::view::{ADDRESS, NAME, deployment, not_ready, parts, task_definition};
use crate::harness::{Sandbox, Wait};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A file system with a mount target in each public subnet.
pub fn own_file_system(sandbox: &Sandbox) -> String {
    let efs = &sandbox.aws.efs;
    let made = efs
        .create_file_system()
        .creation_token("own")
        .encrypted(true)
        .send()
        .wait()
        .unwrap();
    let id = made.file_system_id().to_owned();
    let is_available = || {
        let answer = efs.describe_file_systems().file_system_id(&id).send().wait().unwrap();
        answer.file_systems()[0].life_cycle_state() == &LifeCycleState::Available
    };
    while !is_available() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let group = own_group(sandbox, "own-nfs", 2049);
    for subnet in &sandbox.vpc.private_subnet_ids {
        efs.create_mount_target()
            .file_system_id(&id)
            .subnet_id(subnet)
            .security_groups(&group)
            .send()
            .wait()
            .unwrap();
    }
    id
}

/// A security group that lets the VPC in on that port.
pub fn own_group(sandbox: &Sandbox, name: &str, port: i32) -> String {
    let ec2 = &sandbox.aws.ec2;
    let made = ec2
        .create_security_group()
        .group_name(name)
        .description(name)
        .vpc_id(&sandbox.vpc.vpc_id);
    let id = made.send().wait().unwrap().group_id().unwrap().to_owned();
    let rule = ec2
        .authorize_security_group_ingress()
        .group_id(&id)
        .ip_protocol("tcp")
        .from_port(port)
        .to_port(port);
    rule.cidr_ip("10.0.0.0/16").send().wait().unwrap();
    id
}

/// A role that tasks can take.
pub fn own_role(sandbox: &Sandbox, name: &str) -> String {
    let made = sandbox
        .aws
        .iam
        .create_role()
        .role_name(name)
        .assume_role_policy_document(TRUST)
        .send()
        .wait()
        .unwrap();
    made.role().unwrap().arn().to_owned()
}

#[test]
fn parts_of_ones_own_are_used_and_outlive_the_deployment() {
    let mut sandbox = Sandbox::new();
    let cluster = sandbox
        .aws
        .ecs
        .create_cluster()
        .cluster_name("own")
        .send()
        .wait()
        .unwrap();
    let cluster = cluster.cluster().unwrap().cluster_arn().unwrap().to_owned();
    let (task_role, execution_role) = (own_role(&sandbox, "own-task"), own_role(&sandbox, "own-execution"));
    let group = own_group(&sandbox, "own-clients", 8080);
    sandbox
        .aws
        .logs
        .create_log_group()
        .log_group_name("/own/logs")
        .send()
        .wait()
        .unwrap();
    sandbox.take_as_found();

    let body = format!(
        r#"
  existing {{
    cluster_arn        = "{cluster}"
    task_role_arn      = "{task_role}"
    execution_role_arn = "{execution_role}"
    security_group_ids = ["{group}"]
    log_group_name     = "/own/logs"
  }}"#
    );
    sandbox.apply(&deployment(&sandbox, &body));
    let state = sandbox.state(ADDRESS);
    assert_eq!(
        parts(&state).into_keys().collect::<Vec<_>>(),
        ["ecs_service", "ecs_task_definition"]
    );
    assert!(not_ready(&state).is_empty());
    assert_eq!(state.text("cluster_arn"), cluster);
    assert_eq!(state.text("task_role_arn"), task_role);
    assert_eq!(state.text("task_role_name"), "own-task");
    assert_eq!(state.text("execution_role_arn"), execution_role);
    assert_eq!(state.text("log_group_name"), "/own/logs");
    assert_eq!(state.texts("security_group_ids"), [group.as_str()]);
    let services = sandbox
        .aws
        .ecs
        .describe_services()
        .cluster(&cluster)
        .services(NAME)
        .send()
        .wait()
        .unwrap();
    let service = &services.services()[0];
    assert_eq!(service.running_count(), 1);
    let definition = sandbox
        .aws
        .ecs
        .describe_task_definition()
        .task_definition(service.task_definition().unwrap());
    let definition = definition.send().wait().unwrap();
    let options = definition.task_definition().unwrap().container_definitions()[0]
        .log_configuration()
        .unwrap()
        .options();
    assert_eq!(options.unwrap()["awslogs-group"], "/own/logs");
    sandbox.destroy();
}

#[test]
fn a_part_that_is_no_longer_brought_is_made_and_the_users_stays() {
    let mut sandbox = Sandbox::new();
    let task_role = own_role(&sandbox, "own-task");
    sandbox
        .aws
        .logs
        .create_log_group()
        .log_group_name("/own/logs")
        .send()
        .wait()
        .unwrap();
    sandbox.take_as_found();
    let body = format!("  existing {{\n    task_role_arn = \"{task_role}\"\n    log_group_name = \"/own/logs\"\n  }}");

    sandbox.apply(&deployment(&sandbox, &body));
    let id = sandbox.state(ADDRESS).text("id").to_owned();
    sandbox.apply(&deployment(&sandbox, ""));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("id"), id, "changed in place");
    assert_ne!(state.text("task_role_arn"), task_role);
    assert_eq!(state.text("log_group_name"), "/thatdot/fraud");
    assert_eq!(
        task_definition(&sandbox).task_role_arn(),
        Some(state.text("task_role_arn"))
    );

    sandbox.apply(&deployment(&sandbox, &body));
    assert_eq!(
        sandbox.state(ADDRESS).text("task_role_arn"),
        task_role,
        "and brought again"
    );
    sandbox.destroy();
}

#[test]
fn a_cluster_that_is_brought_later_gets_the_service() {
    let mut sandbox = Sandbox::new();
    let cluster = sandbox
        .aws
        .ecs
        .create_cluster()
        .cluster_name("own")
        .send()
        .wait()
        .unwrap();
    let cluster = cluster.cluster().unwrap().cluster_arn().unwrap().to_owned();
    sandbox.take_as_found();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let volume = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    sandbox.apply(&deployment(
        &sandbox,
        &format!("  persistence {{}}\n  existing {{ cluster_arn = \"{cluster}\" }}"),
    ));
    let state = sandbox.state(ADDRESS);
    assert!(!parts(&state).contains_key("ecs_cluster"));
    assert_eq!(state.text("file_system_id"), volume, "the volume stays");
    let services = sandbox
        .aws
        .ecs
        .describe_services()
        .cluster(&cluster)
        .services(NAME)
        .send()
        .wait()
        .unwrap();
    assert_eq!(services.services()[0].running_count(), 1);
    sandbox.destroy();
}
