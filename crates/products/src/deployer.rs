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
use aws::Aws;
use engine::Permission;
use framework::Attr;

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
    /// What bounds its roles.
    pub permissions_boundary: Attr<String>,
    /// Its image.
    pub image: Attr<String>,
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
        permissions_boundary: deployment.permissions_boundary.clone(),
        image: deployment.image.clone(),
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
        permissions_boundary: deployment.permissions_boundary.clone(),
        image: deployment.image.clone(),
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
        permissions_boundary: deployment.permissions_boundary.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::nowhere;

    /// What writes and AWS limits to nothing.
    const UNLIMITED: [&str; 8] = [
        "ecs:DeregisterTaskDefinition",
        "elasticloadbalancing:SetWebAcl",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "route53:AssociateVPCWithHostedZone",
        // Signing in to registries, which tells no more than the caller may do there.
        "ecr:GetAuthorizationToken",
    ];

    fn everything(boundary: &Attr<String>) -> Vec<Permission> {
        use Part::{
            AccessPoint, ApiGateway, Autoscaling, Bastion, Capacity, Endpoints, FlowLogs, Jwt, LicenseOnEfs,
            Marketplace, RunTask, Spot, WebAcl,
        };
        let aws = nowhere();
        let with = |parts: &[Part]| Deployment {
            name: "demo".to_owned(),
            iam_path: "/".to_owned(),
            permissions_boundary: boundary.clone(),
            image: text("123456789012.dkr.ecr.us-east-1.amazonaws.com/product:1"),
            parts: parts.iter().copied().collect(),
            existing: None,
            file_system_id: Attr::Null,
            license_secret_arn: Attr::Null,
        };
        let privateai = [
            LicenseOnEfs,
            Marketplace,
            Spot,
            WebAcl,
            ApiGateway,
            Jwt,
            Bastion,
            Autoscaling,
        ];
        [
            of_detector(&with(&[AccessPoint, Capacity, WebAcl]), &aws),
            of_detector(&with(&[RunTask]), &aws),
            of_privateai(&with(&privateai), &aws),
            of_network(&with(&[FlowLogs, Endpoints]), &aws),
        ]
        .concat()
    }

    #[test]
    fn what_is_allowed_on_anything_is_reading_or_what_aws_limits_to_nothing() {
        for permission in everything(&Attr::Null) {
            let (_, action) = permission.action.split_once(':').unwrap();
            let reads = ["Describe", "Get", "List"].iter().any(|verb| action.starts_with(verb));
            let limited = permission.resource != "*" || !permission.conditions.is_empty();
            assert!(
                limited || reads || UNLIMITED.contains(&permission.action),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn what_is_changed_is_named_after_the_deployment_or_carries_its_name() {
        // Network interfaces of mount targets and tags of HTTP APIs carry no name of ours that a policy could ask for; services
        // are scaled by ids; where instances and interfaces stand is the user's.
        let foreign = [
            "apigateway:",
            "application-autoscaling:",
            "ec2:CreateNatGateway",
            "ec2:CreateNetworkInterface",
            "ec2:CreateSecurityGroup",
            "ec2:DeleteNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:RunInstances",
            "wafv2:",
        ];
        for permission in everything(&Attr::Null) {
            let (_, action) = permission.action.split_once(':').unwrap();
            let reads = ["Describe", "Get", "List", "Batch"]
                .iter()
                .any(|verb| action.starts_with(verb));
            let named = permission.resource.contains("demo") || !permission.conditions.is_empty();
            let known = foreign.iter().any(|word| permission.action.starts_with(word));
            assert!(
                reads || named || known || UNLIMITED.contains(&permission.action),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn roles_are_made_and_written_to_only_with_the_boundary() {
        let boundary = "arn:aws:iam::123456789012:policy/boundary";
        let writes = [
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
        ];
        let permissions = everything(&text(boundary));
        for action in writes {
            let mut granted = permissions
                .iter()
                .filter(|permission| permission.action == action)
                .peekable();
            assert!(granted.peek().is_some(), "{action}");
            for permission in granted {
                let asked = permission.conditions.get("iam:PermissionsBoundary");
                assert_eq!(asked, Some(&BTreeSet::from([boundary.to_owned()])), "{permission:?}");
            }
        }
        let taken_off = permissions
            .iter()
            .any(|permission| permission.action == "iam:DeleteRolePermissionsBoundary");
        assert!(!taken_off, "the boundary stays");
    }
}
