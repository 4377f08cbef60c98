//! What a refresh sees.

use std::sync::Arc;

use super::cloud::{Cloud, Fault, Op};
use super::kinds::{Blue, Offer, Plain, Red, ids};
use super::{key, run, statuses};
use crate::{ErrorKind, Graph, Handle, Input, Record, Status, converge, survey};

fn graph() -> (Graph<Cloud>, Handle<Blue>) {
    let mut graph = Graph::new();
    graph.add(key("role"), Red::new());
    graph.add(
        key("mount"),
        Plain {
            base: ids(&["role"]),
            ..Plain::new()
        },
    );
    let service = graph.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            ..Blue::new()
        },
    );
    (graph, service)
}

async fn up() -> (Arc<Cloud>, Record) {
    let cloud = Arc::new(Cloud::default());
    let outcome = converge(None, &graph().0, &Record::new(), &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    (cloud, outcome.record)
}

fn status(record: &Record, name: &str) -> String {
    record[&key(name)].status.to_string()
}

#[tokio::test(start_paused = true)]
async fn everything_recorded_is_read_at_once() {
    let (cloud, record) = up().await;
    let calls = cloud.calls();
    let seen = survey(&graph().0, &record, &run(&cloud)).await.unwrap();
    assert_eq!(seen.record, record);
    assert_eq!(cloud.calls() - calls, 3, "one read each");
    assert_eq!(cloud.most_running(), 3);
    let (_, service) = graph();
    let id: Input<String> = service.output("id", |offer: &Offer| offer.id.clone());
    assert_eq!(seen.outputs.resolve(&id).unwrap(), record[service.key()].id);
}

#[tokio::test(start_paused = true)]
async fn drift_is_named_field_by_field() {
    let (cloud, record) = up().await;
    cloud.tamper("demo-service", |thing| {
        thing.color = 7;
        thing.size = 7;
        thing.peers = vec!["red:elsewhere".to_owned()];
        thing
            .tags
            .as_mut()
            .unwrap()
            .insert("team".to_owned(), "other".to_owned());
        thing
            .tags
            .as_mut()
            .unwrap()
            .insert("theirs".to_owned(), "fine".to_owned());
    });
    let seen = survey(&graph().0, &record, &run(&cloud)).await.unwrap();
    assert_eq!(status(&seen.record, "service"), "drifted: color, size, peers, tags");
    assert_eq!(status(&seen.record, "role"), "ready");
    let mut ignoring = run(&cloud);
    ignoring.ignore_tags.keys.insert("team".to_owned());
    let seen = survey(&graph().0, &record, &ignoring).await.unwrap();
    assert_eq!(status(&seen.record, "service"), "drifted: color, size, peers");
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_missing_and_those_that_refer_to_it_have_not_drifted() {
    let (cloud, record) = up().await;
    cloud.vanish("demo-role");
    let seen = survey(&graph().0, &record, &run(&cloud)).await.unwrap();
    let expected = [("mount", "ready"), ("role", "missing"), ("service", "ready")];
    assert_eq!(
        statuses(&seen.record),
        expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!(
        seen.record[&key("role")].id,
        record[&key("role")].id,
        "what was there is still told"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_and_stays_as_it_was() {
    let (cloud, record) = up().await;
    cloud.fail_next(Op::Read, "role", Fault::Refuse);
    let seen = survey(&graph().0, &record, &run(&cloud)).await.unwrap();
    assert_eq!(seen.record, record);
    let [failure] = &seen.failures[..] else {
        panic!("one failure")
    };
    assert_eq!((failure.key.as_str(), failure.error.kind), ("role", ErrorKind::Denied));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_refresh_loses_nothing() {
    let (cloud, record) = up().await;
    let run = run(&cloud);
    run.cancel.cancel();
    let seen = survey(&graph().0, &record, &run).await.unwrap();
    assert_eq!(seen.record, record);
    assert_eq!(seen.failures[0].error.kind, ErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_seen_to_its_end_stays_pending_until_a_run_sees_it() {
    let (cloud, mut record) = up().await;
    record.get_mut(&key("service")).unwrap().status = Status::Pending;
    let seen = survey(&graph().0, &record, &run(&cloud)).await.unwrap();
    assert_eq!(status(&seen.record, "service"), "pending");
    cloud.tamper("demo-service", |thing| thing.size = 7);
    let seen = survey(&graph().0, &seen.record, &run(&cloud)).await.unwrap();
    assert_eq!(status(&seen.record, "service"), "drifted: unfinished, size");
    let outcome = converge(None, &graph().0, &seen.record, &run(&cloud)).await.unwrap();
    assert_eq!(status(&outcome.record, "service"), "ready");
}

#[test]
fn a_status_is_read_back_as_it_was_written() {
    let texts = [
        "ready",
        "missing",
        "pending",
        "drifted: a",
        "drifted: a, b",
        "foreign: is owned by x",
        "new: one",
    ];
    for text in texts {
        let status: Status = text.parse().unwrap();
        assert_eq!(status.to_string(), text);
    }
    assert_eq!(
        "drifted: a, b".parse(),
        Ok(Status::Drifted(vec!["a".to_owned(), "b".to_owned()]))
    );
}
