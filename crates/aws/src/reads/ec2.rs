//! Joined reads of Amazon EC2: by filters, since a request for ids is refused as a whole where one of them is unknown.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    Address, Filter, FlowLog, Instance, InstanceTypeInfo, InstanceTypeOffering, InternetGateway, LaunchTemplate,
    LocationType, NatGateway, NetworkInterface, Reservation, RouteTable, SecurityGroup, Subnet, Tag, Volume, Vpc,
    VpcEndpoint,
};

use crate::ask::in_time;
use crate::batch::Batcher;
use crate::error::refusal;
use crate::on_demand::OnDemand;
use crate::{Aws, tags};
use engine::{Call, Result, TAG_COMPONENT, TAG_DEPLOYMENT};

/// How many values a filter takes. Source: Amazon EC2 user guide, *Filter Amazon EC2 resources*, "up to 200".
const FILTER: usize = 200;
/// How many launch templates one call describes by id. Source: Amazon EC2 API, `DescribeLaunchTemplates`, 1 to 200 results.
const TEMPLATES: usize = 200;

/// A kind of object that EC2 describes by filters.
pub trait Object: Clone + Send + Sync + 'static {
    /// What describes it.
    const DESCRIBED: &'static str;
    /// The filter for its id.
    const ID: &'static str;

    /// Whether it passes that filter with that value: the filters that reads of ours ask by.
    fn passes(&self, filter: &str, value: &str) -> bool;

    /// Its tags.
    fn tags(&self) -> &[Tag];
}

/// A kind of object: how it is described, and which filters ask for what of it, the first for its id.
macro_rules! object {
    ($kind:ty, $described:literal, $id:literal => $told:ident $(, $filter:literal => $value:expr)*) => {
        impl Object for $kind {
            const DESCRIBED: &'static str = $described;
            const ID: &'static str = $id;

            fn passes(&self, filter: &str, value: &str) -> bool {
                match filter {
                    $id => self.$told() == Some(value),
                    $($filter => {
                        let passes: fn(&Self, &str) -> bool = $value;
                        passes(self, value)
                    })*
                    _ => false,
                }
            }

            fn tags(&self) -> &[Tag] {
                self.tags.as_deref().unwrap_or_default()
            }
        }
    };
}

object!(Address, "ec2:DescribeAddresses", "allocation-id" => allocation_id);
object!(FlowLog, "ec2:DescribeFlowLogs", "flow-log-id" => flow_log_id);
object!(Instance, "ec2:DescribeInstances", "instance-id" => instance_id);
object!(InternetGateway, "ec2:DescribeInternetGateways", "internet-gateway-id" => internet_gateway_id);
object!(NatGateway, "ec2:DescribeNatGateways", "nat-gateway-id" => nat_gateway_id,
    "vpc-id" => |gateway, vpc| gateway.vpc_id() == Some(vpc));
object!(RouteTable, "ec2:DescribeRouteTables", "route-table-id" => route_table_id,
    "association.subnet-id" => |table, subnet| {
        table.associations().iter().any(|association| association.subnet_id() == Some(subnet))
    },
    "vpc-id" => |table, vpc| table.vpc_id() == Some(vpc));
object!(SecurityGroup, "ec2:DescribeSecurityGroups", "group-id" => group_id);
object!(Subnet, "ec2:DescribeSubnets", "subnet-id" => subnet_id,
    "vpc-id" => |subnet, vpc| subnet.vpc_id() == Some(vpc));
object!(Volume, "ec2:DescribeVolumes", "volume-id" => volume_id,
"attachment.instance-id" => |volume, instance| {
    volume.attachments().iter().any(|attachment| attachment.instance_id() == Some(instance))
});
object!(Vpc, "ec2:DescribeVpcs", "vpc-id" => vpc_id);
object!(VpcEndpoint, "ec2:DescribeVpcEndpoints", "vpc-endpoint-id" => vpc_endpoint_id,
    "vpc-id" => |endpoint, vpc| endpoint.vpc_id() == Some(vpc));

impl Object for NetworkInterface {
    const DESCRIBED: &'static str = "ec2:DescribeNetworkInterfaces";
    const ID: &'static str = "network-interface-id";

    fn passes(&self, filter: &str, value: &str) -> bool {
        filter == Self::ID && self.network_interface_id() == Some(value)
    }

    fn tags(&self) -> &[Tag] {
        self.tag_set()
    }
}

/// What an object is asked for by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sought {
    /// A filter and its value.
    By(&'static str, String),
    /// The tags of a part of a deployment of that name, whoever owns it.
    Part { deployment: String, component: String },
}

