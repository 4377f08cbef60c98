//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod ecs_cluster;
mod ecs_service;
mod ecs_task;
mod ecs_task_definition;
mod efs_access_point;
mod efs_file_system;
mod efs_mount_target;
mod elastic_ip;
mod flow_log;
mod iam_role;
mod internet_gateway;
mod log_group;
mod nat_gateway;
mod route_table;
mod security_group;
mod subnet;
mod vpc;
mod vpc_endpoint;

pub use ecs_cluster::{ContainerInsights, EcsCluster};
pub use ecs_service::{EcsService, EcsServiceOutput, Rollout};
pub use ecs_task::{EcsTask, EcsTaskOutput};
pub use ecs_task_definition::{Container, EcsTaskDefinition, EcsTaskDefinitionOutput, EfsVolume, Logs, Mount};
pub use efs_access_point::{EfsAccessPoint, EfsAccessPointOutput};
pub use efs_file_system::{
    Access, EfsFileSystem, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa,
};
pub use efs_mount_target::{EfsMountTarget, EfsMountTargetOutput};
pub use elastic_ip::ElasticIp;
pub use flow_log::{FlowLog, TrafficType};
pub use iam_role::{IamRole, OUR_INLINE_POLICIES};
pub use internet_gateway::InternetGateway;
pub use log_group::LogGroup;
pub use nat_gateway::{NatGateway, NatGatewayOutput};
pub use route_table::{RouteTable, RouteTarget};
pub use security_group::{Peer, Protocol, Rule, SecurityGroup};
pub use subnet::Subnet;
pub use vpc::Vpc;
pub use vpc_endpoint::{EndpointPolicy, VpcGatewayEndpoint, VpcInterfaceEndpoint};
