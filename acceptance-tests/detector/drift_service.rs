//! Drift of the service.

use aws_sdk_ecs::operation::update_service::builders::UpdateServiceFluentBuilder;
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, CpuArchitecture, DeploymentConfiguration,
    EphemeralStorage, LoadBalancer, NetworkConfiguration, OsFamily, RuntimePlatform, TaskDefinition, Volume,
};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, LoadBalancerSchemeEnum, ProtocolEnum, TargetTypeEnum,
};
use components::{EcsService, EcsTaskDefinition};
use engine::Spec;

use super::drift::{every_field_is_shown_and_repaired, is_shown_and_repaired, standing};
use super::existing_parts::own_role;
use super::image_pipeline::revision;
use super::view::{ADDRESS, NAME, id_of, service, task_definition};
use crate::harness::{Sandbox, Wait};

fn update(sandbox: &Sandbox, change: impl Fn(UpdateServiceFluentBuilder) -> UpdateServiceFluentBuilder) {
    change(sandbox.aws.ecs.update_service().cluster(NAME).service(NAME))
        .send()
        .wait()
        .unwrap();
}

fn network(sandbox: &Sandbox) -> AwsVpcConfiguration {
    service(sandbox)
        .network_configuration()
        .unwrap()
        .awsvpc_configuration()
        .unwrap()
        .clone()
}

fn move_to(sandbox: &Sandbox, change: impl Fn(&mut AwsVpcConfiguration)) {
    let mut network = network(sandbox);
    change(&mut network);
    let network = NetworkConfiguration::builder().awsvpc_configuration(network).build();
    update(sandbox, |request| request.network_configuration(network.clone()));
}

/// Has the service's tasks run on spot capacity.
fn move_to_spot(sandbox: &Sandbox) {
    let item = |provider: &str| {
        let item = CapacityProviderStrategyItem::builder().capacity_provider(provider);
        item.weight(1).build().unwrap()
    };
    let associate = sandbox.aws.ecs.put_cluster_capacity_providers().cluster(NAME);
    associate
        .capacity_providers("FARGATE")
        .capacity_providers("FARGATE_SPOT")
        .default_capacity_provider_strategy(item("FARGATE"))
        .send()
        .wait()
        .unwrap();
    update(sandbox, |request| {
        request
            .capacity_provider_strategy(item("FARGATE_SPOT"))
            .force_new_deployment(true)
    });
}

/// Puts the service behind a load balancer.
fn balance(sandbox: &Sandbox) {
    let elbv2 = &sandbox.aws.elbv2;
    let balancer = elbv2
        .create_load_balancer()
        .name("theirs")
        .scheme(LoadBalancerSchemeEnum::Internal)
        .set_subnets(Some(sandbox.vpc.private_subnet_ids.clone()))
        .send()
        .wait()
        .unwrap();
    let group = elbv2
        .create_target_group()
        .name("theirs")
        .protocol(ProtocolEnum::Http)
        .port(8080)
        .target_type(TargetTypeEnum::Ip)
        .vpc_id(&sandbox.vpc.vpc_id)
        .send()
        .wait()
        .unwrap();
    let group = group.target_groups()[0].target_group_arn().unwrap();
    let forward = Action::builder()
        .r#type(ActionTypeEnum::Forward)
        .target_group_arn(group)
        .build();
    elbv2
        .create_listener()
        .load_balancer_arn(balancer.load_balancers()[0].load_balancer_arn().unwrap())
        .protocol(ProtocolEnum::Http)
        .port(80)
        .default_actions(forward)
        .send()
        .wait()
        .unwrap();
    let container = task_definition(sandbox).container_definitions()[0]
        .name()
        .unwrap()
        .to_owned();
    let target = LoadBalancer::builder()
        .target_group_arn(group)
        .container_name(container)
        .container_port(8080)
        .build();
    update(sandbox, |request| request.load_balancers(target.clone()));
}

