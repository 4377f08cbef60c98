//! Parts that the user brings: used, never changed, never deleted.

use aws_sdk_ec2::types::InstanceLifecycleType;
use base64::prelude::{BASE64_STANDARD, Engine};

use super::view::{ADDRESS, LICENSED, deployment, id_of, keys, not_ready};
use crate::detector::{own_group, own_role};
use crate::harness::{Sandbox, Wait};

/// Lets a role read secrets, and pull images and log as tasks do.
fn let_in(sandbox: &Sandbox, role: &str) {
    let secrets = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#;
    let put = sandbox.aws.iam.put_role_policy().role_name(role).policy_name("licence");
    put.policy_document(secrets).send().wait().unwrap();
    let tasks = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    let attach = sandbox.aws.iam.attach_role_policy().role_name(role).policy_arn(tasks);
    attach.send().wait().unwrap();
}

/// The script of the hosts that a launch template makes.
fn script(sandbox: &Sandbox, template: &str) -> String {
    let versions = sandbox.aws.ec2.describe_launch_template_versions().versions("$Default");
    let versions = versions.launch_template_id(template).send().wait().unwrap();
    let data = versions.launch_template_versions()[0].launch_template_data().unwrap();
    String::from_utf8(BASE64_STANDARD.decode(data.user_data().unwrap()).unwrap()).unwrap()
}

#[test]
fn parts_of_ones_own_carry_the_deployment_and_outlive_it() {
    let mut sandbox = Sandbox::new();
    let aws = &sandbox.aws;
    let made = aws
        .ecs
        .create_cluster()
        .cluster_name("own")
        .capacity_providers("FARGATE");
    let made = made.send().wait().unwrap();
    let cluster = made.cluster().unwrap().cluster_arn().unwrap().to_owned();
    let (task_role, execution_role) = (own_role(&sandbox, "own-task"), own_role(&sandbox, "own-execution"));
    let_in(&sandbox, "own-execution");
    let group = own_group(&sandbox, "own-clients", 8080);
    aws.logs
        .create_log_group()
        .log_group_name("/own/logs")
        .send()
        .wait()
        .unwrap();
    let topic = sandbox.stand_in.topic();
    sandbox.take_as_found();

    sandbox.apply(&deployment(
        &sandbox,
        &format!(
            r#"{LICENSED}
  capacity {{
    max_size               = 2
    spot                   = true
    notification_topic_arn = "{topic}"
  }}
  load_balancer {{}}
  existing {{
    cluster_arn        = "{cluster}"
    task_role_arn      = "{task_role}"
    execution_role_arn = "{execution_role}"
    security_group_ids = ["{group}"]
    log_group_name     = "/own/logs"
  }}"#
        ),
    ));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    for part in [
        "ecs_cluster",
        "iam_role_task",
        "iam_role_execution",
        "log_group",
        "security_group_service",
    ] {
        assert!(!keys(&state).iter().any(|key| key == part), "{part} was made");
    }
    assert_eq!(state.text("cluster_arn"), cluster);
    assert_eq!(state.text("task_role_name"), "own-task");
    assert_eq!(state.text("execution_role_arn"), execution_role);
    assert_eq!(state.texts("security_group_ids"), [group.as_str()]);

    let hosts = sandbox.aws.ec2.describe_instances().send().wait().unwrap();
    let host = &hosts.reservations()[0].instances()[0];
    assert_eq!(host.instance_lifecycle(), Some(&InstanceLifecycleType::Spot));
    assert_eq!(host.security_groups()[0].group_id(), Some(group.as_str()));
    let script = script(&sandbox, &id_of(&state, "launch_template"));
    assert!(
        script.contains("ECS_CLUSTER=own") && script.contains("SPOT_INSTANCE_DRAINING=true"),
        "{script}"
    );
    let asked = sandbox.aws.autoscaling.describe_notification_configurations();
    let heard = asked.auto_scaling_group_names("deid-hosts").send().wait().unwrap();
    let topics = heard
        .notification_configurations()
        .iter()
        .map(|heard| heard.topic_arn().unwrap());
    assert_eq!(topics.collect::<Vec<_>>(), [topic.as_str(); 4]);

    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    let imported = sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, "deid"]);
    imported.succeeded();
    sandbox.assert_settled();

    sandbox.destroy();
    let left = sandbox
        .aws
        .ecs
        .describe_clusters()
        .clusters(&cluster)
        .send()
        .wait()
        .unwrap();
    assert_eq!(
        left.clusters()[0].capacity_providers(),
        ["FARGATE"],
        "the user's own stays"
    );
}

#[test]
fn a_cluster_of_ones_own_gets_fargates_providers_and_what_runs_on_them_comes_back() {
    let mut sandbox = Sandbox::new();
    let made = sandbox.aws.ecs.create_cluster().cluster_name("own").send().wait();
    let cluster = made.unwrap().cluster().unwrap().cluster_arn().unwrap().to_owned();
    sandbox.take_as_found();
    let on = |fargate: &str| {
        let existing = format!("existing {{\n    cluster_arn = \"{cluster}\"\n  }}");
        deployment(&sandbox, &format!("{LICENSED}\n  {fargate}\n  {existing}"))
    };
    for (fargate, provider) in [
        ("fargate {\n    spot = true\n  }", "FARGATE_SPOT"),
        ("", "thatdot-deid"),
        ("fargate {}", "FARGATE"),
    ] {
        sandbox.apply(&on(fargate));
        let asked = sandbox.aws.ecs.describe_services().cluster("own").services("deid");
        let asked = asked.send().wait().unwrap();
        let strategy = asked.services()[0].capacity_provider_strategy();
        assert_eq!(strategy.len(), 1);
        assert!(strategy[0].capacity_provider().starts_with(provider), "{strategy:?}");
        sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
        let imported = sandbox
            .terraform
            .run(&["import", "-input=false", "-no-color", ADDRESS, "deid"]);
        imported.succeeded();
        sandbox.assert_settled();
    }
    sandbox.destroy();
}
