//! Importing: an operator that exists, under a new state.

use super::view::{ADDRESS, NAME, not_ready, operator};
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// Forgets an operator, and finds it again by the command.
fn forgotten_and_imported(body: &str) {
    let sandbox = Sandbox::new();
    sandbox.apply(&operator(body));
    let before = sandbox.state(ADDRESS);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.stand_in.forget_calls();
    let import = ["import", "-input=false", "-no-color", ADDRESS, NAME];
    sandbox.terraform.run(&import).succeeded();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new(), "an import only looks");
    let after = sandbox.state(ADDRESS);
    assert!(not_ready(&after).is_empty(), "{:?}", not_ready(&after));
    assert_eq!(after.at("components"), before.at("components"));
    assert_eq!(after.text("id"), before.text("id"));
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_user_is_imported_by_its_name_and_the_next_plan_is_empty() {
    forgotten_and_imported("  user {}");
}

#[test]
fn a_user_with_everything_set_is_imported_whole() {
    forgotten_and_imported(
        r#"
  policies             = "per_service"
  full_access_policies = false
  marketplace          = true
  ecr_region           = "ca-central-1"
  permissions_boundary = "arn:aws:iam::aws:policy/AmazonECS_FullAccess"
  iam_path             = "/operators/"
  deletion_protection  = false
  adopt_existing       = true
  tags                 = { Team = "privacy" }

  user {
    force_destroy = true
  }"#,
    );
}

#[test]
fn a_role_is_imported_by_whom_it_trusts() {
    forgotten_and_imported(
        "  marketplace = true\n  role {\n    trusted_arns = [\"123456789012\", \"210987654321\"]\n  }",
    );
}

#[test]
fn policies_alone_are_imported() {
    forgotten_and_imported("  iam_path = \"/operators/\"");
}

#[test]
fn a_trust_policy_of_ones_own_is_imported_with_its_meaning() {
    let sandbox = Sandbox::new();
    let body = r#"  role {
    trust_policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = ["sts:AssumeRole", "sts:TagSession"]
        Principal = { AWS = "123456789012" }
      }]
    })
  }"#;
    sandbox.apply(&operator(body));
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    let import = ["import", "-input=false", "-no-color", ADDRESS, NAME];
    sandbox.terraform.run(&import).succeeded();
    // Its text may be another one; nothing at IAM changes with it.
    sandbox.stand_in.forget_calls();
    sandbox.terraform.apply(&[]).succeeded();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn an_import_block_finds_it_and_writes_its_configuration() {
    let sandbox = Sandbox::new();
    let text = operator("  user {}");
    sandbox.apply(&text);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    let import = format!("import {{\n  to = {ADDRESS}\n  id = \"{NAME}\"\n}}\n");
    sandbox.configure(&format!("{text}\n{import}"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["no-op"], "imported as it is");

    sandbox.terraform.apply(&[]).succeeded();
    sandbox.writes_its_configuration(REQUIRED, ADDRESS, NAME);
    sandbox.destroy();
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let sandbox = Sandbox::new();
    sandbox.configure(&operator(""));
    let import = ["import", "-input=false", "-no-color", ADDRESS, "nobody"];
    let finished = sandbox.terraform.run(&import);
    assert_ne!(finished.code, Some(0));
    assert!(
        finished.complaints.contains("There is no operator nobody"),
        "{finished}"
    );
}
