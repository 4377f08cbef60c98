//! The typed configuration and state of a `thatdot_detector_deployment`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::parts::Part;
use crate::shared::capacity::{Capacity, Host};
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::room::TaskSize;
use crate::shared::{Basis, Existing};
use framework::{Attr, Timeouts};

/// Everything the resource holds: what the user wrote and what the provider computed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Detector {
    /// The deployment's name, from which every AWS name is derived.
    pub name: Attr<String>,
    /// The VPC.
    pub vpc_id: Attr<String>,
    /// Where the task may run, one subnet per zone.
    pub subnet_ids: Attr<Vec<Attr<String>>>,
    /// Whether the task gets a public address.
    pub assign_public_ip: Attr<bool>,
    /// The container image.
    pub image: Attr<String>,
    /// CPU units, 1024 to the vCPU.
    pub cpu: Attr<i64>,
    /// Memory in MiB.
    pub memory: Attr<i64>,
    /// The task's own disk in GiB.
    pub ephemeral_storage_gib: Attr<i64>,
    /// `service` or `task`.
    pub run_as: Attr<String>,
    /// How many tasks.
    pub desired_count: Attr<i64>,
    /// The Fargate platform version.
    pub platform_version: Attr<String>,
    /// Seconds a new task has before its health counts.
    pub health_check_grace_period_seconds: Attr<i64>,
    /// Environment variables.
    pub environment: Attr<BTreeMap<String, Attr<String>>>,
    /// Environment variables out of Secrets Manager or the parameter store: name → ARN.
    pub secrets: Attr<BTreeMap<String, Attr<String>>>,
    /// How long logs are kept, in days; 0 for ever.
    pub log_retention_in_days: Attr<i64>,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout: Attr<i64>,
    /// Whether `aws ecs execute-command` works.
    pub enable_execute_command: Attr<bool>,
    /// Whether the cluster collects Container Insights.
    pub container_insights: Attr<bool>,
    /// The permissions boundary of the roles.
    pub permissions_boundary: Attr<String>,
    /// The path of the roles.
    pub iam_path: Attr<String>,
    /// Whether every update starts new tasks.
    pub force_new_deployment: Attr<bool>,
    /// The user's tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Whether a destroy, or a replacement of the data, is refused.
    pub deletion_protection: Attr<bool>,
    /// `auto`, `rollback` or `keep`.
    pub on_create_failure: Attr<String>,
    /// Whether parts that a lost state left behind are taken over.
    pub adopt_existing: Attr<bool>,
    /// Whether an apply waits until the new tasks run.
    pub wait_for_steady_state: Attr<bool>,
    /// Hosts instead of Fargate.
    pub capacity: Option<Capacity>,
    /// The volume that outlives the task.
    pub persistence: Option<Persistence>,
    /// Who reaches port 8080.
    pub ingress: Option<Ingress>,
    /// A load balancer in front of the tasks.
    pub load_balancer: Option<LoadBalancerBlock>,
    /// Parts the user brings.
    pub existing: Option<Existing>,
    /// How long operations may take.
    pub timeouts: Option<Timeouts>,

    /// The deployment's own id.
    pub id: Attr<String>,
    /// The address ranges of the VPC.
    pub vpc_cidr_blocks: Attr<Vec<Attr<String>>>,
    /// The zone of each subnet.
    pub availability_zones: Attr<Vec<Attr<String>>>,
    /// What AWS says of the hosts.
    pub host: Attr<Host>,
    /// The load balancer's name in DNS.
    pub load_balancer_dns_name: Attr<String>,
    /// The hosted zone of that name.
    pub load_balancer_zone_id: Attr<String>,
    /// The load balancer's ARN.
    pub load_balancer_arn: Attr<String>,
    /// The target group's ARN.
    pub target_group_arn: Attr<String>,
    /// The auto scaling group's ARN.
    pub auto_scaling_group_arn: Attr<String>,
    /// Where the user interface answers.
    pub url: Attr<String>,
    /// Where the API's documentation is.
    pub docs_url: Attr<String>,
    /// The running task's public address.
    pub public_ip: Attr<String>,
    /// The running task's private address.
    pub private_ip: Attr<String>,
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
    /// The groups of the task.
    pub security_group_ids: Attr<Vec<Attr<String>>>,
    /// The log group's name.
    pub log_group_name: Attr<String>,
    /// The user's tags and the provider's default ones.
    pub tags_all: Attr<BTreeMap<String, Attr<String>>>,
    /// The AWS objects the deployment is made of.
    pub components: Attr<BTreeMap<String, Attr<Part>>>,
}

impl Detector {
    /// What its parts are derived from.
    pub fn basis(&self) -> Basis<'_> {
        Basis {
            title: "thatDot Anomaly Detector",
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

    /// What a task takes of a host; `None` while that is unknown.
    pub fn task_size(&self) -> Option<TaskSize> {
        Some(TaskSize {
            cpu: self.cpu.known().copied()?,
            memory: self.memory.known().copied()?,
            gpus: 0,
        })
    }
}

/// `persistence {}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Persistence {
    /// A file system of the user's own.
    pub file_system_id: Attr<String>,
    /// Whether ours is encrypted at rest; it is unless this says `false`.
    pub encrypted: Attr<bool>,
    /// The key it is encrypted with.
    pub kms_key_id: Attr<String>,
    /// Whether AWS Backup keeps copies.
    pub backup: Attr<bool>,
    /// `generalPurpose` or `maxIO`.
    pub performance_mode: Attr<String>,
    /// `bursting` or `elastic`.
    pub throughput_mode: Attr<String>,
    /// When unused files move to cheaper storage.
    pub transition_to_ia: Attr<String>,
    /// Whether ours stays when it is no longer wanted.
    pub retain_on_destroy: Attr<bool>,
    /// The folder of the file system that is mounted.
    pub root_directory: Attr<String>,
    /// A fixed owner and folder.
    pub access_point: Option<AccessPoint>,
}

/// `persistence { access_point {} }`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AccessPoint {
    /// The folder that the access point shows as `/`.
    pub path: Attr<String>,
    /// The user id that everything is read and written as.
    pub uid: Attr<i64>,
    /// The group id that everything is read and written as.
    pub gid: Attr<i64>,
    /// The mode the folder is made with.
    pub permissions: Attr<String>,
}

/// `ingress {}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ingress {
    /// Address ranges.
    pub cidr_blocks: Attr<Vec<Attr<String>>>,
    /// Members of these groups.
    pub security_group_ids: Attr<Vec<Attr<String>>>,
}
