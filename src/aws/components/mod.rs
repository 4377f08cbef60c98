//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod ecs_service;
mod ecs_task_definition;

pub use ecs_service::{Rollout, Service, ServiceOutput};
pub use ecs_task_definition::{Container, EfsVolume, Logs, Mount, TaskDefinition, TaskDefinitionOutput};
mod efs_access_point;
mod efs_file_system;
mod efs_mount_target;

pub use efs_access_point::{EfsAccessPoint, EfsAccessPointOutput};
pub use efs_file_system::{
    Access, EfsFileSystem, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa,
};
pub use efs_mount_target::{EfsMountTarget, EfsMountTargetOutput};
