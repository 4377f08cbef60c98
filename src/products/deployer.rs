//! What whoever deploys a product must be allowed, told before there is anything: the deployment is designed as its
//! blocks say, and its parts are asked.

use std::collections::BTreeSet;

use super::Product;
use super::detector::{self, AccessPoint, Detector, DetectorProduct, Persistence};
use super::network::{Endpoints, FlowLogs, Network, NetworkProduct};
use super::privateai::{self, PrivateAi, PrivateAiProduct};
use super::shared::Existing;
use super::shared::capacity::{Capacity, Standard};
use super::shared::load_balancer::LoadBalancerBlock;
use crate::aws::Aws;
use crate::engine::Permission;
use crate::framework::Attr;

/// A part that a deployment may have or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A file system.
    Persistence,
    /// An access point of the file system.
    AccessPoint,
    /// A task by itself in place of a service.
    RunTask,
    /// Hosts in place of Fargate.
    Capacity,
    /// Fargate in place of hosts.
    Fargate,
    /// Hosts on spare capacity.
    Spot,
    /// A licence.
    License,
    /// The licence on a file system.
    LicenseOnEfs,
    /// The Marketplace's container.
    Marketplace,
    /// A load balancer.
    LoadBalancer,
    /// A web ACL in front of it.
    WebAcl,
    /// An HTTP API.
    ApiGateway,
    /// Tokens that the HTTP API asks for.
    Jwt,
    /// A host to look around from.
    Bastion,
    /// The number of tasks by their load.
    Autoscaling,
    /// A network without NAT gateways.
    NoNat,
    /// What is written down of a network's traffic.
    FlowLogs,
    /// Ways from a network to AWS's services.
    Endpoints,
}

/// A deployment to come.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// The path of its roles.
    pub iam_path: String,
    /// The parts that it will have of those that it may have.
    pub parts: BTreeSet<Part>,
    /// The parts that the user brings.
    pub existing: Option<Existing>,
    /// The file system that the user brings.
    pub file_system_id: Attr<String>,
    /// The secret with the licence that the user brings.
    pub license_secret_arn: Attr<String>,
}

impl Deployment {
    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

/// Everything that a detector's whole life takes.
pub fn of_detector(deployment: &Deployment, aws: &Aws) -> Vec<Permission> {
    needed(&DetectorProduct, &detector(deployment, aws), &deployment.name, aws)
}

/// Everything that the whole life of a Private AI takes.
pub fn of_privateai(deployment: &Deployment, aws: &Aws) -> Vec<Permission> {
    needed(&PrivateAiProduct, &privateai(deployment, aws), &deployment.name, aws)
}

/// Everything that the whole life of a network takes.
pub fn of_network(deployment: &Deployment, aws: &Aws) -> Vec<Permission> {
    needed(&NetworkProduct, &network(deployment, aws), &deployment.name, aws)
}

/// What a deployment of that model and name takes, for its parts and for looking at what it stands on.
fn needed<P: Product>(product: &P, model: &P::Model, name: &str, aws: &Aws) -> Vec<Permission> {
    let design = product.design(model, aws);
    let parts = design.graph.permissions(aws, name).into_iter();
    parts
        .map(|(_, permission)| permission)
        .chain(product.looks(model, aws))
        .collect()
}

fn text(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

/// A subnet that stands for all: parts that there is one of for each subnet need the same for each.
fn subnet() -> Attr<Vec<Attr<String>>> {
    Attr::Known(vec![text("subnet-00000000")])
}

fn zone(aws: &Aws) -> Attr<Vec<Attr<String>>> {
    Attr::Known(vec![text(&format!("{}a", aws.region))])
}

fn capacity(deployment: &Deployment, hosts: &Standard) -> Capacity {
    Capacity {
        spot: Attr::Known(deployment.has(Part::Spot)),
        ..Capacity::standard(hosts)
    }
}

fn load_balancer(deployment: &Deployment) -> LoadBalancerBlock {
    LoadBalancerBlock {
        web_acl_arn: if deployment.has(Part::WebAcl) {
            Attr::Unknown
        } else {
            Attr::Null
        },
        ..LoadBalancerBlock::default()
    }
}

fn detector(deployment: &Deployment, aws: &Aws) -> Detector {
    let has = |part| deployment.has(part);
    Detector {
        name: text(&deployment.name),
        iam_path: text(&deployment.iam_path),
        subnet_ids: subnet(),
        availability_zones: zone(aws),
        run_as: text(if has(Part::RunTask) { "task" } else { "service" }),
        persistence: (has(Part::Persistence) || has(Part::AccessPoint) || !deployment.file_system_id.is_null()).then(
            || Persistence {
                access_point: has(Part::AccessPoint).then(AccessPoint::default),
                file_system_id: deployment.file_system_id.clone(),
                ..Persistence::default()
            },
        ),
        capacity: (has(Part::Capacity) || has(Part::Spot)).then(|| capacity(deployment, &detector::vendor::HOSTS)),
        load_balancer: (has(Part::LoadBalancer) || has(Part::WebAcl)).then(|| load_balancer(deployment)),
        existing: deployment.existing.clone(),
        ..Detector::default()
    }
}

fn privateai(deployment: &Deployment, aws: &Aws) -> PrivateAi {
    let has = |part| deployment.has(part);
    PrivateAi {
        name: text(&deployment.name),
        iam_path: text(&deployment.iam_path),
        private_subnet_ids: subnet(),
        public_subnet_ids: subnet(),
        availability_zones: zone(aws),
        marketplace: Attr::Known(has(Part::Marketplace)),
        capacity: (!has(Part::Fargate)).then(|| capacity(deployment, &privateai::vendor::HOSTS)),
        fargate: has(Part::Fargate).then(privateai::Fargate::default),
        license: (has(Part::License) || has(Part::LicenseOnEfs) || !deployment.license_secret_arn.is_null()).then(
            || privateai::License {
                on: text(if has(Part::LicenseOnEfs) { "efs" } else { "task" }),
                secret_arn: deployment.license_secret_arn.clone(),
                ..privateai::License::default()
            },
        ),
        load_balancer: (has(Part::LoadBalancer) || has(Part::ApiGateway) || has(Part::WebAcl))
            .then(|| load_balancer(deployment)),
        api_gateway: has(Part::ApiGateway).then(|| privateai::ApiGateway {
            authorization: text(if has(Part::Jwt) { "JWT" } else { "AWS_IAM" }),
            access_log: Attr::Known(true),
            ..privateai::ApiGateway::default()
        }),
        bastion: has(Part::Bastion).then(privateai::Bastion::default),
        autoscaling: has(Part::Autoscaling).then(|| privateai::Autoscaling {
            cpu_percent: Attr::Known(50),
            ..privateai::Autoscaling::default()
        }),
        existing: deployment.existing.clone(),
        ..PrivateAi::default()
    }
}

fn network(deployment: &Deployment, aws: &Aws) -> Network {
    let has = |part| deployment.has(part);
    Network {
        name: text(&deployment.name),
        availability_zones: zone(aws),
        nat_availability_zones: if has(Part::NoNat) {
            Attr::Known(Vec::new())
        } else {
            zone(aws)
        },
        flow_logs: has(Part::FlowLogs).then(FlowLogs::default),
        // One service of each kind.
        endpoints: has(Part::Endpoints).then(|| Endpoints {
            services: Attr::Known(vec![text("s3"), text("logs")]),
        }),
        ..Network::default()
    }
}
