//! What a plan has looked at, its apply does not look at again. Terraform itself plans once more before it applies, and so
//! the apply of a saved plan asks AWS for as much as the plan did, and for no more.

use std::collections::BTreeMap;

use crate::detector;
use crate::harness::{Attributes, Sandbox};
use crate::privateai::{self, LICENSED};

/// Endpoints matter where a route leads nowhere.
const ENDPOINTS: &str = "ec2:DescribeVpcEndpoints";

/// What tells of the site, and of no part of a deployment.
const LOOKS: [&str; 9] = [
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSubnets",
    ENDPOINTS,
    "ec2:DescribeVpcs",
    "ecr:BatchGetImage",
    "ssm:GetParameter",
];

/// How often each of them was called since the last time.
fn looked(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let calls = sandbox.stand_in.calls().into_iter();
    let mut counts = BTreeMap::new();
    for action in calls.map(|call| format!("{}:{}", call.service, call.action)) {
        if LOOKS.contains(&action.as_str()) {
            *counts.entry(action).or_default() += 1;
        }
    }
    sandbox.stand_in.forget_calls();
    counts
}

/// Plans the configuration, applies the plan, and fails the test unless the apply has looked as often as the plan, or if
/// private state keeps what the one told the other. How often the plan has looked is the answer.
fn is_looked_at_in_plans_alone(sandbox: &Sandbox, text: &str) -> BTreeMap<String, usize> {
    sandbox.configure(text);
    sandbox.stand_in.forget_calls();
    sandbox.terraform.planned(&[]);
    let planned = looked(sandbox);
    sandbox.terraform.apply(&["saved.tfplan"]).succeeded();
    assert_eq!(looked(sandbox), planned, "the apply looked by itself");
    let state = std::fs::read_to_string(sandbox.terraform.folder().join("terraform.tfstate")).unwrap();
    let state = Attributes::new(serde_json::from_str(&state).unwrap());
    assert!(state.at("/resources/0/instances/0/attributes").is_object());
    assert!(state.at("/resources/0/instances/0/private").is_null());
    sandbox.assert_settled();
    planned
}

#[test]
fn a_detector_is_made_and_changed_by_what_its_plans_have_seen() {
    let sandbox = Sandbox::new();
    let text = |kind: &str| {
        let body = format!("  capacity {{\n    instance_type = \"{kind}\"\n  }}\n  load_balancer {{}}");
        detector::deployment(&sandbox, &body)
    };
    let looked = is_looked_at_in_plans_alone(&sandbox, &text("m5.large"));
    let needless = ["ec2:DescribeInstanceTypeOfferings", ENDPOINTS];
    for look in LOOKS.iter().filter(|look| !needless.contains(look)) {
        assert!(looked.contains_key(*look), "{look}: {looked:?}");
    }
    assert!(!looked.contains_key(ENDPOINTS), "all routes lead out: {looked:?}");
    let image = sandbox.state(detector::ADDRESS).text("/host/ami_id").to_owned();

    let looked = is_looked_at_in_plans_alone(&sandbox, &text("m5.xlarge"));
    assert!(looked.contains_key("ec2:DescribeInstanceTypes"), "{looked:?}");
    let state = sandbox.state(detector::ADDRESS);
    assert_eq!(state.text("/host/instance_type"), "m5.xlarge");
    assert_eq!(state.text("/host/ami_id"), image, "kept");
    sandbox.destroy();
}

#[test]
fn a_private_ai_with_a_bastion_is_made_by_what_its_plans_have_seen() {
    let sandbox = Sandbox::new();
    let body = format!("{LICENSED}\n  capacity {{}}\n  load_balancer {{}}\n  bastion {{}}");
    let looked = is_looked_at_in_plans_alone(&sandbox, &privateai::deployment(&sandbox, &body));
    let needed = LOOKS.iter().filter(|look| **look != ENDPOINTS);
    assert_eq!(looked.keys().collect::<Vec<_>>(), needed.collect::<Vec<_>>());
    let state = sandbox.state(privateai::ADDRESS);
    assert!(state.text("/host/ami_id").starts_with("ami-"));
    assert!(state.text("bastion_ami_id").starts_with("ami-"));
    sandbox.destroy();
}
