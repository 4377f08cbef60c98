//! `nat`: changed in place, there and back.

use super::view::{ADDRESS, assert_added, changed_in_place, id_of, network, standing, way_out};

#[test]
fn nat_goes_from_one_to_each_zone_to_none_and_back_and_no_subnet_moves() {
    let sandbox = standing("");
    let (before, after) = changed_in_place(&sandbox, &network("  nat = \"per_az\""));
    assert_added(&before, &after, &["elastic_ip_us-east-1b", "nat_gateway_us-east-1b"]);
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.texts("nat_public_ips").len(), 2);
    for zone in ["us-east-1a", "us-east-1b"] {
        let subnet = id_of(&state, &format!("subnet_private_{zone}"));
        let nat = id_of(&state, &format!("nat_gateway_{zone}"));
        assert_eq!(way_out(&sandbox, &subnet), Some(nat), "{zone} has a way out of its own");
    }

    let (with, without) = changed_in_place(&sandbox, &network("  nat = \"none\""));
    let gone = [
        "elastic_ip_us-east-1a",
        "elastic_ip_us-east-1b",
        "nat_gateway_us-east-1a",
        "nat_gateway_us-east-1b",
    ];
    assert_added(&without, &with, &gone);
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.texts("nat_public_ips"), [""; 0]);
    assert_eq!(way_out(&sandbox, &id_of(&state, "subnet_private_us-east-1a")), None);

    let (before, after) = changed_in_place(&sandbox, &network(""));
    assert_added(&before, &after, &["elastic_ip_us-east-1a", "nat_gateway_us-east-1a"]);
    let state = sandbox.state(ADDRESS);
    let nat = id_of(&state, "nat_gateway_us-east-1a");
    assert_eq!(
        way_out(&sandbox, &id_of(&state, "subnet_private_us-east-1b")),
        Some(nat)
    );
    sandbox.destroy();
}

#[test]
fn nat_that_is_known_only_after_apply_is_planned_open_and_moves_no_subnet() {
    let sandbox = standing("  nat = \"none\"");
    let before = sandbox.state(ADDRESS);
    let later = "resource \"terraform_data\" \"later\" {\n  input = \"single\"\n}\n";
    sandbox.configure(&format!("{later}{}", network("  nat = terraform_data.later.output")));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.unknown.at("nat_public_ips"), true);
    assert_eq!(change.after.text("vpc_id"), before.text("vpc_id"));
    let subnets = before.texts("private_subnet_ids");
    assert_eq!(
        change.after.texts("private_subnet_ids"),
        subnets,
        "they stay, as is foretold"
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let after = sandbox.state(ADDRESS);
    assert_eq!(after.texts("nat_public_ips").len(), 1);
    assert_eq!(after.texts("private_subnet_ids"), before.texts("private_subnet_ids"));
    sandbox.destroy();
}

#[test]
fn a_single_nat_gateway_stays_in_its_zone_when_an_earlier_one_comes() {
    let sandbox = standing("  availability_zones = [\"us-east-1b\", \"us-east-1c\"]");
    assert_eq!(sandbox.state(ADDRESS).texts("nat_availability_zones"), ["us-east-1b"]);
    let (before, after) = changed_in_place(
        &sandbox,
        &network("  availability_zones = [\"us-east-1a\", \"us-east-1b\", \"us-east-1c\"]"),
    );
    let added = [
        "route_table_private_us-east-1a",
        "subnet_private_us-east-1a",
        "subnet_public_us-east-1a",
    ];
    assert_added(&before, &after, &added);
    assert_eq!(sandbox.state(ADDRESS).texts("nat_availability_zones"), ["us-east-1b"]);
}

#[test]
fn a_route_of_somebody_elses_is_left_alone() {
    use crate::harness::Wait;
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    let table = id_of(&state, "route_table_private_us-east-1a");
    let gateway = id_of(&state, "internet_gateway");
    let route = sandbox
        .aws
        .ec2
        .create_route()
        .route_table_id(&table)
        .gateway_id(&gateway);
    route.destination_cidr_block("203.0.113.0/24").send().wait().unwrap();
    sandbox.assert_settled();
    changed_in_place(&sandbox, &network(""));
    let routes = super::view::route_table(&sandbox, &table);
    assert!(
        routes
            .routes()
            .iter()
            .any(|route| route.destination_cidr_block() == Some("203.0.113.0/24"))
    );
    sandbox.destroy();
}
