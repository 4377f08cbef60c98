//! Tests of the secret.

use serde_json::{Value, json};

use super::version::{FOREIGN, TAG};
use super::*;
use aws::testing::{Answer, Asked, Stage};

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:demo-license-AbCdEf";
const TEXT: &str = r#"{"license": "top secret"}"#;

fn wanted(version: i64) -> Secret {
    Secret {
        name: "demo-license".into(),
        description: "licence".into(),
        kms_key_id: None.into(),
        recovery_window_in_days: 0.into(),
        content_version: version.into(),
        content: Sealed::new(Some(TEXT.to_owned())).into(),
    }
}

/// What is reported of a secret with that current value and those tags.
fn described(current: &str, tags: &[(&str, &str)], more: &Value) -> Answer {
    let tags: Vec<_> = tags
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    let mut found = json!({
        "ARN": ARN, "Name": "demo-license", "Description": "licence", "Tags": tags,
        "VersionIdsToStages": {current: ["AWSCURRENT"], "older": ["AWSPREVIOUS"]},
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        found[name] = value.clone();
    }
    Answer::json(found.to_string())
}

fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}

fn asked(stage: &Stage, operation: &str) -> Value {
    let asked = stage.asked();
    let found = asked.iter().find(|asked| asked.operation == operation);
    body(found.unwrap_or_else(|| panic!("{operation} was not asked for")))
}

fn tag_of(body: &Value, name: &str) -> Option<String> {
    let tags = body["Tags"].as_array()?;
    let tag = tags.iter().find(|tag| tag["Key"] == name)?;
    Some(tag["Value"].as_str()?.to_owned())
}

