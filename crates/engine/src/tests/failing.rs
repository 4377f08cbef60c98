//! What a run does when something goes wrong.

use std::sync::Arc;

use super::cloud::{Cloud, Fault, Op};
use super::kinds::{Blue, Plain, Red, ids};
use super::{assert_true_record, key, run, run_as, statuses, words};
use crate::node::GRACE;
use crate::{ErrorKind, Graph, Outcome, Record, Step, converge, destroy, undo};

/// A role, and a service that needs it.
fn pair() -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("role"), Red::new());
    graph.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            ..Blue::new()
        },
    );
    graph
}

async fn create(cloud: &Arc<Cloud>, graph: &Graph<Cloud>) -> Outcome {
    converge(None, graph, &Record::new(), &run(cloud)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_component_and_what_was_tried() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::Refuse);
    let outcome = create(&cloud, &pair()).await;
    let [failure] = &outcome.failures[..] else {
        panic!("one failure")
    };
    assert_eq!((failure.key.as_str(), failure.step), ("service", Step::Create));
    assert_eq!(failure.to_string(), "create service: cloud:Create: refused");
    assert_eq!(statuses(&outcome.record), words(&[("role", "ready")]));
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_nothing_new_begins_and_what_is_under_way_ends() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = pair();
    graph.add(key("slow"), Blue::new());
    cloud.fail_next(Op::Create, "role", Fault::Refuse);
    let outcome = create(&cloud, &graph).await;
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(cloud.take_events(), ["create slow"]);
    assert_true_record(&cloud, &outcome.record, "ours");
}

#[tokio::test(start_paused = true)]
async fn an_object_whose_answer_was_lost_is_found_and_waited_for() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Lose);
    let outcome = create(&cloud, &pair()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.state().things.len(), 2);
    assert!(cloud.thing("demo-role").unwrap().ready);
    assert!(outcome.made.contains(&key("role")), "it is made by this run");
    assert_eq!(cloud.state().violations, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_untagged_object_whose_answer_was_lost_is_known_by_what_it_is_a_part_of() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    graph.add(key("disk"), Red::new());
    graph.add(
        key("mount"),
        Plain {
            base: ids(&["disk"]),
            ..Plain::new()
        },
    );
    cloud.fail_next(Op::Create, "mount", Fault::Lose);
    let outcome = create(&cloud, &graph).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_by_half_is_recorded_and_undone() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Half);
    let graph = pair();
    let outcome = create(&cloud, &graph).await;
    assert_eq!(statuses(&outcome.record), words(&[("role", "pending")]));
    assert_eq!(outcome.record[&key("role")].id.as_deref(), Some("red:demo-role"));
    let undone = undo(&graph, &outcome, &run(&cloud)).await.unwrap();
    assert!(undone.is_complete());
    assert!(undone.record.is_empty());
    assert!(cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_made_by_half_is_finished_by_the_next_run() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Half);
    let graph = pair();
    let outcome = create(&cloud, &graph).await;
    cloud.take_events();
    let outcome = converge(None, &graph, &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["update role", "create service"]);
    assert!(cloud.thing("demo-role").unwrap().ready);
}

