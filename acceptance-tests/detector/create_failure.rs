//! A create that AWS refuses, or whose tasks do not come up.

use super::existing_parts::own_group;
use super::view::{ADDRESS, deployment, id_of, not_ready, parts, service};
use crate::harness::{Fault, Sandbox, TaskOutcome};

const CRASH: TaskOutcome = TaskOutcome {
    stopped_reason: "Essential container in task exited",
    stop_code: "EssentialContainerExited",
    exit_code: Some(137),
    log_lines: &["starting", "java.lang.OutOfMemoryError: Java heap space"],
};

/// What a user reads of tasks that crash so.
const EXPLAINED: &str = "\
ecs_service does not come up
wait until the tasks run: ECS deployment circuit breaker: tasks failed to start.

Stopped tasks:
  ID: Essential container in task exited
    service: exit code 137, Essential container in task exited
  ID: Essential container in task exited
    service: exit code 137, Essential container in task exited
  ID: Essential container in task exited
    service: exit code 137, Essential container in task exited

The service's last events:
  (service fraud) (deployment ecs-svc/ID) deployment failed: tasks failed to start.
  (service fraud) has started 1 tasks: (task ID).
  (service fraud) has started 1 tasks: (task ID).
  (service fraud) has started 1 tasks: (task ID).

Last lines of the log:
  starting
  java.lang.OutOfMemoryError: Java heap space

The container ran out of memory. Raise `memory` (and `cpu`, where Fargate's pairs ask for it).";

fn refuse_the_service(sandbox: &Sandbox) {
    sandbox.stand_in.inject(Fault::refusal(
        "ecs",
        "CreateService",
        "AccessDeniedException",
        "You may not make services.",
    ));
}

#[test]
fn a_refused_create_is_undone_and_the_error_says_what_was_refused() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  persistence {}"));
    refuse_the_service(&sandbox);
    let error = sandbox.terraform.apply(&[]).error();
    for word in [
        "ecs_service",
        "ecs:CreateService",
        "AccessDenied",
        "You may not make services.",
    ] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }
    assert!(error.text().to_lowercase().contains("request id"), "{}", error.text());
    assert!(sandbox.terraform.state(ADDRESS).is_none());
    sandbox.assert_nothing_left();

    sandbox.stand_in.clear_faults();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn with_keep_the_parts_stay_and_after_untaint_the_next_apply_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(
        &sandbox,
        "  persistence {}\n  on_create_failure = \"keep\"",
    ));
    refuse_the_service(&sandbox);
    sandbox.terraform.apply(&[]).errors();
    assert!(sandbox.terraform.is_tainted(ADDRESS));
    let volume = id_of(&sandbox.state(ADDRESS), "efs_file_system");
    let unmade = not_ready(&sandbox.state(ADDRESS));
    assert_eq!(
        unmade.keys().collect::<Vec<_>>(),
        ["ecs_service"],
        "named, as what is still to be made"
    );

    sandbox.stand_in.clear_faults();
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(id_of(&sandbox.state(ADDRESS), "efs_file_system"), volume);
    sandbox.destroy();
}

#[test]
fn a_tainted_deployment_is_replaced_without_doubling_anything() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  on_create_failure = \"keep\""));
    refuse_the_service(&sandbox);
    sandbox.terraform.apply(&[]).errors();
    sandbox.stand_in.clear_faults();
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["delete", "create"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn tasks_that_do_not_come_up_are_explained_and_kept_as_evidence() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  persistence {}"));
    sandbox.stand_in.tasks_end(&CRASH);
    let error = sandbox.terraform.apply(&[]).error();
    assert_eq!(error.masked(), EXPLAINED);
    assert!(sandbox.terraform.is_tainted(ADDRESS));
    let state = sandbox.state(ADDRESS);
    let volume = id_of(&state, "efs_file_system");
    assert!(
        parts(&state).values().all(|part| part.id.is_some()),
        "all parts exist: {:?}",
        parts(&state)
    );

    sandbox.stand_in.tasks_run();
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.configure(&deployment(&sandbox, "  persistence {}\n  memory = 16384"));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(service(&sandbox).running_count(), 1);
    assert_eq!(id_of(&sandbox.state(ADDRESS), "efs_file_system"), volume);

    sandbox.stand_in.tasks_end(&CRASH);
    sandbox.configure(&deployment(&sandbox, "  persistence {}\n  memory = 8192"));
    let error = sandbox.terraform.apply(&[]).error();
    for part in [
        "ecs_service does not come up",
        "java.lang.OutOfMemoryError",
        "ran out of memory",
    ] {
        assert!(error.text().contains(part), "{part} is not in: {}", error.text());
    }
    assert!(!sandbox.terraform.is_tainted(ADDRESS));
    sandbox.stand_in.tasks_run();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn with_rollback_tasks_that_do_not_come_up_leave_nothing() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  on_create_failure = \"rollback\""));
    sandbox.stand_in.tasks_end(&CRASH);
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("137"), "{}", error.text());
    assert!(sandbox.terraform.state(ADDRESS).is_none());
    sandbox.assert_nothing_left();
}

