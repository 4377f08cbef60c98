//! A detector's deployment as a graph of components: everything that the vendor's guide does by hand.

use std::collections::BTreeMap;

use super::model::Detector;
use super::storage::{self, Storage};
use super::vendor;
use crate::aws::components::{
    CloudwatchAgnostic as _,
};
use crate::aws::ids::{ClusterArn, FileSystemId, LogGroupName, RoleArn, SecurityGroupId, ServiceArn, TaskDefinitionArn};
use crate::aws::Aws;
use crate::engine::{Graph, Input, Key};
use crate::products::product::Design;

/// The key of the file system, which holds the data.
pub const FILE_SYSTEM: &str = "efs_file_system";

/// Where the outputs come from.
pub struct Wiring {
    /// The cluster.
    pub cluster_arn: Input<ClusterArn>,
    /// The service, where there is one.
    pub service_arn: Input<Option<ServiceArn>>,
    /// The current revision.
    pub task_definition_arn: Input<TaskDefinitionArn>,
    /// The role that the container has.
    pub task_role_arn: Input<RoleArn>,
    /// The role that starts the container.
    pub execution_role_arn: Input<RoleArn>,
    /// The file system, where there is one.
    pub file_system_id: Input<Option<FileSystemId>>,
    /// The groups of the task.
    pub security_group_ids: Input<Vec<SecurityGroupId>>,
    /// Where the logs go.
    pub log_group_name: Input<LogGroupName>,
    /// The running task's public address.
    pub public_ip: Input<Option<String>>,
    /// The running task's private address.
    pub private_ip: Input<Option<String>>,
}