#[tokio::test(start_paused = true)]
async fn where_neither_making_nor_finding_is_answered_it_stays_pending_until_it_is_found() {
    let cloud = Arc::new(Cloud::default());
    let mut graph = Graph::new();
    graph.add(key("cluster"), Blue::new());
    cloud.fail_next(Op::Create, "cluster", Fault::Lose);
    cloud.fail_next(Op::Find, "cluster", Fault::Vanish);
    let outcome = create(&cloud, &graph).await;
    assert_eq!(statuses(&outcome.record), words(&[("cluster", "pending")]));
    assert!(outcome.failures[0].error.message.contains("could not be told"));
    let undone = undo(&graph, &outcome, &run(&cloud)).await.unwrap();
    assert!(undone.is_complete());
    assert!(cloud.state().things.is_empty());
    let again = converge(None, &graph, &outcome.record, &run(&cloud)).await.unwrap();
    assert!(again.is_complete());
    assert_eq!(cloud.state().things.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_by_half_and_cannot_be_looked_for_is_not_forgotten() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Half);
    cloud.fail_next(Op::Find, "role", Fault::Refuse);
    let outcome = create(&cloud, &pair()).await;
    assert_eq!(statuses(&outcome.record), words(&[("role", "pending")]));
    assert!(outcome.made.contains(&key("role")));

    cloud.fail_next(Op::Find, "role", Fault::Refuse);
    let left = undo(&pair(), &outcome, &run(&cloud)).await.unwrap();
    assert_eq!(statuses(&left.record), words(&[("role", "pending")]));
    let gone = destroy(&pair(), &left.record, &run(&cloud)).await.unwrap();
    assert!(gone.record.is_empty() && cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_defect_of_ours_and_loses_nothing() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::PanicAfter);
    let outcome = create(&cloud, &pair()).await;
    let [failure] = &outcome.failures[..] else {
        panic!("one failure")
    };
    assert_eq!(failure.error.kind, ErrorKind::Bug);
    assert_eq!(failure.error.message, "panicked: after Create");
    assert_true_record(&cloud, &outcome.record, "ours");
    assert_eq!(outcome.record.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn past_the_deadline_nothing_begins_and_the_rest_is_told() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Update, "role", Fault::Late);
    let outcome = create(&cloud, &pair()).await;
    let mut wanted = Graph::new();
    wanted.add(
        key("role"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            size: 1.into(),
            ..Blue::new()
        },
    );
    let late = converge(Some(&pair()), &wanted, &outcome.record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(late.failures[0].error.kind, ErrorKind::TimedOut);
    assert_eq!(
        statuses(&late.record),
        words(&[("role", "pending"), ("service", "drifted: size")])
    );

    let mut over = run(&cloud);
    over.deadline = tokio::time::Instant::now();
    let late = converge(Some(&pair()), &wanted, &late.record, &over).await.unwrap();
    let [failure] = &late.failures[..] else {
        panic!("one failure: {:#?}", late.failures)
    };
    assert_eq!(failure.error.kind, ErrorKind::TimedOut);
    assert!(
        failure.error.message.ends_with("still to do: role, service"),
        "{failure}"
    );
    assert!(!late.interrupted);
}

#[tokio::test(start_paused = true)]
async fn a_stop_leaves_the_rest_pending_and_is_no_failure() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Stop);
    let graph = pair();
    let outcome = create(&cloud, &graph).await;
    assert!(outcome.interrupted);
    assert_eq!(outcome.failures, []);
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "ready"), ("service", "pending")])
    );
    assert_eq!(outcome.record[&key("service")].id, None);
    let outcome = converge(None, &graph, &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete());
    assert_eq!(outcome.made.len(), 1, "only the service is this run's");
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_comes_too_late_to_leave_anything_undone_interrupts_nothing() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::Stop);
    let outcome = create(&cloud, &pair()).await;
    assert!(outcome.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_failed_change_is_recorded_as_what_is_there() {
    let cloud = Arc::new(Cloud::default());
    let record = create(&cloud, &pair()).await.record;
    let mut wanted = Graph::new();
    wanted.add(
        key("role"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            size: 2.into(),
            ..Blue::new()
        },
    );
    cloud.fail_next(Op::Update, "role", Fault::Refuse);
    let outcome = converge(Some(&pair()), &wanted, &record, &run(&cloud)).await.unwrap();
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "drifted: size"), ("service", "drifted: size")])
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_up_stands_as_evidence_and_can_be_mended() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::Sick);
    let outcome = create(&cloud, &pair()).await;
    assert_eq!(outcome.failures[0].error.kind, ErrorKind::Unhealthy);
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "ready"), ("service", "pending")])
    );
    assert!(outcome.made.contains(&key("service")));

    cloud.fail_next(Op::Settle, "service", Fault::Sick);
    let outcome = converge(Some(&pair()), &pair(), &outcome.record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(outcome.failures[0].step, Step::Settle);
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "ready"), ("service", "pending")])
    );

    let mut mended = Graph::new();
    mended.add(key("role"), Red::new());
    mended.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            size: 1.into(),
            ..Blue::new()
        },
    );
    cloud.fail_next(Op::Settle, "service", Fault::Sick);
    let outcome = converge(Some(&pair()), &mended, &outcome.record, &run(&cloud))
        .await
        .unwrap();
    assert!(
        outcome.is_complete(),
        "the change is not held up by waiting for what cannot come up"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_not_reached_stays_pending() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::Sick);
    let outcome = create(&cloud, &pair()).await;
    let mut wanted = Graph::new();
    wanted.add(
        key("role"),
        Red {
            size: 1.into(),
            ..Red::new()
        },
    );
    wanted.add(
        key("service"),
        Blue {
            base: ids(&["role"]),
            ..Blue::new()
        },
    );
    cloud.fail_next(Op::Update, "role", Fault::Refuse);
    let outcome = converge(Some(&pair()), &wanted, &outcome.record, &run(&cloud))
        .await
        .unwrap();
    assert_eq!(
        statuses(&outcome.record),
        words(&[("role", "drifted: size"), ("service", "pending")])
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_stops_the_run_before_it_begins() {
    let cloud = Arc::new(Cloud::default());
    let record = create(&cloud, &pair()).await.record;
    cloud.take_events();
    cloud.fail_next(Op::Read, "role", Fault::Refuse);
    let outcome = converge(Some(&pair()), &Graph::new(), &record, &run(&cloud))
        .await
        .unwrap();
    let [failure] = &outcome.failures[..] else {
        panic!("one failure")
    };
    assert_eq!((failure.key.as_str(), failure.step), ("role", Step::Read));
    assert_eq!(cloud.take_events(), Vec::<String>::new());
    assert_eq!(outcome.record, record);
}

#[tokio::test(start_paused = true)]
async fn a_component_that_does_not_heed_its_deadline_is_given_up() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "role", Fault::Hang);
    let run = run(&cloud);
    let outcome = converge(None, &pair(), &Record::new(), &run).await.unwrap();
    assert!(tokio::time::Instant::now() <= run.deadline + GRACE * 2);
    let [failure] = &outcome.failures[..] else {
        panic!("one failure: {:#?}", outcome.failures)
    };
    assert_eq!(
        (failure.key.as_str(), failure.error.kind),
        ("role", ErrorKind::TimedOut)
    );
    assert!(failure.error.message.contains("given up"), "{}", failure.error.message);
    assert_true_record(&cloud, &outcome.record, "ours");
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_run_has_got_to_is_told() {
    let cloud = Arc::new(Cloud::default());
    cloud.fail_next(Op::Create, "service", Fault::Sick);
    let outcome = create(&cloud, &pair()).await;
    assert_eq!(outcome.settled, [key("role")].into());
}

