//! Several networks in one configuration.

use std::collections::BTreeMap;

use super::view::resource;
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// What AWS describes many of in one call.
const JOINED: [&str; 9] = [
    "DescribeAddresses",
    "DescribeFlowLogs",
    "DescribeInternetGateways",
    "DescribeLogGroups",
    "DescribeNatGateways",
    "DescribeRouteTables",
    "DescribeSubnets",
    "DescribeVpcEndpoints",
    "DescribeVpcs",
];

#[test]
fn ten_networks_are_read_by_hardly_more_calls_than_one() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (1..=10).map(|number| format!("net-{number}")).collect();
    let body = "  endpoints { services = [\"s3\", \"logs\"] }\n  flow_logs {}";
    let ten: String = names.iter().map(|name| resource(name, name, body)).collect();
    sandbox.configure(&format!("{REQUIRED}{ten}"));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.stand_in.forget_calls();
    sandbox.assert_settled();
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    for call in sandbox.stand_in.calls() {
        *looks.entry(call.action).or_default() += 1;
    }
    for action in JOINED {
        let count = looks.get(action).copied().unwrap_or_default();
        // A subnet is looked at twice, for its route table, too; on a busy machine some reads miss the others' call.
        assert!((1..names.len()).contains(&count), "{action}: {count} of {looks:?}");
    }
    sandbox.destroy();
}
