//! The keys of a network's parts, and the names that the console shows for them. A key holds a zone's or a service's name
//! and no id: it stays as long as the zone or the service does.

use std::collections::BTreeMap;

use super::layout::Tier;
use super::model::Network;
use engine::{Key, Tags};
use framework::Attr;

/// The VPC's key.
pub const VPC: &str = "vpc";
/// The internet gateway's key.
pub const INTERNET_GATEWAY: &str = "internet_gateway";
/// The key of the public subnets' route table.
pub const ROUTE_TABLE_PUBLIC: &str = "route_table_public";
/// The key of the endpoints' security group.
pub const SECURITY_GROUP: &str = "security_group_endpoints";
/// The flow log's key.
pub const FLOW_LOG: &str = "flow_log";
/// The key of the log group that the flow log is written to.
pub const LOG_GROUP: &str = "log_group_flow_logs";
/// The key of the role that the flow log is written as.
pub const ROLE: &str = "iam_role_flow_logs";

/// How the keys of NAT gateways begin, before their zone.
const NAT_GATEWAY: &str = "nat_gateway_";
/// How the keys of endpoints begin, before their service.
const ENDPOINT: &str = "vpc_endpoint_";

/// The tag that the console shows as the object's name.
const NAME: &str = "Name";

/// The key of a zone's subnet.
pub fn subnet(tier: Tier, zone: &str) -> Key {
    Key::new(format!("subnet_{}_{zone}", tier.word()))
}

/// The key of the route table of a zone's private subnet.
pub fn private_route_table(zone: &str) -> Key {
    Key::new(format!("route_table_private_{zone}"))
}

/// The key of a zone's NAT gateway.
pub fn nat_gateway(zone: &str) -> Key {
    Key::new(format!("{NAT_GATEWAY}{zone}"))
}

/// The key of the address of a zone's NAT gateway.
pub fn elastic_ip(zone: &str) -> Key {
    Key::new(format!("elastic_ip_{zone}"))
}

/// The key of a service's endpoint.
pub fn endpoint(service: &str) -> Key {
    Key::new(format!("{ENDPOINT}{service}"))
}

/// The zone of a subnet, by its key.
pub fn zone_of_subnet(key: &Key) -> Option<&str> {
    let of = |tier: Tier| {
        key.as_str()
            .strip_prefix("subnet_")?
            .strip_prefix(tier.word())?
            .strip_prefix('_')
    };
    Tier::ALL.into_iter().find_map(of)
}

/// The zone of a NAT gateway, by its key.
pub fn zone_of_nat_gateway(key: &Key) -> Option<&str> {
    key.as_str().strip_prefix(NAT_GATEWAY)
}

/// The service of an endpoint, by its key.
pub fn service_of_endpoint(key: &Key) -> Option<&str> {
    key.as_str().strip_prefix(ENDPOINT)
}

/// The parts that show in the console by the tag `Name`, as far as they are known.
fn named(model: &Network) -> Vec<Key> {
    let mut keys: Vec<Key> = [VPC, INTERNET_GATEWAY, ROUTE_TABLE_PUBLIC, SECURITY_GROUP, FLOW_LOG]
        .map(Key::new)
        .into();
    for zone in model.zones().unwrap_or_default() {
        keys.extend(Tier::ALL.map(|tier| subnet(tier, &zone)));
        keys.push(private_route_table(&zone));
    }
    for zone in model.nat_zones().unwrap_or_default() {
        keys.extend([nat_gateway(&zone), elastic_ip(&zone)]);
    }
    keys.extend(
        model
            .services()
            .unwrap_or_default()
            .iter()
            .map(|service| endpoint(service)),
    );
    keys
}

/// What the console shows: `demo-subnet-public-us-east-1a`.
fn name(network: &str, key: &Key) -> String {
    format!("{network}-{}", key.as_str().replace('_', "-"))
}

/// The tags `Name` of the parts; none where the user's tags or the provider's default ones have it.
pub fn name_tags(model: &Network) -> BTreeMap<Key, Tags> {
    let own = match &model.tags_all {
        Attr::Known(tags) => tags.contains_key(NAME),
        Attr::Null | Attr::Unknown => false,
    };
    let Some(network) = model.name.known().filter(|_| !own) else {
        return BTreeMap::new();
    };
    let tags = |key: &Key| Tags::from([(NAME.to_owned(), name(network, key))]);
    named(model).into_iter().map(|key| (key.clone(), tags(&key))).collect()
}

/// Whether a tag of the VPC is the name that we gave it.
pub fn is_own_name(network: &str, tag: &str, value: &str) -> bool {
    tag == NAME && value == name(network, &Key::new(VPC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_zones_and_services() {
        for tier in Tier::ALL {
            assert_eq!(zone_of_subnet(&subnet(tier, "us-east-1a")), Some("us-east-1a"));
        }
        assert_eq!(zone_of_subnet(&nat_gateway("us-east-1a")), None);
        assert_eq!(zone_of_nat_gateway(&nat_gateway("us-east-1a")), Some("us-east-1a"));
        assert_eq!(service_of_endpoint(&endpoint("ecr.api")), Some("ecr.api"));
        assert_eq!(service_of_endpoint(&Key::new(VPC)), None);
    }

    #[test]
    fn parts_are_named_unless_the_user_names_them() {
        let mut model = Network {
            name: Attr::Known("demo".to_owned()),
            ..Network::default()
        };
        let names = name_tags(&model);
        assert_eq!(names[&Key::new(INTERNET_GATEWAY)]["Name"], "demo-internet-gateway");
        assert!(is_own_name("demo", "Name", &names[&Key::new(VPC)]["Name"]));
        model.tags_all = Attr::Known(BTreeMap::from([("Name".to_owned(), Attr::Known("mine".to_owned()))]));
        assert!(name_tags(&model).is_empty());
    }
}
