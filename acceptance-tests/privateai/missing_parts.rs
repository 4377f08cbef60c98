//! What others delete behind Terraform's back: planned and made again, without a new deployment.

use std::collections::BTreeSet;

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_ecs::types::CapacityProviderStrategyItem;

use super::drift::PRIVATE_AI;
use super::view::{ADDRESS, NAME, id_of};
use super::whole::Whole;
use crate::ecs::{self, delete_role, delete_service};
use crate::harness::{Wait, wait_until};

#[test]
fn whatever_others_delete_comes_back_in_two_lots_of_which_each_part_is_in_one() {
    let whole = Whole::new();
    let mut left: BTreeSet<String> = whole.state.keys("components").into_iter().map(str::to_owned).collect();
    let mut come_back = |missing: &[String]| {
        for key in missing {
            left.remove(key);
        }
        let missing: Vec<_> = missing.iter().map(|key| (key.as_str(), "missing")).collect();
        PRIVATE_AI.is_shown_and_repaired(&whole.sandbox, &missing);
    };
    come_back(&delete_hosts_and_what_stands_around(&whole));
    assert_moved_to_the_new_hosts(&whole);
    come_back(&delete_service_and_what_it_stands_on(&whole));
    assert!(left.is_empty(), "parts that nobody deleted: {left:?}");
    assert_eq!(whole.sandbox.state(ADDRESS).text("id"), whole.state.text("id"));
    assert_eq!(ecs::service(&whole.sandbox, NAME).running_count(), 1);
    whole.sandbox.destroy();
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Everything that can be deleted while the service runs.
fn delete_hosts_and_what_stands_around(whole: &Whole) -> Vec<String> {
    let aws = &whole.sandbox.aws;
    delete_group(whole, &whole.id("auto_scaling_group"));
    let request = aws
        .ec2
        .delete_launch_template()
        .launch_template_id(whole.id("launch_template"));
    request.send().wait().unwrap();
    for part in ["hosts", "bastion"] {
        let profile = whole.id(&format!("instance_profile_{part}"));
        let request = aws
            .iam
            .remove_role_from_instance_profile()
            .instance_profile_name(&profile);
        let request = request.role_name(whole.id(&format!("iam_role_{part}")));
        request.send().wait().unwrap();
        let request = aws.iam.delete_instance_profile().instance_profile_name(&profile);
        request.send().wait().unwrap();
    }
    for part in ["task", "execution", "hosts", "bastion"] {
        delete_role(&whole.sandbox, &whole.id(&format!("iam_role_{part}")));
    }
    for key in ["log_group", "log_group_api"] {
        let request = aws.logs.delete_log_group().log_group_name(whole.id(key));
        request.send().wait().unwrap();
    }
    // As the console does: it can be restored for thirty days, and its name is taken so long.
    let request = aws.secretsmanager.delete_secret().secret_id(whole.id("secret_license"));
    request.send().wait().unwrap();
    let request = aws.applicationautoscaling.deregister_scalable_target();
    let request = request.service_namespace(ServiceNamespace::Ecs);
    let request = request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
    let request = request.resource_id(format!("service/{NAME}/{NAME}"));
    request.send().wait().unwrap();
    let request = aws.apigatewayv2.delete_api().api_id(whole.id("http_api"));
    request.send().wait().unwrap();
    let request = aws
        .wafv2
        .disassociate_web_acl()
        .resource_arn(whole.arn("load_balancer"));
    request.send().wait().unwrap();
    let request = aws
        .ec2
        .terminate_instances()
        .instance_ids(whole.id("ec2_instance_bastion"));
    request.send().wait().unwrap();
    let balancer = whole.id("security_group_load_balancer");
    let told = aws
        .ec2
        .describe_security_groups()
        .group_ids(&balancer)
        .send()
        .wait()
        .unwrap();
    let rules = told.security_groups()[0].ip_permissions_egress().to_vec();
    let request = aws.ec2.revoke_security_group_egress().group_id(balancer);
    request.set_ip_permissions(Some(rules)).send().wait().unwrap();
    owned(&[
        "auto_scaling_group",
        "ec2_instance_bastion",
        "http_api",
        "http_api_authorizer",
        "http_api_integration",
        "http_api_route",
        "http_api_stage",
        "iam_role_bastion",
        "iam_role_execution",
        "iam_role_hosts",
        "iam_role_task",
        "instance_profile_bastion",
        "instance_profile_hosts",
        "launch_template",
        "log_group",
        "log_group_api",
        "scalable_target",
        "scaling_policy_cpu",
        "scaling_policy_memory",
        "scaling_policy_requests",
        "secret_license",
        "security_group_egress_load_balancer",
        "web_acl_association",
    ])
}

/// A group that is deleted takes its hosts with it, and its capacity provider scales nothing any more.
fn assert_moved_to_the_new_hosts(whole: &Whole) {
    let state = whole.sandbox.state(ADDRESS);
    let (old, new) = (whole.id("capacity_provider"), id_of(&state, "capacity_provider"));
    assert_ne!(old, new, "a capacity provider keeps its group for life");
    let service = ecs::service(&whole.sandbox, NAME);
    let used: Vec<_> = service
        .capacity_provider_strategy()
        .iter()
        .map(CapacityProviderStrategyItem::capacity_provider)
        .collect();
    assert_eq!(used, [new]);
    assert_eq!(
        service.service_arn(),
        Some(state.text("service_arn")),
        "the service is the same"
    );
    let request = whole.sandbox.aws.ecs.describe_clusters().clusters(NAME);
    let cluster = request.send().wait().unwrap();
    assert!(!cluster.clusters()[0].capacity_providers().contains(&old));
}

/// Everything else. What scales a service outlives it at Application Auto Scaling, and holds for the new one.
fn delete_service_and_what_it_stands_on(whole: &Whole) -> Vec<String> {
    let aws = &whole.sandbox.aws;
    let state = whole.sandbox.state(ADDRESS);
    let id = |key: &str| id_of(&state, key);
    delete_service(&whole.sandbox, NAME);
    let request = aws
        .ecs
        .deregister_task_definition()
        .task_definition(state.text("task_definition_arn"));
    request.send().wait().unwrap();
    delete_group(whole, &id("auto_scaling_group"));
    let request = aws.ecs.put_cluster_capacity_providers().cluster(NAME);
    let request = request.set_capacity_providers(Some(Vec::new()));
    let request = request.set_default_capacity_provider_strategy(Some(Vec::new()));
    request.send().wait().unwrap();
    wait_until("the cluster has let go of its hosts", || {
        let request = aws.ecs.delete_capacity_provider();
        let request = request.capacity_provider(id("capacity_provider"));
        request.send().wait().is_ok()
    });
    wait_until("the cluster can go", || {
        aws.ecs.delete_cluster().cluster(NAME).send().wait().is_ok()
    });

    let request = aws.apigatewayv2.delete_api().api_id(id("http_api"));
    request.send().wait().unwrap();
    let request = aws.apigatewayv2.delete_vpc_link().vpc_link_id(id("vpc_link"));
    request.send().wait().unwrap();
    let request = aws
        .elbv2
        .delete_load_balancer()
        .load_balancer_arn(state.text("load_balancer_arn"));
    request.send().wait().unwrap();
    let request = aws
        .elbv2
        .delete_target_group()
        .target_group_arn(state.text("target_group_arn"));
    request.send().wait().unwrap();
    let request = aws.ec2.terminate_instances().instance_ids(id("ec2_instance_bastion"));
    request.send().wait().unwrap();
    let mut missing = owned(&[
        "auto_scaling_group",
        "capacity_provider",
        "cluster_capacity_provider",
        "ec2_instance_bastion",
        "ecs_cluster",
        "ecs_service",
        "ecs_task_definition",
        "efs_file_system",
        "http_api",
        "http_api_authorizer",
        "http_api_integration",
        "http_api_route",
        "http_api_stage",
        "listener_http",
        "listener_https",
        "load_balancer",
        "security_group_bastion",
        "security_group_egress_load_balancer",
        "security_group_load_balancer",
        "security_group_nfs",
        "security_group_service",
        "security_group_vpc_link",
        "target_group",
        "vpc_link",
        "web_acl_association",
    ]);
    missing.extend(delete_volume(whole, &id("efs_file_system")));
    delete_security_groups(
        whole,
        missing
            .iter()
            .filter(|key| key.starts_with("security_group"))
            .map(|key| id(key)),
    );
    missing
}

/// Deletes the group with its hosts, and waits until they are gone.
fn delete_group(whole: &Whole, name: &str) {
    let autoscaling = &whole.sandbox.aws.autoscaling;
    let request = autoscaling.delete_auto_scaling_group().auto_scaling_group_name(name);
    request.force_delete(true).send().wait().unwrap();
    wait_until("the group is gone", || {
        let told = autoscaling
            .describe_auto_scaling_groups()
            .auto_scaling_group_names(name);
        told.send().wait().unwrap().auto_scaling_groups().is_empty()
    });
}

fn delete_volume(whole: &Whole, id: &str) -> Vec<String> {
    let efs = &whole.sandbox.aws.efs;
    let told = efs.describe_mount_targets().file_system_id(id).send().wait().unwrap();
    for target in told.mount_targets() {
        let request = efs.delete_mount_target().mount_target_id(target.mount_target_id());
        request.send().wait().unwrap();
    }
    wait_until("the volume can go", || {
        efs.delete_file_system().file_system_id(id).send().wait().is_ok()
    });
    wait_until("the volume is gone", || {
        efs.describe_file_systems().file_system_id(id).send().wait().is_err()
    });
    let targets = told.mount_targets().iter();
    targets
        .map(|target| format!("efs_mount_target_{}", target.subnet_id()))
        .collect()
}

/// Deletes groups that name each other, once nothing is in them.
fn delete_security_groups(whole: &Whole, ids: impl Iterator<Item = String>) {
    let ec2 = &whole.sandbox.aws.ec2;
    let ids: BTreeSet<String> = ids.collect();
    let told = ec2
        .describe_security_groups()
        .set_group_ids(Some(ids.iter().cloned().collect()));
    for group in told.send().wait().unwrap().security_groups() {
        let id = group.group_id().unwrap();
        if !group.ip_permissions().is_empty() {
            let request = ec2.revoke_security_group_ingress().group_id(id);
            let request = request.set_ip_permissions(Some(group.ip_permissions().to_vec()));
            request.send().wait().unwrap();
        }
        if !group.ip_permissions_egress().is_empty() {
            let request = ec2.revoke_security_group_egress().group_id(id);
            let request = request.set_ip_permissions(Some(group.ip_permissions_egress().to_vec()));
            request.send().wait().unwrap();
        }
    }
    for id in ids {
        wait_until("nothing is in the security group", || {
            ec2.delete_security_group().group_id(&id).send().wait().is_ok()
        });
    }
}