#[test]
fn a_changed_service_is_shown_and_repaired_in_place() {
    let sandbox = standing("  persistence {}");
    let nfs = id_of(&sandbox.state(ADDRESS), "security_group_nfs");
    let before = service(&sandbox);
    let rollout = |sandbox: &Sandbox| {
        let loose = DeploymentConfiguration::builder()
            .minimum_healthy_percent(100)
            .maximum_percent(200)
            .build();
        update(sandbox, |request| request.deployment_configuration(loose.clone()));
    };
    every_field_is_shown_and_repaired::<EcsService>(
        &sandbox,
        "ecs_service",
        &[
            ("desired_count", &|sandbox| {
                update(sandbox, |request| request.desired_count(0));
            }),
            ("launch", &move_to_spot),
            ("platform_version", &|sandbox| {
                update(sandbox, |request| request.platform_version("LATEST"));
            }),
            ("subnets", &|sandbox| {
                move_to(sandbox, |network| network.subnets.truncate(1));
            }),
            ("security_groups", &|sandbox| {
                move_to(sandbox, |network| network.security_groups = Some(vec![nfs.clone()]));
            }),
            ("assign_public_ip", &|sandbox| {
                move_to(sandbox, |network| {
                    network.assign_public_ip = Some(AssignPublicIp::Enabled);
                });
            }),
            ("load_balancers", &balance),
            ("health_check_grace_period", &|sandbox| {
                update(sandbox, |request| request.health_check_grace_period_seconds(60));
            }),
            ("rollout", &rollout),
            ("enable_execute_command", &|sandbox| {
                update(sandbox, |request| request.enable_execute_command(true));
            }),
        ],
    );
    let after = service(&sandbox);
    assert_eq!((after.desired_count(), after.running_count()), (1, 1));
    assert_eq!(
        network(&sandbox),
        before
            .network_configuration()
            .unwrap()
            .awsvpc_configuration()
            .unwrap()
            .clone()
    );
    assert_eq!(after.created_at(), before.created_at(), "repaired in place");
}

#[test]
fn a_service_that_runs_another_revision_is_shown_with_all_that_differs_and_repaired() {
    // Without tasks, none can fail for want of what the other revision's roles may not, and be rolled back meanwhile.
    let sandbox = standing("  desired_count = 0\n  persistence {}");
    let before = task_definition(&sandbox);
    let role = own_role(&sandbox, "own");
    let mut containers = before.container_definitions().to_vec();
    containers[0].stop_timeout = Some(5);
    let another = revision(&sandbox, |request| {
        let disk = EphemeralStorage::builder().size_in_gib(50).build();
        let request = request.cpu("4096").memory("8192").ephemeral_storage(disk);
        let request = request.task_role_arn(&role).execution_role_arn(&role);
        let arm = RuntimePlatform::builder()
            .cpu_architecture(CpuArchitecture::Arm64)
            .operating_system_family(OsFamily::Linux)
            .build();
        request
            .runtime_platform(arm)
            .set_container_definitions(Some(containers.clone()))
            .set_volumes(Some(volumes(&before)))
    });
    update(&sandbox, |request| request.task_definition(&another));

    let fields: Vec<_> = EcsTaskDefinition::FIELDS
        .iter()
        .map(|field| field.name)
        // Another family is another task definition, and a service on Fargate runs none that is not for Fargate.
        .filter(|name| !["family", "compatibility"].contains(name))
        .collect();
    is_shown_and_repaired(
        &sandbox,
        &[("ecs_task_definition", &format!("drifted: {}", fields.join(", ")))],
    );
    let after = task_definition(&sandbox);
    assert_ne!(after.task_definition_arn(), Some(another.as_str()));
    assert_eq!(after.container_definitions(), before.container_definitions());
    assert_eq!(
        (after.cpu(), after.memory(), after.volumes()),
        (before.cpu(), before.memory(), before.volumes())
    );
}

/// The volumes, mounted at another folder.
fn volumes(definition: &TaskDefinition) -> Vec<Volume> {
    let mut volumes = definition.volumes().to_vec();
    for volume in &mut volumes {
        if let Some(mounted) = &mut volume.efs_volume_configuration {
            mounted.root_directory = Some("/elsewhere".to_owned());
        }
    }
    volumes
}
