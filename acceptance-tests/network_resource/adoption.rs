//! A network whose state was lost, and two networks of one name.

use super::view::{ADDRESS, NAME, ids, network, resource, standing};
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

#[test]
fn a_name_that_is_taken_is_refused_and_nothing_is_doubled() {
    let sandbox = standing("  nat = \"none\"");
    let second = resource("second", NAME, "  nat = \"none\"\n  flow_logs {}");
    sandbox.configure(&format!("{}{second}", network("  nat = \"none\"")));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(
        error.text().contains("belongs to another deployment"),
        "{}",
        error.text()
    );
    sandbox.apply(&network("  nat = \"none\""));
    sandbox.destroy();
}

#[test]
fn a_network_whose_state_was_lost_is_taken_over() {
    let sandbox = standing("");
    let before = ids(&sandbox.state(ADDRESS));
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    let error = sandbox.terraform.apply(&[]).error();
    for word in [
        "terraform import",
        "adopt_existing",
        &before["vpc"],
        &before["internet_gateway"],
    ] {
        assert!(error.text().contains(word), "{word}: {}", error.text());
    }
    sandbox.apply(&network("  adopt_existing = true"));
    assert_eq!(ids(&sandbox.state(ADDRESS)), before);
    sandbox.destroy();
}

#[test]
fn two_networks_stand_side_by_side() {
    let sandbox = Sandbox::new();
    let two = format!(
        "{REQUIRED}{}{}",
        resource("one", "one", ""),
        resource("two", "two", "  cidr_block = \"10.1.0.0/16\"")
    );
    sandbox.apply(&two);
    let vpc = |label: &str| {
        sandbox
            .state(&format!("thatdot_network.{label}"))
            .text("vpc_id")
            .to_owned()
    };
    assert_ne!(vpc("one"), vpc("two"));
    sandbox.destroy();
}
