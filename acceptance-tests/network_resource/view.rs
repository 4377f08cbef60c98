//! What the tests of this resource share: configurations to start from, and views on what AWS holds.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, Route, RouteTable};

pub use crate::components::{id_of, not_ready};
use crate::detector::REQUIRED;
use crate::harness::{Attributes, Sandbox, Wait};

/// The address of the one network that most configurations hold.
pub const ADDRESS: &str = "thatdot_network.main";

/// Its name.
pub const NAME: &str = "demo";

/// What every network in two zones has, with its one NAT gateway.
pub const PARTS: [&str; 11] = [
    "elastic_ip_us-east-1a",
    "internet_gateway",
    "nat_gateway_us-east-1a",
    "route_table_private_us-east-1a",
    "route_table_private_us-east-1b",
    "route_table_public",
    "subnet_private_us-east-1a",
    "subnet_private_us-east-1b",
    "subnet_public_us-east-1a",
    "subnet_public_us-east-1b",
    "vpc",
];

/// One network, with `body` added.
pub fn network(body: &str) -> String {
    format!("{REQUIRED}\n{}", resource("main", NAME, body))
}

/// One resource block.
pub fn resource(label: &str, name: &str, body: &str) -> String {
    format!("resource \"thatdot_network\" \"{label}\" {{\n  name = \"{name}\"\n{body}\n}}\n")
}

/// A network that stands.
pub fn standing(body: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&network(body));
    sandbox
}

/// The status of each part.
pub fn statuses(attributes: &Attributes) -> BTreeMap<String, String> {
    let parts = attributes.at("components").as_object().expect("components").clone();
    parts
        .into_iter()
        .map(|(key, part)| (key, part["status"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// The keys of the parts.
pub fn keys(attributes: &Attributes) -> Vec<String> {
    statuses(attributes).into_keys().collect()
}

/// The ids of all parts.
pub fn ids(attributes: &Attributes) -> BTreeMap<String, String> {
    keys(attributes)
        .into_iter()
        .map(|key| (key.clone(), id_of(attributes, &key)))
        .collect()
}

/// A filter with one value.
pub fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// A route table.
pub fn route_table(sandbox: &Sandbox, id: &str) -> RouteTable {
    let tables = sandbox
        .aws
        .ec2
        .describe_route_tables()
        .route_table_ids(id)
        .send()
        .wait();
    tables.unwrap().route_tables()[0].clone()
}

/// Where the default route of a subnet leads, by the route table that the subnet follows.
pub fn way_out(sandbox: &Sandbox, subnet: &str) -> Option<String> {
    let tables = sandbox
        .aws
        .ec2
        .describe_route_tables()
        .filters(filter("association.subnet-id", subnet))
        .send()
        .wait()
        .unwrap();
    let table = tables.route_tables().first()?;
    default_route(table).and_then(|route| {
        let target = route.nat_gateway_id().or(route.gateway_id())?;
        Some(target.to_owned())
    })
}

fn default_route(table: &RouteTable) -> Option<&Route> {
    table
        .routes()
        .iter()
        .find(|route| route.destination_cidr_block() == Some("0.0.0.0/0"))
}

/// Applies the text, which must change the network in place, and tells the ids of the parts before and after.
pub fn changed_in_place(sandbox: &Sandbox, text: &str) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let before = ids(&sandbox.state(ADDRESS));
    sandbox.configure(text);
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["update"], "in place");
    sandbox.apply(text);
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    (before, ids(&state))
}

/// Fails the test unless the parts that were there before are there still, and others are just these.
pub fn assert_added(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, added: &[&str]) {
    for (key, id) in before {
        assert_eq!(after.get(key), Some(id), "{key} stays");
    }
    let mut new: Vec<_> = after
        .keys()
        .filter(|key| !before.contains_key(*key))
        .map(String::as_str)
        .collect();
    new.sort_unstable();
    assert_eq!(new, added);
}
