//! The policy as an outside source sees it: AWS's Service Authorization Reference.

use std::collections::BTreeSet;

use serde_json::json;

use super::policies;
use crate::detector::REQUIRED;
use crate::harness::{Sandbox, declared, judged_by};

#[test]
fn every_action_resource_and_condition_of_the_policies_is_one_that_aws_knows() {
    let sandbox = Sandbox::new();
    let hosts = "spot = true\nlicense_on_efs = true\nmarketplace = true\nload_balancer = true\nweb_acl = true\n\
                 api_gateway = true\njwt = true\nbastion = true\nautoscaling = true\npreflight = true";
    let deployments = [
        (
            "detector",
            "persistence = true\naccess_point = true\nrun_task = true\n\
             permissions_boundary = \"arn:aws:iam::123456789012:policy/boundary\"",
        ),
        ("privateai", hosts),
        ("privateai", "fargate = true"),
        (
            "network",
            "flow_logs = true\nendpoints = true\npermissions_boundary = \"arn:aws:iam::123456789012:policy/boundary\"",
        ),
    ]
    .map(|(product, parts)| format!("product = \"{product}\"\nname = \"demo\"\n{parts}"));
    let policies = policies(&sandbox, &deployments);
    assert!(policies.len() > deployments.len(), "a policy was to be in parts");
    for policy in &policies {
        assert!(policy.len() <= 6144, "{} characters: {policy}", policy.len());
    }
    let all = declared::by_component();
    let called: BTreeSet<_> = all.values().flat_map(|actions| &actions.called).collect();
    let behind: BTreeSet<_> = all.values().flat_map(|actions| &actions.behind).collect();
    let asked = json!({ "policies": policies, "called": called, "behind": behind });
    let findings = judged_by("deployer_policy/reference.py", &asked);
    assert_eq!(findings, json!([]), "{findings:#}");
}

#[test]
fn a_part_of_the_other_product_is_refused_where_it_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.configure(&format!(
        r#"{REQUIRED}
        data "thatdot_deployer_policy" "it" {{
          product = "detector"
          name    = "demo"
          bastion = true
        }}
        "#
    ));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.detail.contains("detector has no bastion"), "{}", error.text());
    assert_eq!(error.line(), "bastion = true");
}
