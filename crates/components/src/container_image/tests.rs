use super::*;
use aws::Sealed;
use aws::testing::{Answer, Stage};

fn digest(letter: &str) -> Digest {
    Digest::parse(&format!("sha256:{}", letter.repeat(64))).unwrap()
}

fn wanted() -> ContainerImage {
    ContainerImage {
        repository: RepositoryName::from("deid").into(),
        tag: ImageTag::from("3.3.2").into(),
        digest: digest("a").into(),
        source_digest: digest("a").into(),
        source: ImageSource {
            reference: "registry.example.com/deid:3.3.2".parse().unwrap(),
            platforms: Vec::new(),
            username: None,
            password: Sealed::default(),
        }
        .into(),
    }
}

fn index() -> String {
    let entry = |letter| format!(r#"{{\"digest\": \"{}\", \"size\": 7}}"#, digest(letter));
    format!(
        r#"{{"imageManifestMediaType": "application/vnd.oci.image.index.v1+json",
            "imageManifest": "{{\"schemaVersion\": 2, \"manifests\": [{}, {}]}}"}}"#,
        entry("b"),
        entry("c")
    )
}

/// ECR with the image `under` the tag, which is an index of two others, of which the first is untagged.
fn ecr(under: Digest) -> Stage {
    Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeImages" => Answer::json(format!(
            r#"{{"imageDetails": [{{"imageDigest": "{under}", "imageTags": ["3.3.2"]}}]}}"#
        )),
        "BatchGetImage" if asked.body.contains(digest("a").as_str()) => {
            Answer::json(format!(r#"{{"images": [{}]}}"#, index()))
        }
        "BatchGetImage" => Answer::json(
            r#"{"images": [{"imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json", "imageManifest": "{}"}]}"#,
        ),
        "ListImages" => Answer::json(format!(
            r#"{{"imageIds": [{{"imageDigest": "{}"}}, {{"imageDigest": "{}"}}, {{"imageDigest": "{}"}}]}}"#,
            digest("a"),
            digest("b"),
            digest("d")
        )),
        _ => Answer::json("{}"),
    })
}

fn deletions(stage: &Stage) -> Vec<String> {
    let asked = stage.asked().into_iter();
    let deleted = asked.filter(|asked| asked.operation == "BatchDeleteImage");
    deleted.map(|asked| asked.body).collect()
}

#[tokio::test]
async fn a_tag_that_points_elsewhere_is_a_difference() {
    let stage = ecr(digest("f"));
    let read = wanted().read(&stage.call(), &identity("deid")).await.unwrap().unwrap();
    assert_eq!(engine::Spec::compare(&wanted(), &read.spec).different(), ["digest"]);
}

#[tokio::test]
async fn a_tag_that_is_gone_is_none() {
    for code in ["ImageNotFoundException", "RepositoryNotFoundException"] {
        let stage = Stage::answering(move |_| {
            Answer::refused(
                code,
                "The image with imageId {imageDigest:'null', imageTag:'3.3.2'} does not exist within the repository with name 'deid' in the registry with id '123456789012'",
            )
        });
        assert!(wanted().read(&stage.call(), &identity("deid")).await.unwrap().is_none());
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
        wanted().delete(&stage.call(), &identity("deid")).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_there_already_is_not_copied() {
    let stage = ecr(digest("a"));
    wanted().create(&stage.call()).await.unwrap();
    assert_eq!(stage.operations(), ["DescribeImages"]);
}

#[tokio::test]
async fn an_image_goes_by_its_tag_and_with_the_parts_that_nobody_else_has() {
    let stage = ecr(digest("a"));
    wanted().delete(&stage.call(), &identity("deid")).await.unwrap();
    let deletions = deletions(&stage);
    assert_eq!(deletions.len(), 2, "{deletions:?}");
    assert!(
        deletions[0].contains("3.3.2") && !deletions[0].contains("imageDigest"),
        "{deletions:?}"
    );
    let untagged_part = deletions[1].contains(digest("b").as_str());
    let tagged_part = deletions[1].contains(digest("c").as_str());
    let not_ours = deletions[1].contains(digest("d").as_str());
    assert!(untagged_part && !tagged_part && !not_ours, "{deletions:?}");
}

#[tokio::test]
async fn an_image_that_somebody_put_under_the_tag_stays() {
    let stage = ecr(digest("f"));
    wanted().delete(&stage.call(), &identity("deid")).await.unwrap();
    let deletions = deletions(&stage);
    assert!(
        deletions[0].contains(digest("a").as_str()),
        "ours has lost its tag: {deletions:?}"
    );
    assert!(!deletions.iter().any(|body| body.contains("3.3.2")), "{deletions:?}");
}

#[tokio::test]
async fn what_cannot_be_deleted_is_told_in_ecrs_words() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DescribeImages" => Answer::json(format!(r#"{{"imageDetails": [{{"imageDigest": "{}"}}]}}"#, digest("a"))),
        "BatchDeleteImage" => Answer::json(
            r#"{"failures": [{"failureCode": "KmsError", "failureReason": "The KMS key is disabled", "imageId": {"imageTag": "3.3.2"}}]}"#,
        ),
        _ => Answer::json("{}"),
    });
    let error = wanted().delete(&stage.call(), &identity("deid")).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("KmsError"));
    assert_eq!(error.message, "The KMS key is disabled");
}
