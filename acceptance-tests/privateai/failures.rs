//! A create, an update or a destroy that AWS refuses, that is stopped, or whose tasks do not come up.

use super::view::{ADDRESS, LICENSED, NAME, deployment, id_of, not_ready, parts};
use super::whole::whole;
use crate::ecs;
use crate::harness::{Fault, Sandbox, TaskOutcome};

const CRASH: TaskOutcome = TaskOutcome {
    stopped_reason: "Essential container in task exited",
    stop_code: "EssentialContainerExited",
    exit_code: Some(137),
    log_lines: &["starting", "License is not valid"],
};

fn refusal(service: &'static str, action: &'static str) -> Fault {
    Fault::refusal(service, action, "AccessDeniedException", "You may not.")
}

/// What AWS says for a while about things that were made a moment ago, or loses on the way.
fn what_passes() -> Vec<Fault> {
    let profile = "You must use a valid fully-formed launch template. Invalid IAM Instance Profile ARN";
    let no_service = "ECS service doesn't exist: service/deid/deid";
    vec![
        Fault::refusal("autoscaling", "CreateAutoScalingGroup", "ValidationError", profile).times(1),
        Fault::refusal(
            "application-autoscaling",
            "RegisterScalableTarget",
            "ValidationException",
            no_service,
        )
        .times(1),
        Fault::refusal("elbv2", "DescribeLoadBalancers", "Throttling", "Rate exceeded").times(2),
        Fault::refusal(
            "apigatewayv2",
            "CreateRoute",
            "TooManyRequestsException",
            "Too Many Requests",
        )
        .times(2),
        Fault::refusal(
            "wafv2",
            "AssociateWebACL",
            "WAFUnavailableEntityException",
            "Try again.",
        )
        .times(1),
        Fault::lost_answer("ec2", "CreateLaunchTemplate"),
        Fault::lost_answer("ec2", "RunInstances"),
        Fault::lost_answer("autoscaling", "CreateAutoScalingGroup"),
        Fault::lost_answer("ecs", "CreateCapacityProvider"),
        Fault::lost_answer("ecs", "PutClusterCapacityProviders"),
        Fault::lost_answer("elbv2", "CreateLoadBalancer"),
        Fault::lost_answer("elbv2", "CreateTargetGroup"),
        Fault::lost_answer("elbv2", "CreateListener"),
        Fault::lost_answer("apigatewayv2", "CreateApi"),
        Fault::lost_answer("apigatewayv2", "CreateVpcLink"),
        Fault::lost_answer("apigatewayv2", "CreateIntegration"),
        Fault::lost_answer("apigatewayv2", "CreateStage"),
        Fault::lost_answer("application-autoscaling", "PutScalingPolicy"),
        Fault::lost_answer("secretsmanager", "CreateSecret"),
    ]
}

#[test]
fn a_refused_create_is_undone_whole_and_what_passes_is_got_over_without_doubles() {
    let mut sandbox = Sandbox::new();
    let text = whole(&mut sandbox);
    sandbox.configure(&text);
    sandbox.stand_in.inject(refusal("apigatewayv2", "CreateStage"));
    let error = sandbox.terraform.apply(&[]).error();
    for word in [
        "http_api_stage",
        "apigateway:CreateStage",
        "AccessDenied",
        "You may not.",
    ] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }
    assert!(sandbox.terraform.state(ADDRESS).is_none());
    sandbox.assert_nothing_left();

    sandbox.stand_in.clear_faults();
    for fault in what_passes() {
        sandbox.stand_in.inject(fault);
    }
    sandbox.apply(&text);
    sandbox.destroy();
}

#[test]
fn tasks_that_do_not_come_up_on_hosts_are_explained_and_kept_as_evidence() {
    let sandbox = Sandbox::new();
    let body = format!("{LICENSED}\n  load_balancer {{}}");
    sandbox.configure(&deployment(&sandbox, &body));
    sandbox.stand_in.tasks_end(&CRASH);
    let error = sandbox.terraform.apply(&[]).error();
    for word in ["Essential container in task exited", "137", "License is not valid"] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }
    assert!(sandbox.terraform.is_tainted(ADDRESS));
    let state = sandbox.state(ADDRESS);
    assert!(
        parts(&state).values().all(|part| part.id.is_some()),
        "{:?}",
        parts(&state)
    );

    sandbox.stand_in.tasks_run();
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(ecs::service(&sandbox, NAME).running_count(), 1);
    assert_eq!(
        id_of(&sandbox.state(ADDRESS), "auto_scaling_group"),
        id_of(&state, "auto_scaling_group")
    );
    sandbox.destroy();
}

