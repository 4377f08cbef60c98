//! How a deployment goes away.

use std::sync::Arc;
use std::time::Duration;

use super::cloud::{Cloud, Fault, Op};
use super::kinds::{Blue, Guest, Leaf, Plain, Red, ids};
use super::{key, run, statuses};
use crate::{ErrorKind, Graph, Key, Part, Record, converge, destroy, undo};

/// A role and a cluster, a service on both, and logs beside them.
fn graph() -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("role"), Red::new());
    graph.add(key("cluster"), Red::new());
    graph.add(
        key("service"),
        Blue {
            base: ids(&["cluster"]),
            peers: ids(&["role"]),
            ..Blue::new()
        },
    );
    graph.add(key("logs"), Red::new());
    graph
}

async fn up(graph: &Graph<Cloud>) -> (Arc<Cloud>, Record) {
    let cloud = Arc::new(Cloud::default());
    let outcome = converge(None, graph, &Record::new(), &run(&cloud)).await.unwrap();
    cloud.take_events();
    (cloud, outcome.record)
}

#[tokio::test(start_paused = true)]
async fn everything_goes_and_what_refers_goes_first() {
    let (cloud, record) = up(&graph()).await;
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    let events = cloud.take_events();
    let at = |event: &str| events.iter().position(|e| e == event).unwrap();
    assert!(at("delete service") < at("delete role"));
    assert!(at("delete service") < at("delete cluster"));
    assert!(cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_comes_to_its_end_first_and_is_told_how_it_was_seen_where_that_was_just_now() {
    let (cloud, record) = up(&graph()).await;
    cloud.state().deletion = Duration::from_secs(15);
    destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    let ended = cloud.state().ended.clone();
    let seen = |key: &str| ended.get(key).copied();
    assert_eq!([seen("service"), seen("logs")], [Some(true), Some(true)]);
    assert_eq!(
        [seen("cluster"), seen("role")],
        [Some(false), Some(false)],
        "long after"
    );
}

#[tokio::test(start_paused = true)]
async fn what_resists_stays_with_what_it_refers_to_and_everything_else_goes() {
    let (cloud, record) = up(&graph()).await;
    cloud.fail_next(Op::Delete, "service", Fault::Refuse);
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure")
    };
    assert_eq!(failure.to_string(), "delete service: cloud:Delete: refused");
    assert_eq!(
        outcome.record.keys().map(Key::as_str).collect::<Vec<_>>(),
        ["cluster", "role", "service"]
    );
    assert_eq!(cloud.take_events(), ["delete logs"]);
    let outcome = destroy(&graph(), &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert!(cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_whose_answer_was_lost_is_a_deletion() {
    let (cloud, record) = up(&graph()).await;
    cloud.fail_next(Op::Delete, "service", Fault::Lose);
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_already_does_not_disturb() {
    let (cloud, record) = up(&graph()).await;
    cloud.vanish("demo-service");
    cloud.vanish("demo-role");
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert!(outcome.record.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_retained_stays() {
    let (cloud, record) = up(&graph()).await;
    let mut graph = graph();
    graph.retain(&key("logs"));
    let outcome = destroy(&graph, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(outcome.left.keys().collect::<Vec<_>>(), [&key("logs")]);
    assert!(cloud.thing("demo-logs").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pending_part_is_looked_for_and_deleted_where_it_is_ours() {
    let (cloud, mut record) = up(&graph()).await;
    record.insert(key("service"), Part::pending("blue"));
    record.insert(key("logs"), Part::pending("red"));
    cloud.tamper("demo-logs", |thing| {
        thing.tags.as_mut().unwrap().clear();
        thing.maker = "nobody".to_owned();
    });
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert!(outcome.record.is_empty());
    let left: Vec<_> = cloud.state().things.values().map(|thing| thing.name.clone()).collect();
    assert_eq!(left, ["demo-logs"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_leaves_the_rest_in_the_record() {
    let (cloud, record) = up(&graph()).await;
    cloud.fail_next(Op::Delete, "service", Fault::Stop);
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.interrupted);
    assert_eq!(outcome.failures, []);
    assert!(outcome.record.contains_key(&key("role")));
    assert!(!outcome.record.contains_key(&key("service")));
}

#[tokio::test(start_paused = true)]
async fn past_the_deadline_nothing_is_deleted_and_the_rest_is_told() {
    let (cloud, record) = up(&graph()).await;
    cloud.fail_next(Op::Delete, "service", Fault::Late);
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure: {:#?}", outcome.failures)
    };
    assert_eq!(failure.error.kind, ErrorKind::TimedOut);
    assert!(
        failure
            .error
            .message
            .ends_with("over (delete service: cloud:Delete: too late); still to do: cluster, role"),
        "{failure}"
    );
    let names: Vec<_> = statuses(&outcome.record).into_iter().map(|(key, _)| key).collect();
    assert_eq!(names, ["cluster", "role"], "the late deletion is seen to have happened");
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_but_unknown_to_this_version_is_kept_and_told() {
    let (cloud, mut record) = up(&graph()).await;
    record.insert(key("from the future"), Part::pending("thing"));
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Bug);
    assert_eq!(outcome.record.keys().collect::<Vec<_>>(), [&key("from the future")]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_for_may_stand_and_stays_in_the_record() {
    let mut graph = Graph::new();
    graph.add(key("cluster"), Red::new());
    graph.add(key("provider"), Red::new());
    graph.add(
        key("association"),
        Plain {
            base: ids(&["cluster"]),
            peers: ids(&["provider"]),
            ..Plain::new()
        },
    );
    let (cloud, mut record) = up(&graph).await;
    record.insert(key("association"), Part::pending("plain"));
    cloud.fail_next(Op::Read, "cluster", Fault::Refuse);
    let outcome = destroy(&graph, &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures.len(), 1, "{:?}", outcome.failures);
    assert_eq!(outcome.record, record);
    assert_eq!(cloud.take_events(), Vec::<String>::new());
    let outcome = destroy(&graph, &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert!(cloud.state().things.is_empty() && cloud.state().dangling.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_undoing_leaves_what_it_did_not_make() {
    let (cloud, mut record) = up(&graph()).await;
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    let mut first = Graph::new();
    first.add(key("role"), Red::new());
    record = converge(None, &first, &Record::new(), &run(&cloud))
        .await
        .unwrap()
        .record;
    cloud.fail_next(Op::Create, "service", Fault::Refuse);
    let outcome = converge(None, &graph(), &record, &run(&cloud)).await.unwrap();
    let mut retaining = graph();
    retaining.retain(&key("logs"));
    let undone = undo(&retaining, &outcome, &run(&cloud)).await.unwrap();
    assert!(undone.is_complete());
    assert_eq!(
        undone.record, record,
        "what stood before stays; what was made goes, to be retained or not"
    );
    assert!(undone.outputs.contains(&key("role")));
    assert_eq!(cloud.state().things.len(), 1);
}

/// A load balancer with a listener, which holds a target group, and a service that needs the listener.
fn balanced() -> Graph<Cloud> {
    balanced_to(Red::new())
}

/// The same, with these targets.
fn balanced_to(targets: Red) -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("balancer"), Red::new());
    graph.add(key("targets"), targets);
    graph.add(
        key("listener"),
        Leaf {
            base: ids(&["balancer"]),
            peers: ids(&["targets"]),
            ..Leaf::new()
        },
    );
    graph.add(
        key("service"),
        Blue {
            peers: ids(&["listener"]),
            ..Blue::new()
        },
    );
    graph
}

#[tokio::test(start_paused = true)]
async fn what_goes_with_another_part_is_not_deleted_by_itself() {
    let (cloud, record) = up(&balanced()).await;
    let outcome = destroy(&balanced(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(
        cloud.take_events(),
        ["delete service", "delete balancer", "delete targets"]
    );
    assert!(outcome.record.is_empty());
    let state = cloud.state();
    assert!(
        state.things.is_empty() && state.dangling.is_empty(),
        "{:?}",
        state.dangling
    );
}

#[tokio::test(start_paused = true)]
async fn it_stays_in_the_record_where_that_part_could_not_be_deleted() {
    let (cloud, record) = up(&balanced()).await;
    cloud.fail_next(Op::Delete, "balancer", Fault::Refuse);
    let outcome = destroy(&balanced(), &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(
        outcome.record.keys().map(Key::as_str).collect::<Vec<_>>(),
        ["balancer", "listener", "targets"]
    );
    let outcome = destroy(&balanced(), &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert!(cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn it_is_deleted_by_itself_where_that_part_stays() {
    let (cloud, record) = up(&balanced()).await;
    let mut graph = balanced();
    graph.retain(&key("balancer"));
    let outcome = destroy(&graph, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(
        cloud.take_events(),
        ["delete service", "delete listener", "delete targets"]
    );
    assert_eq!(cloud.state().things.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_is_deleted_by_itself_where_that_part_would_wait_for_it_otherwise() {
    let graph = balanced_to(Red {
        peers: ids(&["balancer"]),
        ..Red::new()
    });
    let (cloud, record) = up(&graph).await;
    let outcome = destroy(&graph, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(
        cloud.take_events(),
        ["delete service", "delete listener", "delete targets", "delete balancer"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_only_named_need_not_stand_until_who_names_it_is_gone() {
    let graph = |base: &[&str]| {
        let mut graph = Graph::new();
        graph.add(key("role"), Red::new());
        graph.add(
            key("volume"),
            Guest {
                peers: ids(&["role"]),
                base: ids(base),
                ..Guest::new()
            },
        );
        graph
    };
    for (base, left) in [(&[][..], &["volume"][..]), (&["role"], &["role", "volume"])] {
        let (cloud, record) = up(&graph(base)).await;
        cloud.fail_next(Op::Delete, "volume", Fault::Refuse);
        let outcome = destroy(&graph(base), &record, &run(&cloud)).await.unwrap();
        assert_eq!(outcome.record.keys().map(Key::as_str).collect::<Vec<_>>(), left);
        let outcome = destroy(&graph(base), &outcome.record, &run(&cloud)).await.unwrap();
        assert!(outcome.is_complete(), "{:#?}", outcome.failures);
        assert!(cloud.state().things.is_empty());
    }
}
