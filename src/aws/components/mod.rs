//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod auto_scaling_group;
mod capacity_provider;
mod cluster_capacity_providers;
mod ec2_instance;
mod ecs_cluster;
mod ecs_service;
mod ecs_task;
mod ecs_task_definition;
mod efs_access_point;
mod efs_file_system;
mod efs_mount_target;
mod iam_role;
mod instance_profile;
mod launch_template;
mod log_group;
mod scalable_target;
mod scaling_policy;
mod security_group;

pub use auto_scaling_group::{AutoScalingGroup, AutoScalingGroupOutput};
pub use capacity_provider::{CapacityProvider, CapacityProviderOutput};
pub use cluster_capacity_providers::{ClusterCapacityProviders, ClusterCapacityProvidersOutput, Share};
pub use ec2_instance::{Ec2Instance, Ec2InstanceOutput, InstanceState};
pub use ecs_cluster::{ContainerInsights, EcsCluster};
pub use ecs_service::{EcsService, EcsServiceOutput, Rollout};
pub use ecs_task::{EcsTask, EcsTaskOutput};
pub use ecs_task_definition::{Container, EcsTaskDefinition, EcsTaskDefinitionOutput, EfsVolume, Logs, Mount};
pub use efs_access_point::{EfsAccessPoint, EfsAccessPointOutput};
pub use efs_file_system::{
    Access, EfsFileSystem, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa,
};
pub use efs_mount_target::{EfsMountTarget, EfsMountTargetOutput};
pub use iam_role::{IamRole, OUR_INLINE_POLICIES};
pub use instance_profile::{InstanceProfile, InstanceProfileOutput};
pub use launch_template::{LaunchTemplate, LaunchTemplateOutput};
pub use log_group::LogGroup;
pub use scalable_target::{ScalableTarget, ScalableTargetOutput};
pub use scaling_policy::{ScalingMetric, ScalingPolicy, ScalingPolicyOutput, TargetValue};
pub use security_group::{Peer, Protocol, Rule, SecurityGroup};
