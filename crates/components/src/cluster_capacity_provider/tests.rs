//! Tests of what ties a capacity provider to a cluster.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";

fn wanted() -> ClusterCapacityProvider {
    ClusterCapacityProvider {
        cluster: ClusterArn::from(CLUSTER).into(),
        provider: CapacityProviderName::from("demo").into(),
    }
}

fn known(provider: &str) -> Identity {
    identity(&CLUSTER.into(), provider)
}

/// A cluster with these providers, whose default strategy names the first.
fn ecs(asked: &Asked, has: &[&str], attachments: &str) -> Answer {
    match asked.operation.as_str() {
        "DescribeClusters" => {
            let first = has.first().map_or(String::new(), |name| {
                format!(r#"{{"capacityProvider": "{name}", "weight": 1, "base": 0}}"#)
            });
            Answer::json(format!(
                r#"{{"clusters": [{{"clusterArn": "{CLUSTER}", "clusterName": "demo", "status": "ACTIVE",
                    "capacityProviders": {has:?}, "defaultCapacityProviderStrategy": [{first}],
                    "attachments": [{{"id": "1", "type": "as_policy", "status": "FAILED",
                        "details": [{{"name": "capacityProviderName", "value": "demo"}}]}}],
                    "attachmentsStatus": "{attachments}"}}]}}"#
            ))
        }
        _ => Answer::json("{}"),
    }
}

fn put_of(stage: &Stage) -> (Vec<String>, Vec<String>) {
    let asked = stage.asked();
    let put = asked
        .iter()
        .rfind(|asked| asked.operation == "PutClusterCapacityProviders")
        .unwrap();
    let body: serde_json::Value = serde_json::from_str(&put.body).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let list = |name: &str| body[name].as_array().unwrap().clone();
    (
        list("capacityProviders").iter().map(text).collect(),
        list("defaultCapacityProviderStrategy")
            .iter()
            .map(|item| text(&item["capacityProvider"]))
            .collect(),
    )
}

#[tokio::test(start_paused = true)]
async fn what_others_associated_stays_and_the_end_is_awaited() {
    let (refused, looks) = (AtomicU32::new(0), AtomicU32::new(0));
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "PutClusterCapacityProviders" if refused.fetch_add(1, SeqCst) == 0 => Answer::refused(
            "UpdateInProgressException",
            "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated. Wait and try again.",
        ),
        "DescribeClusters" if looks.fetch_add(1, SeqCst) == 1 => ecs(asked, &["theirs"], "UPDATE_IN_PROGRESS"),
        _ => ecs(asked, &["theirs", "FARGATE"], "UPDATE_COMPLETE"),
    });
    let made = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(made.output.cluster.as_str(), CLUSTER);
    assert_eq!(made.identity, known("demo"));
    let (providers, strategy) = put_of(&stage);
    assert_eq!(providers, ["FARGATE", "demo", "theirs"]);
    assert_eq!(strategy, ["theirs"], "the default strategy is the cluster owner's");
    assert_eq!(stage.operations().last().map(String::as_str), Some("DescribeClusters"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_as_active_everywhere_yet_is_waited_for_but_not_for_long() {
    for text in [
        "The specified capacity provider 'demo' is not in an ACTIVE state. Specify a valid capacity provider and try again.",
        "Cluster was not ACTIVE.",
    ] {
        let refused = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "PutClusterCapacityProviders" if refused.fetch_add(1, SeqCst) < 2 => {
                Answer::refused("ClientException", text)
            }
            _ => ecs(asked, &["FARGATE"], "UPDATE_COMPLETE"),
        });
        wanted().create(&stage.call()).await.unwrap();

        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "PutClusterCapacityProviders" => Answer::refused("ClientException", text),
            _ => ecs(asked, &["FARGATE"], "UPDATE_COMPLETE"),
        });
        let begun = tokio::time::Instant::now();
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert!(error.message.contains(text), "{}", error.message);
        assert!(
            begun.elapsed() <= NOT_ACTIVE_YET.limit + std::time::Duration::from_secs(1),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn a_provider_that_the_cluster_has_already_is_not_associated_again() {
    let stage = Stage::answering(|asked| ecs(asked, &["FARGATE", "demo"], "UPDATE_COMPLETE"));
    wanted().create(&stage.call()).await.unwrap();
    assert!(!stage.operations().contains(&"PutClusterCapacityProviders".to_owned()));
}

#[tokio::test]
async fn it_stands_where_the_cluster_has_the_provider_whatever_else_it_has() {
    for (has, stands) in [(vec!["theirs", "demo", "FARGATE"], true), (vec!["theirs"], false)] {
        let stage = Stage::answering(move |asked| ecs(asked, &has, "UPDATE_COMPLETE"));
        let found = wanted().find(&stage.call()).await.unwrap();
        assert_eq!(found, stands.then(|| known("demo")));
        let read = wanted().read(&stage.call(), &known("demo")).await.unwrap();
        let differs = read.map(|have| wanted().compare(&have.spec).different());
        assert_eq!(differs, stands.then(Vec::new));
    }
}

#[tokio::test(start_paused = true)]
async fn it_alone_leaves_once_no_service_uses_it() {
    let refused = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "PutClusterCapacityProviders" if refused.fetch_add(1, SeqCst) < 3 => Answer::refused(
            "ResourceInUseException",
            "The specified capacity provider is in use and cannot be removed.",
        ),
        _ => ecs(asked, &["demo", "theirs", "FARGATE_SPOT"], "UPDATE_COMPLETE"),
    });
    wanted().delete(&stage.call(), &known("demo")).await.unwrap();
    let (providers, strategy) = put_of(&stage);
    assert_eq!(providers, ["FARGATE_SPOT", "theirs"]);
    assert!(strategy.is_empty(), "a default strategy cannot name who has left");
}

