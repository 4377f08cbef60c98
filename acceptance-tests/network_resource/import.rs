//! Importing: a network that exists, under a new state.

use super::view::{ADDRESS, NAME, network, not_ready};
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// Forgets a network, and finds it again by the command.
fn forgotten_and_imported(body: &str) {
    let sandbox = Sandbox::new();
    sandbox.apply(&network(body));
    let before = sandbox.state(ADDRESS);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.stand_in.forget_calls();
    sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, NAME])
        .succeeded();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new(), "an import only looks");
    let after = sandbox.state(ADDRESS);
    assert!(not_ready(&after).is_empty(), "{:?}", not_ready(&after));
    for attribute in ["components", "id", "public_subnet_ids", "nat_public_ips", "nat"] {
        assert_eq!(after.at(attribute), before.at(attribute), "{attribute}");
    }
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_plain_network_is_imported_by_its_name_and_the_next_plan_is_empty() {
    forgotten_and_imported("");
}

#[test]
fn a_network_with_everything_set_is_imported_whole() {
    forgotten_and_imported(
        r#"
  cidr_block           = "10.44.0.0/18"
  availability_zones   = ["us-east-1c", "us-east-1b", "us-east-1d"]
  nat                  = "per_az"
  permissions_boundary = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess"
  on_create_failure    = "keep"
  tags                 = { Team = "network" }

  flow_logs {
    retention_in_days = 0
    traffic_type      = "REJECT"
  }

  endpoints { services = ["s3", "ssm", "ecr.api"] }"#,
    );
}

#[test]
fn a_network_of_one_zone_with_a_gateway_for_each_zone_is_imported_as_such() {
    forgotten_and_imported("  az_count = 1\n  nat = \"per_az\"");
}

#[test]
fn what_was_taken_away_since_is_not_imported() {
    let sandbox = Sandbox::new();
    sandbox.apply(&network("  az_count = 3\n  nat = \"per_az\"\n  endpoints {}"));
    sandbox.apply(&network("  nat = \"none\""));
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, NAME])
        .succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn an_import_block_finds_it_too_and_can_write_the_configuration() {
    let sandbox = Sandbox::new();
    let text = network("  endpoints {}\n  flow_logs {}");
    sandbox.apply(&text);
    let block = format!("import {{\n  to = {ADDRESS}\n  id = \"{NAME}\"\n}}\n");
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.configure(&format!("{text}\n{block}"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["no-op"], "imported as it is");

    sandbox.terraform.apply(&[]).succeeded();
    sandbox.writes_its_configuration(REQUIRED, ADDRESS, NAME);
    sandbox.destroy();
}

#[test]
fn a_name_that_nobody_deployed_is_told() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network(""));
    let finished = sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, "nobody"]);
    assert_ne!(finished.code, Some(0));
    assert!(finished.complaints.contains("nobody"), "{finished}");
}
