//! The volume that outlives the task, in all its variants.

use aws_sdk_efs::types::{PerformanceMode, Status, ThroughputMode, TransitionToIaRules};

use super::existing_parts::own_file_system;
use super::view::{ADDRESS, BASE_PARTS, deployment, file_system, id_of, parts, task_definition};
use crate::harness::{Sandbox, Wait};

#[test]
fn without_persistence_nothing_of_efs_is_made() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    let state = sandbox.state(ADDRESS);
    assert_eq!(parts(&state).into_keys().collect::<Vec<_>>(), BASE_PARTS);
    assert!(state.at("file_system_id").is_null());
    assert!(task_definition(&sandbox).volumes().is_empty());
    assert!(
        sandbox
            .stand_in
            .calls()
            .iter()
            .all(|call| call.service != "efs" || !call.writes())
    );
    sandbox.destroy();
}

#[test]
fn the_volumes_settings_are_the_ones_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(
        &sandbox,
        r#"
  persistence {
    encrypted        = false
    backup           = false
    performance_mode = "maxIO"
    throughput_mode  = "bursting"
    transition_to_ia = "AFTER_30_DAYS"
    root_directory   = "/detector"
  }"#,
    ));
    let volume = file_system(&sandbox);
    assert_eq!(volume.encrypted(), Some(false));
    assert_eq!(volume.performance_mode(), &PerformanceMode::MaxIo);
    assert_eq!(volume.throughput_mode(), Some(&ThroughputMode::Bursting));
    let efs = &sandbox.aws.efs;
    let id = volume.file_system_id();
    let rules = efs
        .describe_lifecycle_configuration()
        .file_system_id(id)
        .send()
        .wait()
        .unwrap();
    assert_eq!(
        rules.lifecycle_policies()[0].transition_to_ia(),
        Some(&TransitionToIaRules::After30Days)
    );
    let definition = task_definition(&sandbox);
    let mounted = definition.volumes()[0].efs_volume_configuration().unwrap();
    assert_eq!(mounted.root_directory(), Some("/detector"));
    sandbox.destroy();
}

#[test]
fn by_default_the_volume_is_encrypted_backed_up_and_open_to_nobody_but_the_task() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let state = sandbox.state(ADDRESS);
    let volume = file_system(&sandbox);
    assert_eq!(volume.encrypted(), Some(true));
    let id = volume.file_system_id();
    let efs = &sandbox.aws.efs;
    let backup = efs.describe_backup_policy().file_system_id(id).send().wait().unwrap();
    assert_eq!(backup.backup_policy().unwrap().status(), &Status::Enabled);

    let policy = efs
        .describe_file_system_policy()
        .file_system_id(id)
        .send()
        .wait()
        .unwrap();
    let policy: serde_json::Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let allowed: Vec<_> = statements
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .collect();
    let role = state.text("task_role_arn");
    assert!(!allowed.is_empty());
    for statement in allowed {
        let whom = statement["Principal"]["AWS"].to_string() + &statement["Condition"].to_string();
        assert!(whom.contains(role), "somebody but the task is let in: {statement}");
    }
    let transport = statements.iter().any(|statement| {
        statement["Effect"] == "Deny"
            && statement["Condition"]["Bool"]["aws:SecureTransport"]
                .to_string()
                .contains("false")
    });
    assert!(transport, "only TLS was to be let in: {policy}");
}

#[test]
fn an_access_point_fixes_folder_and_owner_and_comes_and_goes_in_place() {
    let sandbox = Sandbox::new();
    let with = r#"
  persistence {
    access_point {
      path        = "/detector"
      uid         = 1000
      gid         = 1001
      permissions = "0750"
    }
  }"#;
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let volume = id_of(&sandbox.state(ADDRESS), "efs_file_system");

    sandbox.apply(&deployment(&sandbox, with));
    let state = sandbox.state(ADDRESS);
    assert_eq!(id_of(&state, "efs_file_system"), volume, "the volume stays");
    let id = id_of(&state, "efs_access_point");
    let answer = sandbox
        .aws
        .efs
        .describe_access_points()
        .access_point_id(&id)
        .send()
        .wait()
        .unwrap();
    let point = &answer.access_points()[0];
    let owner = point.posix_user().unwrap();
    assert_eq!((owner.uid(), owner.gid()), (1000, 1001));
    let root = point.root_directory().unwrap();
    assert_eq!(root.path(), Some("/detector"));
    assert_eq!(root.creation_info().unwrap().permissions(), "0750");
    let definition = task_definition(&sandbox);
    let mounted = definition.volumes()[0].efs_volume_configuration().unwrap();
    assert_eq!(
        mounted.authorization_config().unwrap().access_point_id(),
        Some(id.as_str())
    );

    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    assert!(!parts(&sandbox.state(ADDRESS)).contains_key("efs_access_point"));
    sandbox.destroy();
}

#[test]
fn a_file_system_of_ones_own_is_used_through_its_own_mount_targets() {
    let mut sandbox = Sandbox::new();
    let own = own_file_system(&sandbox);
    sandbox.take_as_found();
    sandbox.apply(&deployment(
        &sandbox,
        &format!("  persistence {{ file_system_id = \"{own}\" }}"),
    ));
    let state = sandbox.state(ADDRESS);
    assert!(
        parts(&state).keys().all(|key| !key.starts_with("efs_")),
        "{:?}",
        parts(&state).keys()
    );
    assert_eq!(state.text("file_system_id"), own);
    let definition = task_definition(&sandbox);
    let mounted = definition.volumes()[0].efs_volume_configuration().unwrap();
    assert_eq!(mounted.file_system_id(), own);
    let targets = sandbox
        .aws
        .efs
        .describe_mount_targets()
        .file_system_id(&own)
        .send()
        .wait()
        .unwrap();
    assert_eq!(targets.mount_targets().len(), sandbox.vpc.private_subnet_ids.len());
    sandbox.destroy();
}

#[test]
fn persistence_comes_and_goes_without_a_new_deployment() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    let id = sandbox.state(ADDRESS).text("id").to_owned();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    assert_eq!(task_definition(&sandbox).volumes().len(), 1);
    sandbox.apply(&deployment(&sandbox, ""));
    assert!(task_definition(&sandbox).volumes().is_empty());
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("id"), id);
    assert_eq!(parts(&state).into_keys().collect::<Vec<_>>(), BASE_PARTS);
    sandbox.destroy();
}
