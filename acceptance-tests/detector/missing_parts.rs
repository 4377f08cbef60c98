//! What others delete behind Terraform's back: planned and made again, without a new deployment.

use super::drift::{is_shown_and_repaired, standing};
use super::view::{ADDRESS, NAME, id_of, parts, service, task_definition};
use crate::ecs::{self, delete_log_group, delete_role};
use crate::harness::{Sandbox, Wait};

fn delete_service(sandbox: &Sandbox) {
    ecs::delete_service(sandbox, NAME);
}

#[test]
fn a_deleted_service_a_deleted_cluster_and_a_deregistered_task_definition_come_back() {
    let sandbox = standing("");
    let id = sandbox.state(ADDRESS).text("id").to_owned();

    delete_service(&sandbox);
    is_shown_and_repaired(&sandbox, &[("ecs_service", "missing")]);

    let definition = task_definition(&sandbox);
    let arn = definition.task_definition_arn().unwrap();
    sandbox
        .aws
        .ecs
        .deregister_task_definition()
        .task_definition(arn)
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(&sandbox, &[("ecs_task_definition", "missing")]);
    assert_ne!(
        service(&sandbox).task_definition(),
        Some(arn),
        "the service runs the new revision"
    );

    delete_service(&sandbox);
    sandbox.aws.ecs.delete_cluster().cluster(NAME).send().wait().unwrap();
    is_shown_and_repaired(&sandbox, &[("ecs_cluster", "missing"), ("ecs_service", "missing")]);

    assert_eq!(sandbox.state(ADDRESS).text("id"), id);
    assert_eq!(service(&sandbox).running_count(), 1);
    sandbox.destroy();
}

#[test]
fn deleted_roles_and_a_deleted_log_group_come_back() {
    let sandbox = standing("");
    let state = sandbox.state(ADDRESS);
    let execution = state.text("execution_role_arn").rsplit('/').next().unwrap().to_owned();
    delete_role(&sandbox, state.text("task_role_name"));
    delete_role(&sandbox, &execution);
    delete_log_group(&sandbox, state.text("log_group_name"));
    is_shown_and_repaired(
        &sandbox,
        &[
            ("iam_role_task", "missing"),
            ("iam_role_execution", "missing"),
            ("log_group", "missing"),
        ],
    );
    sandbox.destroy();
}

#[test]
fn a_log_group_that_is_made_again_changes_nobody_else() {
    let sandbox = standing("");
    let before = sandbox.state(ADDRESS);
    let group = before.text("log_group_name");
    delete_log_group(&sandbox, group);
    let plan = sandbox.plan();
    let after = &plan.change(ADDRESS).after;
    for kept in ["url", "private_ip", "task_definition_arn", "service_arn"] {
        assert_eq!(after.at(kept), before.at(kept), "{kept}");
    }
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(
        sandbox.state(ADDRESS).text("task_definition_arn"),
        before.text("task_definition_arn")
    );
    sandbox.destroy();
}

#[test]
fn a_deleted_security_group_comes_back_and_all_that_named_it_follows() {
    let sandbox = standing("  persistence {}");
    let state = sandbox.state(ADDRESS);
    let (service_group, nfs) = (
        id_of(&state, "security_group_service"),
        id_of(&state, "security_group_nfs"),
    );
    delete_service(&sandbox);
    let ec2 = &sandbox.aws.ec2;
    let named = ec2.describe_security_groups().group_ids(&nfs).send().wait().unwrap();
    let rules = named.security_groups()[0]
        .ip_permissions()
        .iter()
        .filter(|rule| !rule.user_id_group_pairs().is_empty());
    let mut rules: Vec<_> = rules.cloned().collect();
    for rule in &mut rules {
        rule.ip_ranges = None;
    }
    ec2.revoke_security_group_ingress()
        .group_id(&nfs)
        .set_ip_permissions(Some(rules))
        .send()
        .wait()
        .unwrap();
    ec2.delete_security_group()
        .group_id(&service_group)
        .send()
        .wait()
        .unwrap();

    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(parts(&change.before)["security_group_service"].status, "missing");
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let after = sandbox.state(ADDRESS);
    let new_group = id_of(&after, "security_group_service");
    assert_ne!(new_group, service_group);
    assert_eq!(id_of(&after, "security_group_nfs"), nfs);
    assert!(super::view::ingress(&sandbox, &nfs).contains(&format!("2049 from {new_group}")));
    assert_eq!(service(&sandbox).running_count(), 1);
    sandbox.destroy();
}

#[test]
fn a_deleted_mount_target_comes_back_and_the_volume_stays() {
    let sandbox = standing("  persistence {}");
    let state = sandbox.state(ADDRESS);
    let key = format!("efs_mount_target_{}", sandbox.vpc.private_subnet_ids[1]);
    let target = id_of(&state, &key);
    sandbox
        .aws
        .efs
        .delete_mount_target()
        .mount_target_id(&target)
        .send()
        .wait()
        .unwrap();
    while sandbox
        .aws
        .efs
        .describe_mount_targets()
        .mount_target_id(&target)
        .send()
        .wait()
        .is_ok()
    {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    is_shown_and_repaired(&sandbox, &[(&key, "missing")]);
    assert_eq!(
        id_of(&sandbox.state(ADDRESS), "efs_file_system"),
        id_of(&state, "efs_file_system")
    );
    sandbox.destroy();
}

#[test]
fn a_deleted_volume_comes_back_empty_with_all_its_mount_targets() {
    let sandbox = standing("  persistence {}");
    let state = sandbox.state(ADDRESS);
    let volume = state.text("file_system_id");
    let efs = &sandbox.aws.efs;
    let targets = efs
        .describe_mount_targets()
        .file_system_id(volume)
        .send()
        .wait()
        .unwrap();
    for target in targets.mount_targets() {
        efs.delete_mount_target()
            .mount_target_id(target.mount_target_id())
            .send()
            .wait()
            .unwrap();
    }
    while efs.delete_file_system().file_system_id(volume).send().wait().is_err() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    while efs.describe_file_systems().file_system_id(volume).send().wait().is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let mut missing = vec![("efs_file_system".to_owned(), "missing")];
    missing.extend(
        sandbox
            .vpc
            .private_subnet_ids
            .iter()
            .map(|subnet| (format!("efs_mount_target_{subnet}"), "missing")),
    );
    let missing: Vec<_> = missing.iter().map(|(key, word)| (key.as_str(), *word)).collect();
    is_shown_and_repaired(&sandbox, &missing);
    assert_eq!(sandbox.state(ADDRESS).text("id"), state.text("id"));
    sandbox.destroy();
}

#[test]
fn a_deployment_of_which_nothing_is_left_is_made_anew() {
    let sandbox = standing("");
    let state = sandbox.state(ADDRESS);
    let execution = state.text("execution_role_arn").rsplit('/').next().unwrap().to_owned();
    let definition = state.text("task_definition_arn").to_owned();
    delete_service(&sandbox);
    let aws = &sandbox.aws;
    aws.ecs.delete_cluster().cluster(NAME).send().wait().unwrap();
    aws.ecs
        .deregister_task_definition()
        .task_definition(definition)
        .send()
        .wait()
        .unwrap();
    delete_role(&sandbox, state.text("task_role_name"));
    delete_role(&sandbox, &execution);
    delete_log_group(&sandbox, state.text("log_group_name"));
    aws.ec2
        .delete_security_group()
        .group_id(id_of(&state, "security_group_service"))
        .send()
        .wait()
        .unwrap();

    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["create"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}
