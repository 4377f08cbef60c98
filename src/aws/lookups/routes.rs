//! Which subnets are public: a matter of routes alone, not of any flag (Amazon VPC user guide, "Subnet types").

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{self, RouteState};

use crate::aws::ids::SubnetId;

/// What a route table says about being public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RouteTable {
    /// Whether it holds for every subnet that has none of its own.
    pub main: bool,
    /// The subnets that it is explicitly associated with.
    pub subnets: Vec<SubnetId>,
    /// Whether its default route leads to an internet gateway.
    pub internet: bool,
}

impl From<&types::RouteTable> for RouteTable {
    fn from(table: &types::RouteTable) -> Self {
        Self {
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
            internet: table.routes().iter().any(leads_to_the_internet),
        }
    }
}

/// A gateway that was deleted leaves its route behind, as a black hole.
fn leads_to_the_internet(route: &types::Route) -> bool {
    route.destination_cidr_block() == Some("0.0.0.0/0")
        && route.gateway_id().is_some_and(|gateway| gateway.starts_with("igw-"))
        && route.state() != Some(&RouteState::Blackhole)
}

/// The public ones among some subnets of a VPC, by all route tables of that VPC.
pub(super) fn public<'a>(subnets: impl Iterator<Item = &'a SubnetId>, tables: &[RouteTable]) -> BTreeSet<SubnetId> {
    let own = |subnet: &SubnetId| tables.iter().find(|table| table.subnets.contains(subnet));
    let main = tables.iter().find(|table| table.main);
    subnets
        .filter(|subnet| own(subnet).or(main).is_some_and(|table| table.internet))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(main: bool, subnets: &[&str], internet: bool) -> RouteTable {
        RouteTable {
            main,
            subnets: subnets.iter().map(|&id| id.into()).collect(),
            internet,
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
    fn only_a_live_default_route_to_an_internet_gateway_counts() {
        let route = |destination: &str, gateway: &str| {
            types::Route::builder()
                .destination_cidr_block(destination)
                .gateway_id(gateway)
        };
        let of = |route: types::Route| RouteTable::from(&types::RouteTable::builder().routes(route).build()).internet;
        assert!(of(route("0.0.0.0/0", "igw-1").build()));
        assert!(!of(route("10.0.0.0/8", "igw-1").build()));
        assert!(!of(route("0.0.0.0/0", "vgw-1").build()));
        assert!(!of(types::Route::builder()
            .destination_cidr_block("0.0.0.0/0")
            .nat_gateway_id("nat-1")
            .build()));
        assert!(!of(route("0.0.0.0/0", "igw-1").state(RouteState::Blackhole).build()));
    }
}