#[test]
fn with_keep_the_parts_stay_and_after_untaint_the_next_apply_goes_on() {
    let sandbox = Sandbox::new();
    let body = format!("{LICENSED}\n  load_balancer {{}}\n  on_create_failure = \"keep\"");
    sandbox.configure(&deployment(&sandbox, &body));
    sandbox.stand_in.inject(refusal("ecs", "CreateService"));
    sandbox.terraform.apply(&[]).errors();
    assert!(sandbox.terraform.is_tainted(ADDRESS));
    let unmade = not_ready(&sandbox.state(ADDRESS));
    assert_eq!(unmade.keys().collect::<Vec<_>>(), ["ecs_service"]);
    let secret = id_of(&sandbox.state(ADDRESS), "secret_license");

    sandbox.stand_in.clear_faults();
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(id_of(&sandbox.state(ADDRESS), "secret_license"), secret);

    // What AWS refuses to delete stays, named, and goes with the next destroy.
    sandbox
        .stand_in
        .inject(refusal("autoscaling", "DeleteAutoScalingGroup"));
    let error = sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("auto_scaling_group"), "{}", error.text());
    assert!(parts(&sandbox.state(ADDRESS)).contains_key("auto_scaling_group"));
    sandbox.stand_in.clear_faults();
    sandbox.destroy();
}

#[test]
fn after_ctrl_c_the_state_says_what_is_pending_and_the_next_apply_goes_on_in_place() {
    let sandbox = Sandbox::new();
    let body = format!("{LICENSED}\n  load_balancer {{}}\n  api_gateway {{ authorization = \"AWS_IAM\" }}");
    sandbox.configure(&deployment(&sandbox, &body));
    sandbox
        .stand_in
        .inject(Fault::slow("elbv2", "CreateLoadBalancer", 2_000));
    let running = sandbox
        .terraform
        .start(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "CreateCapacityProvider");
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(!sandbox.terraform.is_tainted(ADDRESS), "{finished}");
    let state = sandbox.state(ADDRESS);
    let pending = not_ready(&state);
    assert!(
        pending.contains_key("ecs_service") && pending.values().all(|status| status == "pending"),
        "{pending:?}"
    );

    sandbox.stand_in.clear_faults();
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["update"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(
        id_of(&sandbox.state(ADDRESS), "ecs_cluster"),
        id_of(&state, "ecs_cluster")
    );

    // The same in a destroy.
    sandbox
        .stand_in
        .inject(Fault::slow("elbv2", "DeleteLoadBalancer", 1_000));
    sandbox.stand_in.forget_calls();
    let running = sandbox
        .terraform
        .start(&["destroy", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "DeleteApi");
    running.interrupt();
    assert_eq!(running.finish().code, Some(1));
    sandbox.stand_in.clear_faults();
    sandbox.destroy();
}

#[test]
fn what_a_killed_create_left_is_listed_and_taken_over_only_when_told_to() {
    let mut sandbox = Sandbox::new();
    let text = whole(&mut sandbox);
    sandbox.configure(&text);
    sandbox
        .stand_in
        .inject(Fault::slow("elbv2", "CreateListener", 2_000).times(2));
    let running = sandbox
        .terraform
        .start(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "CreateListener");
    running.kill();
    // The calls that were under way still take effect at AWS, and the service goes on.
    sandbox.stand_in.settle();
    let before = sandbox.stand_in.inventory();
    sandbox.stand_in.forget_calls();
    let error = sandbox.terraform.apply(&[]).error();
    for word in ["load_balancer", "launch_template", "terraform import", "adopt_existing"] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }
    assert_eq!(sandbox.stand_in.changes(), Vec::<String>::new());

    sandbox.apply(&text.replace("  environment ", "  adopt_existing = true\n  environment "));
    let now = sandbox.stand_in.inventory();
    let gone: Vec<_> = before
        .difference(&now)
        .filter(|object| !object.contains("eni-") && !object.starts_with("ecs-task "))
        .collect();
    assert!(gone.is_empty(), "was not taken over: {gone:?}");
    sandbox.destroy();
}
