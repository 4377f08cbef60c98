//! What is in a part of a VPC.

use aws_sdk_ec2::types::{Filter, NetworkInterface};

use super::Place;
use crate::Aws;
use crate::ask::ask;
use crate::ec2::filter;
use engine::{Call, Result};

/// One thing that holds a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    /// What it is, for people.
    pub text: String,
    /// Whether it stays until somebody deletes it.
    pub stays: bool,
}

impl Holder {
    fn staying(text: String) -> Self {
        Self { text, stays: true }
    }
}

/// What holds that place.
pub(super) async fn of(call: &Call<'_, Aws>, place: Place<'_>) -> Result<Vec<Holder>> {
    match place {
        Place::Subnet(id) => {
            let found = interfaces(call, filter("subnet-id", id)).await?;
            Ok(found.iter().filter_map(interface).collect())
        }
        Place::PublicAddresses(vpc) => {
            let found = interfaces(call, filter("vpc-id", vpc)).await?;
            let is_public =
                |found: &&NetworkInterface| found.association().and_then(|address| address.public_ip()).is_some();
            Ok(found.iter().filter(is_public).filter_map(interface).collect())
        }
        Place::RouteTable(id) => subnets_of_table(call, id).await,
        Place::Vpc(id) => of_vpc(call, id).await,
    }
}

async fn interfaces(call: &Call<'_, Aws>, of: Filter) -> Result<Vec<NetworkInterface>> {
    let request = call.world.ec2.describe_network_interfaces().filters(of);
    let pages = request.into_paginator().items().send();
    ask(
        call,
        "ec2:DescribeNetworkInterfaces",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await
}

/// An interface. One that a service of AWS's made goes with what it was made for.
fn interface(found: &NetworkInterface) -> Option<Holder> {
    let mut text = format!("the network interface {}", found.network_interface_id()?);
    if let Some(description) = found.description().filter(|text| !text.is_empty()) {
        text = format!("{text} ({description})");
    }
    if let Some(instance) = found.attachment().and_then(|attachment| attachment.instance_id()) {
        text = format!("{text} of the instance {instance}");
    }
    if let Some(address) = found.association().and_then(|address| address.public_ip()) {
        text = format!("{text}, with the public address {address}");
    }
    Some(Holder {
        text,
        stays: found.requester_managed() != Some(true),
    })
}

async fn subnets_of_table(call: &Call<'_, Aws>, id: &str) -> Result<Vec<Holder>> {
    let request = call
        .world
        .ec2
        .describe_route_tables()
        .filters(filter("route-table-id", id));
    let pages = request.into_paginator().items().send();
    let found = ask(
        call,
        "ec2:DescribeRouteTables",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await?;
    let associations = found.iter().flat_map(aws_sdk_ec2::types::RouteTable::associations);
    let subnets = associations.filter_map(|association| association.subnet_id());
    Ok(subnets
        .map(|subnet| Holder::staying(format!("the subnet {subnet}, which follows it")))
        .collect())
}

/// All items of a listing, each told by a function.
macro_rules! listed {
    ($call:expr, $operation:ident, $name:literal, $filter:expr, $told:expr) => {
        async {
            let pages = $call
                .world
                .ec2
                .$operation()
                .filters($filter)
                .into_paginator()
                .items()
                .send();
            let found = ask($call, $name, pages.collect::<std::result::Result<Vec<_>, _>>()).await?;
            Ok::<Vec<Holder>, engine::Error>(found.iter().filter_map($told).collect())
        }
    };
}

async fn of_vpc(call: &Call<'_, Aws>, id: &str) -> Result<Vec<Holder>> {
    let in_vpc = || filter("vpc-id", id);
    let interfaces = async {
        let found = interfaces(call, in_vpc()).await?;
        Ok(found.iter().filter_map(interface).collect::<Vec<_>>())
    };
    let subnets = listed!(
        call,
        describe_subnets,
        "ec2:DescribeSubnets",
        in_vpc(),
        |subnet: &aws_sdk_ec2::types::Subnet| Some(Holder::staying(format!("the subnet {}", subnet.subnet_id()?)))
    );
    let groups = listed!(
        call,
        describe_security_groups,
        "ec2:DescribeSecurityGroups",
        in_vpc(),
        |group: &aws_sdk_ec2::types::SecurityGroup| {
            let name = group.group_name().filter(|name| *name != "default")?;
            Some(Holder::staying(format!(
                "the security group {} ({name})",
                group.group_id()?
            )))
        }
    );
    let tables = listed!(
        call,
        describe_route_tables,
        "ec2:DescribeRouteTables",
        in_vpc(),
        |table: &aws_sdk_ec2::types::RouteTable| {
            let is_main = table.associations().iter().any(|each| each.main() == Some(true));
            (!is_main)
                .then(|| table.route_table_id())
                .flatten()
                .map(|id| Holder::staying(format!("the route table {id}")))
        }
    );
    let gateways = listed!(
        call,
        describe_internet_gateways,
        "ec2:DescribeInternetGateways",
        filter("attachment.vpc-id", id),
        |gateway: &aws_sdk_ec2::types::InternetGateway| Some(Holder::staying(format!(
            "the internet gateway {}",
            gateway.internet_gateway_id()?
        )))
    );
    let endpoints = listed!(
        call,
        describe_vpc_endpoints,
        "ec2:DescribeVpcEndpoints",
        in_vpc(),
        |endpoint: &aws_sdk_ec2::types::VpcEndpoint| {
            let going = endpoint
                .state()
                .is_some_and(|state| state.as_str().to_ascii_lowercase().starts_with("delet"));
            let id = endpoint.vpc_endpoint_id().filter(|_| !going)?;
            Some(Holder::staying(format!(
                "the VPC endpoint {id} ({})",
                endpoint.service_name().unwrap_or_default()
            )))
        }
    );
    let (interfaces, subnets, groups, tables, gateways, endpoints) =
        tokio::try_join!(interfaces, subnets, groups, tables, gateways, endpoints)?;
    Ok([interfaces, subnets, groups, tables, gateways, endpoints].concat())
}
