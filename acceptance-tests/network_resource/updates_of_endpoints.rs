//! `endpoints` and `flow_logs`: there and gone again, in place.

use components::TrafficType;

use super::view::{ADDRESS, assert_added, changed_in_place, filter, id_of, network, standing, way_out};
use crate::harness::{Sandbox, Wait};

#[test]
fn endpoints_come_and_go_service_by_service() {
    let sandbox = standing("  nat = \"none\"");
    let (before, after) = changed_in_place(&sandbox, &network("  nat = \"none\"\n  endpoints {}"));
    let services = [
        "security_group_endpoints",
        "vpc_endpoint_ecr.api",
        "vpc_endpoint_ecr.dkr",
        "vpc_endpoint_ecs",
        "vpc_endpoint_ecs-agent",
        "vpc_endpoint_ecs-telemetry",
        "vpc_endpoint_elasticfilesystem",
        "vpc_endpoint_logs",
        "vpc_endpoint_s3",
        "vpc_endpoint_secretsmanager",
    ];
    assert_added(&before, &after, &services);
    let state = sandbox.state(ADDRESS);
    let endpoint = |key: &str| {
        let id = id_of(&state, key);
        let found = sandbox
            .aws
            .ec2
            .describe_vpc_endpoints()
            .vpc_endpoint_ids(id)
            .send()
            .wait();
        found.unwrap().vpc_endpoints()[0].clone()
    };
    let to_images = endpoint("vpc_endpoint_ecr.dkr");
    let mut subnets = to_images.subnet_ids().to_vec();
    let mut private = state.texts("private_subnet_ids");
    subnets.sort();
    private.sort_unstable();
    assert_eq!(subnets, private);
    assert_eq!(to_images.private_dns_enabled(), Some(true));
    assert_eq!(endpoint("vpc_endpoint_s3").route_table_ids().len(), 2);
    let group = id_of(&state, "security_group_endpoints");
    let groups = sandbox
        .aws
        .ec2
        .describe_security_groups()
        .group_ids(group)
        .send()
        .wait()
        .unwrap();
    let rules = groups.security_groups()[0].ip_permissions();
    assert_eq!(
        (rules.len(), rules[0].from_port(), rules[0].to_port()),
        (1, Some(443), Some(443))
    );
    assert_eq!(rules[0].ip_ranges()[0].cidr_ip(), Some("10.0.0.0/16"));

    let fewer = network("  nat = \"none\"\n  endpoints { services = [\"logs\", \"s3\", \"ssm\"] }");
    let (_, after) = changed_in_place(&sandbox, &fewer);
    let left: Vec<_> = after.keys().filter(|key| key.starts_with("vpc_endpoint_")).collect();
    assert_eq!(left, ["vpc_endpoint_logs", "vpc_endpoint_s3", "vpc_endpoint_ssm"]);
    assert_eq!(after["vpc_endpoint_logs"], id_of(&state, "vpc_endpoint_logs"));

    let (_, after) = changed_in_place(&sandbox, &network("  nat = \"none\""));
    assert_eq!(after, before);
    sandbox.destroy();
}

fn flow_logs(sandbox: &Sandbox) -> Vec<aws_sdk_ec2::types::FlowLog> {
    let vpc = sandbox.state(ADDRESS).text("vpc_id").to_owned();
    let found = sandbox
        .aws
        .ec2
        .describe_flow_logs()
        .filter(filter("resource-id", &vpc))
        .send()
        .wait();
    found.unwrap().flow_logs().to_vec()
}

fn retention(sandbox: &Sandbox) -> Option<i32> {
    let groups = sandbox
        .aws
        .logs
        .describe_log_groups()
        .log_group_name_prefix("/thatdot/demo/flow-logs")
        .send()
        .wait();
    groups.unwrap().log_groups()[0].retention_in_days()
}

#[test]
fn flow_logs_come_change_and_go() {
    let sandbox = standing("  nat = \"none\"");
    let (before, after) = changed_in_place(&sandbox, &network("  nat = \"none\"\n  flow_logs {}"));
    assert_added(
        &before,
        &after,
        &["flow_log", "iam_role_flow_logs", "log_group_flow_logs"],
    );
    let logs = flow_logs(&sandbox);
    assert_eq!(logs.len(), 1);
    assert_eq!(
        logs[0].traffic_type().map(|kind| TrafficType::from(kind.as_str())),
        Some(TrafficType::All)
    );
    assert_eq!(logs[0].log_group_name(), Some("/thatdot/demo/flow-logs"));
    assert_eq!(retention(&sandbox), Some(30));

    let changed =
        network("  nat = \"none\"\n  flow_logs {\n    retention_in_days = 7\n    traffic_type = \"REJECT\"\n  }");
    let (was, is) = changed_in_place(&sandbox, &changed);
    assert_ne!(
        was["flow_log"], is["flow_log"],
        "EC2 changes no flow log: it is made anew"
    );
    assert_eq!(
        was["log_group_flow_logs"], is["log_group_flow_logs"],
        "what was written stays"
    );
    assert_eq!(retention(&sandbox), Some(7));
    assert_eq!(flow_logs(&sandbox).len(), 1);

    changed_in_place(&sandbox, &network("  nat = \"none\"\n  flow_logs {}"));
    assert_eq!(retention(&sandbox), Some(30));
    let (_, after) = changed_in_place(&sandbox, &network("  nat = \"none\""));
    assert_eq!(after, before);
    sandbox.destroy();
}

#[test]
fn a_network_without_nat_still_has_its_way_into_the_public_subnets() {
    let sandbox = standing("  nat = \"none\"\n  endpoints { services = [\"s3\"] }");
    let state = sandbox.state(ADDRESS);
    let out = way_out(&sandbox, &id_of(&state, "subnet_public_us-east-1b"));
    assert_eq!(out, Some(id_of(&state, "internet_gateway")));
    assert_eq!(way_out(&sandbox, &id_of(&state, "subnet_private_us-east-1b")), None);
    assert!(!super::view::keys(&state).contains(&"security_group_endpoints".to_owned()));
    sandbox.destroy();
}