#[test]
fn tasks_that_their_load_balancer_does_not_reach_are_told_so() {
    let sandbox = Sandbox::new();
    let closed = own_group(&sandbox, "closed", 22);
    let balanced = format!(
        "  on_create_failure = \"rollback\"\n  load_balancer {{}}\n  existing {{\n    security_group_ids = [\"{closed}\"]\n  }}"
    );
    sandbox.configure(&deployment(&sandbox, &balanced));
    let error = sandbox.terraform.apply(&[]).error();
    for words in [
        "Task failed ELB health checks",
        "is unhealthy in (target-group",
        "The load balancer gets no answer from the container. Check that the task's security group admits the port",
    ] {
        assert!(error.text().contains(words), "{words} is not in: {}", error.text());
    }
}

#[test]
fn an_image_that_is_not_subscribed_to_is_told_so() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  run_as = \"task\""));
    sandbox.stand_in.tasks_end(&TaskOutcome {
        stopped_reason: "CannotPullContainerError: pull access denied, repository does not exist or may require authorization",
        stop_code: "TaskFailedToStart",
        exit_code: None,
        log_lines: &[],
    });
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("CannotPullContainerError"), "{}", error.text());
    assert!(
        error.text().contains("Marketplace"),
        "the likely remedy is not in: {}",
        error.text()
    );
}

#[test]
fn throttling_late_roles_and_lost_answers_are_got_over_without_doubles() {
    let sandbox = Sandbox::new();
    let late_role = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
    for fault in [
        Fault::refusal(
            "ec2",
            "CreateSecurityGroup",
            "RequestLimitExceeded",
            "Request limit exceeded.",
        )
        .times(2),
        Fault::refusal("ecs", "CreateService", "InvalidParameterException", late_role).times(2),
        Fault::refusal("ecs", "DescribeServices", "ThrottlingException", "Rate exceeded").times(2),
        Fault::lost_answer("ecs", "CreateCluster"),
        Fault::lost_answer("iam", "CreateRole"),
        Fault::lost_answer("efs", "CreateFileSystem"),
        Fault::lost_answer("logs", "CreateLogGroup"),
    ] {
        sandbox.stand_in.inject(fault);
    }
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    sandbox.destroy();
}

#[test]
fn an_update_that_is_refused_leaves_what_is_there_and_the_next_plan_shows_the_rest() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    sandbox.stand_in.inject(Fault::refusal(
        "ecs",
        "UpdateService",
        "AccessDeniedException",
        "You may not.",
    ));
    sandbox.configure(&deployment(
        &sandbox,
        "  desired_count = 2\n  log_retention_in_days = 7",
    ));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("ecs_service"), "{}", error.text());
    assert!(!sandbox.terraform.is_tainted(ADDRESS));
    sandbox.stand_in.clear_faults();
    assert_eq!(
        sandbox.plan().change(ADDRESS).actions,
        ["update"],
        "the rest is still to do"
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(service(&sandbox).desired_count(), 2);
}

#[test]
fn a_destroy_that_is_refused_keeps_the_rest_and_the_next_one_ends_it() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    sandbox.stand_in.inject(Fault::refusal(
        "efs",
        "DeleteFileSystem",
        "AccessDeniedException",
        "You may not.",
    ));
    let error = sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("efs_file_system"), "{}", error.text());
    assert!(parts(&sandbox.state(ADDRESS)).contains_key("efs_file_system"));
    sandbox.stand_in.clear_faults();
    sandbox.destroy();
}
