//! The typed configuration and state of a `thatdot_privateai_deployment`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::vendor;
use crate::parts::Part;
use crate::shared::capacity::{Capacity, Host};
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::{Basis, Existing};
use framework::{Attr, Timeouts};

/// A list or set of texts.
pub type List = Attr<Vec<Attr<String>>>;
/// A map of texts.
pub type Map = Attr<BTreeMap<String, Attr<String>>>;

/// Everything the resource holds: what the user wrote and what the provider computed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PrivateAi {
    /// The deployment's name, from which every AWS name is derived.
    pub name: Attr<String>,
    /// The VPC.
    pub vpc_id: Attr<String>,
    /// Where hosts, tasks and whatever is internal stand.
    pub private_subnet_ids: List,
    /// Where the bastion and whatever faces the Internet stand.
    pub public_subnet_ids: List,
    /// The container image.
    pub image: Attr<String>,
    /// CPU units, 1024 to the vCPU.
    pub cpu: Attr<i64>,
    /// Memory in MiB.
    pub memory: Attr<i64>,
    /// How many tasks.
    pub desired_count: Attr<i64>,
    /// How much of that must run while a new version rolls out, in percent.
    pub deployment_minimum_healthy_percent: Attr<i64>,
    /// How much of that may run while a new version rolls out, in percent.
    pub deployment_maximum_percent: Attr<i64>,
    /// Seconds a new task has before its health counts.
    pub health_check_grace_period_seconds: Attr<i64>,
    /// Whether the Marketplace's container is run, which brings its licence and meters its use.
    pub marketplace: Attr<bool>,
    /// Where hosts and tasks may connect to.
    pub egress_cidr_blocks: List,
    /// Environment variables.
    pub environment: Map,
    /// Environment variables out of Secrets Manager or the parameter store: name → ARN.
    pub secrets: Map,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout: Attr<i64>,
    /// How long logs are kept, in days; 0 for ever.
    pub log_retention_in_days: Attr<i64>,
    /// Whether `aws ecs execute-command` works.
    pub enable_execute_command: Attr<bool>,
    /// Whether the cluster collects Container Insights.
    pub container_insights: Attr<bool>,
    /// The permissions boundary of the roles.
    pub permissions_boundary: Attr<String>,
    /// The path of the roles.
    pub iam_path: Attr<String>,
    /// The user's tags.
    pub tags: Map,
    /// Whether every update starts new tasks.
    pub force_new_deployment: Attr<bool>,
    /// Whether a destroy is refused.
    pub deletion_protection: Attr<bool>,
    /// `auto`, `rollback` or `keep`.
    pub on_create_failure: Attr<String>,
    /// Whether parts that a lost state left behind are taken over.
    pub adopt_existing: Attr<bool>,
    /// Whether an apply waits until the new tasks run.
    pub wait_for_steady_state: Attr<bool>,
    /// Hosts; the default where there is no `fargate`.
    pub capacity: Option<Capacity>,
    /// Fargate instead of hosts.
    pub fargate: Option<Fargate>,
    /// The product's licence.
    pub license: Option<License>,
    /// A load balancer in front of the tasks.
    pub load_balancer: Option<LoadBalancerBlock>,
    /// An HTTP API in front of the load balancer.
    pub api_gateway: Option<ApiGateway>,
    /// A host to look around from.
    pub bastion: Option<Bastion>,
    /// The number of tasks, by their load.
    pub autoscaling: Option<Autoscaling>,
    /// Where tasks are placed, in order.
    pub ordered_placement_strategy: Vec<Placement>,
    /// Parts the user brings.
    pub existing: Option<Existing>,
    /// How long operations may take.
    pub timeouts: Option<Timeouts>,

    /// The deployment's own id.
    pub id: Attr<String>,
    /// The zone of each of the private subnets.
    pub availability_zones: List,
    /// The address ranges of the VPC.
    pub vpc_cidr_blocks: List,
    /// What AWS says of the hosts.
    pub host: Attr<Host>,
    /// The bastion's image.
    pub bastion_ami_id: Attr<String>,
    /// Where the product answers.
    pub url: Attr<String>,
    /// The load balancer's name in DNS.
    pub load_balancer_dns_name: Attr<String>,
    /// The hosted zone of that name.
    pub load_balancer_zone_id: Attr<String>,
    /// The load balancer's ARN.
    pub load_balancer_arn: Attr<String>,
    /// The target group's ARN.
    pub target_group_arn: Attr<String>,
    /// The HTTP API's id.
    pub api_id: Attr<String>,
    /// The bastion's public address.
    pub bastion_public_ip: Attr<String>,
    /// The bastion's instance id.
    pub bastion_instance_id: Attr<String>,
    /// The auto scaling group's ARN.
    pub auto_scaling_group_arn: Attr<String>,
    /// The ARN of the secret that holds the licence.
    pub license_secret_arn: Attr<String>,
    /// The cluster's ARN.
    pub cluster_arn: Attr<String>,
    /// The service's ARN.
    pub service_arn: Attr<String>,
    /// The ARN of the current task definition.
    pub task_definition_arn: Attr<String>,
    /// The ARN of the role that the container has.
    pub task_role_arn: Attr<String>,
    /// The ARN of the role that starts the container.
    pub execution_role_arn: Attr<String>,
    /// The name of the role that the container has.
    pub task_role_name: Attr<String>,
    /// The file system's id.
    pub file_system_id: Attr<String>,
    /// The groups of hosts and tasks.
    pub security_group_ids: List,
    /// The log group's name.
    pub log_group_name: Attr<String>,
    /// The user's tags and the provider's default ones.
    pub tags_all: Map,
    /// The AWS objects the deployment is made of.
    pub components: Attr<BTreeMap<String, Attr<Part>>>,
}

