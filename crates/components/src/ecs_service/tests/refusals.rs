//! What AWS refuses for a while, and what is gone or going.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use aws::testing::Asked;

/// Answers the first requests for an operation with refusals, then as told.
fn refused_at_first(
    operation: &'static str,
    refusals: &'static [(&'static str, &'static str)],
    then: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Stage {
    let attempts = AtomicUsize::new(0);
    Stage::answering(move |asked| {
        if asked.operation == operation {
            let attempt = attempts.fetch_add(1, Ordering::Relaxed);
            if let Some((code, message)) = refusals.get(attempt) {
                return Answer::refused(code, message);
            }
        }
        then(asked)
    })
}

#[tokio::test(start_paused = true)]
async fn what_aws_does_not_know_yet_is_tried_again_under_a_token_of_its_own() {
    let stage = refused_at_first(
        "CreateService",
        &[
            (
                "InvalidParameterException",
                "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
            ),
            ("ClusterNotFoundException", "Cluster not found."),
            (
                "InvalidParameterException",
                "The target group with targetGroupArn arn:… does not have an associated load balancer.",
            ),
            (
                "InvalidParameterException",
                "Unable to Start a service that is still Draining.",
            ),
        ],
        |asked| Answer::json(json!({"service": service(&serde_json::from_str(&asked.body).unwrap())}).to_string()),
    );
    Box::pin(on_hosts().create(&stage.call())).await.unwrap();
    let token = |asked: Asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        body["clientToken"].as_str().unwrap().to_owned()
    };
    let tokens: BTreeSet<String> = stage.asked().into_iter().map(token).collect();
    assert_eq!(tokens.len(), 5);
}

#[tokio::test]
async fn another_service_of_the_name_is_told_as_such() {
    let words = "Creation of service was not idempotent.";
    let stage = Stage::answering(move |_| Answer::refused("InvalidParameterException", words));
    let error = Box::pin(on_hosts().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn a_service_that_is_going_does_not_stand_any_more() {
    for status in ["DRAINING", "INACTIVE"] {
        let mut reported = service(&json!({}));
        reported["status"] = json!(status);
        let stage = Stage::answering(move |_| Answer::json(json!({"services": [reported]}).to_string()));
        assert_eq!(on_hosts().find(&stage.call()).await.unwrap(), None, "{status}");
        assert!(
            on_hosts().read(&stage.call(), &at()).await.unwrap().is_none(),
            "{status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_until_the_service_has_drained() {
    let looks = AtomicUsize::new(0);
    let stage = refused_at_first(
        "DeleteService",
        &[
            (
                "InvalidParameterException",
                "The service cannot be stopped while deployments are active.",
            ),
            // Somebody else deletes it too.
            ("ServiceNotActiveException", "Service was not ACTIVE."),
        ],
        move |_| {
            let mut reported = service(&json!({}));
            let draining = looks.fetch_add(1, Ordering::Relaxed) < 3;
            reported["status"] = json!(if draining { "DRAINING" } else { "INACTIVE" });
            Answer::json(json!({"services": [reported]}).to_string())
        },
    );
    on_hosts().delete(&stage.call(), &at()).await.unwrap();
    assert_eq!(
        stage
            .operations()
            .iter()
            .filter(|operation| *operation == "DeleteService")
            .count(),
        2
    );
    assert_eq!(
        stage
            .operations()
            .iter()
            .filter(|operation| *operation == "DescribeServices")
            .count(),
        4
    );
}

#[tokio::test]
async fn deleting_what_is_gone_is_a_success() {
    for (code, words) in [
        ("ServiceNotFoundException", "Service not found."),
        ("ClusterNotFoundException", "Cluster not found."),
    ] {
        let stage = Stage::answering(move |_| Answer::refused(code, words));
        on_hosts().delete(&stage.call(), &at()).await.unwrap();
    }
}

#[tokio::test]
async fn tasks_that_ecs_gave_up_are_started_again_where_the_service_is_waited_for() {
    for (state, starts) in [("FAILED", true), ("IN_PROGRESS", false)] {
        let mut told = service(&json!({}));
        told["deployments"] = json!([{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": state}]);
        let stage = Stage::answering(move |asked| {
            let list = asked.operation == "DescribeServices";
            let answer = if list {
                json!({"services": [told]})
            } else {
                json!({"service": told})
            };
            Answer::json(answer.to_string())
        });
        on_hosts().settle(&stage.call(), &at()).await.unwrap();
        let asked = stage.asked();
        let update = asked.iter().find(|asked| asked.operation == "UpdateService");
        assert_eq!(update.is_some(), starts, "{state}");
        assert!(
            update.is_none_or(|update| update.body.contains(r#""forceNewDeployment":true"#)),
            "{update:?}"
        );
    }
}
