//! What a configuration may not say, and where the error points.

use super::view::{LICENSED, deployment};
use crate::harness::Sandbox;

/// Body, summary of the error, and the attribute it points at.
const AT_VALIDATE: &[(&str, &str, &str)] = &[
    ("", "The product does not start without a licence", ""),
    (
        "marketplace = true\nlicense { secret_arn = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf\" }",
        "The Marketplace's container brings its licence",
        "",
    ),
    (
        "license { content_wo = \"x\" }",
        "content_wo needs a version",
        "license",
    ),
    ("LICENSED\nfargate {}\ncapacity {}", "Conflicting configuration", ""),
    ("LICENSED\nfargate {}\ncpu = 1024", "Fargate has no such size", ""),
    (
        "LICENSED\nload_balancer { scheme = \"internet-facing\" }",
        "Whom does the load balancer let in?",
        "load_balancer",
    ),
    (
        "LICENSED\napi_gateway { authorization = \"NONE\" }",
        "An API with nothing behind it",
        "",
    ),
    (
        "LICENSED\nload_balancer {}\napi_gateway { authorization = \"JWT\" }",
        "Whose tokens, and for whom?",
        "api_gateway",
    ),
    (
        "LICENSED\ncapacity { managed_termination_protection = true }",
        "Termination protection needs scale-in protection",
        "managed_termination_protection",
    ),
    (
        "LICENSED\ncapacity {\n min_size = 3\n max_size = 2\n }",
        "A minimum above the maximum",
        "min_size",
    ),
    (
        "LICENSED\nautoscaling { max_count = 2 }",
        "By what is the number of tasks to be set?",
        "",
    ),
];

/// Body, summary of the error, and the attribute it points at.
const AT_PLAN: &[(&str, &str, &str)] = &[
    ("LICENSED\ndesired_count = 2", "The hosts cannot hold the tasks", ""),
    (
        "LICENSED\ncapacity { instance_type = \"t3.micro\" }",
        "No task fits on such a host",
        "instance_type",
    ),
    (
        "LICENSED\ndeployment_minimum_healthy_percent = 100",
        "No room for a rolling update",
        "deployment_minimum_healthy_percent",
    ),
    (
        "LICENSED\ncapacity { instance_type = \"m99.huge\" }",
        "No such instance type",
        "instance_type",
    ),
];

fn told(sandbox: &Sandbox, body: &str, arguments: &[&str]) -> Vec<(String, String)> {
    sandbox.configure(&deployment(sandbox, &body.replace("LICENSED", LICENSED)));
    let finished = sandbox.terraform.run(arguments);
    let errors = finished.errors().into_iter();
    errors.map(|error| (error.text(), error.line().to_owned())).collect()
}

#[test]
fn what_cannot_go_together_is_told_at_validate() {
    let sandbox = Sandbox::new();
    for (body, summary, attribute) in AT_VALIDATE {
        let errors = told(&sandbox, body, &["validate", "-json"]);
        let hit = errors
            .iter()
            .any(|(text, line)| text.contains(summary) && line.contains(attribute));
        assert!(hit, "{body}: wanted {summary:?} at {attribute:?}, got {errors:?}");
    }
}

#[test]
fn what_does_not_fit_is_told_at_plan_and_nothing_is_made() {
    let sandbox = Sandbox::new();
    sandbox.stand_in.forget_calls();
    for (body, summary, attribute) in AT_PLAN {
        let errors = told(&sandbox, body, &["plan", "-input=false", "-json"]);
        let hit = errors
            .iter()
            .any(|(text, line)| text.contains(summary) && line.contains(attribute));
        assert!(hit, "{body}: wanted {summary:?} at {attribute:?}, got {errors:?}");
    }
    assert!(sandbox.stand_in.writes().is_empty(), "{:?}", sandbox.stand_in.writes());
}
