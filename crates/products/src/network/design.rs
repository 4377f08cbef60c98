//! A network as a graph of components: what the VPC console's "VPC and more" makes.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::{IpNet, Ipv4Net};

use super::layout::{self, Tier};
use super::model::Network;
use super::{flow_logs, keys, services};
use crate::product::Design;
use crate::wiring::input;
use aws::ids::{RouteTableId, SecurityGroupId, SubnetId, VpcId};
use aws::{Aws, Peer, Rule};
use components::{
    ElasticIp, EndpointPolicy, InternetGateway, NatGateway, RouteTable, RouteTarget, SecurityGroup, Subnet, Vpc,
    VpcGatewayEndpoint, VpcInterfaceEndpoint,
};
use engine::{Graph, Input, Key};

/// The port of AWS's services.
const HTTPS: u16 = 443;

/// Where the outputs come from.
pub struct Wiring {
    /// The VPC.
    pub vpc_id: Input<VpcId>,
    /// The ids of the public subnets, in their zones' order.
    pub public_subnet_ids: Input<Vec<SubnetId>>,
    /// The ids of the private subnets, in their zones' order.
    pub private_subnet_ids: Input<Vec<SubnetId>>,
    /// The addresses of the NAT gateways, in their zones' order.
    pub nat_public_ips: Input<Vec<String>>,
}

/// What the parts refer to.
struct Parts {
    vpc: Input<VpcId>,
    public_table: Input<RouteTableId>,
    private_tables: BTreeMap<String, Input<RouteTableId>>,
    public_subnets: BTreeMap<String, Input<SubnetId>>,
    private_subnets: BTreeMap<String, Input<SubnetId>>,
}

/// The network's parts and wiring.
pub fn design(model: &Network, aws: &Aws) -> Design<Wiring> {
    let mut graph = Graph::new();
    if model.zones().is_none() || model.nat_zones().is_none() || model.services().is_none() {
        graph.mark_undetermined();
    }
    let zones = model.zones().unwrap_or_default();
    let nat_zones = model.nat_zones().unwrap_or_default();

    let vpc = graph.add(
        Key::new(keys::VPC),
        Vpc {
            cidr_block: range(model),
            dns_support: true.into(),
            dns_host_names: true.into(),
        },
    );
    let vpc = vpc.output("id", Clone::clone);
    let mut parts = Parts {
        public_table: public_table(&mut graph, &vpc),
        vpc,
        private_tables: BTreeMap::new(),
        public_subnets: BTreeMap::new(),
        private_subnets: BTreeMap::new(),
    };
    for zone in &zones {
        let id = subnet(&mut graph, model, &parts.vpc, &parts.public_table, Tier::Public, zone);
        parts.public_subnets.insert(zone.clone(), id);
    }
    let nats = nat_gateways(&mut graph, aws, &parts, &nat_zones);
    for zone in &zones {
        let way_out = nats.get(zone).or_else(|| nats.values().next());
        let table = graph.add(
            keys::private_route_table(zone),
            RouteTable {
                vpc_id: parts.vpc.clone(),
                default_route: way_out.map_or(Input::Known(None), |nat| nat.route.clone()),
            },
        );
        let table = table.output("id", Clone::clone);
        let id = subnet(&mut graph, model, &parts.vpc, &table, Tier::Private, zone);
        parts.private_subnets.insert(zone.clone(), id);
        parts.private_tables.insert(zone.clone(), table);
    }
    endpoints(&mut graph, model, aws, &parts);
    if let Some(block) = &model.flow_logs {
        flow_logs::add(&mut graph, model, aws, block, &parts.vpc);
    }
    vpc_first(&mut graph);
    let none = if model.nat_zones().is_none() {
        Input::Unknown
    } else {
        Input::Known(Vec::new())
    };
    let nat_public_ips = nats.into_values().fold(none, |list: Input<Vec<String>>, nat| {
        list.and(nat.public_ip).with("append", (), |(mut list, address), ()| {
            list.extend(address);
            list
        })
    });
    Design {
        graph,
        wiring: Wiring {
            vpc_id: parts.vpc,
            public_subnet_ids: all(parts.public_subnets),
            private_subnet_ids: all(parts.private_subnets),
            nat_public_ips,
        },
    }
}

/// All of some subnets.
fn all(subnets: BTreeMap<String, Input<SubnetId>>) -> Input<Vec<SubnetId>> {
    subnets
        .into_values()
        .fold(Input::Known(Vec::new()), |list: Input<Vec<SubnetId>>, id| {
            list.and(id).with("append", (), |(mut list, id), ()| {
                list.push(id);
                list
            })
        })
}

/// The VPC is the network's lock: it is made only where no other one carries the network's name.
fn vpc_first(graph: &mut Graph<Aws>) {
    let vpc = Key::new(keys::VPC);
    let others: Vec<Key> = graph.keys().filter(|key| **key != vpc).cloned().collect();
    for key in others {
        graph.after(&key, &vpc, "it is the lock on the network's name");
    }
}

fn range(model: &Network) -> Input<Ipv4Net> {
    input(
        &model.cidr_block,
        |text| text.parse().unwrap_or_default(),
        Ipv4Net::default(),
    )
}

