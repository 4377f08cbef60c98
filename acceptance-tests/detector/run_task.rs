//! `run_as = "task"`: one task, as the guide runs it by hand.

use aws_sdk_ecs::types::DesiredStatus;

use super::view::{ADDRESS, NAME, id_of, not_ready, parts, public_deployment};
use crate::harness::{Attributes, Sandbox, Wait};

const BODY: &str = r#"
  run_as = "task"
  persistence {}
  ingress { cidr_blocks = ["203.0.113.0/24"] }
"#;

fn running(sandbox: &Sandbox) -> Vec<String> {
    let answer = sandbox
        .aws
        .ecs
        .list_tasks()
        .cluster(NAME)
        .desired_status(DesiredStatus::Running)
        .send()
        .wait();
    answer.unwrap().task_arns().to_vec()
}

/// The public address of the task's network interface, as EC2 tells it.
fn public_address(sandbox: &Sandbox, state: &Attributes) -> Option<String> {
    let task = parts(state)["ecs_task"].arn.clone().expect("a task");
    let answer = sandbox
        .aws
        .ecs
        .describe_tasks()
        .cluster(NAME)
        .tasks(task)
        .send()
        .wait()
        .unwrap();
    let details = answer.tasks()[0].attachments()[0].details();
    let interface = details
        .iter()
        .find(|detail| detail.name() == Some("networkInterfaceId"))?
        .value()?;
    let answer = sandbox
        .aws
        .ec2
        .describe_network_interfaces()
        .network_interface_ids(interface)
        .send()
        .wait()
        .unwrap();
    answer.network_interfaces()[0]
        .association()?
        .public_ip()
        .map(str::to_owned)
}

#[test]
fn one_task_runs_and_its_public_address_is_read_back() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));
    let state = sandbox.state(ADDRESS);
    assert!(parts(&state).contains_key("ecs_task") && !parts(&state).contains_key("ecs_service"));
    assert!(state.at("service_arn").is_null());
    assert_eq!(running(&sandbox).len(), 1);
    assert_eq!(
        Some(state.text("public_ip").to_owned()),
        public_address(&sandbox, &state)
    );
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("public_ip")));
    sandbox.destroy();
}

#[test]
fn a_task_that_has_ended_is_missed_and_run_again() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));
    let before = sandbox.state(ADDRESS);
    sandbox
        .aws
        .ecs
        .stop_task()
        .cluster(NAME)
        .task(id_of(&before, "ecs_task"))
        .send()
        .wait()
        .unwrap();

    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(
        not_ready(&change.before),
        [("ecs_task".to_owned(), "missing".to_owned())].into()
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let after = sandbox.state(ADDRESS);
    assert_eq!(running(&sandbox).len(), 1);
    assert_ne!(id_of(&before, "ecs_task"), id_of(&after, "ecs_task"));
    assert_eq!(id_of(&before, "efs_file_system"), id_of(&after, "efs_file_system"));
}

#[test]
fn a_change_stops_the_old_task_before_the_new_one_starts() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, BODY));
    sandbox.stand_in.forget_calls();
    sandbox.apply(&public_deployment(
        &sandbox,
        &format!("{BODY}\n  environment = {{ MODE = \"new\" }}"),
    ));
    assert_eq!(running(&sandbox).len(), 1);
    let writes = sandbox.stand_in.writes();
    let position = |action: &str| writes.iter().position(|write| write == action);
    assert!(
        position("ecs:StopTask").is_some() && position("ecs:StopTask") < position("ecs:RunTask"),
        "{writes:?}"
    );
}

#[test]
fn a_service_becomes_a_task_and_a_service_again() {
    let sandbox = Sandbox::new();
    let service = BODY.replace("\"task\"", "\"service\"");
    sandbox.apply(&public_deployment(&sandbox, &service));
    let volume = id_of(&sandbox.state(ADDRESS), "efs_file_system");
    sandbox.apply(&public_deployment(&sandbox, BODY));
    assert_eq!(running(&sandbox).len(), 1);
    sandbox.apply(&public_deployment(&sandbox, &service));
    assert_eq!(running(&sandbox).len(), 1);
    assert_eq!(id_of(&sandbox.state(ADDRESS), "efs_file_system"), volume);
    sandbox.destroy();
}