/// A deployment whose process was killed after the service that replaced its old one was made.
async fn killed_with_a_new_service() -> (Arc<Cloud>, Record, String) {
    let cloud = Arc::new(Cloud::default());
    let before = create(&cloud, &pair()).await.record;
    cloud.vanish("demo-service");
    let after = converge(Some(&pair()), &pair(), &before, &run(&cloud)).await.unwrap();
    assert!(after.is_complete(), "{:#?}", after.failures);
    cloud.take_events();
    let newer = after.record[&key("service")].id.clone().unwrap();
    assert_ne!(before[&key("service")].id.as_ref(), Some(&newer));
    (cloud, before, newer)
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_made_in_place_of_what_is_recorded_is_found_and_not_made_twice() {
    let (cloud, record, newer) = killed_with_a_new_service().await;
    let outcome = converge(Some(&pair()), &pair(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(outcome.record[&key("service")].id, Some(newer));
    assert_eq!(cloud.take_events(), Vec::<String>::new());
    assert_true_record(&cloud, &outcome.record, "ours");
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_run_made_in_place_of_what_is_recorded_is_destroyed() {
    let (cloud, record, _) = killed_with_a_new_service().await;
    let outcome = destroy(&pair(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["delete service", "delete role"]);
    assert!(cloud.state().things.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_not_taken_for_anothers_object_of_its_name() {
    let cloud = Arc::new(Cloud::default());
    let record = create(&cloud, &pair()).await.record;
    cloud.vanish("demo-service");
    let others = run_as(&cloud, "theirs");
    let mut graph = Graph::new();
    graph.add(key("service"), Blue::new());
    assert!(
        converge(None, &graph, &Record::new(), &others)
            .await
            .unwrap()
            .is_complete()
    );
    cloud.take_events();
    let outcome = converge(Some(&pair()), &pair(), &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["create service"]);
    cloud.vanish("demo-service");
    let outcome = destroy(&pair(), &outcome.record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), ["delete role"]);
    assert_eq!(cloud.ids_of("theirs").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_update_added_is_found_and_not_made_twice() {
    let cloud = Arc::new(Cloud::default());
    let record = create(&cloud, &pair()).await.record;
    let mut more = pair();
    more.add(key("bastion"), Blue::new());
    let after = converge(Some(&pair()), &more, &record, &run(&cloud)).await.unwrap();
    cloud.take_events();
    let outcome = converge(Some(&pair()), &more, &record, &run(&cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert_eq!(cloud.take_events(), Vec::<String>::new());
    assert_eq!(outcome.record, after.record);
}
