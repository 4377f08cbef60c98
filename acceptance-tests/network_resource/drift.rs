//! What others change behind Terraform's back: every field that AWS can change, drawn from the components' own specs.

use aws_sdk_ec2::types::AttributeBooleanValue;
use components::{
    InternetGateway, LogGroup, RouteTable, SecurityGroup, Subnet, Vpc, VpcGatewayEndpoint, VpcInterfaceEndpoint,
};

use super::view::{ADDRESS, id_of, standing};
use crate::drift::Subject;
use crate::harness::{Sandbox, Wait};

const NETWORK: Subject = Subject {
    address: ADDRESS,
    fixed: &[],
};

fn on() -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(true).build()
}

fn off() -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(false).build()
}

#[test]
fn changed_attributes_of_vpc_and_subnets_are_shown_and_repaired() {
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    let (ec2, vpc) = (&sandbox.aws.ec2, state.text("vpc_id"));
    let no_support = |_: &Sandbox| {
        ec2.modify_vpc_attribute()
            .vpc_id(vpc)
            .enable_dns_support(off())
            .send()
            .wait()
            .unwrap();
    };
    let no_names = |_: &Sandbox| {
        ec2.modify_vpc_attribute()
            .vpc_id(vpc)
            .enable_dns_hostnames(off())
            .send()
            .wait()
            .unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<Vpc>(
        &sandbox,
        "vpc",
        &[("dns_support", &no_support), ("dns_host_names", &no_names)],
    );

    let subnet = id_of(&state, "subnet_private_us-east-1b");
    let other = id_of(&state, "route_table_public");
    let open = |_: &Sandbox| {
        let request = ec2.modify_subnet_attribute().subnet_id(&subnet);
        request.map_public_ip_on_launch(on()).send().wait().unwrap();
    };
    let elsewhere = |_: &Sandbox| {
        let table = super::view::route_table(&sandbox, &id_of(&state, "route_table_private_us-east-1b"));
        let tie = table.associations()[0].route_table_association_id().unwrap().to_owned();
        let request = ec2.replace_route_table_association().association_id(tie);
        request.route_table_id(&other).send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<Subnet>(
        &sandbox,
        "subnet_private_us-east-1b",
        &[("map_public_ip_on_launch", &open), ("route_table_id", &elsewhere)],
    );
    sandbox.destroy();
}

#[test]
fn changed_ways_out_are_shown_and_repaired() {
    let sandbox = standing("");
    let state = sandbox.state(ADDRESS);
    let ec2 = &sandbox.aws.ec2;
    let gateway = id_of(&state, "internet_gateway");
    let exposed = |_: &Sandbox| {
        let request = ec2
            .replace_route()
            .route_table_id(id_of(&state, "route_table_private_us-east-1a"));
        let request = request.destination_cidr_block("0.0.0.0/0").gateway_id(&gateway);
        request.send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<RouteTable>(
        &sandbox,
        "route_table_private_us-east-1a",
        &[("default_route", &exposed)],
    );
    let lost = |_: &Sandbox| {
        let request = ec2.delete_route().route_table_id(id_of(&state, "route_table_public"));
        request.destination_cidr_block("0.0.0.0/0").send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<RouteTable>(
        &sandbox,
        "route_table_public",
        &[("default_route", &lost)],
    );
    sandbox.destroy();
}

#[test]
fn a_detached_internet_gateway_is_shown_and_attached_again() {
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    let detached = |_: &Sandbox| {
        let request = sandbox.aws.ec2.detach_internet_gateway().vpc_id(state.text("vpc_id"));
        request
            .internet_gateway_id(id_of(&state, "internet_gateway"))
            .send()
            .wait()
            .unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<InternetGateway>(
        &sandbox,
        "internet_gateway",
        &[("vpc_id", &detached)],
    );
}

/// A policy of an endpoint that lets nothing through.
const NARROW: &str = r#"{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;

#[test]
fn changed_endpoints_are_shown_and_repaired() {
    let sandbox = standing("  nat = \"none\"\n  endpoints { services = [\"s3\", \"logs\"] }");
    let state = sandbox.state(ADDRESS);
    let ec2 = &sandbox.aws.ec2;
    let modify = |key: &str| ec2.modify_vpc_endpoint().vpc_endpoint_id(id_of(&state, key));

    let table = id_of(&state, "route_table_private_us-east-1a");
    let fewer_tables = |_: &Sandbox| {
        modify("vpc_endpoint_s3")
            .remove_route_table_ids(&table)
            .send()
            .wait()
            .unwrap();
    };
    let narrow = |_: &Sandbox| {
        modify("vpc_endpoint_s3").policy_document(NARROW).send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<VpcGatewayEndpoint>(
        &sandbox,
        "vpc_endpoint_s3",
        &[("route_table_ids", &fewer_tables), ("policy", &narrow)],
    );

    let made = ec2
        .create_security_group()
        .group_name("other")
        .description("other")
        .vpc_id(state.text("vpc_id"));
    let other = made.send().wait().unwrap().group_id().unwrap().to_owned();
    let fewer_subnets = |_: &Sandbox| {
        let subnet = id_of(&state, "subnet_private_us-east-1a");
        modify("vpc_endpoint_logs")
            .remove_subnet_ids(subnet)
            .send()
            .wait()
            .unwrap();
    };
    let other_group = |_: &Sandbox| {
        modify("vpc_endpoint_logs")
            .add_security_group_ids(&other)
            .send()
            .wait()
            .unwrap();
    };
    let no_names = |_: &Sandbox| {
        modify("vpc_endpoint_logs")
            .private_dns_enabled(false)
            .send()
            .wait()
            .unwrap();
    };
    let narrow = |_: &Sandbox| {
        modify("vpc_endpoint_logs")
            .policy_document(NARROW)
            .send()
            .wait()
            .unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<VpcInterfaceEndpoint>(
        &sandbox,
        "vpc_endpoint_logs",
        &[
            ("subnet_ids", &fewer_subnets),
            ("security_group_ids", &other_group),
            ("private_dns", &no_names),
            ("policy", &narrow),
        ],
    );
    ec2.delete_security_group().group_id(&other).send().wait().unwrap();

    let group = id_of(&state, "security_group_endpoints");
    let open = |_: &Sandbox| {
        let request = ec2
            .authorize_security_group_ingress()
            .group_id(&group)
            .ip_protocol("tcp");
        request
            .from_port(443)
            .to_port(443)
            .cidr_ip("0.0.0.0/0")
            .send()
            .wait()
            .unwrap();
    };
    let out = |_: &Sandbox| {
        let request = ec2.authorize_security_group_egress().group_id(&group);
        let all = aws_sdk_ec2::types::IpRange::builder().cidr_ip("0.0.0.0/0").build();
        let all = aws_sdk_ec2::types::IpPermission::builder()
            .ip_protocol("-1")
            .ip_ranges(all)
            .build();
        request.ip_permissions(all).send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<SecurityGroup>(
        &sandbox,
        "security_group_endpoints",
        &[("ingress", &open), ("egress", &out)],
    );
    sandbox.destroy();
}

#[test]
fn another_retention_of_the_flow_logs_is_shown_and_repaired() {
    let sandbox = standing("  nat = \"none\"\n  flow_logs {}");
    let shorter = |_: &Sandbox| {
        let request = sandbox
            .aws
            .logs
            .put_retention_policy()
            .log_group_name("/thatdot/demo/flow-logs");
        request.retention_in_days(1).send().wait().unwrap();
    };
    NETWORK.every_field_is_shown_and_repaired::<LogGroup>(
        &sandbox,
        "log_group_flow_logs",
        &[("retention_in_days", &shorter)],
    );
}
