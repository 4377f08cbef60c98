use super::*;
use aws::testing::{Answer, Stage};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/0f1e";

fn wanted() -> EcrRepository {
    EcrRepository {
        name: RepositoryName::from("deid").into(),
        encryption: Encryption::Kms(None).into(),
        scan_on_push: true.into(),
        tag_mutability: TagMutability::Immutable.into(),
        lifecycle: Lifecycle::Newest(3).into(),
        force_delete: false.into(),
    }
}

fn identity_of(name: &str) -> Identity {
    Identity {
        id: name.to_owned(),
        arn: Some(format!("arn:aws:ecr:us-east-1:123456789012:repository/{name}")),
    }
}

fn repository() -> String {
    format!(
        r#"{{"repositoryName": "deid", "repositoryArn": "arn:aws:ecr:us-east-1:123456789012:repository/deid",
            "repositoryUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid", "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {{"scanOnPush": true}},
            "encryptionConfiguration": {{"encryptionType": "KMS", "kmsKey": "{KEY}"}}}}"#
    )
}

fn stage(policy: Option<Lifecycle>) -> Stage {
    Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeRepositories" => Answer::json(format!(r#"{{"repositories": [{}]}}"#, repository())),
        "CreateRepository" => Answer::json(format!(r#"{{"repository": {}}}"#, repository())),
        "GetLifecyclePolicy" => match policy.as_ref().and_then(Lifecycle::to_policy) {
            Some(text) => Answer::json(serde_json::json!({ "lifecyclePolicyText": text }).to_string()),
            None => Answer::refused(
                "LifecyclePolicyNotFoundException",
                "Lifecycle policy does not exist for the repository with name 'deid' in the registry with id '123456789012'",
            ),
        },
        "ListTagsForResource" => Answer::json(r#"{"tags": [{"Key": "team", "Value": "ml"}]}"#),
        _ => Answer::json("{}"),
    })
}

#[tokio::test]
async fn what_was_made_reads_as_it_was_wanted() {
    let stage = stage(Some(Lifecycle::Newest(3)));
    let created = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(
        created.output.url.as_str(),
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid"
    );
    let read = wanted().read(&stage.call(), &created.identity).await.unwrap().unwrap();
    assert_eq!(engine::Spec::compare(&wanted(), &read.spec).different(), [""; 0]);
    assert_eq!(read.tags.unwrap()["team"], "ml");
    assert_eq!(stage.operations()[..2], ["CreateRepository", "PutLifecyclePolicy"]);
}

#[tokio::test]
async fn every_field_shows_what_others_changed() {
    let stage = stage(None);
    let other = EcrRepository {
        encryption: Encryption::Aes256.into(),
        scan_on_push: false.into(),
        tag_mutability: TagMutability::Mutable.into(),
        ..wanted()
    };
    let read = other.read(&stage.call(), &identity_of("deid")).await.unwrap().unwrap();
    assert_eq!(
        engine::Spec::compare(&other, &read.spec).different(),
        ["encryption", "scan_on_push", "tag_mutability", "lifecycle"]
    );
}

#[test]
fn a_key_by_id_or_alias_is_the_reported_one() {
    let reported = encryption_asked(&Encryption::Kms(Some(KEY.to_owned()))).unwrap();
    for key in ["0f1e", "alias/images", KEY] {
        let wanted = Encryption::Kms(Some(key.to_owned()));
        assert_eq!(encryption(Some(&reported), Some(&wanted)), wanted);
    }
    let other = Encryption::Kms(Some("arn:aws:kms:us-east-1:123456789012:key/2d3c".to_owned()));
    assert_ne!(encryption(Some(&reported), Some(&other)), other);
}

#[tokio::test]
async fn a_repository_that_is_gone_is_none() {
    let stage = Stage::answering(|_| {
        Answer::refused(
            "RepositoryNotFoundException",
            "The repository with name 'deid' does not exist in the registry with id '123456789012'",
        )
    });
    assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
    assert!(
        wanted()
            .read(&stage.call(), &identity_of("deid"))
            .await
            .unwrap()
            .is_none()
    );
    wanted().delete(&stage.call(), &identity_of("deid")).await.unwrap();
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused(
            "RepositoryAlreadyExistsException",
            "The repository with name 'deid' already exists in the registry with id '123456789012'",
        )
    });
    assert_eq!(
        wanted().create(&stage.call()).await.unwrap_err().kind,
        ErrorKind::AlreadyExists
    );
}

#[tokio::test]
async fn images_of_others_are_kept_unless_the_user_says_otherwise() {
    let stage = Stage::answering(|_| {
        Answer::refused(
            "RepositoryNotEmptyException",
            "The repository with name 'deid' in registry with id '123456789012' cannot be deleted because it still contains images",
        )
    });
    let error = wanted().delete(&stage.call(), &identity_of("deid")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.remedy.unwrap().contains("force_delete = true"));
    assert!(
        stage.asked()[0].body.contains(r#""force":false"#),
        "{}",
        stage.asked()[0].body
    );

    let stage = Stage::answering(|_| Answer::json("{}"));
    let forced = EcrRepository {
        force_delete: true.into(),
        ..wanted()
    };
    forced.delete(&stage.call(), &identity_of("deid")).await.unwrap();
    assert!(
        stage.asked()[0].body.contains(r#""force":true"#),
        "{}",
        stage.asked()[0].body
    );
}
