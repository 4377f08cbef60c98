//! What holds for every deployment with successions, with parts that are to be retained, and with parts that another
//! deployment of the same name left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::assert_true_record;
use super::cloud::{Cloud, FAULTS};
use super::properties::{assert_order, block_on, shape, standing};
use super::random::{Plan, name, pair, tagged_pair};
use super::{key, run, run_as};
use crate::{ErrorKind, Graph, Key, Record, Run, converge, destroy};

/// The graph, where each of those components waits for the one before it.
fn succeeding(plan: &Plan, successions: &[(usize, usize)]) -> Graph<Cloud> {
    let mut graph = plan.graph();
    for (newer, older) in successions {
        graph.succeeds(&key(&name(*newer)), key(&name(*older)));
    }
    graph
}

/// The graph, with those components retained.
fn retaining(plan: &Plan, retained: u8) -> Graph<Cloud> {
    let mut graph = plan.graph();
    for index in plan.0.keys().filter(|index| is_drawn(retained, **index)) {
        graph.retain(&key(&name(*index)));
    }
    graph
}

fn is_drawn(bits: u8, index: usize) -> bool {
    bits >> index & 1 == 1
}

/// uid → the key that the object was made for.
fn uids(cloud: &Cloud) -> BTreeMap<u64, Key> {
    let state = cloud.state();
    let things = state.things.values();
    things
        .map(|thing| (thing.uid, key(thing.name.trim_start_matches("demo-"))))
        .collect()
}

fn adopting(cloud: &Arc<Cloud>) -> Run<Cloud> {
    Run {
        adopt: true,
        ..run(cloud)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_successor_is_made_when_the_one_before_it_is_gone(
        (first, second) in pair(),
        moved in any::<u8>(),
        fault in (0..40usize, prop::option::weighted(0.5, prop::sample::select(&FAULTS[..]))),
        salt in 0..1000u64,
    ) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            let (second, successions) = second.moved(moved);
            let graph = succeeding(&second, &successions);
            let run = || run(&cloud);
            if let (at, Some(fault)) = fault {
                cloud.fail_nth(at, fault);
            }
            let outcome = converge(Some(&first.graph()), &graph, &record, &run()).await.expect("a sound graph");
            cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            let outcome = converge(Some(&first.graph()), &graph, &outcome.record, &run()).await.expect("a sound graph");
            assert!(outcome.is_complete(), "{:#?}", outcome.failures);
            assert_true_record(&cloud, &outcome.record, "ours");
            let events = cloud.take_events();
            for (newer, older) in successions.iter().map(|(newer, older)| (name(*newer), name(*older))) {
                let at = |event: String| events.iter().position(|each| *each == event);
                if let (Some(made), Some(gone)) = (at(format!("create {newer}")), at(format!("delete {older}"))) {
                    assert!(gone < made, "{newer} was made before {older} was gone: {events:#?}");
                }
            }
            assert_order(&cloud, false);
            let (fresh, _) = standing(&second, 0).await;
            assert_eq!(shape(&cloud), shape(&fresh));
        });
    }

    #[test]
    fn what_is_to_be_retained_stays(
        (first, second) in pair(),
        retained in any::<u8>(),
        fault in (0..40usize, prop::option::weighted(0.3, prop::sample::select(&FAULTS[..]))),
        salt in 0..1000u64,
    ) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            let precious: BTreeSet<u64> = uids(&cloud)
                .into_iter()
                .filter(|(_, key)| (0..8).any(|index| is_drawn(retained, index) && key.as_str() == name(index)))
                .map(|(uid, _)| uid)
                .collect();
            let stays = |cloud: &Cloud| {
                let stands: BTreeSet<u64> = uids(cloud).into_keys().collect();
                precious.iter().all(|uid| stands.contains(uid))
            };
            let before = retaining(&first, retained);
            if let (at, Some(fault)) = fault {
                cloud.fail_nth(at, fault);
            }
            let after = retaining(&second, retained);
            let outcome = converge(Some(&before), &after, &record, &run(&cloud)).await.expect("a sound graph");
            let struck = fault.1.is_some() && !cloud.calm();
            assert!(stays(&cloud), "{:#?}", cloud.take_events());
            if !outcome.is_complete() && !struck {
                // It would have had to go first, which is refused before anything is done.
                assert!(outcome.failures.iter().all(|failure| failure.error.kind == ErrorKind::Conflict));
                assert_eq!(cloud.take_events(), Vec::<String>::new());
            }
            let gone = destroy(&before, &record, &run(&cloud)).await.expect("a sound graph");
            assert!(stays(&cloud), "{:#?}", gone.failures);
        });
    }

    #[test]
    fn what_is_adopted_is_never_deleted_and_becomes_ours_as_a_whole(
        (first, second) in tagged_pair(),
        lost in any::<u8>(),
        fault in (0..40usize, prop::option::weighted(0.5, prop::sample::select(&FAULTS[..]))),
        salt in 0..1000u64,
    ) {
        block_on(async {
            let cloud = Arc::new(Cloud::default());
            cloud.shuffle(salt);
            let theirs = run_as(&cloud, "dead");
            let left = converge(None, &first.graph(), &Record::new(), &theirs).await.expect("a sound graph");
            assert!(left.is_complete());
            for index in first.0.keys().filter(|index| is_drawn(lost, **index)) {
                cloud.vanish(&format!("demo-{}", name(*index)));
            }
            let before = uids(&cloud);
            cloud.take_events();
            if let (at, Some(fault)) = fault {
                cloud.fail_nth(at, fault);
            }
            let outcome = converge(None, &second.graph(), &Record::new(), &adopting(&cloud)).await.expect("sound");
            let struck = fault.1.is_some() && !cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            let outcome = if struck {
                converge(None, &second.graph(), &outcome.record, &adopting(&cloud)).await.expect("sound")
            } else {
                outcome
            };
            assert!(!cloud.take_events().iter().any(|event| event.starts_with("delete")));
            let now = uids(&cloud);
            assert!(before.keys().all(|uid| now.contains_key(uid)), "what was adopted still stands");
            assert_true_record(&cloud, &outcome.record, "ours");
            if outcome.is_complete() {
                let wanted: BTreeSet<Key> = second.graph().keys().cloned().collect();
                assert!(outcome.record.keys().eq(wanted.iter()));
                let kinds_match = second.0.iter().all(|(index, item)| first.0.get(index).is_none_or(|f| f.kind == item.kind));
                let taken: Vec<_> = before.values().filter(|key| wanted.contains(*key)).collect();
                if kinds_match {
                    assert_eq!(now.len(), before.len() + wanted.len() - taken.len(), "nothing is doubled");
                }
            } else {
                assert!(outcome.failures.iter().all(|failure| failure.error.kind == ErrorKind::Conflict), "{:#?}", outcome.failures);
            }
            assert_eq!(cloud.state().violations, Vec::<String>::new());
        });
    }
}
