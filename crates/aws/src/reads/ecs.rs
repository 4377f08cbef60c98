//! Joined reads of Amazon ECS. Each batch size is the most that its operation takes. Source: Amazon ECS API.

use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    CapacityProvider, CapacityProviderField, Cluster, ClusterField, Service, ServiceField, Task, TaskField,
};

use crate::batch::Batcher;
use crate::error::refusal;
use crate::on_demand::OnDemand;

/// `DescribeCapacityProviders`.
const CAPACITY_PROVIDERS: usize = 100;
/// `DescribeClusters`.
const CLUSTERS: usize = 100;
/// `DescribeServices`, of one cluster.
const SERVICES: usize = 10;
/// `DescribeTasks`, of one cluster.
const TASKS: usize = 100;

/// Joined reads of ECS.
pub struct Ecs {
    /// By name or ARN, with their tags.
    pub capacity_providers: Batcher<(), String, CapacityProvider>,
    /// By name or ARN, with their attachments, settings and tags. A deleted one lingers as INACTIVE.
    pub clusters: Batcher<(), String, Cluster>,
    /// By cluster, and by name or ARN, with their tags. A deleted one lingers as DRAINING, then INACTIVE, also beside a
    /// new one of its name.
    pub services: Batcher<String, String, Service>,
    /// By cluster and ARN, with their tags. A stopped one is reported for about an hour.
    pub tasks: Batcher<String, String, Task>,
}

impl Ecs {
    /// The reads of that client.
    pub(super) fn new(ecs: &OnDemand<Client>) -> Self {
        Self {
            capacity_providers: capacity_providers(ecs.clone()),
            clusters: clusters(ecs.clone()),
            services: services(ecs.clone()),
            tasks: tasks(ecs.clone()),
        }
    }
}

fn capacity_providers(ecs: OnDemand<Client>) -> Batcher<(), String, CapacityProvider> {
    let is =
        |key: &String, found: &CapacityProvider| [found.capacity_provider_arn(), found.name()].contains(&Some(key));
    Batcher::new(CAPACITY_PROVIDERS, is, move |(), keys| {
        let request = ecs.describe_capacity_providers().set_capacity_providers(Some(keys));
        let request = request.include(CapacityProviderField::Tags);
        async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal("ecs:DescribeCapacityProviders", &error))?;
            Ok(answer.capacity_providers.unwrap_or_default())
        }
    })
}

fn clusters(ecs: OnDemand<Client>) -> Batcher<(), String, Cluster> {
    let is = |key: &String, found: &Cluster| [found.cluster_arn(), found.cluster_name()].contains(&Some(key));
    Batcher::new(CLUSTERS, is, move |(), keys| {
        let request = ecs.describe_clusters().set_clusters(Some(keys));
        let request = request
            .include(ClusterField::Attachments)
            .include(ClusterField::Settings)
            .include(ClusterField::Tags);
        async move {
            let answer = request.send().await;
            let answer = answer.map_err(|error| refusal("ecs:DescribeClusters", &error))?;
            Ok(answer.clusters.unwrap_or_default())
        }
    })
}

fn services(ecs: OnDemand<Client>) -> Batcher<String, String, Service> {
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

fn tasks(ecs: OnDemand<Client>) -> Batcher<String, String, Task> {
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