impl PrivateAi {
    /// What its parts are derived from.
    pub fn basis(&self) -> Basis<'_> {
        Basis {
            title: vendor::TITLE,
            name: &self.name,
            vpc_id: &self.vpc_id,
            vpc_cidr_blocks: &self.vpc_cidr_blocks,
            iam_path: &self.iam_path,
            permissions_boundary: &self.permissions_boundary,
            log_retention_in_days: &self.log_retention_in_days,
            container_insights: &self.container_insights,
            tags_all: &self.tags_all,
            existing: self.existing.as_ref(),
        }
    }

    /// The hosts; `None` on Fargate.
    pub fn hosts(&self) -> Option<Capacity> {
        match (&self.capacity, &self.fargate) {
            (Some(capacity), _) => Some(capacity.clone()),
            (None, None) => Some(Capacity::standard(&vendor::HOSTS)),
            (None, Some(_)) => None,
        }
    }

    /// Whether the licence is kept on a file system.
    pub fn has_file_system(&self) -> bool {
        self.license
            .as_ref()
            .is_some_and(|license| license.on.known().is_some_and(|on| on == "efs"))
    }
}

/// `fargate {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fargate {
    /// The platform version.
    pub platform_version: Attr<String>,
    /// The task's own disk in GiB.
    pub ephemeral_storage_gib: Attr<i64>,
    /// Whether tasks run on spare capacity, which AWS may take back.
    pub spot: Attr<bool>,
}

/// `license {}`
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct License {
    /// The licence, write-only.
    pub content_wo: Attr<String>,
    /// Its version.
    pub content_wo_version: Attr<i64>,
    /// A secret of the user's own that holds it.
    pub secret_arn: Attr<String>,
    /// The key that the secret of ours is encrypted with.
    pub kms_key_id: Attr<String>,
    /// Days that a deleted secret can be brought back.
    pub recovery_window_in_days: Attr<i64>,
    /// `task` or `efs`.
    pub on: Attr<String>,
}

impl std::fmt::Debug for License {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("License")
            .field("content_wo_version", &self.content_wo_version)
            .field("secret_arn", &self.secret_arn)
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}

/// `api_gateway {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiGateway {
    /// `AWS_IAM`, `JWT` or `NONE`.
    pub authorization: Attr<String>,
    /// Who issues the tokens.
    pub jwt_issuer: Attr<String>,
    /// Whom the tokens are for.
    pub jwt_audience: List,
    /// The scopes a token must have one of.
    pub jwt_scopes: List,
    /// How many requests at once.
    pub throttling_burst_limit: Attr<i64>,
    /// How many requests per second.
    pub throttling_rate_limit: Attr<i64>,
    /// Whether requests are logged.
    pub access_log: Attr<bool>,
    /// The name that the load balancer's certificate is checked against.
    pub tls_server_name: Attr<String>,
    /// How long an answer may take, in milliseconds.
    pub timeout_milliseconds: Attr<i64>,
}

/// `bastion {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bastion {
    /// From where SSH reaches it.
    pub ingress_cidr_blocks: List,
    /// A key pair for SSH.
    pub key_name: Attr<String>,
    /// The kind of host.
    pub instance_type: Attr<String>,
    /// The public subnet that it stands in.
    pub subnet_id: Attr<String>,
    /// Its image.
    pub ami_id: Attr<String>,
}

/// `autoscaling {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Autoscaling {
    /// How few tasks.
    pub min_count: Attr<i64>,
    /// How many tasks at most.
    pub max_count: Attr<i64>,
    /// The CPU load that is aimed at, in percent.
    pub cpu_percent: Attr<i64>,
    /// The memory use that is aimed at, in percent.
    pub memory_percent: Attr<i64>,
    /// The requests per task and minute that are aimed at.
    pub requests_per_task: Attr<i64>,
    /// Seconds between two steps down.
    pub scale_in_cooldown: Attr<i64>,
    /// Seconds between two steps up.
    pub scale_out_cooldown: Attr<i64>,
}

/// `ordered_placement_strategy {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// `spread`, `binpack` or `random`.
    #[serde(rename = "type")]
    pub kind: Attr<String>,
    /// What is looked at.
    pub field: Attr<String>,
}
