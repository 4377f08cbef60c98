//! Drift of cluster, roles, hosts, service and scaling.

use aws_sdk_applicationautoscaling::types::{
    CustomizedMetricSpecification, MetricStatistic, PolicyType, ScalableDimension, ServiceNamespace,
};
use aws_sdk_autoscaling::types::LaunchTemplateSpecification;
use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateIamInstanceProfileSpecificationRequest, LaunchTemplateInstanceMarketOptionsRequest,
    LaunchTemplatesMonitoringRequest, MarketType, RequestLaunchTemplateData,
};
use aws_sdk_ecs::types::{
    AutoScalingGroupProviderUpdate, AwsVpcConfiguration, CapacityProviderStrategyItem, ClusterSetting,
    ClusterSettingName, DeploymentConfiguration, KeyValuePair, ManagedDraining, ManagedScaling, ManagedScalingStatus,
    ManagedTerminationProtection, NetworkConfiguration, PlacementStrategy, PlacementStrategyType,
};
use components::{
    AutoScalingGroup, CapacityProvider, EcsCluster, EcsService, IamRole, InstanceProfile, LaunchTemplate,
    ScalableTarget, ScalingPolicy,
};

use super::drift::PRIVATE_AI;
use super::view::NAME;
use super::whole::Whole;
use crate::drift::Changes;
use crate::ecs;
use crate::harness::{Sandbox, Wait};

const FOREIGN_TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// Cluster, roles, and the profiles that give them to instances.
pub fn roles(whole: &Whole, changes: &mut Changes<'_>) {
    let aws = &whole.sandbox.aws;
    changes.make::<EcsCluster>(
        "ecs_cluster",
        &[("container_insights", &|_| {
            let on = ClusterSetting::builder().name(ClusterSettingName::ContainerInsights);
            let request = aws.ecs.update_cluster_settings().cluster(NAME);
            request.settings(on.value("enabled").build()).send().wait().unwrap();
        })],
    );
    for part in ["task", "execution", "hosts", "bastion"] {
        let role = whole.id(&format!("iam_role_{part}"));
        let description = |_: &Sandbox| {
            let request = aws.iam.update_role().role_name(&role).description("Somebody's");
            request.send().wait().unwrap();
        };
        let trust = |_: &Sandbox| {
            let request = aws.iam.update_assume_role_policy().role_name(&role);
            request.policy_document(FOREIGN_TRUST).send().wait().unwrap();
        };
        let managed_policies = |_: &Sandbox| {
            let attached = aws
                .iam
                .list_attached_role_policies()
                .role_name(&role)
                .send()
                .wait()
                .unwrap();
            let arn = attached.attached_policies()[0].policy_arn().unwrap().to_owned();
            let request = aws.iam.detach_role_policy().role_name(&role).policy_arn(arn);
            request.send().wait().unwrap();
        };
        let inline_policies = |_: &Sandbox| {
            let names = aws.iam.list_role_policies().role_name(&role).send().wait().unwrap();
            let request = aws.iam.delete_role_policy().role_name(&role);
            request.policy_name(&names.policy_names()[0]).send().wait().unwrap();
        };
        let permissions_boundary = |_: &Sandbox| {
            let request = aws.iam.delete_role_permissions_boundary().role_name(&role);
            request.send().wait().unwrap();
        };
        let mut of_role: Vec<crate::drift::Change<'_>> = vec![("description", &description), ("trust", &trust)];
        if part != "task" {
            of_role.push(("managed_policies", &managed_policies));
        }
        if ["task", "execution"].contains(&part) {
            of_role.push(("inline_policies", &inline_policies));
        }
        of_role.push(("permissions_boundary", &permissions_boundary));
        changes.make::<IamRole>(&format!("iam_role_{part}"), &of_role);
    }
    for part in ["hosts", "bastion"] {
        let key = format!("instance_profile_{part}");
        let profile = whole.id(&key);
        let role = |_: &Sandbox| {
            let request = aws.iam.remove_role_from_instance_profile();
            let request = request.instance_profile_name(&profile);
            let role = whole.id(&format!("iam_role_{part}"));
            request.role_name(role).send().wait().unwrap();
        };
        changes.make::<InstanceProfile>(&key, &[("role", &role)]);
    }
}