impl Sought {
    /// What may be asked for in one call.
    fn group(&self) -> Option<&'static str> {
        match self {
            Self::By(filter, _) => Some(filter),
            Self::Part { .. } => None,
        }
    }

    fn is<V: Object>(&self, found: &V) -> bool {
        match self {
            Self::By(filter, value) => found.passes(filter, value),
            Self::Part { deployment, component } => {
                let tags = tags::from_ec2(found.tags());
                let has = |name: &str, value: &String| tags.get(name) == Some(value);
                has(TAG_DEPLOYMENT, deployment) && has(TAG_COMPONENT, component)
            }
        }
    }
}

/// The filters that let through whatever is sought. Those of several parts let others through, too: the same part of each
/// of the deployments.
fn filters(sought: Vec<Sought>) -> Vec<Filter> {
    let mut filters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |name: String, value| filters.entry(name).or_default().insert(value);
    for one in sought {
        match one {
            Sought::By(filter, value) => {
                add(filter.to_owned(), value);
            }
            Sought::Part { deployment, component } => {
                add(format!("tag:{TAG_DEPLOYMENT}"), deployment);
                add(format!("tag:{TAG_COMPONENT}"), component);
            }
        }
    }
    let filter = |(name, values): (String, BTreeSet<String>)| {
        let values = Some(values.into_iter().collect());
        Filter::builder().name(name).set_values(values).build()
    };
    filters.into_iter().map(filter).collect()
}

/// The objects of one kind.
pub struct Objects<V>(Batcher<Option<&'static str>, Sought, V>);

impl<V: Object> Objects<V> {
    fn described_by<F>(describe: impl Fn(Vec<Filter>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<V>>> + Send + 'static,
    {
        Self(Batcher::new(FILTER, Sought::is, move |_, sought| {
            describe(filters(sought))
        }))
    }

    /// Those that pass that filter with that value.
    pub async fn by(&self, filter: &'static str, value: impl Into<String>) -> Result<Vec<V>> {
        let sought = Sought::By(filter, value.into());
        self.0.all(sought.group(), sought).await
    }

    /// The one of that id.
    pub async fn of_id(&self, id: &str) -> Result<Option<V>> {
        Ok(self.by(V::ID, id).await?.into_iter().next())
    }

    /// The same, for no longer than the call may last.
    pub async fn seen(&self, call: &Call<'_, Aws>, id: &str) -> Result<Option<V>> {
        in_time(call, V::DESCRIBED, self.of_id(id)).await
    }

    /// Those that carry the tags of the call's component, whoever owns them.
    pub async fn tagged(&self, call: &Call<'_, Aws>) -> Result<Vec<V>> {
        let sought = Sought::Part {
            deployment: call.name.to_owned(),
            component: call.key.base().as_str().to_owned(),
        };
        in_time(call, V::DESCRIBED, self.0.all(sought.group(), sought)).await
    }
}

/// Joined reads of EC2. What does not exist is left out.
pub struct Ec2 {
    pub addresses: Objects<Address>,
    pub flow_logs: Objects<FlowLog>,
    pub instances: Objects<Instance>,
    pub internet_gateways: Objects<InternetGateway>,
    pub nat_gateways: Objects<NatGateway>,
    pub network_interfaces: Objects<NetworkInterface>,
    pub route_tables: Objects<RouteTable>,
    pub security_groups: Objects<SecurityGroup>,
    pub subnets: Objects<Subnet>,
    pub volumes: Objects<Volume>,
    pub vpc_endpoints: Objects<VpcEndpoint>,
    pub vpcs: Objects<Vpc>,
    /// By name.
    pub instance_types: Batcher<(), String, InstanceTypeInfo>,
    /// The zones that offer a type, by its name.
    pub offerings: Batcher<(), String, InstanceTypeOffering>,
    /// By VPC and name.
    pub security_groups_by_name: Batcher<String, String, SecurityGroup>,
    /// By id, of which EC2 knows no filter.
    pub launch_templates: Batcher<(), String, LaunchTemplate>,
    pub launch_templates_by_name: Batcher<(), String, LaunchTemplate>,
}

/// All that a describing operation answers to filters, page by page.
macro_rules! pages {
    ($client:expr, $operation:ident, $attempted:expr, $set:ident) => {{
        let client = $client.clone();
        move |filters: Vec<Filter>| {
            let pages = client.$operation().$set(Some(filters)).into_paginator().items().send();
            async move {
                let found: std::result::Result<Vec<_>, _> = pages.collect().await;
                found.map_err(|error| refusal($attempted, &error))
            }
        }
    }};
}

impl Ec2 {
    /// The reads of that client.
    pub(super) fn new(ec2: &OnDemand<Client>) -> Self {
        macro_rules! objects {
            ($operation:ident, $kind:ty) => {
                objects!($operation, $kind, set_filters)
            };
            ($operation:ident, $kind:ty, $set:ident) => {
                Objects::<$kind>::described_by(pages!(ec2, $operation, <$kind>::DESCRIBED, $set))
            };
        }
        Self {
            addresses: Objects::described_by(addresses(ec2.clone())),
            flow_logs: objects!(describe_flow_logs, FlowLog, set_filter),
            instances: Objects::described_by(instances(ec2)),
            internet_gateways: objects!(describe_internet_gateways, InternetGateway),
            nat_gateways: objects!(describe_nat_gateways, NatGateway, set_filter),
            network_interfaces: objects!(describe_network_interfaces, NetworkInterface),
            route_tables: objects!(describe_route_tables, RouteTable),
            security_groups: objects!(describe_security_groups, SecurityGroup),
            subnets: objects!(describe_subnets, Subnet),
            volumes: objects!(describe_volumes, Volume),
            vpc_endpoints: objects!(describe_vpc_endpoints, VpcEndpoint),
            vpcs: objects!(describe_vpcs, Vpc),
            instance_types: instance_types(ec2),
            offerings: offerings(ec2.clone()),
            security_groups_by_name: security_groups_by_name(ec2),
            launch_templates: launch_templates(ec2.clone()),
            launch_templates_by_name: launch_templates_by_name(ec2),
        }
    }
}

/// EC2 tells all addresses at once.
fn addresses(
    ec2: OnDemand<Client>,
) -> impl Fn(Vec<Filter>) -> futures::future::BoxFuture<'static, Result<Vec<Address>>> {
    move |filters| {
        let request = ec2.describe_addresses().set_filters(Some(filters));
        Box::pin(async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal(Address::DESCRIBED, &error))?;
            Ok(answer.addresses.unwrap_or_default())
        })
    }
}

