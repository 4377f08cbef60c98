//! Drift of security groups and of the volume.

use aws_sdk_efs::types::{BackupPolicy, LifeCycleState, LifecyclePolicy, Status, ThroughputMode, TransitionToIaRules};
use components::{EfsFileSystem, EfsMountTarget, SecurityGroup};

use super::drift::{every_field_is_shown_and_repaired, is_shown_and_repaired, standing};
use super::view::{ADDRESS, file_system, from_the_vpc, id_of, ingress};
use crate::harness::{Sandbox, Wait};

#[test]
fn a_foreign_rule_and_lost_rules_are_shown_and_repaired() {
    let sandbox = standing("  persistence {}");
    let group = id_of(&sandbox.state(ADDRESS), "security_group_service");
    let ec2 = &sandbox.aws.ec2;
    let foreign_ingress = |_: &Sandbox| {
        let rule = ec2
            .authorize_security_group_ingress()
            .group_id(&group)
            .ip_protocol("tcp");
        rule.from_port(22)
            .to_port(22)
            .cidr_ip("198.51.100.0/24")
            .send()
            .wait()
            .unwrap();
    };
    let lost_egress = |_: &Sandbox| {
        let described = ec2.describe_security_groups().group_ids(&group).send().wait().unwrap();
        let all = described.security_groups()[0].ip_permissions_egress().to_vec();
        let revoke = ec2
            .revoke_security_group_egress()
            .group_id(&group)
            .set_ip_permissions(Some(all));
        revoke.send().wait().unwrap();
    };
    every_field_is_shown_and_repaired::<SecurityGroup>(
        &sandbox,
        "security_group_service",
        &[("ingress", &foreign_ingress), ("egress", &lost_egress)],
    );
    assert_eq!(ingress(&sandbox, &group), from_the_vpc(8080));
}

#[test]
fn a_lost_rule_for_the_volume_is_shown_and_repaired() {
    let sandbox = standing("  persistence {}");
    let group = id_of(&sandbox.state(ADDRESS), "security_group_nfs");
    let rules = ingress(&sandbox, &group);
    let lost = sandbox
        .aws
        .ec2
        .revoke_security_group_ingress()
        .group_id(&group)
        .ip_protocol("tcp");
    lost.from_port(2049)
        .to_port(2049)
        .cidr_ip("10.0.0.0/16")
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(&sandbox, &[("security_group_nfs", "drifted: ingress")]);
    assert_eq!(ingress(&sandbox, &group), rules);
}

#[test]
fn a_changed_volume_is_shown_and_repaired_and_keeps_its_data() {
    let sandbox = standing("  persistence { transition_to_ia = \"AFTER_30_DAYS\" }");
    let state = sandbox.state(ADDRESS);
    let id = state.text("file_system_id");
    let efs = &sandbox.aws.efs;
    let throughput_mode = |sandbox: &Sandbox| {
        efs.update_file_system()
            .file_system_id(id)
            .throughput_mode(ThroughputMode::Elastic)
            .send()
            .wait()
            .unwrap();
        while file_system(sandbox).life_cycle_state() != &LifeCycleState::Available {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let transition_to_ia = |_: &Sandbox| {
        let sooner = LifecyclePolicy::builder()
            .transition_to_ia(TransitionToIaRules::After1Day)
            .build();
        efs.put_lifecycle_configuration()
            .file_system_id(id)
            .lifecycle_policies(sooner)
            .send()
            .wait()
            .unwrap();
    };
    let backup = |_: &Sandbox| {
        let off = BackupPolicy::builder().status(Status::Disabled).build().unwrap();
        efs.put_backup_policy()
            .file_system_id(id)
            .backup_policy(off)
            .send()
            .wait()
            .unwrap();
    };
    let access = |_: &Sandbox| {
        efs.delete_file_system_policy()
            .file_system_id(id)
            .send()
            .wait()
            .unwrap();
    };
    every_field_is_shown_and_repaired::<EfsFileSystem>(
        &sandbox,
        "efs_file_system",
        &[
            ("throughput_mode", &throughput_mode),
            ("transition_to_ia", &transition_to_ia),
            ("backup", &backup),
            ("access", &access),
        ],
    );
    assert_eq!(sandbox.state(ADDRESS).text("file_system_id"), id);
}

#[test]
fn a_mount_target_with_other_groups_is_shown_and_repaired() {
    let sandbox = standing("  persistence {}");
    let state = sandbox.state(ADDRESS);
    let key = format!("efs_mount_target_{}", sandbox.vpc.private_subnet_ids[0]);
    let (target, nfs) = (id_of(&state, &key), id_of(&state, "security_group_nfs"));
    let other = id_of(&state, "security_group_service");
    let efs = &sandbox.aws.efs;
    let groups = |_: &Sandbox| {
        let change = efs
            .modify_mount_target_security_groups()
            .mount_target_id(&target)
            .security_groups(&other);
        change.send().wait().unwrap();
    };
    every_field_is_shown_and_repaired::<EfsMountTarget>(&sandbox, &key, &[("security_groups", &groups)]);
    let groups = efs
        .describe_mount_target_security_groups()
        .mount_target_id(&target)
        .send()
        .wait()
        .unwrap();
    assert_eq!(groups.security_groups(), [nfs]);
}
