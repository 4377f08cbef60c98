//! What a user sees of a stage.

use super::*;
use aws::testing::{Answer, Stage};
use engine::{ErrorKind, Spec as _};

fn spec() -> HttpApiStage {
    HttpApiStage {
        api: ApiId::from("a1").into(),
        name: "$default".into(),
        auto_deploy: true.into(),
        throttling: Some(Throttling { burst: 50, rate: 12.5 }).into(),
        access_log: Some(AccessLog {
            log_group: "/demo/api".into(),
            format: r#"{"id":"$context.requestId"}"#.to_owned(),
        })
        .into(),
    }
}

fn bare() -> HttpApiStage {
    HttpApiStage {
        throttling: None.into(),
        access_log: None.into(),
        ..spec()
    }
}

const STAGE: &str = r#"{"stageName": "$default", "autoDeploy": true,
    "defaultRouteSettings": {"detailedMetricsEnabled": false, "throttlingBurstLimit": 50, "throttlingRateLimit": 12.5},
    "accessLogSettings": {"destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/demo/api",
                          "format": "{\"id\":\"$context.requestId\"}"},
    "tags": {"a": "b"}}"#;

async fn observed(wanted: &HttpApiStage, body: String) -> Observed<HttpApiStage, HttpApiStageOutput> {
    let stage = Stage::answering(move |_| Answer::json(body.clone()));
    let call = stage.call();
    Box::pin(wanted.read(&call, &identity(&call, "a1", "$default")))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn what_was_made_compares_as_the_same_and_each_change_shows() {
    for (from, to, fields) in [
        ("", "", vec![]),
        ("/demo/api\"", "/demo/api:*\"", vec![]),
        (r#""autoDeploy": true"#, r#""autoDeploy": false"#, vec!["auto_deploy"]),
        (": 50", ": 51", vec!["throttling"]),
        ("12.5", "12.6", vec!["throttling"]),
        ("/demo/api", "/other", vec!["access_log"]),
        ("us-east-1:123456789012", "us-east-1:210987654321", vec!["access_log"]),
        ("requestId", "path", vec!["access_log"]),
    ] {
        let observed = observed(&spec(), STAGE.replace(from, to)).await;
        assert_eq!(spec().compare(&observed.spec).different(), fields, "{to}");
    }
}

#[tokio::test]
async fn no_limits_are_the_same_as_the_accounts_and_limits_that_somebody_set_show() {
    let none =
        r#"{"stageName": "$default", "autoDeploy": true, "defaultRouteSettings": {"detailedMetricsEnabled": false}}"#;
    let account = STAGE.replace(": 50", ": 5000").replace("12.5", "10000.0");
    assert_eq!(
        bare()
            .compare(&observed(&bare(), none.to_owned()).await.spec)
            .different(),
        [""; 0]
    );
    assert_eq!(
        bare().compare(&observed(&bare(), account).await.spec).different(),
        ["access_log"]
    );
    assert_eq!(
        bare()
            .compare(&observed(&bare(), STAGE.to_owned()).await.spec)
            .different(),
        ["throttling", "access_log"]
    );
}

#[tokio::test]
async fn it_is_made_at_once_with_its_limits_and_its_log() {
    let stage = Stage::answering(|_| Answer::json(STAGE));
    let made = Box::pin(spec().create(&stage.call())).await.unwrap();
    assert_eq!(made.identity.id, "a1/$default");
    assert_eq!(
        made.identity.arn.as_deref(),
        Some("arn:aws:apigateway:us-east-1::/apis/a1/stages/$default")
    );
    let body = &stage.asked()[0].body;
    for wanted in [
        r#""throttlingBurstLimit":50"#,
        r#""throttlingRateLimit":12.5"#,
        r#""destinationArn":"arn:aws:logs:us-east-1:123456789012:log-group:/demo/api""#,
    ] {
        assert!(body.contains(wanted), "{wanted}: {body}");
    }
}

#[tokio::test]
async fn a_log_that_is_wanted_no_more_is_forgotten_and_limits_are_lifted() {
    let have = observed(&spec(), STAGE.to_owned()).await;
    let stage = Stage::answering(|_| Answer::json("{}"));
    Box::pin(bare().update(&stage.call(), &have, &["access_log"]))
        .await
        .unwrap();
    Box::pin(bare().update(&stage.call(), &have, &["throttling", "access_log"]))
        .await
        .unwrap();
    let forget = "DELETE /v2/apis/a1/stages/%24default/accesslogsettings";
    assert_eq!(
        stage.operations(),
        [forget, forget, "PATCH /v2/apis/a1/stages/%24default"]
    );
    let body = &stage.asked()[2].body;
    assert!(
        body.contains(r#""throttlingBurstLimit":5000"#) && body.contains(r#""throttlingRateLimit":10000"#),
        "{body}"
    );
}

#[tokio::test]
async fn what_is_not_to_change_is_left_as_it_is() {
    let have = observed(&spec(), STAGE.to_owned()).await;
    let stage = Stage::answering(|_| Answer::json("{}"));
    Box::pin(spec().update(&stage.call(), &have, &["auto_deploy"]))
        .await
        .unwrap();
    assert!(!stage.asked()[0].body.contains("throttling"));
}

#[tokio::test]
async fn a_log_that_may_not_be_written_to_says_which_permissions_are_needed() {
    let stage = Stage::answering(|_| {
        Answer::refused(
            "BadRequestException",
            "Insufficient permissions to enable logging. Please see the API Gateway documentation",
        )
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.remedy.unwrap().contains("logs:CreateLogDelivery"));
}

#[tokio::test]
async fn one_that_stands_already_is_told() {
    let stage = Stage::answering(|_| {
        let body = r#"{"__type": "ConflictException", "message": "Stage already exists"}"#;
        Answer::Told(409, "application/json", body.to_owned())
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}
