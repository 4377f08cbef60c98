//! How one object takes another's place, and what goes when it is no longer wanted.

use std::sync::Arc;

use super::cloud::{Cloud, Fault, Op};
use super::kinds::{Blue, Lax, Plain, Red, ids};
use super::{assert_true_record, key, run, statuses, up, words};
use crate::{ErrorKind, Graph, Kinds, Part, Step, converge, destroy};

#[tokio::test(start_paused = true)]
async fn the_new_one_is_made_and_pointed_to_before_the_old_one_goes() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("definition"),
            Blue {
                color: color.into(),
                ..Blue::new()
            },
        );
        graph.add(
            key("service"),
            Blue {
                peers: ids(&["definition"]),
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
    assert_eq!(
        cloud.take_events(),
        ["create definition", "update service", "delete definition"]
    );
    assert_eq!(
        statuses(&outcome.record),
        [
            ("definition".to_owned(), "ready".to_owned()),
            ("service".to_owned(), "ready".to_owned())
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn one_that_must_make_way_goes_last_before_its_successor_and_after_what_stands_on_it() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("definition"),
            Blue {
                color: color.into(),
                ..Blue::new()
            },
        );
        graph.add(
            key("task"),
            Red {
                base: ids(&["definition"]),
                ..Red::new()
            },
        );
        graph.add(
            key("alarm"),
            Blue {
                base: ids(&["task"]),
                ..Blue::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    let events = cloud.take_events();
    let at = |event: &str| events.iter().position(|e| e == event).unwrap();
    assert!(at("delete alarm") < at("delete task"));
    assert!(
        at("create definition") < at("delete task"),
        "the old task stands until its successor can be made"
    );
    assert!(at("delete task") < at("create task"));
    assert!(at("create task") < at("create alarm"));
    assert!(at("delete task") < at("delete definition"));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_wanted_goes_after_nobody_refers_to_it() {
    let cloud = Arc::new(Cloud::default());
    let (mut before, mut after) = (Graph::new(), Graph::new());
    before.add(key("disk"), Red::new());
    before.add(
        key("mount"),
        Plain {
            base: ids(&["disk"]),
            ..Plain::new()
        },
    );
    before.add(
        key("service"),
        Blue {
            peers: ids(&["mount"]),
            ..Blue::new()
        },
    );
    let record = up(&cloud, &before).await;
    after.add(key("service"), Blue::new());
    let outcome = converge(Some(&before), &after, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["update service", "delete mount", "delete disk"]);
    assert_eq!(outcome.record.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_successor_under_another_key_waits_until_the_one_before_is_gone() {
    let cloud = Arc::new(Cloud::default());
    let (mut before, mut after) = (Graph::new(), Graph::new());
    before.add(key("service"), Blue::new());
    let record = up(&cloud, &before).await;
    let task = after.add(key("task"), Blue::new());
    after.succeeds(task.key(), key("service"));
    let outcome = converge(Some(&before), &after, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["delete service", "create task"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_moves_to_the_successor_makes_way_as_well() {
    let cloud = Arc::new(Cloud::default());
    let (mut before, mut after) = (Graph::new(), Graph::new());
    before.add(key("service"), Blue::new());
    before.add(
        key("alarm"),
        Blue {
            base: ids(&["service"]),
            ..Blue::new()
        },
    );
    let record = up(&cloud, &before).await;
    let task = after.add(key("task"), Blue::new());
    after.add(
        key("alarm"),
        Blue {
            base: ids(&["task"]),
            ..Blue::new()
        },
    );
    after.succeeds(task.key(), key("service"));
    let outcome = converge(Some(&before), &after, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(
        cloud.take_events(),
        ["delete alarm", "delete service", "create task", "create alarm"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_retained_is_not_replaced_where_it_would_have_to_go_first() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        let logs = graph.add(
            key("logs"),
            Red {
                color: color.into(),
                ..Red::new()
            },
        );
        graph.retain(logs.key());
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Conflict);
    assert!(outcome.failures[0].error.message.contains("is to be retained"));
    assert!(cloud.take_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_retained_is_left_standing() {
    let cloud = Arc::new(Cloud::default());
    let mut before = Graph::new();
    let logs = before.add(key("logs"), Red::new());
    before.retain(logs.key());
    let record = up(&cloud, &before).await;
    let outcome = converge(Some(&before), &Graph::new(), &record, &run(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete());
    assert!(cloud.take_events().is_empty());
    assert!(outcome.record.is_empty());
    assert!(outcome.left[&key("logs")].ends_with(" is to be retained"));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_fails_halfway_keeps_the_old_one_in_the_record() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("definition"),
            Blue {
                color: color.into(),
                ..Blue::new()
            },
        );
        graph.add(
            key("service"),
            Blue {
                peers: ids(&["definition"]),
                ..Blue::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    cloud.fail_next(Op::Update, "service", Fault::Refuse);
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    let expected = [
        ("definition", "ready"),
        ("definition (replaced)", "ready"),
        ("service", "drifted: peers"),
    ];
    assert_eq!(statuses(&outcome.record), words(&expected));
    assert_true_record(&cloud, &outcome.record, "ours");
    cloud.take_events();
    let outcome = converge(Some(&graph(0)), &graph(1), &outcome.record, &run(&cloud))
        .await
        .unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["update service", "delete definition"]);
    assert_eq!(
        statuses(&outcome.record),
        words(&[("definition", "ready"), ("service", "ready")])
    );
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_is_refused_leaves_the_old_one_in_its_place() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("definition"),
            Blue {
                color: color.into(),
                ..Blue::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    for fault in [Fault::Refuse, Fault::Vanish] {
        cloud.fail_next(Op::Create, "definition", fault);
        let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
            .await
            .unwrap();
        assert_eq!(outcome.failures[0].step, Step::Create);
        assert_eq!(statuses(&outcome.record), words(&[("definition", "drifted: color")]));
        assert!(outcome.made.is_empty(), "the old one is not taken for the new one");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_one_that_still_stands_is_never_taken_for_the_new_one() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    graph.add(key("definition"), Blue::new());
    let mut record = up(&cloud, &graph).await;
    let old = record[&key("definition")].clone();
    record.insert(key("definition").replaced(1), old.clone());
    record.insert(key("definition"), Part::pending("blue"));
    cloud.take_events();
    cloud.fail_next(Op::Create, "definition", Fault::Refuse);
    let outcome = converge(Some(&graph), &graph, &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.record, record);
    let outcome = converge(Some(&graph), &graph, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(cloud.take_events(), ["create definition", "delete definition"]);
    assert_ne!(outcome.record[&key("definition")].id, old.id);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_answers_with_the_old_one_is_a_defect_of_ours() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("cluster"),
            Lax {
                color: color.into(),
                ..Lax::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Bug);
    assert_eq!(statuses(&outcome.record), words(&[("cluster", "drifted: color")]));
    assert_eq!(cloud.state().things.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_away_and_cannot_be_put_back_is_pending() {
    let cloud = Arc::new(Cloud::default());
    let graph = |color: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("role"),
            Red {
                color: color.into(),
                ..Red::new()
            },
        );
        graph
    };
    let record = up(&cloud, &graph(0)).await;
    cloud.fail_next(Op::Create, "role", Fault::Refuse);
    let outcome = converge(Some(&graph(0)), &graph(1), &record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(statuses(&outcome.record), words(&[("role", "pending")]));
    assert_eq!(outcome.record[&key("role")].id, None);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_away_is_put_back_although_something_else_failed() {
    let graph = |color: u8, size: u8| {
        let mut graph = Graph::new();
        graph.add(
            key("role"),
            Red {
                color: color.into(),
                ..Red::new()
            },
        );
        graph.add(
            key("other"),
            Blue {
                size: size.into(),
                ..Blue::new()
            },
        );
        graph
    };
    for salt in 0..40 {
        let cloud = Arc::new(Cloud::default());
        cloud.shuffle(salt);
        let record = up(&cloud, &graph(0, 0)).await;
        cloud.fail_next(Op::Update, "other", Fault::Refuse);
        let outcome = converge(Some(&graph(0, 0)), &graph(1, 1), &record, &run(&cloud))
            .await
            .unwrap();
        assert_eq!(outcome.failures.len(), 1);
        assert!(cloud.thing("demo-role").is_some(), "it is not left deleted");
    }
}

/// A failed update leaves a state with the new configuration, which does not describe the parts of the old one.
#[tokio::test(start_paused = true)]
async fn what_no_configuration_describes_any_more_is_deleted_all_the_same() {
    for destroyed in [false, true] {
        let cloud = Arc::new(Cloud::default());
        let mut whole = Graph::new();
        whole.add(key("role"), Red::new());
        whole.add(
            key("host"),
            Blue {
                base: ids(&["role"]),
                ..Blue::new()
            },
        );
        whole.add(key("service"), Blue::new());
        let record = up(&cloud, &whole).await;
        cloud.take_events();
        let (mut prior, mut wanted) = (Graph::new(), Graph::new());
        prior.add(key("service"), Blue::new());
        wanted.add(key("service"), Blue::new());
        let kinds = Kinds::new().then::<Red>().then::<Blue>();
        prior.recall(&record, Some(&wanted), &kinds);
        let outcome = if destroyed {
            destroy(&prior, &record, &run(&cloud)).await.unwrap()
        } else {
            converge(Some(&prior), &wanted, &record, &run(&cloud)).await.unwrap()
        };
        assert!(outcome.is_complete(), "{:#?}", outcome.failures);
        let events = cloud.take_events();
        let at = |event: &str| events.iter().position(|each| each == event);
        assert!(
            at("delete host") < at("delete role") && at("delete host").is_some(),
            "{events:?}"
        );
        assert_eq!(statuses(&outcome.record).len(), usize::from(!destroyed));
        assert_eq!(cloud.state().dangling, []);
    }
}
