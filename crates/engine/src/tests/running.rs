//! What a run does when nothing goes wrong.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cloud::Cloud;
use super::kinds::{Blue, Offer, Plain, Red, addresses, ids};
use super::{key, run, up};
use crate::{ErrorKind, Graph, Handle, Input, Record, converge};

/// A role, a cluster, and a service that needs both.
fn service(graph: &mut Graph<Cloud>) -> (Handle<Red>, Handle<Blue>, Handle<Blue>) {
    let role = graph.add(key("role"), Red::new());
    let cluster = graph.add(key("cluster"), Blue::new());
    let service = graph.add(
        key("service"),
        Blue {
            base: ids(&["cluster"]),
            peers: ids(&["role"]),
            ..Blue::new()
        },
    );
    (role, cluster, service)
}

#[tokio::test(start_paused = true)]
async fn what_does_not_wait_for_each_other_is_made_at_once() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    for index in 0..20 {
        graph.add(key(&format!("part{index}")), Blue::new());
    }
    let started = Instant::now();
    up(&cloud, &graph).await;
    assert_eq!(cloud.most_running(), 20);
    assert!(
        started.elapsed() < Duration::from_millis(100),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn outputs_are_offered_to_others_and_to_the_outside() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    let (role, _, service) = service(&mut graph);
    let outcome = converge(None, &graph, &Record::new(), &run(&cloud)).await.unwrap();
    let id: Input<String> = role.output("id", |offer: &Offer| offer.id.clone());
    assert_eq!(outcome.outputs.resolve(&id).unwrap().as_deref(), Some("red:demo-role"));
    let both = id.and(service.volatile("address", |offer| offer.address.clone()));
    let both = both.with("with", "known".to_owned(), |(a, b), known| format!("{a} {b} {known}"));
    assert_eq!(
        outcome.outputs.resolve(&both).unwrap().unwrap(),
        "red:demo-role blue-3@0 known"
    );
    assert_eq!(outcome.made.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_object_carries_the_users_tags_and_those_that_tell_whose_it_is() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    graph.add(key("cluster"), Blue::new());
    up(&cloud, &graph).await;
    let tags = cloud.thing("demo-cluster").unwrap().tags.unwrap();
    let tags: Vec<_> = tags
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        tags,
        [
            ("team", "fraud"),
            ("thatdot:component", "cluster"),
            ("thatdot:deployment", "demo"),
            ("thatdot:deployment-id", "ours"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_field_that_can_change_is_changed_in_place() {
    let cloud = Arc::new(Cloud::default());
    let (mut before, mut after) = (Graph::new(), Graph::new());
    service(&mut before);
    let record = up(&cloud, &before).await;
    after.add(
        key("role"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    after.add(key("cluster"), Blue::new());
    after.add(
        key("service"),
        Blue {
            base: ids(&["cluster"]),
            peers: ids(&["role"]),
            hidden: 1.into(),
            ..Blue::new()
        },
    );
    let outcome = converge(Some(&before), &after, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["update role", "update service"]);
    assert_eq!(outcome.record, record);
    assert_eq!(
        cloud.thing("demo-service").unwrap().hidden,
        1,
        "a field that cannot be read back"
    );
    assert!(outcome.made.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_watches_an_address_follows_it() {
    let cloud = Arc::new(Cloud::default());
    let graph = |size: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("task"),
            Blue {
                size: size.into(),
                ..Blue::new()
            },
        );
        graph.add(
            key("record"),
            Blue {
                watches: addresses(&["task"]),
                ..Blue::new()
            },
        );
        graph.add(
            key("other"),
            Blue {
                peers: ids(&["task"]),
                ..Blue::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["update task", "update record"]);
    assert_eq!(
        cloud.thing("demo-record").unwrap().watches,
        [cloud.thing("demo-task").unwrap().address()]
    );
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_and_removed_but_those_of_others_stay() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    graph.add(key("cluster"), Blue::new());
    graph.add(
        key("mount"),
        Plain {
            base: ids(&["cluster"]),
            ..Plain::new()
        },
    );
    let record = up(&cloud, &graph).await;
    cloud.tamper("demo-cluster", |thing| {
        let tags = thing.tags.as_mut().unwrap();
        tags.insert("theirs".into(), "1".into());
        tags.insert("kube/owner".into(), "1".into());
    });
    let mut run = run(&cloud);
    run.tags = [
        ("cost".to_owned(), "a".to_owned()),
        ("kube/owner".to_owned(), "2".to_owned()),
    ]
    .into();
    run.ignore_tags.prefixes.insert("kube/".to_owned());
    run.stale_tags = ["team".to_owned(), "never".to_owned()].into();
    let outcome = converge(Some(&graph), &graph, &record, &run).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["retag cluster"]);
    let tags = cloud.thing("demo-cluster").unwrap().tags.unwrap();
    assert_eq!(tags.get("cost").unwrap(), "a");
    assert_eq!(tags.get("theirs").unwrap(), "1");
    assert_eq!(tags.get("kube/owner").unwrap(), "1");
    assert!(!tags.contains_key("team"));
}

#[tokio::test]
async fn a_malformed_graph_is_a_defect_of_ours_and_nothing_is_done() {
    let cloud = Arc::new(Cloud::default());
    let refused = async |graph: &Graph<Cloud>| {
        let error = converge(None, graph, &Record::new(), &run(&cloud)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Bug);
        error.message
    };
    let mut graph = Graph::new();
    graph.add(
        key("service"),
        Blue {
            peers: ids(&["nowhere"]),
            ..Blue::new()
        },
    );
    assert_eq!(
        refused(&graph).await,
        "service.peers refers to nowhere, which is not there"
    );
    let mut graph = Graph::new();
    let a = graph.add(
        key("a"),
        Blue {
            peers: ids(&["b"]),
            ..Blue::new()
        },
    );
    let b = graph.add(key("b"), Blue::new());
    graph.after(b.key(), a.key(), "to make a circle");
    assert!(refused(&graph).await.ends_with("is in a cycle"));
    let mut graph = Graph::new();
    graph.add(key("a"), Blue::new());
    graph.add(key("a"), Blue::new());
    assert_eq!(refused(&graph).await, "a was added twice");
    assert_eq!(cloud.calls(), 0);
}
