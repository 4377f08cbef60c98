//! Objects that stand already: whose they are, and what may be done to them.

use std::sync::Arc;

use super::cloud::{Cloud, Fault, Op};
use super::kinds::{Blue, Plain, Red, ids};
use super::{key, run, run_as, statuses};
use crate::{
    DeploymentId, ErrorKind, Graph, Owner, Record, Run, Step, TAG_COMPONENT, converge, destroy, discover, survey,
};

/// A lock that refuses a second creator, and a part that refers to it.
fn graph() -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("lock"), Red::new());
    graph.add(
        key("service"),
        Blue {
            base: ids(&["lock"]),
            ..Blue::new()
        },
    );
    graph
}

/// A cloud where a create of the same name died and left its parts behind.
async fn leftovers(graph: &Graph<Cloud>) -> (Arc<Cloud>, Record) {
    let cloud = Arc::new(Cloud::default());
    let outcome = converge(None, graph, &Record::new(), &run_as(&cloud, "dead"))
        .await
        .unwrap();
    assert!(outcome.is_complete());
    cloud.take_events();
    (cloud, outcome.record)
}

fn adopting(cloud: &Arc<Cloud>) -> Run<Cloud> {
    Run {
        adopt: true,
        ..run(cloud)
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_create_left_behind_is_told_with_the_ways_to_go_on() {
    let (cloud, _) = leftovers(&graph()).await;
    let outcome = converge(None, &graph(), &Record::new(), &run(&cloud)).await.unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure")
    };
    assert_eq!(failure.error.kind, ErrorKind::Foreign);
    assert_eq!(
        failure.error.message,
        "arn:test:red:demo-lock stands there and is not ours: it is owned by the deployment dead of the same name"
    );
    let remedy = failure.error.remedy.as_deref().unwrap();
    assert!(remedy.contains("`terraform import` with the name `demo`"), "{remedy}");
    assert!(remedy.contains("`adopt_existing = true`"), "{remedy}");
    assert!(outcome.record.is_empty());
    assert_eq!(cloud.take_events(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn where_nothing_refuses_a_second_creator_a_create_looks_first() {
    let mut graph = Graph::new();
    graph.add(key("definition"), Blue::new());
    graph.mark_unguarded();
    let (cloud, record) = leftovers(&graph).await;
    let outcome = converge(None, &graph, &Record::new(), &run(&cloud)).await.unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure: {:?}", outcome.failures)
    };
    assert_eq!((failure.step, failure.error.kind), (Step::Create, ErrorKind::Foreign));
    assert!(outcome.record.is_empty());
    assert_eq!(cloud.take_events(), Vec::<String>::new());

    let outcome = converge(None, &graph, &Record::new(), &adopting(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(outcome.record, record);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_create_left_behind_is_adopted_and_nothing_is_doubled() {
    let (cloud, record) = leftovers(&graph()).await;
    let outcome = converge(None, &graph(), &Record::new(), &adopting(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["retag lock", "retag service"]);
    assert_eq!(outcome.record, record);
    assert_eq!(outcome.adopted.len(), 2);
    assert!(outcome.made.is_empty(), "what was adopted is not undone");

    let older = run_as(&cloud, "dead");
    let seen = survey(&graph(), &record, &older).await.unwrap();
    let owner = "foreign: is owned by the deployment ours of the same name".to_owned();
    assert_eq!(
        statuses(&seen.record),
        [("lock".to_owned(), owner.clone()), ("service".to_owned(), owner)]
    );
    let gone = destroy(&graph(), &record, &older).await.unwrap();
    assert!(gone.is_complete(), "the older state can be destroyed");
    assert_eq!(gone.left.len(), 2);
    assert_eq!(cloud.state().things.len(), 2, "and takes nothing with it");

    let mut changed = Graph::new();
    changed.add(
        key("lock"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    let outcome = converge(Some(&graph()), &changed, &record, &older).await.unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Foreign);
    assert_eq!(cloud.take_events(), Vec::<String>::new(), "nor can it change anything");
}

#[tokio::test(start_paused = true)]
async fn what_carries_no_tags_is_adopted_with_what_it_is_a_part_of() {
    let mut graph = graph();
    graph.add(
        key("mount"),
        Plain {
            base: ids(&["lock"]),
            ..Plain::new()
        },
    );
    let (cloud, record) = leftovers(&graph).await;
    let outcome = converge(None, &graph, &Record::new(), &adopting(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(outcome.record, record);
    assert_eq!(outcome.adopted.len(), 3);
    cloud.take_events();
    let older = run_as(&cloud, "dead");
    let gone = destroy(&graph, &record, &older).await.unwrap();
    assert!(gone.is_complete());
    assert_eq!(gone.left.len(), 3);
    assert_eq!(
        cloud.take_events(),
        Vec::<String>::new(),
        "the older state does not own it any more"
    );
}

#[tokio::test(start_paused = true)]
async fn what_would_have_to_be_replaced_because_of_what_it_refers_to_is_not_adopted() {
    let deployment = |service: &dyn Fn(&mut Graph<Cloud>)| {
        let mut graph = Graph::new();
        graph.add(key("definition"), Blue::new());
        service(&mut graph);
        graph
    };
    let gentle = |graph: &mut Graph<Cloud>| {
        graph.add(
            key("service"),
            Blue {
                base: ids(&["definition"]),
                ..Blue::new()
            },
        );
    };
    let rough = |graph: &mut Graph<Cloud>| {
        graph.add(
            key("service"),
            Red {
                base: ids(&["definition"]),
                ..Red::new()
            },
        );
    };
    for graph in [deployment(&gentle), deployment(&rough)] {
        let (cloud, _) = leftovers(&graph).await;
        cloud.vanish("demo-definition");
        let service = cloud.thing("demo-service");
        let outcome = converge(None, &graph, &Record::new(), &adopting(&cloud)).await.unwrap();
        assert_eq!(outcome.failures[0].error.kind, ErrorKind::Conflict);
        assert!(outcome.failures[0].error.message.contains("is to be adopted"));
        assert!(!outcome.record.contains_key(&key("service")));
        assert_eq!(cloud.thing("demo-service"), service);
    }
}

#[tokio::test(start_paused = true)]
async fn an_adopted_part_is_brought_to_what_is_wanted() {
    let (cloud, _) = leftovers(&graph()).await;
    let mut wanted = Graph::new();
    wanted.add(
        key("lock"),
        Red {
            size: 3.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["lock"]),
            ..Blue::new()
        },
    );
    wanted.add(
        key("more"),
        Plain {
            base: ids(&["lock"]),
            ..Plain::new()
        },
    );
    let outcome = converge(None, &wanted, &Record::new(), &adopting(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.thing("demo-lock").unwrap().size, 3);
    assert_eq!(
        outcome.made.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["more"]
    );
}

#[tokio::test(start_paused = true)]
async fn adoption_never_replaces() {
    let (cloud, _) = leftovers(&graph()).await;
    let mut wanted = Graph::new();
    wanted.add(
        key("lock"),
        Red {
            color: 3.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["lock"]),
            ..Blue::new()
        },
    );
    let outcome = converge(None, &wanted, &Record::new(), &adopting(&cloud))
        .await
        .unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Conflict);
    assert!(
        outcome.failures[0]
            .error
            .message
            .contains("another color asks for its replacement")
    );
    assert_eq!(cloud.take_events(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_carries_no_tags_or_another_key_is_never_adopted() {
    for strip in [true, false] {
        let (cloud, _) = leftovers(&graph()).await;
        cloud.tamper("demo-lock", |thing| {
            let tags = thing.tags.as_mut().unwrap();
            if strip {
                tags.clear();
            } else {
                tags.insert(TAG_COMPONENT.to_owned(), "something else".to_owned());
            }
        });
        let before = cloud.thing("demo-lock");
        let outcome = converge(None, &graph(), &Record::new(), &adopting(&cloud))
            .await
            .unwrap();
        assert_eq!(outcome.failures[0].error.kind, ErrorKind::Foreign);
        assert_eq!(cloud.thing("demo-lock"), before);
    }
}

#[tokio::test(start_paused = true)]
async fn an_adoption_that_fails_takes_nothing_into_the_record() {
    let (cloud, _) = leftovers(&graph()).await;
    cloud.fail_next(Op::Retag, "lock", Fault::Refuse);
    let outcome = converge(None, &graph(), &Record::new(), &adopting(&cloud))
        .await
        .unwrap();
    assert_eq!(outcome.failures.len(), 1);
    assert!(outcome.record.is_empty());
    assert!(outcome.adopted.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_found_by_its_name() {
    let mut wanted = graph();
    wanted.add(
        key("part"),
        Plain {
            base: ids(&["lock"]),
            ..Plain::new()
        },
    );
    wanted.add(key("never"), Blue::new());
    let mut made = graph();
    made.add(
        key("part"),
        Plain {
            base: ids(&["lock"]),
            ..Plain::new()
        },
    );
    let (cloud, record) = leftovers(&made).await;

    let found = discover(&wanted, &run(&cloud)).await.unwrap();
    assert_eq!(found.failures, []);
    assert_eq!(
        found.namesakes().into_iter().collect::<Vec<_>>(),
        [DeploymentId::from_text("dead")]
    );
    assert!(
        found
            .objects
            .values()
            .all(|object| matches!(object.owner(), Owner::Namesake(_)))
    );

    let its = run_as(&cloud, "dead");
    let found = discover(&wanted, &its).await.unwrap();
    assert_eq!(found.record, record);
    assert!(found.namesakes().is_empty());
    assert!(found.objects[&key("service")].spec::<Blue>().is_some());
    assert!(found.objects[&key("service")].spec::<Red>().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_lost_its_tags_is_not_touched_any_more() {
    let cloud = Arc::new(Cloud::default());
    let record = converge(None, &graph(), &Record::new(), &run(&cloud))
        .await
        .unwrap()
        .record;
    cloud.take_events();
    cloud.tamper("demo-service", |thing| thing.tags.as_mut().unwrap().clear());
    let mut wanted = Graph::new();
    wanted.add(
        key("lock"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["lock"]),
            ..Blue::new()
        },
    );
    let outcome = converge(Some(&graph()), &wanted, &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Foreign);
    assert_eq!(
        outcome.record[&key("service")].status.to_string(),
        "foreign: carries no ownership tag"
    );
    let outcome = destroy(&graph(), &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Foreign);
    assert_eq!(outcome.record.len(), 2, "what it refers to stays as well");
    assert_eq!(cloud.take_events(), Vec::<String>::new());
}
