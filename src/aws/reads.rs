//! The reads that AWS takes many of in one call, joined across everything that this process works on. Reads that AWS
//! takes one by one (roles, file systems, task definitions) are made where they are needed.

use std::fmt;

use aws_sdk_ec2::types::{Filter, NetworkInterface, SecurityGroup, Subnet, Vpc};
use aws_sdk_ecs::types::{Cluster, ClusterField, Service, ServiceField, Task, TaskField};
use aws_sdk_elasticloadbalancingv2::types::{Listener, LoadBalancer, TagDescription, TargetGroup};

use super::batch::Batcher;
use super::error::{refusal, unless_absent};
use crate::engine::Result;

/// How many clusters one call describes. Source: Amazon ECS API, `DescribeClusters`.
const CLUSTERS: usize = 100;
/// How many services of one cluster one call describes. Source: Amazon ECS API, `DescribeServices`.
const SERVICES: usize = 10;
/// How many tasks of one cluster one call describes. Source: Amazon ECS API, `DescribeTasks`.
const TASKS: usize = 100;
/// How many objects one call of Elastic Load Balancing describes. Source: its API, `DescribeTags` and `DescribeLoadBalancers`.
const BALANCING: usize = 20;
/// How many values a filter takes. Source: Amazon EC2 user guide, *Filter Amazon EC2 resources*, "up to 200".
const FILTER: usize = 200;

/// Joined reads. What does not exist is left out.
pub(super) struct Reads {
    clusters: Batcher<(), String, Cluster>,
    services: Batcher<String, String, Service>,
    tasks: Batcher<String, String, Task>,
    network_interfaces: Batcher<(), String, NetworkInterface>,
    security_groups: Batcher<(), String, SecurityGroup>,
    subnets: Batcher<(), String, Subnet>,
    vpcs: Batcher<(), String, Vpc>,
    listeners: Batcher<(), String, Listener>,
    load_balancers: Batcher<(), String, LoadBalancer>,
    target_groups: Batcher<(), String, TargetGroup>,
    balancing_tags: Batcher<(), String, TagDescription>,
}

/// A batcher of an EC2 API: by a filter, since a request for ids is refused as a whole where one of them is unknown.
macro_rules! filtered {
    ($client:expr, $operation:ident, $attempted:literal, $filter:literal, $id:ident) => {{
        let client = $client.clone();
        Batcher::new(
            FILTER,
            |id: &String, found| found.$id() == Some(id),
            move |(), ids: Vec<String>| {
                let filter = Filter::builder().name($filter).set_values(Some(ids)).build();
                let pages = client.$operation().filters(filter).into_paginator().items().send();
                async move {
                    let found: std::result::Result<Vec<_>, _> = pages.collect().await;
                    found.map_err(|error| refusal($attempted, &error))
                }
            },
        )
    }};
}

/// A batcher of an API of Elastic Load Balancing, by ARNs.
macro_rules! by_arn {
    ($client:expr, $operation:ident, $attempted:literal, $ask:ident, $found:ident, $arn:ident) => {{
        let client = $client.clone();
        Batcher::new(
            BALANCING,
            |arn: &String, found| found.$arn() == Some(arn),
            move |(), arns: Vec<String>| {
                let request = client.$operation().$ask(Some(arns));
                async move {
                    let answer = request.send().await;
                    Ok(answer
                        .map_err(|error| refusal($attempted, &error))?
                        .$found
                        .unwrap_or_default())
                }
            },
        )
    }};
}

impl Reads {
    /// The reads of these clients.
    pub(super) fn new(
        ec2: &aws_sdk_ec2::Client,
        ecs: &aws_sdk_ecs::Client,
        elbv2: &aws_sdk_elasticloadbalancingv2::Client,
    ) -> Self {
        Self {
            clusters: clusters(ecs.clone()),
            services: services(ecs.clone()),
            tasks: tasks(ecs.clone()),
            network_interfaces: filtered!(
                ec2,
                describe_network_interfaces,
                "ec2:DescribeNetworkInterfaces",
                "network-interface-id",
                network_interface_id
            ),
            security_groups: filtered!(
                ec2,
                describe_security_groups,
                "ec2:DescribeSecurityGroups",
                "group-id",
                group_id
            ),
            subnets: filtered!(ec2, describe_subnets, "ec2:DescribeSubnets", "subnet-id", subnet_id),
            vpcs: filtered!(ec2, describe_vpcs, "ec2:DescribeVpcs", "vpc-id", vpc_id),
            listeners: by_arn!(
                elbv2,
                describe_listeners,
                "elasticloadbalancing:DescribeListeners",
                set_listener_arns,
                listeners,
                listener_arn
            ),
            load_balancers: by_arn!(
                elbv2,
                describe_load_balancers,
                "elasticloadbalancing:DescribeLoadBalancers",
                set_load_balancer_arns,
                load_balancers,
                load_balancer_arn
            ),
            target_groups: by_arn!(
                elbv2,
                describe_target_groups,
                "elasticloadbalancing:DescribeTargetGroups",
                set_target_group_arns,
                target_groups,
                target_group_arn
            ),
            balancing_tags: by_arn!(
                elbv2,
                describe_tags,
                "elasticloadbalancing:DescribeTags",
                set_resource_arns,
                tag_descriptions,
                resource_arn
            ),
        }
    }