/// Launch template, auto scaling group and capacity provider.
pub fn hosts(whole: &Whole, changes: &mut Changes<'_>) {
    let aws = &whole.sandbox.aws;
    let template = whole.id("launch_template");
    let profile =
        LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(whole.id("instance_profile_bastion"));
    let spot = LaunchTemplateInstanceMarketOptionsRequest::builder().market_type(MarketType::Spot);
    let data = RequestLaunchTemplateData::builder()
        .image_id(whole.state.text("bastion_ami_id"))
        .instance_type(InstanceType::M5Large)
        .key_name("theirs")
        .security_group_ids(whole.id("security_group_bastion"))
        .iam_instance_profile(profile.build())
        .monitoring(LaunchTemplatesMonitoringRequest::builder().enabled(true).build())
        .instance_market_options(spot.build());
    let version = aws.ec2.create_launch_template_version().launch_template_id(&template);
    let version = version.launch_template_data(data.build()).send().wait().unwrap();
    let number = version
        .launch_template_version()
        .unwrap()
        .version_number()
        .unwrap()
        .to_string();
    let request = aws.ec2.modify_launch_template().launch_template_id(&template);
    request.default_version(number).send().wait().unwrap();
    changes.note::<LaunchTemplate>(
        "launch_template",
        &[
            "image_id",
            "instance_type",
            "key_name",
            "security_groups",
            "instance_profile",
            "volume",
            "metadata",
            "user_data",
            "monitoring",
            "spot",
            "instance_tags",
        ],
    );
    group(whole, changes);
    provider(whole, changes);
}

fn group(whole: &Whole, changes: &mut Changes<'_>) {
    let aws = &whole.sandbox.aws;
    let group = whole.id("auto_scaling_group");
    let theirs = LaunchTemplateSpecification::builder().launch_template_id(&whole.others.launch_template);
    let request = aws
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(&group);
    request
        .launch_template(theirs.version("1").build())
        .vpc_zone_identifier(&whole.sandbox.vpc.private_subnet_ids[0])
        .min_size(1)
        .max_size(3)
        .default_instance_warmup(999)
        .new_instances_protected_from_scale_in(false)
        .send()
        .wait()
        .unwrap();
    let request = aws
        .autoscaling
        .disable_metrics_collection()
        .auto_scaling_group_name(&group);
    request.send().wait().unwrap();
    let told = aws
        .autoscaling
        .describe_notification_configurations()
        .send()
        .wait()
        .unwrap();
    let topic = told.notification_configurations()[0].topic_arn().unwrap().to_owned();
    let request = aws.autoscaling.delete_notification_configuration();
    let request = request.auto_scaling_group_name(&group).topic_arn(topic);
    request.send().wait().unwrap();
    changes.note::<AutoScalingGroup>(
        "auto_scaling_group",
        &[
            "launch_template",
            "launch_template_version",
            "subnets",
            "min_size",
            "max_size",
            "instance_warmup",
            "group_metrics",
            "protect_from_scale_in",
            "notification_topic",
        ],
    );
}

fn provider(whole: &Whole, changes: &mut Changes<'_>) {
    let aws = &whole.sandbox.aws;
    let scaling = ManagedScaling::builder()
        .status(ManagedScalingStatus::Enabled)
        .target_capacity(50)
        .minimum_scaling_step_size(2)
        .maximum_scaling_step_size(3)
        .instance_warmup_period(10);
    let settings = AutoScalingGroupProviderUpdate::builder()
        .managed_scaling(scaling.build())
        .managed_draining(ManagedDraining::Disabled)
        .managed_termination_protection(ManagedTerminationProtection::Disabled);
    let request = aws.ecs.update_capacity_provider().name(whole.id("capacity_provider"));
    let request = request.auto_scaling_group_provider(settings.build());
    request.send().wait().unwrap();
    changes.note::<CapacityProvider>(
        "capacity_provider",
        &[
            "target_capacity",
            "managed_draining",
            "managed_termination_protection",
            "instance_warmup_period",
            "minimum_scaling_step_size",
            "maximum_scaling_step_size",
        ],
    );
}

