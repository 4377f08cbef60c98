//! `thatdot_operator_policy`: the JSON alone.

use aws::policy::Policy;

use super::view::guides_policy;
use crate::detector::REQUIRED;
use crate::harness::{Attributes, Sandbox};

fn read(sandbox: &Sandbox, arguments: &str) -> Attributes {
    sandbox.configure(&format!(
        "{REQUIRED}\ndata \"thatdot_operator_policy\" \"this\" {{\n{arguments}\n}}\n"
    ));
    sandbox.stand_in.forget_calls();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.state("data.thatdot_operator_policy.this")
}

#[test]
fn the_json_is_the_guides_policy_in_this_account() {
    let sandbox = Sandbox::new();
    let found = read(&sandbox, "");
    assert_eq!(Policy::parse(found.text("json")).unwrap(), guides_policy());
    assert_eq!(found.keys("json_per_service").len(), 8);
    assert_eq!(found.text("id"), "123456789012");
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
}

#[test]
fn region_and_marketplace_are_filled_in() {
    let sandbox = Sandbox::new();
    let found = read(&sandbox, "  ecr_region  = \"ca-central-1\"\n  marketplace = true");
    let json = found.text("json");
    assert!(
        json.contains("arn:aws:ecr:ca-central-1:123456789012:repository/*"),
        "{json}"
    );
    assert!(json.contains("aws-marketplace:RegisterUsage"), "{json}");
    assert!(
        found
            .text("/json_per_service/aws-marketplace")
            .contains("RegisterUsage")
    );
    assert!(!found.text("/json_per_service/logs").contains("apigateway"));
}