    /// The cluster of that name or ARN, with its settings and tags. A deleted one lingers as INACTIVE.
    pub(super) async fn cluster(&self, cluster: &str) -> Result<Option<Cluster>> {
        Ok(self.clusters.get((), cluster.to_owned()).await?.into_iter().next())
    }

    /// Everything that is reported under that name or ARN in that cluster, with tags; nothing where there is no such
    /// cluster. A deleted service lingers as DRAINING, then INACTIVE.
    pub(super) async fn services(&self, cluster: &str, service: &str) -> Result<Vec<Service>> {
        let found = self.services.get(cluster.to_owned(), service.to_owned()).await;
        Ok(unless_absent(found)?.unwrap_or_default())
    }

    /// The task of that ARN, with its tags. A stopped one is reported for about an hour.
    pub(super) async fn task(&self, cluster: &str, arn: &str) -> Result<Option<Task>> {
        let found = self.tasks.get(cluster.to_owned(), arn.to_owned()).await;
        Ok(unless_absent(found)?.and_then(|found| found.into_iter().next()))
    }

    /// The listener of that ARN.
    pub(super) async fn listener(&self, arn: &str) -> Result<Option<Listener>> {
        let found = unless_absent(self.listeners.get((), arn.to_owned()).await)?;
        Ok(found.and_then(|found| found.into_iter().next()))
    }

    /// The load balancer of that ARN.
    pub(super) async fn load_balancer(&self, arn: &str) -> Result<Option<LoadBalancer>> {
        let found = unless_absent(self.load_balancers.get((), arn.to_owned()).await)?;
        Ok(found.and_then(|found| found.into_iter().next()))
    }

    /// The target group of that ARN.
    pub(super) async fn target_group(&self, arn: &str) -> Result<Option<TargetGroup>> {
        let found = unless_absent(self.target_groups.get((), arn.to_owned()).await)?;
        Ok(found.and_then(|found| found.into_iter().next()))
    }

    /// The tags of that part of a load balancer.
    ///
    /// # Errors
    /// Not found, where there is no such part.
    pub(super) async fn balancing_tags(&self, arn: &str) -> Result<Option<TagDescription>> {
        Ok(self.balancing_tags.get((), arn.to_owned()).await?.into_iter().next())
    }

    /// The network interface of that id.
    pub(super) async fn network_interface(&self, id: &str) -> Result<Option<NetworkInterface>> {
        Ok(self.network_interfaces.get((), id.to_owned()).await?.into_iter().next())
    }

    /// The security group of that id.
    pub(super) async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        Ok(self.security_groups.get((), id.to_owned()).await?.into_iter().next())
    }

    /// The subnet of that id.
    pub(super) async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        Ok(self.subnets.get((), id.to_owned()).await?.into_iter().next())
    }

    /// The VPC of that id.
    pub(super) async fn vpc(&self, id: &str) -> Result<Option<Vpc>> {
        Ok(self.vpcs.get((), id.to_owned()).await?.into_iter().next())
    }
}

fn clusters(ecs: aws_sdk_ecs::Client) -> Batcher<(), String, Cluster> {
    let is = |key: &String, found: &Cluster| [found.cluster_arn(), found.cluster_name()].contains(&Some(key));
    Batcher::new(CLUSTERS, is, move |(), keys| {
        let request = ecs.describe_clusters().set_clusters(Some(keys));
        let request = request.include(ClusterField::Settings).include(ClusterField::Tags);
        async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal("ecs:DescribeClusters", &error))?;
            Ok(answer.clusters.unwrap_or_default())
        }
    })
}

fn services(ecs: aws_sdk_ecs::Client) -> Batcher<String, String, Service> {
    let is = |key: &String, found: &Service| [found.service_arn(), found.service_name()].contains(&Some(key));
    Batcher::new(SERVICES, is, move |cluster, keys| {
        let request = ecs.describe_services().cluster(cluster).set_services(Some(keys));
        let request = request.include(ServiceField::Tags);
        async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal("ecs:DescribeServices", &error))?;
            Ok(answer.services.unwrap_or_default())
        }
    })
}

fn tasks(ecs: aws_sdk_ecs::Client) -> Batcher<String, String, Task> {
    let is = |key: &String, found: &Task| found.task_arn() == Some(key);
    Batcher::new(TASKS, is, move |cluster, keys| {
        let request = ecs.describe_tasks().cluster(cluster).set_tasks(Some(keys));
        let request = request.include(TaskField::Tags);
        async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal("ecs:DescribeTasks", &error))?;
            Ok(answer.tasks.unwrap_or_default())
        }
    })
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