/// EC2 tells instances by what reserved them.
fn instances(
    ec2: &OnDemand<Client>,
) -> impl Fn(Vec<Filter>) -> futures::future::BoxFuture<'static, Result<Vec<Instance>>> + use<> {
    let reservations = pages!(ec2, describe_instances, Instance::DESCRIBED, set_filters);
    move |filters| {
        let found = reservations(filters);
        Box::pin(async move {
            let instances = |reservation: Reservation| reservation.instances.unwrap_or_default();
            Ok(found.await?.into_iter().flat_map(instances).collect())
        })
    }
}

fn instance_types(ec2: &OnDemand<Client>) -> Batcher<(), String, InstanceTypeInfo> {
    let describe = pages!(ec2, describe_instance_types, "ec2:DescribeInstanceTypes", set_filters);
    let is = |name: &String, found: &InstanceTypeInfo| found.instance_type().is_some_and(|kind| kind.as_str() == name);
    Batcher::new(FILTER, is, move |(), names| {
        describe(vec![valued("instance-type", names)])
    })
}

fn offerings(ec2: OnDemand<Client>) -> Batcher<(), String, InstanceTypeOffering> {
    let is =
        |name: &String, found: &InstanceTypeOffering| found.instance_type().is_some_and(|kind| kind.as_str() == name);
    Batcher::new(FILTER, is, move |(), names| {
        let request = ec2.describe_instance_type_offerings();
        let request = request.location_type(LocationType::AvailabilityZone);
        let pages = request
            .filters(valued("instance-type", names))
            .into_paginator()
            .items()
            .send();
        async move {
            let found: std::result::Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("ec2:DescribeInstanceTypeOfferings", &error))
        }
    })
}

fn security_groups_by_name(ec2: &OnDemand<Client>) -> Batcher<String, String, SecurityGroup> {
    let describe = pages!(ec2, describe_security_groups, SecurityGroup::DESCRIBED, set_filters);
    let is = |name: &String, found: &SecurityGroup| found.group_name() == Some(name);
    Batcher::new(FILTER, is, move |vpc, names| {
        describe(vec![valued("group-name", names), valued("vpc-id", vec![vpc])])
    })
}

fn launch_templates(ec2: OnDemand<Client>) -> Batcher<(), String, LaunchTemplate> {
    let is = |id: &String, found: &LaunchTemplate| found.launch_template_id() == Some(id);
    Batcher::new(TEMPLATES, is, move |(), ids| {
        let request = ec2.describe_launch_templates().set_launch_template_ids(Some(ids));
        let pages = request.into_paginator().items().send();
        async move {
            let found: std::result::Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("ec2:DescribeLaunchTemplates", &error))
        }
    })
}

fn launch_templates_by_name(ec2: &OnDemand<Client>) -> Batcher<(), String, LaunchTemplate> {
    let describe = pages!(
        ec2,
        describe_launch_templates,
        "ec2:DescribeLaunchTemplates",
        set_filters
    );
    let is = |name: &String, found: &LaunchTemplate| found.launch_template_name() == Some(name);
    Batcher::new(FILTER, is, move |(), names| {
        describe(vec![valued("launch-template-name", names)])
    })
}

fn valued(name: &str, values: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(values)).build()
}
