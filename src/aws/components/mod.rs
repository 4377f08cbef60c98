//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod ecs_cluster;
mod ecs_service;
mod ecs_task;
mod ecs_task_definition;
mod efs_access_point;
mod efs_file_system;
mod efs_mount_target;
mod iam_policy;
mod iam_policy_attachment;
mod iam_role;
mod iam_user;
mod log_group;
mod security_group;

pub use ecs_cluster::{ContainerInsights, EcsCluster};
pub use ecs_service::{EcsService, EcsServiceOutput, Rollout};
pub use ecs_task::{EcsTask, EcsTaskOutput};
pub use ecs_task_definition::{Container, EcsTaskDefinition, EcsTaskDefinitionOutput, EfsVolume, Logs, Mount};
pub use efs_access_point::{EfsAccessPoint, EfsAccessPointOutput};
pub use efs_file_system::{
    Access, EfsFileSystem, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa,
};
pub use efs_mount_target::{EfsMountTarget, EfsMountTargetOutput};
pub use iam_policy::IamPolicy;
pub use iam_policy_attachment::{IamPolicyAttachment, Principal};
pub use iam_role::{IamRole, OUR_INLINE_POLICIES};
pub use iam_user::IamUser;
pub use log_group::LogGroup;
pub use security_group::{Peer, Protocol, Rule, SecurityGroup};
