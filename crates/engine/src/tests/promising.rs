//! What a plan has promised to leave standing.

use std::sync::Arc;

use super::cloud::Cloud;
use super::kinds::{Blue, Red, ids};
use super::{assert_true_record, key, run, statuses, up, words};
use crate::{ErrorKind, Graph, Key, converge};

/// A role, a service that needs it, and a volume.
fn three(size: u8) -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("role"), Red::new());
    graph.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            size: size.into(),
            ..Blue::new()
        },
    );
    graph.add(key("volume"), Blue::new());
    graph
}

/// The same, as a plan that keeps the object of each.
fn promised(size: u8) -> Graph<Cloud> {
    let mut graph = three(size);
    let keys: Vec<Key> = graph.keys().cloned().collect();
    for key in keys {
        graph.promise(&key);
    }
    graph
}

#[tokio::test(start_paused = true)]
async fn what_vanished_since_the_plan_ends_the_run_before_anything_is_done() {
    let cloud = Arc::new(Cloud::default());
    let record = up(&cloud, &three(1)).await;
    cloud.vanish("demo-volume");
    let outcome = converge(Some(&three(1)), &promised(2), &record, &run(&cloud))
        .await
        .unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure: {:#?}", outcome.failures)
    };
    assert_eq!(
        (failure.key.as_str(), failure.error.kind),
        ("volume", ErrorKind::Outdated)
    );
    assert!(
        failure.error.message.contains("has vanished"),
        "{}",
        failure.error.message
    );
    assert_eq!(cloud.take_events(), Vec::<String>::new());
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "ready"), ("service", "drifted: size"), ("volume", "missing")])
    );
    assert_true_record(&cloud, &outcome.record, "ours");
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_so_that_it_would_have_to_be_replaced_does_as_well() {
    let cloud = Arc::new(Cloud::default());
    let record = up(&cloud, &three(1)).await;
    cloud.tamper("demo-role", |thing| thing.color = 9);
    let outcome = converge(Some(&three(1)), &promised(2), &record, &run(&cloud))
        .await
        .unwrap();
    let named: Vec<_> = outcome.failures.iter().map(|failure| failure.key.as_str()).collect();
    assert_eq!(named, ["role"], "and not what merely stands on it");
    assert_eq!(cloud.take_events(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_and_can_be_changed_back_is() {
    let cloud = Arc::new(Cloud::default());
    let record = up(&cloud, &three(1)).await;
    cloud.tamper("demo-volume", |thing| thing.size = 9);
    let outcome = converge(Some(&three(1)), &promised(2), &record, &run(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    let ids = |record: &crate::Record| record.values().map(|part| part.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&record), ids(&outcome.record));
}