/// The public subnets' route table, whose default route leads to the internet.
fn public_table(graph: &mut Graph<Aws>, vpc: &Input<VpcId>) -> Input<RouteTableId> {
    let gateway = graph.add(
        Key::new(keys::INTERNET_GATEWAY),
        InternetGateway {
            vpc_id: vpc.clone().with("some", (), |id, ()| Some(id)),
        },
    );
    let table = graph.add(
        Key::new(keys::ROUTE_TABLE_PUBLIC),
        RouteTable {
            vpc_id: vpc.clone(),
            default_route: gateway.output("route", |id| Some(RouteTarget::InternetGateway(id.clone()))),
        },
    );
    table.output("id", Clone::clone)
}

/// A zone's subnet. Public addresses are given only to what asks for one, as the console leaves it.
fn subnet(
    graph: &mut Graph<Aws>,
    model: &Network,
    vpc: &Input<VpcId>,
    table: &Input<RouteTableId>,
    tier: Tier,
    zone: &str,
) -> Input<SubnetId> {
    let cidr_block = input(
        &model.cidr_block,
        |text| {
            let range = text.parse().ok();
            range
                .and_then(|range| layout::subnet(range, tier, zone))
                .unwrap_or_default()
        },
        Ipv4Net::default(),
    );
    let handle = graph.add(
        keys::subnet(tier, zone),
        Subnet {
            vpc_id: vpc.clone(),
            cidr_block,
            zone: zone.into(),
            map_public_ip_on_launch: false.into(),
            route_table_id: table.clone(),
        },
    );
    handle.output("id", Clone::clone)
}

/// A NAT gateway, as others refer to it.
struct Nat {
    route: Input<Option<RouteTarget>>,
    public_ip: Input<Option<String>>,
}

/// The NAT gateways by zone. Each is in its zone's public subnet and so comes after the way from there to the internet.
fn nat_gateways(graph: &mut Graph<Aws>, aws: &Aws, parts: &Parts, zones: &[String]) -> BTreeMap<String, Nat> {
    let mut nats = BTreeMap::new();
    for zone in zones {
        let Some(subnet) = parts.public_subnets.get(zone) else {
            continue;
        };
        let address = graph.add(
            keys::elastic_ip(zone),
            ElasticIp {
                network_border_group: aws.region.to_string().into(),
            },
        );
        let gateway = graph.add(
            keys::nat_gateway(zone),
            NatGateway {
                subnet_id: subnet.clone(),
                allocation_id: address.output("id", Clone::clone),
            },
        );
        let nat = Nat {
            route: gateway.output("route", |output| Some(RouteTarget::NatGateway(output.id.clone()))),
            public_ip: gateway.output("public_ip", |output| output.public_ip.clone()),
        };
        nats.insert(zone.clone(), nat);
    }
    nats
}

/// What several inputs come to.
fn gathered<'a, T>(inputs: impl IntoIterator<Item = &'a Input<T>>) -> Input<BTreeSet<T>>
where
    T: Clone + Ord + Send + Sync + 'static,
{
    inputs
        .into_iter()
        .fold(Input::Known(BTreeSet::new()), |set: Input<BTreeSet<T>>, one| {
            set.and(one.clone()).with("gather", (), |(mut set, one), ()| {
                set.insert(one);
                set
            })
        })
}

fn endpoints(graph: &mut Graph<Aws>, model: &Network, aws: &Aws, parts: &Parts) {
    let wanted = model.services().unwrap_or_default();
    let region = aws.region.to_string();
    let (routes, interfaces): (Vec<_>, Vec<_>) = wanted.iter().partition(|service| services::is_gateway(service));
    for service in routes {
        graph.add(
            keys::endpoint(service),
            VpcGatewayEndpoint {
                vpc_id: parts.vpc.clone(),
                service: services::full_name(service, &region).into(),
                route_table_ids: gathered(parts.private_tables.values()),
                policy: EndpointPolicy::FullAccess.into(),
            },
        );
    }
    if interfaces.is_empty() {
        return;
    }
    let group = endpoint_group(graph, model, &parts.vpc);
    for service in interfaces {
        graph.add(
            keys::endpoint(service),
            VpcInterfaceEndpoint {
                vpc_id: parts.vpc.clone(),
                service: services::full_name(service, &region).into(),
                subnet_ids: gathered(parts.private_subnets.values()),
                security_group_ids: group.clone(),
                private_dns: true.into(),
                policy: EndpointPolicy::FullAccess.into(),
            },
        );
    }
}

/// HTTPS from the VPC, and nothing out: an endpoint only answers.
fn endpoint_group(graph: &mut Graph<Aws>, model: &Network, vpc: &Input<VpcId>) -> Input<BTreeSet<SecurityGroupId>> {
    let from_vpc = |text: String| {
        let range = text.parse::<IpNet>().ok().map(Peer::range);
        range
            .map(|range| Rule::tcp(HTTPS, range, "HTTPS from the VPC"))
            .into_iter()
            .collect()
    };
    let group = graph.add(
        Key::new(keys::SECURITY_GROUP),
        SecurityGroup {
            name: input(&model.name, |name| format!("{name}-endpoints"), String::new()),
            description: input(
                &model.name,
                |name| format!("thatDot network {name} - endpoints"),
                String::new(),
            ),
            vpc_id: vpc.clone(),
            ingress: input(&model.cidr_block, from_vpc, BTreeSet::new()),
            egress: Some(BTreeSet::new()).into(),
        },
    );
    group.output("id", |id| BTreeSet::from([id.clone()]))
}
