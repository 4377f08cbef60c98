//! Where the routes of subnets lead, and so which subnets are public: a matter of routes alone, not of any flag (Amazon VPC
//! user guide, "Subnet types").

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{self, RouteState};

use crate::ids::SubnetId;

/// Where what is for nobody nearer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultRoute {
    /// To an internet gateway, which serves those that have public addresses.
    InternetGateway,
    /// To a NAT gateway.
    NatGateway,
    /// To something else, behind which the internet may or may not be: a transit gateway, a firewall, an instance.
    Elsewhere,
}

/// What a route table says of the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RouteTable {
    /// Its id.
    pub id: String,
    /// Whether it holds for every subnet that has none of its own.
    pub main: bool,
    /// The subnets that it is explicitly associated with.
    pub subnets: Vec<SubnetId>,
    /// Where its default route leads.
    pub default_route: Option<DefaultRoute>,
}

impl From<&types::RouteTable> for RouteTable {
    fn from(table: &types::RouteTable) -> Self {
        Self {
            id: table.route_table_id().unwrap_or_default().to_owned(),
            main: table
                .associations()
                .iter()
                .any(|association| association.main() == Some(true)),
            subnets: table
                .associations()
                .iter()
                .filter_map(|association| association.subnet_id())
                .map(Into::into)
                .collect(),
            default_route: table.routes().iter().find_map(default_route),
        }
    }
}

/// Where a route leads, where it is a default one or half of one. What was deleted leaves its route behind, as a black
/// hole.
fn default_route(route: &types::Route) -> Option<DefaultRoute> {
    let wide = route
        .destination_cidr_block()
        .is_some_and(|range| range.ends_with("/0") || range.ends_with("/1"));
    if !wide || route.state() == Some(&RouteState::Blackhole) {
        return None;
    }
    if route.nat_gateway_id().is_some() {
        return Some(DefaultRoute::NatGateway);
    }
    let gateway = route.gateway_id().unwrap_or_default();
    let internet = gateway.starts_with("igw-");
    Some(if internet {
        DefaultRoute::InternetGateway
    } else {
        DefaultRoute::Elsewhere
    })
}

/// The table that holds for a subnet, by all route tables of its VPC.
pub(super) fn table_of<'a>(subnet: &SubnetId, tables: &'a [RouteTable]) -> Option<&'a RouteTable> {
    let own = tables.iter().find(|table| table.subnets.contains(subnet));
    own.or_else(|| tables.iter().find(|table| table.main))
}

/// The public ones among some subnets of a VPC, by all route tables of that VPC.
pub(super) fn public<'a>(subnets: impl Iterator<Item = &'a SubnetId>, tables: &[RouteTable]) -> BTreeSet<SubnetId> {
    let is_public = |subnet: &SubnetId| {
        table_of(subnet, tables).is_some_and(|table| table.default_route == Some(DefaultRoute::InternetGateway))
    };
    subnets.filter(|subnet| is_public(subnet)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(main: bool, subnets: &[&str], internet: bool) -> RouteTable {
        RouteTable {
            id: "rtb-1".to_owned(),
            main,
            subnets: subnets.iter().map(|&id| id.into()).collect(),
            default_route: internet.then_some(DefaultRoute::InternetGateway),
        }
    }

    fn public_of(subnets: &[&str], tables: &[RouteTable]) -> Vec<String> {
        let subnets: Vec<SubnetId> = subnets.iter().map(|&id| id.into()).collect();
        public(subnets.iter(), tables).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_subnet_without_a_table_of_its_own_follows_the_main_one() {
        let tables = [table(true, &[], true), table(false, &["subnet-b"], false)];
        assert_eq!(public_of(&["subnet-a", "subnet-b"], &tables), ["subnet-a"]);
    }

    #[test]
    fn a_subnets_own_table_goes_before_the_main_one() {
        let tables = [table(true, &["subnet-c"], false), table(false, &["subnet-b"], true)];
        assert_eq!(public_of(&["subnet-a", "subnet-b", "subnet-c"], &tables), ["subnet-b"]);
    }

    #[test]
    fn without_tables_nothing_is_public() {
        assert!(public_of(&["subnet-a"], &[]).is_empty());
    }

    #[test]
    fn only_a_live_default_route_counts() {
        let route = |destination: &str| types::Route::builder().destination_cidr_block(destination);
        let to = |destination: &str, gateway: &str| route(destination).gateway_id(gateway);
        let of = |route: types::Route| {
            let table = types::RouteTable::builder().routes(route).build();
            RouteTable::from(&table).default_route
        };
        assert_eq!(
            of(to("0.0.0.0/0", "igw-1").build()),
            Some(DefaultRoute::InternetGateway)
        );
        assert_eq!(
            of(to("128.0.0.0/1", "igw-1").build()),
            Some(DefaultRoute::InternetGateway)
        );
        assert_eq!(of(to("0.0.0.0/0", "vgw-1").build()), Some(DefaultRoute::Elsewhere));
        assert_eq!(
            of(route("0.0.0.0/0").transit_gateway_id("tgw-1").build()),
            Some(DefaultRoute::Elsewhere)
        );
        assert_eq!(
            of(route("0.0.0.0/0").nat_gateway_id("nat-1").build()),
            Some(DefaultRoute::NatGateway)
        );
        assert_eq!(of(to("10.0.0.0/8", "igw-1").build()), None);
        assert_eq!(of(to("10.0.0.0/10", "igw-1").build()), None);
        assert_eq!(of(to("0.0.0.0/0", "igw-1").state(RouteState::Blackhole).build()), None);
    }
}
