//! Tasks that do not come up, as a user reads of it.

use super::view::{ADDRESS, LICENSED, NAME, deployment, not_ready};
use crate::ecs;
use crate::harness::{Sandbox, TaskOutcome};

#[test]
fn a_licence_that_is_refused_is_told_with_all_that_is_known() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, &format!("{LICENSED}\n  load_balancer {{}}")));
    sandbox.stand_in.tasks_end(&TaskOutcome {
        stopped_reason: "Essential container in task exited",
        stop_code: "EssentialContainerExited",
        exit_code: Some(1),
        log_lines: &["starting", "ERROR Your license expired on 2026-01-31"],
    });
    let error = sandbox.terraform.apply(&[]).error();
    let told = error.masked();
    let sections: Vec<&str> = told.split("\n\n").collect();
    let [headline, stopped, events, hosts, log, remedy] = sections[..] else {
        panic!("six paragraphs: {told}")
    };
    assert_eq!(
        headline,
        "ecs_service does not come up\nwait until the tasks run: ECS deployment circuit breaker: tasks failed to start."
    );
    let task = "  ID: Essential container in task exited\n    private-ai: exit code 1, Essential container in task exited\n    \
                license: exit code 0";
    assert_eq!(stopped, format!("Stopped tasks:\n{task}\n{task}\n{task}"));
    let failed = "  (service deid) (deployment ecs-svc/ID) deployment failed: tasks failed to start.";
    assert!(
        events.starts_with(&format!("The service's last events:\n{failed}\n")),
        "{events}"
    );
    assert_eq!(
        hosts,
        "Hosts:\n  deid-hosts has 1 of 1 wanted hosts in service, at most 1"
    );
    assert_eq!(
        log,
        "Last lines of the log:\n  starting\n  ERROR Your license expired on 2026-01-31"
    );
    assert_eq!(
        remedy,
        "The product does not accept its licence. Check that it is whole and has not expired; write the right one into the \
         `license` block and raise content_wo_version."
    );
    assert!(sandbox.terraform.is_tainted(ADDRESS));
    assert!(not_ready(&sandbox.state(ADDRESS)).keys().eq(["ecs_service"]));

    sandbox.stand_in.tasks_run();
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn an_update_that_ecs_rolls_back_is_told_so_is_still_to_be_done_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let text = |level: &str| {
        let environment = format!("environment = {{ PAI_LOG_LEVEL = \"{level}\" }}");
        deployment(
            &sandbox,
            &format!("{LICENSED}\n  {environment}\n  capacity {{ max_size = 2 }}"),
        )
    };
    sandbox.apply(&text("info"));
    let before = sandbox.state(ADDRESS);
    sandbox.stand_in.tasks_end(&TaskOutcome {
        stopped_reason: "Essential container in task exited",
        stop_code: "EssentialContainerExited",
        exit_code: Some(1),
        log_lines: &["ValueError: PAI_LOG_LEVEL is not a level"],
    });
    sandbox.configure(&text("loud"));
    let error = sandbox.terraform.apply(&[]).error();
    for words in [
        "ecs_service does not come up",
        "tasks failed to start",
        "rolling back to deployment",
        "PAI_LOG_LEVEL is not a level",
    ] {
        assert!(error.text().contains(words), "{words}: {}", error.text());
    }
    assert!(!sandbox.terraform.is_tainted(ADDRESS), "an update never taints");
    sandbox.stand_in.tasks_run();
    let runs = ecs::service(&sandbox, NAME).task_definition().map(str::to_owned);
    assert_eq!(
        runs.as_deref(),
        Some(before.text("task_definition_arn")),
        "ECS went back"
    );

    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"], "it is still to be done");
    sandbox.apply(&text("info"));
    let runs = ecs::service(&sandbox, NAME).task_definition().map(str::to_owned);
    assert_eq!(
        runs.as_deref(),
        Some(sandbox.state(ADDRESS).text("task_definition_arn"))
    );
    // The revision that ECS went back from is nowhere in use, and goes too.
    sandbox.destroy();
}
