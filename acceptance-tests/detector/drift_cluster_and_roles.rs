//! Drift of cluster, log group and roles.

use aws_sdk_ecs::types::{ClusterSetting, ClusterSettingName};

use super::drift::{is_shown_and_repaired, standing};
use super::view::{ADDRESS, NAME, deployment};
use crate::harness::{Sandbox, Wait};

const FOREIGN_TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
const METERING: &str = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess";
const FOREIGN_POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const PULL: &str = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

#[test]
fn a_changed_cluster_and_log_group_are_shown_and_repaired() {
    let sandbox = standing("");
    let insights = ClusterSetting::builder()
        .name(ClusterSettingName::ContainerInsights)
        .value("enabled")
        .build();
    sandbox
        .aws
        .ecs
        .update_cluster_settings()
        .cluster(NAME)
        .settings(insights)
        .send()
        .wait()
        .unwrap();
    let log_group = sandbox.state(ADDRESS).text("log_group_name").to_owned();
    sandbox
        .aws
        .logs
        .put_retention_policy()
        .log_group_name(log_group)
        .retention_in_days(1)
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[
            ("ecs_cluster", "drifted: container_insights"),
            ("log_group", "drifted: retention_in_days"),
        ],
    );
}

#[test]
fn a_foreign_trust_a_lost_policy_and_a_lost_boundary_are_shown_and_repaired() {
    let sandbox = standing("  permissions_boundary = \"arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess\"");
    let state = sandbox.state(ADDRESS);
    let role = state.text("task_role_name");
    let iam = &sandbox.aws.iam;
    iam.update_assume_role_policy()
        .role_name(role)
        .policy_document(FOREIGN_TRUST)
        .send()
        .wait()
        .unwrap();
    iam.detach_role_policy()
        .role_name(role)
        .policy_arn(METERING)
        .send()
        .wait()
        .unwrap();
    iam.delete_role_permissions_boundary()
        .role_name(role)
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[(
            "iam_role_task",
            "drifted: trust, managed_policies, permissions_boundary",
        )],
    );
    let answer = iam.get_role().role_name(role).send().wait().unwrap();
    let trust = answer.role().unwrap().assume_role_policy_document().unwrap().to_owned();
    assert!(
        trust.contains("ecs-tasks.amazonaws.com") && !trust.contains("%22%2A%22"),
        "{trust}"
    );
}

#[test]
fn a_lost_inline_policy_is_shown_and_repaired_and_foreign_attachments_are_left_alone() {
    let sandbox = Sandbox::new();
    let secret = sandbox.stand_in.secret();
    sandbox.apply(&deployment(&sandbox, &format!("  secrets = {{ KEY = \"{secret}\" }}")));
    let state = sandbox.state(ADDRESS);
    let role = state.text("execution_role_arn").rsplit('/').next().unwrap();
    let iam = &sandbox.aws.iam;
    let inline = || {
        iam.list_role_policies()
            .role_name(role)
            .send()
            .wait()
            .unwrap()
            .policy_names()
            .to_vec()
    };
    let foreign = iam
        .create_policy()
        .policy_name("reads-input")
        .policy_document(FOREIGN_POLICY)
        .send()
        .wait()
        .unwrap();
    let foreign = foreign.policy().unwrap().arn().unwrap();
    let ours = inline();
    assert_eq!(ours.len(), 1, "the secrets are allowed by a policy of the role's own");
    iam.delete_role_policy()
        .role_name(role)
        .policy_name(&ours[0])
        .send()
        .wait()
        .unwrap();
    iam.detach_role_policy()
        .role_name(role)
        .policy_arn(PULL)
        .send()
        .wait()
        .unwrap();
    iam.attach_role_policy()
        .role_name(role)
        .policy_arn(foreign)
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[("iam_role_execution", "drifted: managed_policies, inline_policies")],
    );
    assert_eq!(inline(), ours);
    let attached = iam.list_attached_role_policies().role_name(role).send().wait().unwrap();
    let arns: Vec<_> = attached
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_arn())
        .collect();
    assert!(arns.contains(&foreign) && arns.contains(&PULL), "{arns:?}");
}
