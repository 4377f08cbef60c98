//! Drift of logs, licence, volume and bastion.

use aws_sdk_ec2::types::{HttpTokensState, Tag};
use aws_sdk_efs::types::{BackupPolicy, LifecyclePolicy, Status, ThroughputMode, TransitionToIaRules};
use components::{Ec2Instance, EfsFileSystem, EfsMountTarget, LogGroup, Secret};

use super::whole::Whole;
use crate::drift::Changes;
use crate::harness::{Wait, wait_until};

/// Logs, the licence's secret, and the volume.
pub fn data(whole: &Whole, changes: &mut Changes<'_>) {
    let aws = &whole.sandbox.aws;
    for key in ["log_group", "log_group_api"] {
        let request = aws.logs.put_retention_policy().log_group_name(whole.id(key));
        request.retention_in_days(1).send().wait().unwrap();
        changes.note::<LogGroup>(key, &["retention_in_days"]);
    }

    let secret = whole.id("secret_license");
    let key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000";
    let request = aws
        .secretsmanager
        .update_secret()
        .secret_id(secret)
        .description("other");
    request.kms_key_id(key).secret_string("{}").send().wait().unwrap();
    changes.note::<Secret>("secret_license", &["description", "kms_key_id", "content_version"]);

    volume(whole, changes);
}

fn volume(whole: &Whole, changes: &mut Changes<'_>) {
    let efs = &whole.sandbox.aws.efs;
    let id = whole.id("efs_file_system");
    let request = efs.update_file_system().file_system_id(&id);
    request.throughput_mode(ThroughputMode::Elastic).send().wait().unwrap();
    wait_until("the volume is updated", || {
        let found = efs.describe_file_systems().file_system_id(&id).send().wait().unwrap();
        found.file_systems()[0].life_cycle_state().as_str() == "available"
    });
    let sooner = LifecyclePolicy::builder().transition_to_ia(TransitionToIaRules::After1Day);
    let request = efs.put_lifecycle_configuration().file_system_id(&id);
    request.lifecycle_policies(sooner.build()).send().wait().unwrap();
    let off = BackupPolicy::builder().status(Status::Disabled).build().unwrap();
    let request = efs.put_backup_policy().file_system_id(&id).backup_policy(off);
    request.send().wait().unwrap();
    let request = efs.delete_file_system_policy().file_system_id(&id);
    request.send().wait().unwrap();
    changes.note::<EfsFileSystem>(
        "efs_file_system",
        &["throughput_mode", "transition_to_ia", "backup", "access"],
    );
    for subnet in &whole.sandbox.vpc.private_subnet_ids {
        let key = format!("efs_mount_target_{subnet}");
        let request = efs
            .modify_mount_target_security_groups()
            .mount_target_id(whole.id(&key));
        let request = request.security_groups(whole.id("security_group_service"));
        request.send().wait().unwrap();
        changes.note::<EfsMountTarget>(&key, &["security_groups"]);
    }
}

/// The bastion, which somebody also stops.
pub fn bastion(whole: &Whole, changes: &mut Changes<'_>) {
    let ec2 = &whole.sandbox.aws.ec2;
    let key = "ec2_instance_bastion";
    let id = whole.id(key);
    let request = ec2.create_tags().resources(&id);
    let request = request.tags(Tag::builder().key("Name").value("other").build());
    request.send().wait().unwrap();
    let request = ec2.modify_instance_attribute().instance_id(&id);
    let request = request.groups(whole.id("security_group_nfs"));
    request.send().wait().unwrap();
    let request = ec2.modify_instance_metadata_options().instance_id(&id);
    request.http_tokens(HttpTokensState::Optional).send().wait().unwrap();
    ec2.stop_instances().instance_ids(&id).send().wait().unwrap();
    changes.note::<Ec2Instance>(key, &["name", "security_groups", "metadata", "state"]);
}
