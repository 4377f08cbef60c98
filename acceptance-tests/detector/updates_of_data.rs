//! Updates of what surrounds the task: logs, cluster, roles, volume.

use aws_sdk_ecs::types::ClusterField;
use aws_sdk_efs::types::{Status, ThroughputMode};

use super::updates::{Change, each_comes_and_goes};
use super::view::{ADDRESS, NAME, deployment, file_system};
use crate::harness::{Sandbox, Wait};

fn retention(sandbox: &Sandbox) -> Option<i32> {
    let groups = sandbox
        .aws
        .logs
        .describe_log_groups()
        .log_group_name_prefix("/thatdot/fraud")
        .send()
        .wait()
        .unwrap();
    groups.log_groups()[0].retention_in_days()
}

fn insights(sandbox: &Sandbox) -> String {
    let answer = sandbox
        .aws
        .ecs
        .describe_clusters()
        .clusters(NAME)
        .include(ClusterField::Settings)
        .send()
        .wait()
        .unwrap();
    let settings = answer.clusters()[0].settings();
    settings
        .first()
        .and_then(|setting| setting.value())
        .unwrap_or("disabled")
        .to_owned()
}

fn boundary(sandbox: &Sandbox) -> Option<String> {
    let role = sandbox.state(ADDRESS).text("task_role_name").to_owned();
    let answer = sandbox.aws.iam.get_role().role_name(role).send().wait().unwrap();
    answer
        .role()
        .unwrap()
        .permissions_boundary()
        .and_then(|boundary| boundary.permissions_boundary_arn())
        .map(str::to_owned)
}

fn backup(sandbox: &Sandbox) -> Status {
    let id = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    let answer = sandbox
        .aws
        .efs
        .describe_backup_policy()
        .file_system_id(id)
        .send()
        .wait()
        .unwrap();
    answer.backup_policy().unwrap().status().clone()
}

fn transition(sandbox: &Sandbox) -> Option<String> {
    let id = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    let answer = sandbox
        .aws
        .efs
        .describe_lifecycle_configuration()
        .file_system_id(id)
        .send()
        .wait()
        .unwrap();
    answer
        .lifecycle_policies()
        .iter()
        .find_map(|rule| rule.transition_to_ia())
        .map(|days| days.as_str().to_owned())
}

const POLICY: &str = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess";

#[test]
fn logs_cluster_and_roles_change_in_place_and_back() {
    each_comes_and_goes(
        "",
        &[
            &Change {
                set: "log_retention_in_days = 7",
                shown: retention,
                with: Some(7),
                without: Some(30),
            },
            &Change {
                set: "log_retention_in_days = 0",
                shown: retention,
                with: None,
                without: Some(30),
            },
            &Change {
                set: "container_insights = true",
                shown: insights,
                with: "enabled".to_owned(),
                without: "disabled".to_owned(),
            },
            &Change {
                set: "permissions_boundary = \"arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess\"",
                shown: boundary,
                with: Some(POLICY.to_owned()),
                without: None,
            },
        ],
    );
}

#[test]
fn the_volume_changes_in_place_and_back() {
    // The base says the block's opening and end apart, so that changes stand within it.
    let sandbox = Sandbox::new();
    let with = |setting: &str| deployment(&sandbox, &format!("  persistence {{\n    {setting}\n  }}"));
    sandbox.apply(&with(""));
    let id = sandbox.state(ADDRESS).text("file_system_id").to_owned();

    sandbox.apply(&with("backup = false"));
    assert!(matches!(backup(&sandbox), Status::Disabled | Status::Disabling));
    sandbox.apply(&with("throughput_mode = \"elastic\""));
    assert!(matches!(backup(&sandbox), Status::Enabled | Status::Enabling));
    assert_eq!(file_system(&sandbox).throughput_mode(), Some(&ThroughputMode::Elastic));
    sandbox.apply(&with("transition_to_ia = \"AFTER_7_DAYS\""));
    assert_eq!(file_system(&sandbox).throughput_mode(), Some(&ThroughputMode::Bursting));
    assert_eq!(transition(&sandbox).as_deref(), Some("AFTER_7_DAYS"));
    sandbox.apply(&with("root_directory = \"/data\""));
    assert_eq!(transition(&sandbox), None);
    sandbox.apply(&with(""));

    assert_eq!(sandbox.state(ADDRESS).text("file_system_id"), id, "all in place");
    sandbox.destroy();
}

#[test]
fn what_efs_cannot_change_makes_a_new_volume_and_the_plan_says_so() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let before = sandbox.state(ADDRESS);
    sandbox.configure(&deployment(&sandbox, "  persistence { performance_mode = \"maxIO\" }"));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"], "the deployment itself stays");
    assert_eq!(change.unknown.at("/components/efs_file_system/id"), true);
    assert_eq!(change.unknown.at("file_system_id"), true);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let after = sandbox.state(ADDRESS);
    assert_ne!(after.text("file_system_id"), before.text("file_system_id"));
    assert_eq!(after.text("id"), before.text("id"));
    sandbox.destroy();
}

#[test]
fn what_the_name_is_derived_from_makes_a_new_deployment() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    for (replaced, by) in [
        ("name = \"fraud\"", "name = \"other\""),
        ("name = \"other\"", "name = \"other\"\n  iam_path = \"/detectors/\""),
    ] {
        let text = std::fs::read_to_string(sandbox.terraform.folder().join("main.tf"))
            .unwrap()
            .replace(replaced, by);
        sandbox.configure(&text);
        assert_eq!(sandbox.plan().change(ADDRESS).actions, ["delete", "create"], "{by}");
        sandbox.terraform.apply(&[]).succeeded();
        sandbox.assert_settled();
    }
    assert!(
        sandbox
            .state(ADDRESS)
            .text("task_role_arn")
            .contains(":role/detectors/")
    );
    sandbox.destroy();
}
