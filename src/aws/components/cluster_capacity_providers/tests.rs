//! Tests of a cluster's capacity providers.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use crate::aws::testing::{Answer, Asked, Stage};
use crate::engine::Spec;

const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";

fn names(names: &[&str]) -> BTreeSet<CapacityProviderName> {
    names.iter().map(|&name| name.into()).collect()
}

fn share(provider: &str) -> CapacityProviderShare {
    CapacityProviderShare {
        provider: provider.into(),
        weight: 1,
        base: 0,
    }
}

fn wanted(strategy: Option<&str>) -> ClusterCapacityProviders {
    ClusterCapacityProviders {
        cluster: ClusterArn::from(CLUSTER).into(),
        providers: names(&["demo"]).into(),
        fargate: false.into(),
        default_strategy: strategy.map(|provider| BTreeSet::from([share(provider)])).into(),
    }
}

/// A cluster with these providers, whose default strategy names the first; `demo` and `demo-old` are this deployment's.
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
        "DescribeCapacityProviders" => Answer::json(
            r#"{"capacityProviders": [
                {"name": "theirs", "tags": [{"key": "thatdot:deployment-id", "value": "another"}]},
                {"name": "demo", "tags": [{"key": "thatdot:deployment-id", "value": "11111111-2222-3333-4444-555555555555"}]},
                {"name": "demo-old", "tags": [{"key": "thatdot:deployment-id", "value": "11111111-2222-3333-4444-555555555555"}]}
            ]}"#,
        ),
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
    let made = wanted(None).create(&stage.call()).await.unwrap();
    assert_eq!(made.output.cluster.as_str(), CLUSTER);
    let (providers, strategy) = put_of(&stage);
    assert_eq!(providers, ["FARGATE", "demo", "theirs"]);
    assert_eq!(
        strategy,
        ["theirs"],
        "the default strategy of a cluster that is not ours is not touched"
    );
    assert_eq!(stage.operations().last().map(String::as_str), Some("DescribeClusters"));
}

#[tokio::test]
async fn a_default_strategy_that_is_wanted_takes_the_place_of_the_old_one() {
    let stage = Stage::answering(|asked| ecs(asked, &["demo"], "UPDATE_COMPLETE"));
    wanted(Some("demo")).create(&stage.call()).await.unwrap();
    assert_eq!(put_of(&stage).1, ["demo"]);
}

#[tokio::test]
async fn others_providers_are_no_difference_and_surplus_ones_of_ours_are() {
    let read = |has: &'static [&'static str], spec: ClusterCapacityProviders| async move {
        let stage = Stage::answering(move |asked| ecs(asked, has, "UPDATE_COMPLETE"));
        let have = spec.read(&stage.call(), &identity(CLUSTER)).await.unwrap();
        have.map(|have| spec.compare(&have.spec).different())
    };
    let none: Vec<&str> = Vec::new();
    assert_eq!(
        read(&["demo", "theirs", "FARGATE"], wanted(None)).await,
        Some(none.clone())
    );
    assert_eq!(read(&["demo", "theirs"], wanted(Some("demo"))).await, Some(none));
    assert_eq!(
        read(&["theirs", "demo"], wanted(Some("demo"))).await,
        Some(vec!["default_strategy"])
    );
    assert_eq!(read(&["demo", "demo-old"], wanted(None)).await, Some(vec!["providers"]));
    assert_eq!(read(&["FARGATE"], wanted(None)).await, None, "none of it stands");
}

#[tokio::test(start_paused = true)]
async fn fargates_own_provider_is_added_where_it_is_wanted_and_missed_where_it_went() {
    let with_fargate = || ClusterCapacityProviders {
        fargate: true.into(),
        ..wanted(None)
    };
    let stage = Stage::answering(|asked| ecs(asked, &["demo"], "UPDATE_COMPLETE"));
    with_fargate().create(&stage.call()).await.unwrap();
    assert_eq!(put_of(&stage).0, ["FARGATE", "demo"]);
    let have = with_fargate()
        .read(&stage.call(), &identity(CLUSTER))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(with_fargate().compare(&have.spec).different(), ["fargate"]);
    let stage = Stage::answering(|asked| ecs(asked, &["FARGATE", "demo"], "UPDATE_COMPLETE"));
    let have = with_fargate()
        .read(&stage.call(), &identity(CLUSTER))
        .await
        .unwrap()
        .unwrap();
    assert!(with_fargate().compare(&have.spec).different().is_empty());
}

#[tokio::test]
async fn it_is_found_where_the_cluster_has_all_that_is_wanted() {
    for (has, found) in [(vec!["theirs", "demo"], true), (vec!["theirs"], false)] {
        let stage = Stage::answering(move |asked| ecs(asked, &has, "UPDATE_COMPLETE"));
        assert_eq!(wanted(None).find(&stage.call()).await.unwrap().is_some(), found);
    }
}

#[tokio::test(start_paused = true)]
async fn only_our_own_leave_once_no_service_uses_them() {
    let refused = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "PutClusterCapacityProviders" if refused.fetch_add(1, SeqCst) < 3 => Answer::refused(
            "ResourceInUseException",
            "The specified capacity provider is in use and cannot be removed.",
        ),
        _ => ecs(asked, &["demo", "theirs", "FARGATE_SPOT"], "UPDATE_COMPLETE"),
    });
    wanted(None).delete(&stage.call(), &identity(CLUSTER)).await.unwrap();
    let (providers, strategy) = put_of(&stage);
    assert_eq!(providers, ["FARGATE_SPOT", "theirs"]);
    assert!(strategy.is_empty(), "a default strategy cannot name who has left");
}

#[tokio::test]
async fn a_cluster_without_our_own_is_left_alone_and_a_missing_one_is_no_failure() {
    let stage = Stage::answering(|asked| ecs(asked, &["theirs"], "UPDATE_COMPLETE"));
    wanted(None).delete(&stage.call(), &identity(CLUSTER)).await.unwrap();
    assert!(!stage.operations().contains(&"PutClusterCapacityProviders".to_owned()));

    let stage = Stage::answering(|_| Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#));
    wanted(None).delete(&stage.call(), &identity(CLUSTER)).await.unwrap();
    assert!(
        wanted(None)
            .read(&stage.call(), &identity(CLUSTER))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_attachment_that_failed_is_named() {
    let stage = Stage::answering(|asked| ecs(asked, &["demo"], "UPDATE_FAILED"));
    let error = wanted(None).create(&stage.call()).await.unwrap_err();
    assert!(
        error.message.contains("as_policy FAILED (capacityProviderName demo)"),
        "{}",
        error.message
    );
    assert!(error.remedy.unwrap().contains("AWSServiceRoleForECS"));
}