#[tokio::test]
async fn awss_own_provider_stays_with_the_cluster() {
    let stage = Stage::answering(|asked| ecs(asked, &["FARGATE", "theirs"], "UPDATE_COMPLETE"));
    wanted().delete(&stage.call(), &known("FARGATE")).await.unwrap();
    assert!(!stage.operations().contains(&"PutClusterCapacityProviders".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn it_leaves_a_cluster_that_is_not_told_of_for_a_moment() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeClusters" if looks.fetch_add(1, SeqCst) == 0 => {
            Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#)
        }
        _ => ecs(asked, &["demo", "theirs"], "UPDATE_COMPLETE"),
    });
    wanted().delete(&stage.call(), &known("demo")).await.unwrap();
    assert_eq!(put_of(&stage).0, ["theirs"]);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_without_it_is_left_alone_and_a_missing_one_is_no_failure() {
    let stage = Stage::answering(|asked| ecs(asked, &["theirs"], "UPDATE_COMPLETE"));
    wanted().delete(&stage.call(), &known("demo")).await.unwrap();
    assert!(!stage.operations().contains(&"PutClusterCapacityProviders".to_owned()));

    let stage = Stage::answering(|_| Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#));
    wanted().delete(&stage.call(), &known("demo")).await.unwrap();
    assert!(wanted().read(&stage.call(), &known("demo")).await.unwrap().is_none());
}

#[tokio::test]
async fn an_attachment_that_failed_is_named() {
    let stage = Stage::answering(|asked| ecs(asked, &["theirs"], "UPDATE_FAILED"));
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert!(
        error.message.contains("as_policy FAILED (capacityProviderName demo)"),
        "{}",
        error.message
    );
    assert!(error.remedy.unwrap().contains("AWSServiceRoleForECS"));
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_not_known_everywhere_yet_is_waited_for() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "DescribeClusters" && looks.fetch_add(1, SeqCst) < 2 {
            return Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#);
        }
        ecs(asked, &[], "UPDATE_COMPLETE")
    });
    wanted().create(&stage.call()).await.unwrap();
    assert_eq!(put_of(&stage).0, ["demo"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_gone_is_told_with_what_to_do() {
    let stage = Stage::answering(|_| Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#));
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.remedy.unwrap().contains("Plan again"));
}
