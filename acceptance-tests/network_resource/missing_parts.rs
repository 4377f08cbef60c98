//! Parts that somebody deleted behind our back: planned and made again, and nothing else touched.

use aws_sdk_ec2::types::NatGatewayState;

use super::view::{ADDRESS, id_of, ids, network, not_ready, standing, way_out};
use crate::harness::{Sandbox, Wait};

/// Fails the test unless just these parts are missing, one apply in place makes them again, and the others are those that
/// they were.
fn are_made_again(sandbox: &Sandbox, keys: &[&str]) {
    let before = ids(&sandbox.state(ADDRESS));
    let change = sandbox.plan().change(ADDRESS);
    let mut missing = not_ready(&change.before);
    missing.retain(|_, status| status == "missing");
    assert_eq!(missing.keys().collect::<Vec<_>>(), keys);
    assert_eq!(change.actions, ["update"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    for (key, id) in ids(&state) {
        let named = ["log_group_flow_logs", "iam_role_flow_logs"].contains(&key.as_str());
        assert_eq!(before[&key] != id, keys.contains(&key.as_str()) && !named, "{key}");
    }
}

fn delete_nat_gateway(sandbox: &Sandbox, id: &str) {
    let ec2 = &sandbox.aws.ec2;
    ec2.delete_nat_gateway().nat_gateway_id(id).send().wait().unwrap();
    let state = || {
        let found = ec2.describe_nat_gateways().nat_gateway_ids(id).send().wait().unwrap();
        found.nat_gateways()[0].state().cloned()
    };
    while state() != Some(NatGatewayState::Deleted) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn delete_endpoint(sandbox: &Sandbox, id: &str) {
    let ec2 = &sandbox.aws.ec2;
    ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().wait().unwrap();
    while ec2.describe_vpc_endpoints().vpc_endpoint_ids(id).send().wait().is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn detach_and_delete_gateway(sandbox: &Sandbox, id: &str, vpc: &str) {
    let ec2 = &sandbox.aws.ec2;
    ec2.detach_internet_gateway()
        .internet_gateway_id(id)
        .vpc_id(vpc)
        .send()
        .wait()
        .unwrap();
    ec2.delete_internet_gateway()
        .internet_gateway_id(id)
        .send()
        .wait()
        .unwrap();
}

fn delete_subnet(sandbox: &Sandbox, id: &str) {
    sandbox.aws.ec2.delete_subnet().subnet_id(id).send().wait().unwrap();
}

#[test]
fn a_deleted_nat_gateway_comes_back_under_the_same_address_and_then_with_another_one() {
    let sandbox = standing("");
    let state = sandbox.state(ADDRESS);
    delete_nat_gateway(&sandbox, &id_of(&state, "nat_gateway_us-east-1a"));
    are_made_again(&sandbox, &["nat_gateway_us-east-1a"]);
    let now = sandbox.state(ADDRESS);
    assert_eq!(now.texts("nat_public_ips"), state.texts("nat_public_ips"));
    let out = way_out(&sandbox, &id_of(&now, "subnet_private_us-east-1b"));
    assert_eq!(out, Some(id_of(&now, "nat_gateway_us-east-1a")));

    delete_nat_gateway(&sandbox, &id_of(&now, "nat_gateway_us-east-1a"));
    let address = id_of(&now, "elastic_ip_us-east-1a");
    sandbox
        .aws
        .ec2
        .release_address()
        .allocation_id(address)
        .send()
        .wait()
        .unwrap();
    are_made_again(&sandbox, &["elastic_ip_us-east-1a", "nat_gateway_us-east-1a"]);
    sandbox.destroy();
}

#[test]
fn a_nat_gateway_that_is_still_going_is_made_again_once_its_address_is_free() {
    let sandbox = standing("");
    let state = sandbox.state(ADDRESS);
    let id = id_of(&state, "nat_gateway_us-east-1a");
    sandbox
        .aws
        .ec2
        .delete_nat_gateway()
        .nat_gateway_id(id)
        .send()
        .wait()
        .unwrap();
    are_made_again(&sandbox, &["nat_gateway_us-east-1a"]);
    sandbox.destroy();
}

#[test]
fn a_deleted_internet_gateway_comes_back_and_the_route_leads_to_it() {
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    detach_and_delete_gateway(&sandbox, &id_of(&state, "internet_gateway"), state.text("vpc_id"));
    are_made_again(&sandbox, &["internet_gateway"]);
    let now = sandbox.state(ADDRESS);
    let out = way_out(&sandbox, &id_of(&now, "subnet_public_us-east-1a"));
    assert_eq!(out, Some(id_of(&now, "internet_gateway")));
    sandbox.destroy();
}

#[test]
fn deleted_subnets_and_route_tables_come_back_where_they_were() {
    let sandbox = standing("  nat = \"none\"\n  endpoints { services = [\"s3\"] }");
    let state = sandbox.state(ADDRESS);
    delete_subnet(&sandbox, &id_of(&state, "subnet_private_us-east-1a"));
    delete_subnet(&sandbox, &id_of(&state, "subnet_public_us-east-1b"));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.before.texts("public_subnet_ids").len(), 1, "the one that stands");
    are_made_again(&sandbox, &["subnet_private_us-east-1a", "subnet_public_us-east-1b"]);
    let now = sandbox.state(ADDRESS);
    assert_eq!(
        now.at("private_subnet_cidr_blocks"),
        state.at("private_subnet_cidr_blocks")
    );

    let table = id_of(&now, "route_table_private_us-east-1a");
    let ties = super::view::route_table(&sandbox, &table);
    for tie in ties.associations() {
        let request = sandbox.aws.ec2.disassociate_route_table();
        request
            .association_id(tie.route_table_association_id().unwrap())
            .send()
            .wait()
            .unwrap();
    }
    sandbox
        .aws
        .ec2
        .delete_route_table()
        .route_table_id(&table)
        .send()
        .wait()
        .unwrap();
    are_made_again(&sandbox, &["route_table_private_us-east-1a"]);
    sandbox.destroy();
}

#[test]
fn deleted_endpoints_and_their_group_come_back() {
    let sandbox = standing("  nat = \"none\"\n  endpoints { services = [\"s3\", \"logs\", \"ecs\"] }");
    let state = sandbox.state(ADDRESS);
    delete_endpoint(&sandbox, &id_of(&state, "vpc_endpoint_s3"));
    delete_endpoint(&sandbox, &id_of(&state, "vpc_endpoint_logs"));
    are_made_again(&sandbox, &["vpc_endpoint_logs", "vpc_endpoint_s3"]);

    let now = sandbox.state(ADDRESS);
    delete_endpoint(&sandbox, &id_of(&now, "vpc_endpoint_ecs"));
    delete_endpoint(&sandbox, &id_of(&now, "vpc_endpoint_logs"));
    let group = id_of(&now, "security_group_endpoints");
    sandbox
        .aws
        .ec2
        .delete_security_group()
        .group_id(group)
        .send()
        .wait()
        .unwrap();
    are_made_again(
        &sandbox,
        &["security_group_endpoints", "vpc_endpoint_ecs", "vpc_endpoint_logs"],
    );
    sandbox.destroy();
}

#[test]
fn deleted_flow_logs_come_back_with_their_group_and_role() {
    let sandbox = standing("  nat = \"none\"\n  flow_logs {}");
    let aws = &sandbox.aws;
    let flow_log = |sandbox: &Sandbox| id_of(&sandbox.state(ADDRESS), "flow_log");
    aws.ec2
        .delete_flow_logs()
        .flow_log_ids(flow_log(&sandbox))
        .send()
        .wait()
        .unwrap();
    are_made_again(&sandbox, &["flow_log"]);
    aws.ec2
        .delete_flow_logs()
        .flow_log_ids(flow_log(&sandbox))
        .send()
        .wait()
        .unwrap();
    aws.logs
        .delete_log_group()
        .log_group_name("/thatdot/demo/flow-logs")
        .send()
        .wait()
        .unwrap();
    let role = "demo-us-east-1-flow-logs";
    let policies = aws.iam.list_role_policies().role_name(role).send().wait().unwrap();
    for policy in policies.policy_names() {
        aws.iam
            .delete_role_policy()
            .role_name(role)
            .policy_name(policy)
            .send()
            .wait()
            .unwrap();
    }
    aws.iam.delete_role().role_name(role).send().wait().unwrap();
    are_made_again(&sandbox, &["flow_log", "iam_role_flow_logs", "log_group_flow_logs"]);
    sandbox.destroy();
}

#[test]
fn a_network_of_which_nothing_is_left_is_made_anew() {
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    let ec2 = &sandbox.aws.ec2;
    for subnet in [state.texts("public_subnet_ids"), state.texts("private_subnet_ids")].concat() {
        delete_subnet(&sandbox, subnet);
    }
    for (key, id) in ids(&state) {
        if key.starts_with("route_table") {
            ec2.delete_route_table().route_table_id(id).send().wait().unwrap();
        }
    }
    detach_and_delete_gateway(&sandbox, &id_of(&state, "internet_gateway"), state.text("vpc_id"));
    ec2.delete_vpc().vpc_id(state.text("vpc_id")).send().wait().unwrap();
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["create"]);
    sandbox.apply(&network("  nat = \"none\""));
    sandbox.destroy();
}
