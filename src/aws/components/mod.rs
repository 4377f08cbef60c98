//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod auto_scaling_group;
mod capacity_provider;
mod cluster_capacity_provider;
mod container_image;
mod ec2_instance;
mod ecr_repository;
mod ecs_cluster;
mod ecs_service;
mod ecs_task;
mod ecs_task_definition;
mod efs_access_point;
mod efs_file_system;
mod efs_mount_target;
mod elastic_ip;
mod flow_log;
mod http_api;
mod http_api_authorizer;
mod http_api_integration;
mod http_api_route;
mod http_api_stage;
mod iam_policy;
mod iam_policy_attachment;
mod iam_role;
mod iam_user;
mod instance_profile;
mod internet_gateway;
mod launch_template;
mod listener;
mod load_balancer;
mod log_group;
mod nat_gateway;
mod route_table;
mod scalable_target;
mod scaling_policy;
mod secret;
mod security_group;
mod security_group_egress;
mod subnet;
mod target_group;
mod vpc;
mod vpc_endpoint;
mod vpc_link;
mod web_acl_association;

use super::Aws;
use crate::engine::Kinds;

pub use super::host::{InstanceMetadata, RootVolume};
pub use super::launch::Launch;
pub use auto_scaling_group::{AutoScalingGroup, AutoScalingGroupOutput};
pub use capacity_provider::{CapacityProvider, CapacityProviderOutput};
pub use cluster_capacity_provider::{ClusterCapacityProvider, ClusterCapacityProviderOutput};
pub use container_image::ContainerImage;
pub use ec2_instance::{Ec2Instance, Ec2InstanceOutput, InstanceState};
pub use ecr_repository::{EcrRepository, EcrRepositoryOutput, Encryption, Lifecycle, TagMutability};
pub use ecs_cluster::{ContainerInsights, EcsCluster};
pub use ecs_service::{
    CircuitBreaker, DesiredCount, EcsService, EcsServiceOutput, LoadBalancerTarget, PlacementKind, PlacementStrategy,
    Rollout,
};
pub use ecs_task::{EcsTask, EcsTaskOutput};
pub use ecs_task_definition::{
    AppProtocol, Architecture, Compatibility, Condition, Container, EcsTaskDefinition, EcsTaskDefinitionOutput,
    EfsVolume, HealthCheck, Logs, Mount, PortMapping, Volume,
};
pub use efs_access_point::{EfsAccessPoint, EfsAccessPointOutput};
pub use efs_file_system::{
    Access, EfsFileSystem, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa,
};
pub use efs_mount_target::{EfsMountTarget, EfsMountTargetOutput};
pub use elastic_ip::ElasticIp;
pub use flow_log::{FlowLog, TrafficType};
pub use http_api::{HttpApi, HttpApiOutput};
pub use http_api_authorizer::{HttpApiAuthorizer, HttpApiAuthorizerOutput};
pub use http_api_integration::{HttpApiIntegration, HttpApiIntegrationOutput};
pub use http_api_route::{HttpApiRoute, HttpApiRouteOutput, RouteAuthorization};
pub use http_api_stage::{AccessLog, HttpApiStage, HttpApiStageOutput, Throttling};
pub use iam_policy::IamPolicy;
pub use iam_policy_attachment::{IamPolicyAttachment, Principal};
pub use iam_role::{IamRole, OUR_INLINE_POLICIES};
pub use iam_user::IamUser;
pub use instance_profile::{InstanceProfile, InstanceProfileOutput};
pub use internet_gateway::InternetGateway;
pub use launch_template::{LaunchTemplate, LaunchTemplateOutput};
pub use listener::{Listener, ListenerAction, ListenerOutput, ListenerProtocol};
pub use load_balancer::{AccessLogs, LoadBalancer, LoadBalancerOutput, Scheme};
pub use log_group::LogGroup;
pub use nat_gateway::{NatGateway, NatGatewayOutput};
pub use route_table::{RouteTable, RouteTarget};
pub use scalable_target::{ScalableTarget, ScalableTargetOutput};
pub use scaling_policy::{ScalingMetric, ScalingPolicy, ScalingPolicyOutput, TargetValue};
pub use secret::{Secret, SecretOutput};
pub use security_group::SecurityGroup;
pub use security_group_egress::SecurityGroupEgress;
pub use subnet::Subnet;
pub use target_group::{HealthCheck as TargetHealthCheck, TargetGroup, TargetGroupOutput};
pub use vpc::Vpc;
pub use vpc_endpoint::{EndpointPolicy, VpcGatewayEndpoint, VpcInterfaceEndpoint};
pub use vpc_link::{VpcLink, VpcLinkOutput};
pub use web_acl_association::WebAclAssociation;

/// Every kind, each after those that it may refer to.
pub fn kinds() -> Kinds<Aws> {
    Kinds::new()
        .then::<Vpc>()
        .then::<Subnet>()
        .then::<InternetGateway>()
        .then::<ElasticIp>()
        .then::<NatGateway>()
        .then::<RouteTable>()
        .then::<LogGroup>()
        .then::<IamPolicy>()
        .then::<IamRole>()
        .then::<IamPolicyAttachment>()
        .then::<IamUser>()
        .then::<FlowLog>()
        .then::<InstanceProfile>()
        .then::<SecurityGroup>()
        .then::<SecurityGroupEgress>()
        .then::<VpcGatewayEndpoint>()
        .then::<VpcInterfaceEndpoint>()
        .then::<EcrRepository>()
        .then::<ContainerImage>()
        .then::<Secret>()
        .then::<EfsFileSystem>()
        .then::<EfsMountTarget>()
        .then::<EfsAccessPoint>()
        .then::<Ec2Instance>()
        .then::<LaunchTemplate>()
        .then::<EcsCluster>()
        .then::<AutoScalingGroup>()
        .then::<CapacityProvider>()
        .then::<ClusterCapacityProvider>()
        .then::<LoadBalancer>()
        .then::<TargetGroup>()
        .then::<Listener>()
        .then::<WebAclAssociation>()
        .then::<EcsTaskDefinition>()
        .then::<EcsTask>()
        .then::<EcsService>()
        .then::<ScalableTarget>()
        .then::<ScalingPolicy>()
        .then::<VpcLink>()
        .then::<HttpApi>()
        .then::<HttpApiAuthorizer>()
        .then::<HttpApiIntegration>()
        .then::<HttpApiRoute>()
        .then::<HttpApiStage>()
}

#[cfg(test)]
mod odd_answers;
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A kind that is missing in the list could not be deleted after an update that failed.
    #[test]
    fn every_kind_that_a_file_declares_is_listed_once() {
        const MARK: &str = "const TYPE: &'static str = \"";
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws/components");
        let mut declared = BTreeSet::new();
        for path in walk(&folder) {
            let text = fs::read_to_string(path).unwrap();
            let names = text.split(MARK).skip(1).filter_map(|rest| rest.split('"').next());
            declared.extend(names.map(str::to_owned));
        }
        let kinds = kinds();
        let listed: Vec<&str> = kinds.names().collect();
        let once: BTreeSet<String> = listed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(once.len(), listed.len(), "{listed:?}");
        assert_eq!(declared.difference(&once).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
            .filter(|path| path.file_name().is_some_and(|name| name != "mod.rs"))
            .collect()
    }
}
