//! One file per kind of AWS object, each an engine [`Component`](engine::Component). A component knows `aws`, and no other
//! component: they meet only through references.

use aws::Aws;
use engine::Kinds;

pub use aws::host::{InstanceMetadata, RootVolume};
pub use aws::launch::Launch;

/// Takes the files in, passes on their kinds and, in brackets, what else others use of them, and lists the kinds.
macro_rules! components {
    ($($file:ident: $($kind:ident),+ $([$($also:ident $(as $name:ident)?),+])?;)+) => {
        $(mod $file;)+
        $(pub use $file::{$($kind,)+ $($($also $(as $name)?,)+)?};)+

        /// Every kind, each after those that it may refer to.
        pub fn kinds() -> Kinds<Aws> {
            Kinds::new()$($(.then::<$kind>())+)+
        }
    };
}

// Each after those that it may refer to.
components! {
    vpc: Vpc;
    subnet: Subnet;
    internet_gateway: InternetGateway;
    elastic_ip: ElasticIp;
    nat_gateway: NatGateway [NatGatewayOutput];
    route_table: RouteTable [RouteTarget];
    log_group: LogGroup;
    iam_policy: IamPolicy;
    iam_role: IamRole [OUR_INLINE_POLICIES];
    iam_policy_attachment: IamPolicyAttachment [PrincipalKind];
    iam_user: IamUser;
    flow_log: FlowLog [TrafficType];
    instance_profile: InstanceProfile [InstanceProfileOutput];
    security_group: SecurityGroup;
    security_group_egress: SecurityGroupEgress;
    vpc_endpoint: VpcGatewayEndpoint, VpcInterfaceEndpoint [EndpointPolicy];
    ecr_repository: EcrRepository [EcrRepositoryOutput, Encryption, Lifecycle, TagMutability];
    container_image: ContainerImage;
    secret: Secret [SecretOutput];
    efs_file_system: EfsFileSystem [Access, EfsFileSystemOutput, PerformanceMode, ThroughputMode, TransitionToIa];
    efs_mount_target: EfsMountTarget [EfsMountTargetOutput];
    efs_access_point: EfsAccessPoint [EfsAccessPointOutput];
    ec2_instance: Ec2Instance [Ec2InstanceOutput, InstanceState];
    launch_template: LaunchTemplate [LaunchTemplateOutput];
    ecs_cluster: EcsCluster [ContainerInsights];
    auto_scaling_group: AutoScalingGroup [AutoScalingGroupOutput];
    capacity_provider: CapacityProvider [CapacityProviderOutput];
    cluster_capacity_provider: ClusterCapacityProvider [ClusterCapacityProviderOutput];
    load_balancer: LoadBalancer [AccessLogs, LoadBalancerOutput, Scheme];
    target_group: TargetGroup [HealthCheck as TargetHealthCheck, TargetGroupOutput];
    listener: Listener [ListenerAction, ListenerOutput, ListenerProtocol];
    web_acl_association: WebAclAssociation;
    ecs_task_definition: EcsTaskDefinition [
        AppProtocol, Architecture, Compatibility, Condition, Container, EcsTaskDefinitionOutput, EfsVolume,
        HealthCheck, Logs, Mount, PortMapping, Volume
    ];
    ecs_task: EcsTask [EcsTaskOutput];
    ecs_service: EcsService [
        CircuitBreaker, DesiredCount, EcsServiceOutput, LoadBalancerTarget, PlacementKind, PlacementStrategy,
        Rollout
    ];
    scalable_target: ScalableTarget [ScalableTargetOutput];
    scaling_policy: ScalingPolicy [ScalingMetric, ScalingPolicyOutput, TargetValue];
    vpc_link: VpcLink [VpcLinkOutput];
    http_api: HttpApi [HttpApiOutput];
    http_api_authorizer: HttpApiAuthorizer [HttpApiAuthorizerOutput];
    http_api_integration: HttpApiIntegration [HttpApiIntegrationOutput];
    http_api_route: HttpApiRoute [HttpApiRouteOutput, RouteAuthorization];
    http_api_stage: HttpApiStage [AccessLog, HttpApiStageOutput, Throttling];
}

#[cfg(test)]
mod joined_reads;
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
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
            .filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"))
            .collect()
    }
}
