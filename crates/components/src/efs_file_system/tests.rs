//! What a user sees of a file system.

use serde_json::json;

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec as _;

const ARN: &str = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1";
const ROLE: &str = "arn:aws:iam::123456789012:role/task";

fn spec() -> EfsFileSystem {
    EfsFileSystem {
        encrypted: true.into(),
        kms_key_id: None.into(),
        performance_mode: PerformanceMode::GeneralPurpose.into(),
        throughput_mode: ThroughputMode::Bursting.into(),
        transition_to_ia: Some(TransitionToIa::After30Days).into(),
        backup: true.into(),
        access: Access::Only([ROLE.into()].into()).into(),
    }
}

fn described(state: &str) -> String {
    format!(
        r#"{{"FileSystemId": "fs-1", "FileSystemArn": "{ARN}", "OwnerId": "123456789012", "CreationToken": "thatdot-demo-part",
            "CreationTime": 1, "LifeCycleState": "{state}", "NumberOfMountTargets": 0, "SizeInBytes": {{"Value": 0}},
            "PerformanceMode": "generalPurpose", "Encrypted": true, "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
            "ThroughputMode": "bursting", "Tags": [{{"Key": "a", "Value": "b"}}]}}"#
    )
}

/// A file system's policy, as EFS tells it.
fn policy(document: &serde_json::Value) -> Answer {
    Answer::json(json!({"FileSystemId": "fs-1", "Policy": document.to_string()}).to_string())
}

/// A file system as it is when it was just made by [`spec`].
fn cloud(asked: &Asked) -> Answer {
    let (method, path) = asked.operation.split_once(' ').unwrap();
    match (method, path.rsplit('/').next().unwrap()) {
        ("GET", "file-systems") => Answer::json(format!(r#"{{"FileSystems": [{}]}}"#, described("available"))),
        ("GET", "lifecycle-configuration") => {
            Answer::json(r#"{"LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}]}"#)
        }
        ("GET", "backup-policy") => Answer::json(r#"{"BackupPolicy": {"Status": "ENABLING"}}"#),
        ("GET", "policy") => policy(&json!({"Version": "2012-10-17", "Statement": [
            {
                "Effect": "Allow", "Principal": {"AWS": ROLE}, "Resource": ARN,
                "Action": [
                    "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess",
                ],
                "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
            },
            {
                "Effect": "Deny", "Principal": "*", "Resource": ARN, "Action": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]})),
        ("POST", "file-systems") => Answer::json(described("creating")),
        _ => Answer::json("{}"),
    }
}

#[tokio::test]
async fn what_was_just_made_compares_as_the_same() {
    let stage = Stage::answering(cloud);
    let made = Box::pin(spec().create(&stage.call())).await.unwrap();
    assert_eq!(
        made.output,
        EfsFileSystemOutput {
            id: "fs-1".into(),
            arn: ARN.to_owned()
        }
    );
    let observed = Box::pin(spec().read(&stage.call(), &made.identity))
        .await
        .unwrap()
        .unwrap();
    assert!(spec().compare(&observed.spec).different().is_empty(), "{observed:?}");
    assert_eq!(observed.tags.unwrap()["a"], "b");
}

#[tokio::test]
async fn each_setting_that_somebody_changed_shows_by_its_name() {
    let changes = [
        (r#""Encrypted": true"#, r#""Encrypted": false"#, "encrypted"),
        ("generalPurpose", "maxIO", "performance_mode"),
        (
            r#""ThroughputMode": "bursting""#,
            r#""ThroughputMode": "elastic""#,
            "throughput_mode",
        ),
        ("AFTER_30_DAYS", "AFTER_7_DAYS", "transition_to_ia"),
        ("ENABLING", "DISABLED", "backup"),
    ];
    for (from, to, field) in changes {
        let stage = Stage::answering(move |asked| match cloud(asked) {
            Answer::Told(status, form, body) => Answer::Told(status, form, body.replace(from, to)),
            other => other,
        });
        let identity = Identity {
            id: "fs-1".to_owned(),
            arn: None,
        };
        let observed = Box::pin(spec().read(&stage.call(), &identity)).await.unwrap().unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), [field]);
    }
}

#[tokio::test]
async fn a_policy_that_somebody_put_or_took_away_shows_as_a_change_of_access() {
    let identity = Identity {
        id: "fs-1".to_owned(),
        arn: None,
    };
    for is_taken_away in [false, true] {
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            path if !path.ends_with("fs-1/policy") => cloud(asked),
            _ if is_taken_away => Answer::Told(404, "application/json", r#"{"code": "PolicyNotFound"}"#.to_owned()),
            _ => policy(&json!({"Version": "2012-10-17", "Statement": []})),
        });
        let observed = Box::pin(spec().read(&stage.call(), &identity)).await.unwrap().unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), ["access"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_is_refused_while_an_earlier_change_goes_on_and_set_then() {
    let refused = std::sync::Mutex::new(std::collections::HashSet::new());
    let stage = Stage::answering(move |asked| {
        // Each setting is refused once.
        if asked.operation.starts_with("PUT ") && refused.lock().unwrap().insert(asked.operation.clone()) {
            return Answer::refused("IncorrectFileSystemLifeCycleState", "fs-1 is updating");
        }
        cloud(asked)
    });
    let identity = Identity {
        id: "fs-1".to_owned(),
        arn: None,
    };
    let have = Box::pin(spec().read(&stage.call(), &identity)).await.unwrap().unwrap();
    let fields = ["throughput_mode", "transition_to_ia", "backup", "access"];
    Box::pin(spec().update(&stage.call(), &have, &fields)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn deleting_tries_again_while_a_mount_target_still_counts_and_then_waits() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(
        move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => Answer::Told(
                409,
                "application/json",
                r#"{"code": "FileSystemInUse", "message": "in use"}"#.to_owned(),
            ),
            1 => Answer::Told(204, "application/json", String::new()),
            2 => Answer::json(format!(r#"{{"FileSystems": [{}]}}"#, described("deleting"))),
            _ => Answer::json(format!(r#"{{"FileSystems": [{}]}}"#, described("deleted"))),
        },
    );
    let identity = Identity {
        id: "fs-1".to_owned(),
        arn: None,
    };
    assert_eq!(spec().delete(&stage.call(), &identity).await, Ok(()));
    assert_eq!(stage.asked().len(), 4);
}

#[test]
fn a_key_is_the_same_by_arn_by_id_and_where_aws_chose_it() {
    const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/0f1e";
    let same = |wanted: Option<&str>, reported| same_key(Some(&wanted.map(str::to_owned)), reported);
    assert_eq!(same(Some(KEY), Some(KEY)).as_deref(), Some(KEY));
    assert_eq!(same(Some("0f1e"), Some(KEY)).as_deref(), Some("0f1e"));
    assert_eq!(same(None, Some(KEY)), None);
    assert_eq!(same(Some("1f1e"), Some(KEY)).as_deref(), Some(KEY));
    assert_eq!(same(Some(KEY), None), None);
}