fn at() -> Identity {
    Identity {
        id: "demo-license".to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

async fn read(spec: &Secret, answer: Answer) -> Option<Observed<Secret, SecretOutput>> {
    let stage = Stage::answering(move |_| answer.clone());
    spec.read(&stage.call(), &at()).await.unwrap()
}

async fn content_version(current: &str, note: &[(&str, &str)]) -> i64 {
    let found = read(&wanted(3), described(current, note, &Value::Null)).await.unwrap();
    *found.spec.content_version.get().unwrap()
}

const SCHEDULED: &str =
    "You can't create this secret because a secret with this name is already scheduled for deletion.";

#[tokio::test]
async fn the_value_is_named_and_noted_as_ours_as_it_is_made() {
    let stage = Stage::answering(|_| Answer::json(format!(r#"{{"ARN": "{ARN}"}}"#)));
    let made = wanted(3).create(&stage.call()).await.unwrap();
    let sent = asked(&stage, "CreateSecret");
    assert_eq!(sent["SecretString"], TEXT);
    assert_eq!(sent["ClientRequestToken"], made.output.version_id);
    assert_eq!(tag_of(&sent, TAG), Some(format!("3:{}", made.output.version_id)));
    assert_eq!(
        tag_of(&sent, "thatdot:deployment-id").as_deref(),
        Some("11111111-2222-3333-4444-555555555555")
    );
    assert_eq!((made.identity, made.output.arn.as_str()), (at(), ARN));
}

#[tokio::test]
async fn what_was_made_compares_equal_and_a_value_of_somebody_else_does_not() {
    let found = read(&wanted(3), described("ours", &[(TAG, "3:ours")], &Value::Null))
        .await
        .unwrap();
    assert!(engine::Spec::compare(&wanted(3), &found.spec).changes.is_empty());
    assert_eq!(found.output.version_id, "ours");

    assert_eq!(content_version("theirs", &[(TAG, "3:ours")]).await, FOREIGN);
    assert_eq!(content_version("theirs", &[]).await, FOREIGN);
    let other = read(&wanted(3), described("ours", &[(TAG, "2:ours")], &Value::Null))
        .await
        .unwrap();
    assert_eq!(
        engine::Spec::compare(&wanted(3), &other.spec).different(),
        ["content_version"]
    );
}

#[tokio::test]
async fn every_field_that_can_be_read_shows_its_drift() {
    let more = json!({"Description": "changed", "KmsKeyId": "arn:aws:kms:us-east-1:1:key/a"});
    let found = read(&wanted(3), described("theirs", &[(TAG, "3:ours")], &more))
        .await
        .unwrap();
    assert_eq!(
        engine::Spec::compare(&wanted(3), &found.spec).different(),
        ["description", "kms_key_id", "content_version"]
    );
}

#[tokio::test]
async fn a_new_version_is_put_under_a_new_name_and_noted() {
    let stage = Stage::answering(|_| Answer::json("{}"));
    let have = read(&wanted(3), described("ours", &[(TAG, "3:ours")], &Value::Null))
        .await
        .unwrap();
    let output = wanted(4)
        .update(&stage.call(), &have, &["content_version"])
        .await
        .unwrap();
    assert_eq!(stage.operations(), ["PutSecretValue", "TagResource"]);
    let put = asked(&stage, "PutSecretValue");
    assert_eq!(put["SecretString"], TEXT);
    assert_eq!(put["ClientRequestToken"], output.version_id);
    assert_ne!(output.version_id, "ours");
    let note = tag_of(&asked(&stage, "TagResource"), TAG);
    assert_eq!(note, Some(format!("4:{}", output.version_id)));
}

#[tokio::test]
async fn what_describes_it_changes_without_its_content() {
    let stage = Stage::answering(|_| Answer::json("{}"));
    let have = read(&wanted(3), described("ours", &[(TAG, "3:ours")], &Value::Null))
        .await
        .unwrap();
    let output = wanted(3).update(&stage.call(), &have, &["kms_key_id"]).await.unwrap();
    assert_eq!(stage.operations(), ["UpdateSecret"]);
    let sent = asked(&stage, "UpdateSecret");
    assert_eq!((&sent["KmsKeyId"], &sent["SecretString"]), (&json!(""), &Value::Null));
    assert_eq!(output.version_id, "ours");

    let nothing = wanted(3)
        .update(&stage.call(), &have, &["recovery_window_in_days"])
        .await;
    assert_eq!(nothing.unwrap().version_id, "ours");
    assert_eq!(stage.operations().len(), 1);
}

#[tokio::test]
async fn without_the_content_nothing_is_asked_of_aws() {
    let stage = Stage::answering(|_| Answer::json("{}"));
    let mut empty = wanted(1);
    empty.content = Sealed::default().into();
    let error = empty.create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.remedy.unwrap().contains("write-only"));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn the_text_shows_neither_in_a_refusal_nor_in_what_is_logged() {
    let words = r#"Value '{\"license\": \"top secret\"}' at 'secretString' failed to satisfy constraint"#;
    let stage = Stage::answering(move |_| Answer::refused("InvalidParameterException", words));
    let error = wanted(1).create(&stage.call()).await.unwrap_err();
    assert_eq!(
        error.message,
        "Value '(the content)' at 'secretString' failed to satisfy constraint"
    );
    let told = format!("{error:?} {error} {:?}", wanted(1));
    assert!(!told.contains("top secret"), "{told}");
    let request = stage.aws.secretsmanager.create_secret().secret_string(TEXT);
    assert!(!format!("{request:?}").contains("top secret"));
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let words = "The operation failed because the secret demo-license already exists.";
    let stage = Stage::answering(move |_| Answer::refused("ResourceExistsException", words));
    let error = wanted(1).create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn a_deleted_one_of_this_deployments_name_is_restored_and_made_what_is_wanted() {
    let tags = [
        ("thatdot:deployment", "demo"),
        ("thatdot:component", "part"),
        (TAG, "9:older"),
    ];
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "CreateSecret" => Answer::refused("InvalidRequestException", SCHEDULED),
        "DescribeSecret" => described("older", &tags, &json!({"DeletedDate": 1_700_000_000})),
        _ => Answer::json("{}"),
    });
    let made = wanted(1).create(&stage.call()).await.unwrap();
    assert_eq!(
        stage.operations(),
        [
            "CreateSecret",
            "DescribeSecret",
            "RestoreSecret",
            "TagResource",
            "UpdateSecret",
            "PutSecretValue",
            "TagResource"
        ]
    );
    assert_eq!(
        tag_of(&asked(&stage, "TagResource"), "thatdot:deployment-id").as_deref(),
        Some("11111111-2222-3333-4444-555555555555")
    );
    assert_eq!(
        asked(&stage, "PutSecretValue")["ClientRequestToken"],
        made.output.version_id
    );
}

#[tokio::test]
async fn a_deleted_one_of_somebody_else_is_left_alone() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "CreateSecret" => Answer::refused("InvalidRequestException", SCHEDULED),
        _ => described("older", &[], &json!({"DeletedDate": 1_700_000_000})),
    });
    let error = wanted(1).create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Foreign);
    assert!(error.remedy.unwrap().contains("--secret-id demo-license"));
    assert_eq!(stage.operations(), ["CreateSecret", "DescribeSecret"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_just_being_deleted_for_good_is_waited_for() {
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "CreateSecret" if attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 => {
            Answer::refused("InvalidRequestException", SCHEDULED)
        }
        "CreateSecret" => Answer::json(format!(r#"{{"ARN": "{ARN}"}}"#)),
        _ => Answer::refused(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        ),
    });
    wanted(1).create(&stage.call()).await.unwrap();
    let creates = stage
        .asked()
        .into_iter()
        .filter(|asked| asked.operation == "CreateSecret");
    let tokens: std::collections::BTreeSet<_> = creates
        .map(|asked| body(&asked)["ClientRequestToken"].to_string())
        .collect();
    assert_eq!(tokens.len(), 3, "each attempt has a token of its own");
}

#[tokio::test]
async fn one_that_is_scheduled_for_deletion_does_not_exist() {
    let gone = described("ours", &[(TAG, "3:ours")], &json!({"DeletedDate": 1_700_000_000}));
    assert!(read(&wanted(3), gone.clone()).await.is_none());
    let stage = Stage::answering(move |_| gone.clone());
    assert_eq!(wanted(3).find(&stage.call()).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn it_is_deleted_for_good_or_for_so_many_days() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeSecret" if looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 => {
            described("ours", &[], &json!({"DeletedDate": 1_700_000_000}))
        }
        "DescribeSecret" => Answer::refused("ResourceNotFoundException", "gone"),
        _ => Answer::json("{}"),
    });
    wanted(1).delete(&stage.call(), &at()).await.unwrap();
    let sent = asked(&stage, "DeleteSecret");
    assert_eq!(
        (&sent["ForceDeleteWithoutRecovery"], &sent["RecoveryWindowInDays"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(stage.operations().len(), 4, "until it is gone");

    let mut kept = wanted(1);
    kept.recovery_window_in_days = 7.into();
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DescribeSecret" => described("ours", &[], &json!({"DeletedDate": 1_700_000_000})),
        _ => Answer::json("{}"),
    });
    kept.delete(&stage.call(), &at()).await.unwrap();
    let sent = asked(&stage, "DeleteSecret");
    assert_eq!(
        (&sent["ForceDeleteWithoutRecovery"], &sent["RecoveryWindowInDays"]),
        (&Value::Null, &json!(7))
    );
}

#[tokio::test]
async fn deleting_what_is_gone_or_going_is_a_success() {
    for (code, words) in [
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        ),
        (
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was already scheduled for deletion.",
        ),
    ] {
        let stage = Stage::answering(move |_| Answer::refused(code, words));
        wanted(1).delete(&stage.call(), &at()).await.unwrap();
    }
}

#[test]
fn a_key_is_the_same_in_any_words() {
    let same = |wanted: &str, reported: Option<&str>| {
        same_key(Some(&Some(wanted.to_owned())), reported) == Some(wanted.to_owned())
    };
    assert!(same("1234", Some("arn:aws:kms:us-east-1:1:key/1234")));
    assert!(same("arn:aws:kms:us-east-1:1:key/1234", Some("1234")));
    assert!(same("alias/mine", Some("arn:aws:kms:us-east-1:1:alias/mine")));
    assert!(same("alias/mine", Some("arn:aws:kms:us-east-1:1:key/1234")));
    assert!(same("alias/aws/secretsmanager", None));
    assert!(!same("alias/mine", Some("arn:aws:kms:us-east-1:1:alias/other")));
    assert!(!same("1234", Some("arn:aws:kms:us-east-1:1:key/12345")));
    assert!(!same("1234", None));
    assert_eq!(same_key(Some(&None), Some("k")).as_deref(), Some("k"));
    let own = "arn:aws:kms:us-east-1:1:alias/aws/secretsmanager";
    assert_eq!(same_key(Some(&None), Some(own)), None);
}
