//! The whole life of a network.

use super::view::{ADDRESS, NAME, PARTS, filter, id_of, keys, network, not_ready, way_out};
use crate::harness::{Sandbox, Wait};

#[test]
fn a_network_is_applied_and_destroyed_without_a_trace() {
    let sandbox = Sandbox::new();
    sandbox.apply(&network(""));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert_eq!(keys(&state), PARTS);
    assert_eq!(state.text("vpc_id"), id_of(&state, "vpc"));
    assert_eq!(state.text("vpc_cidr_block"), "10.0.0.0/16");
    assert_eq!(state.texts("availability_zones"), ["us-east-1a", "us-east-1b"]);
    for (attribute, tier) in [("public_subnet_ids", "public"), ("private_subnet_ids", "private")] {
        let of_zone = |zone: &str| id_of(&state, &format!("subnet_{tier}_us-east-1{zone}"));
        assert_eq!(state.texts(attribute), [of_zone("a"), of_zone("b")]);
    }

    // With -detailed-exitcode Terraform 1.11 exits 2 here whatever it finds (hashicorp/terraform#36403): its words count.
    let refresh = sandbox
        .terraform
        .run(&["plan", "-refresh-only", "-no-color"])
        .succeeded();
    assert!(
        refresh.output.contains("No changes."),
        "a refresh was to find nothing changed: {refresh}"
    );
    sandbox.destroy();
}

#[test]
fn aws_holds_what_the_consoles_vpc_and_more_makes() {
    let sandbox = Sandbox::new();
    sandbox.apply(&network(""));
    let state = sandbox.state(ADDRESS);
    let (ec2, vpc) = (&sandbox.aws.ec2, state.text("vpc_id"));

    for attribute in ["enableDnsSupport", "enableDnsHostnames"] {
        let told = ec2
            .describe_vpc_attribute()
            .vpc_id(vpc)
            .attribute(attribute.into())
            .send()
            .wait()
            .unwrap();
        let value = told
            .enable_dns_support()
            .or(told.enable_dns_hostnames())
            .and_then(aws_sdk_ec2::types::AttributeBooleanValue::value);
        assert_eq!(value, Some(true), "{attribute}");
    }
    let described = ec2
        .describe_subnets()
        .filters(filter("vpc-id", vpc))
        .send()
        .wait()
        .unwrap();
    let mut subnets: Vec<_> = described
        .subnets()
        .iter()
        .map(|subnet| {
            assert_eq!(subnet.map_public_ip_on_launch(), Some(false));
            (
                subnet.availability_zone().unwrap().to_owned(),
                subnet.cidr_block().unwrap().to_owned(),
                way_out(&sandbox, subnet.subnet_id().unwrap()).expect("a way out"),
            )
        })
        .collect();
    subnets.sort();
    let (internet, nat) = (
        id_of(&state, "internet_gateway"),
        id_of(&state, "nat_gateway_us-east-1a"),
    );
    let expected = [
        ("us-east-1a", "10.0.0.0/20", &internet),
        ("us-east-1a", "10.0.128.0/20", &nat),
        ("us-east-1b", "10.0.144.0/20", &nat),
        ("us-east-1b", "10.0.16.0/20", &internet),
    ];
    let expected: Vec<_> = expected
        .map(|(zone, range, to)| (zone.to_owned(), range.to_owned(), to.clone()))
        .into();
    assert_eq!(subnets, expected);

    let gateways = ec2.describe_nat_gateways().nat_gateway_ids(&nat).send().wait().unwrap();
    let gateway = &gateways.nat_gateways()[0];
    assert_eq!(
        gateway.subnet_id(),
        Some(id_of(&state, "subnet_public_us-east-1a").as_str())
    );
    let address = &gateway.nat_gateway_addresses()[0];
    assert_eq!(
        address.allocation_id(),
        Some(id_of(&state, "elastic_ip_us-east-1a").as_str())
    );
    assert_eq!(state.texts("nat_public_ips"), [address.public_ip().unwrap()]);
    assert_eq!(state.texts("nat_availability_zones"), ["us-east-1a"]);
}

#[test]
fn a_plan_shows_zones_ranges_and_every_object_and_makes_none() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network(
        "  cidr_block = \"172.20.0.0/24\"\n  az_count = 3\n  nat = \"per_az\"",
    ));
    sandbox.stand_in.forget_calls();
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["create"]);
    let after = &change.after;
    assert_eq!(
        after.texts("availability_zones"),
        ["us-east-1a", "us-east-1b", "us-east-1c"]
    );
    assert_eq!(
        after.texts("public_subnet_cidr_blocks"),
        ["172.20.0.0/28", "172.20.0.16/28", "172.20.0.32/28"]
    );
    assert_eq!(
        after.texts("private_subnet_cidr_blocks"),
        ["172.20.0.128/28", "172.20.0.144/28", "172.20.0.160/28"]
    );
    assert_eq!(
        after.texts("nat_availability_zones"),
        ["us-east-1a", "us-east-1b", "us-east-1c"]
    );
    assert_eq!(change.unknown.keys("components").len(), 3 + 3 * 5);
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
}

#[test]
fn every_object_says_whose_it_is_and_has_a_name_in_the_console() {
    let sandbox = Sandbox::new();
    sandbox.apply(&network(
        "  endpoints { services = [\"s3\", \"logs\"] }\n  flow_logs {}",
    ));
    let state = sandbox.state(ADDRESS);
    for key in keys(&state) {
        if ["iam_role_flow_logs", "log_group_flow_logs"].contains(&key.as_str()) {
            continue;
        }
        let id = id_of(&state, &key);
        let tags = sandbox
            .aws
            .ec2
            .describe_tags()
            .filters(filter("resource-id", &id))
            .send()
            .wait()
            .unwrap();
        let value = |name: &str| {
            let tag = tags.tags().iter().find(|tag| tag.key() == Some(name));
            tag.and_then(|tag| tag.value()).map(str::to_owned)
        };
        assert_eq!(
            value("thatdot:deployment-id").as_deref(),
            Some(state.text("id")),
            "{key}"
        );
        assert_eq!(value("thatdot:deployment").as_deref(), Some(NAME), "{key}");
        assert_eq!(value("thatdot:component").as_deref(), Some(key.as_str()));
        assert_eq!(value("Name"), Some(format!("{NAME}-{}", key.replace('_', "-"))));
    }
    sandbox.destroy();
}