/// What scales the service.
pub fn scaling(whole: &Whole, changes: &mut Changes<'_>) {
    let client = &whole.sandbox.aws.applicationautoscaling;
    let resource = format!("service/{NAME}/{NAME}");
    let request = client
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Ecs);
    let request = request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
    let request = request.resource_id(&resource).min_capacity(0).max_capacity(3);
    request.send().wait().unwrap();
    changes.note::<ScalableTarget>("scalable_target", &["min_capacity", "max_capacity"]);
    let told = client
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Ecs);
    let told = told.resource_id(&resource).send().wait().unwrap();
    for policy in told.scaling_policies() {
        let mut tracking = policy.target_tracking_scaling_policy_configuration().unwrap().clone();
        tracking.target_value = 1.0;
        tracking.scale_in_cooldown = Some(1);
        tracking.scale_out_cooldown = Some(1);
        tracking.disable_scale_in = Some(true);
        let metric = policy.policy_name().rsplit('-').next().unwrap();
        let mut fields = vec!["target", "scale_in_cooldown", "scale_out_cooldown", "disable_scale_in"];
        // Two policies of one service cannot look at the same metric.
        if metric == "cpu" {
            let queue = CustomizedMetricSpecification::builder()
                .metric_name("Queue")
                .namespace("Theirs");
            tracking.predefined_metric_specification = None;
            tracking.customized_metric_specification = Some(queue.statistic(MetricStatistic::Average).build());
            fields.insert(0, "metric");
        }
        let request = client.put_scaling_policy().service_namespace(ServiceNamespace::Ecs);
        let request = request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let request = request.resource_id(&resource).policy_name(policy.policy_name());
        let request = request.policy_type(PolicyType::TargetTrackingScaling);
        let request = request.target_tracking_scaling_policy_configuration(tracking);
        request.send().wait().unwrap();
        changes.note::<ScalingPolicy>(&format!("scaling_policy_{metric}"), &fields);
    }
}

/// The service.
pub fn service(whole: &Whole, changes: &mut Changes<'_>) {
    let sandbox = &whole.sandbox;
    let network = AwsVpcConfiguration::builder()
        .subnets(&sandbox.vpc.private_subnet_ids[0])
        .security_groups(whole.id("security_group_nfs"));
    let network = NetworkConfiguration::builder().awsvpc_configuration(network.build().unwrap());
    let share = CapacityProviderStrategyItem::builder().capacity_provider(whole.id("capacity_provider"));
    let rollout = DeploymentConfiguration::builder()
        .minimum_healthy_percent(0)
        .maximum_percent(100);
    let random = PlacementStrategy::builder()
        .r#type(PlacementStrategyType::Random)
        .build();
    let request = sandbox.aws.ecs.update_service().cluster(NAME).service(NAME);
    request
        .network_configuration(network.build())
        .capacity_provider_strategy(share.weight(3).base(1).build().unwrap())
        .force_new_deployment(true)
        .placement_strategy(random)
        .health_check_grace_period_seconds(7)
        .deployment_configuration(rollout.build())
        .availability_zone_rebalancing(aws_sdk_ecs::types::AvailabilityZoneRebalancing::Disabled)
        .enable_execute_command(false)
        .send()
        .wait()
        .unwrap();
    changes.note::<EcsService>(
        "ecs_service",
        &[
            "launch",
            "subnets",
            "security_groups",
            "placement_strategy",
            "health_check_grace_period",
            "rollout",
            "enable_execute_command",
        ],
    );
    changes.leave_for_later::<EcsService>("load_balancers");
}

/// The service with another revision, and without its load balancer: it has no grace period then. With nothing else
/// changed, since tasks that do not start have ECS go back to the revision before.
pub fn another_revision_without_balancer(whole: &Whole) {
    let sandbox = &whole.sandbox;
    let before = ecs::service(sandbox, NAME);
    let runs = ecs::task_definition(sandbox, NAME);
    let mut containers = runs.container_definitions().to_vec();
    let level = KeyValuePair::builder().name("PAI_LOG_LEVEL").value("debug").build();
    for container in containers
        .iter_mut()
        .filter(|container| container.name() == Some("private-ai"))
    {
        container.environment = Some(vec![level.clone()]);
    }
    let revision = ecs::revision(sandbox, runs, |request| {
        request.set_container_definitions(Some(containers.clone()))
    });
    let request = sandbox.aws.ecs.update_service().cluster(NAME).service(NAME);
    let request = request
        .task_definition(revision)
        .set_load_balancers(Some(Vec::new()))
        .health_check_grace_period_seconds(0);
    request.send().wait().unwrap();
    PRIVATE_AI.is_shown_and_repaired(
        sandbox,
        &[
            ("ecs_task_definition", "drifted: containers"),
            ("ecs_service", "drifted: load_balancers"),
        ],
    );
    assert_eq!(ecs::service(sandbox, NAME).load_balancers(), before.load_balancers());
}
