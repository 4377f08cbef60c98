//! Updates of how it runs.

use aws_sdk_ecs::types::{AssignPublicIp, Service};

use super::updates::{Change, each_comes_and_goes};
use super::view::{NAME, service};
use crate::harness::{Sandbox, Wait};

fn network(service: &Service) -> (Vec<String>, Option<AssignPublicIp>) {
    let network = service.network_configuration().unwrap().awsvpc_configuration().unwrap();
    (network.subnets().to_vec(), network.assign_public_ip().cloned())
}

fn public(sandbox: &Sandbox) -> Option<AssignPublicIp> {
    network(&service(sandbox)).1
}

#[test]
fn count_platform_and_address_change_in_place_and_back() {
    each_comes_and_goes(
        "",
        &[
            &Change {
                set: "desired_count = 2",
                shown: |sandbox| (service(sandbox).desired_count(), service(sandbox).running_count()),
                with: (2, 2),
                without: (1, 1),
            },
            &Change {
                set: "desired_count = 0",
                shown: |sandbox| service(sandbox).running_count(),
                with: 0,
                without: 1,
            },
            &Change {
                set: "platform_version = \"LATEST\"",
                shown: |sandbox| service(sandbox).platform_version().map(str::to_owned),
                with: Some("LATEST".to_owned()),
                without: Some("1.4.0".to_owned()),
            },
            &Change {
                set: "assign_public_ip = true",
                shown: public,
                with: Some(AssignPublicIp::Enabled),
                without: Some(AssignPublicIp::Disabled),
            },
            &Change {
                set: "enable_execute_command = true",
                shown: |sandbox| service(sandbox).enable_execute_command(),
                with: true,
                without: false,
            },
        ],
    );
}

#[test]
fn fewer_subnets_take_effect_in_place() {
    let sandbox = Sandbox::new();
    let body = "  persistence {}";
    sandbox.apply(&super::view::deployment(&sandbox, body));
    let before = sandbox.state(super::view::ADDRESS);
    let [first, second] = &sandbox.vpc.private_subnet_ids[..] else {
        panic!("two subnets")
    };
    let both = format!("{:?}", sandbox.vpc.private_subnet_ids);

    let text = super::view::deployment(&sandbox, body);
    sandbox.apply(&text.replace(&both, &format!("[{first:?}]")));
    let state = sandbox.state(super::view::ADDRESS);
    assert_eq!(network(&service(&sandbox)).0, std::slice::from_ref(first));
    assert!(!super::view::parts(&state).contains_key(&format!("efs_mount_target_{second}")));
    assert_eq!(state.text("file_system_id"), before.text("file_system_id"));

    sandbox.apply(&text);
    let state = sandbox.state(super::view::ADDRESS);
    assert_eq!(state.text("id"), before.text("id"));
    assert_eq!(network(&service(&sandbox)).0.len(), 2);
    assert!(super::view::parts(&state).contains_key(&format!("efs_mount_target_{second}")));
    sandbox.destroy();
}

#[test]
fn a_forced_deployment_starts_new_tasks() {
    let sandbox = Sandbox::new();
    let tasks = || {
        sandbox
            .aws
            .ecs
            .list_tasks()
            .cluster(NAME)
            .send()
            .wait()
            .unwrap()
            .task_arns()
            .to_vec()
    };
    sandbox.apply(&super::view::deployment(&sandbox, ""));
    let before = tasks();
    sandbox.apply(&super::view::deployment(&sandbox, "  force_new_deployment = true"));
    let after = tasks();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
}

#[test]
fn an_apply_that_need_not_wait_does_not() {
    let sandbox = Sandbox::new();
    sandbox.configure(&super::view::deployment(&sandbox, "  wait_for_steady_state = false"));
    sandbox.stand_in.tasks_end(&crate::harness::TaskOutcome {
        stopped_reason: "Essential container in task exited",
        stop_code: "EssentialContainerExited",
        exit_code: Some(1),
        log_lines: &[],
    });
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.destroy();
}
