//! Drift of cluster, log group and roles.

use aws_sdk_ecs::types::{ClusterSetting, ClusterSettingName};
use components::{EcsCluster, IamRole, LogGroup};

use super::drift::{every_field_is_shown_and_repaired, standing};
use super::view::{ADDRESS, NAME, deployment};
use crate::harness::{Sandbox, Wait};

const FOREIGN_TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
const FOREIGN_POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const PULL: &str = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

#[test]
fn a_changed_cluster_is_shown_and_repaired() {
    let insights = |sandbox: &Sandbox| {
        let on = ClusterSetting::builder()
            .name(ClusterSettingName::ContainerInsights)
            .value("enabled")
            .build();
        sandbox
            .aws
            .ecs
            .update_cluster_settings()
            .cluster(NAME)
            .settings(on)
            .send()
            .wait()
            .unwrap();
    };
    every_field_is_shown_and_repaired::<EcsCluster>(&standing(""), "ecs_cluster", &[("container_insights", &insights)]);
}

#[test]
fn a_changed_log_group_is_shown_and_repaired() {
    let retention = |sandbox: &Sandbox| {
        let request = sandbox
            .aws
            .logs
            .put_retention_policy()
            .log_group_name("/thatdot/fraud")
            .retention_in_days(1);
        request.send().wait().unwrap();
    };
    every_field_is_shown_and_repaired::<LogGroup>(&standing(""), "log_group", &[("retention_in_days", &retention)]);
}

#[test]
fn a_changed_role_is_shown_and_repaired_and_foreign_attachments_are_left_alone() {
    let sandbox = Sandbox::new();
    let secret = sandbox.stand_in.secret();
    let body = "  permissions_boundary = \"arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess\"";
    sandbox.apply(&deployment(
        &sandbox,
        &format!("{body}\n  secrets = {{ KEY = \"{secret}\" }}"),
    ));
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
    let ours = inline();
    assert_eq!(ours.len(), 1, "the secrets are allowed by a policy of the role's own");
    let foreign = iam
        .create_policy()
        .policy_name("reads-input")
        .policy_document(FOREIGN_POLICY)
        .send()
        .wait()
        .unwrap();
    let foreign = foreign.policy().unwrap().arn().unwrap();
    iam.attach_role_policy()
        .role_name(role)
        .policy_arn(foreign)
        .send()
        .wait()
        .unwrap();
    sandbox.assert_settled();

    let description = |_: &Sandbox| {
        iam.update_role()
            .role_name(role)
            .description("Somebody's")
            .send()
            .wait()
            .unwrap();
    };
    let trust = |_: &Sandbox| {
        iam.update_assume_role_policy()
            .role_name(role)
            .policy_document(FOREIGN_TRUST)
            .send()
            .wait()
            .unwrap();
    };
    let managed_policies = |_: &Sandbox| {
        iam.detach_role_policy()
            .role_name(role)
            .policy_arn(PULL)
            .send()
            .wait()
            .unwrap();
    };
    let inline_policies = |_: &Sandbox| {
        iam.delete_role_policy()
            .role_name(role)
            .policy_name(&ours[0])
            .send()
            .wait()
            .unwrap();
    };
    let permissions_boundary = |_: &Sandbox| {
        iam.delete_role_permissions_boundary()
            .role_name(role)
            .send()
            .wait()
            .unwrap();
    };
    every_field_is_shown_and_repaired::<IamRole>(
        &sandbox,
        "iam_role_execution",
        &[
            ("description", &description),
            ("trust", &trust),
            ("managed_policies", &managed_policies),
            ("inline_policies", &inline_policies),
            ("permissions_boundary", &permissions_boundary),
        ],
    );

    assert_eq!(inline(), ours);
    let attached = iam.list_attached_role_policies().role_name(role).send().wait().unwrap();
    let arns: Vec<_> = attached
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_arn())
        .collect();
    assert!(arns.contains(&foreign) && arns.contains(&PULL), "{arns:?}");
    let answer = iam.get_role().role_name(role).send().wait().unwrap();
    let trust = answer.role().unwrap().assume_role_policy_document().unwrap().to_owned();
    assert!(trust.contains("ecs-tasks.amazonaws.com"), "{trust}");
}
