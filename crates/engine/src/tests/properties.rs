//! What holds for every deployment, whichever call goes wrong.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::cloud::{Cloud, FAULTS, Fault, Thing};
use super::random::{Item, Kind, Plan, name, pair, pair_of, plan};
use super::{assert_true_record, run};
use crate::{Action, Graph, Outcome, Preview, Record, Run, Status, converge, destroy, preview, survey, undo};

pub(super) fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(test);
}

fn fault() -> impl Strategy<Value = Fault> {
    prop::sample::select(&FAULTS[..])
}

async fn bring(cloud: &Arc<Cloud>, prior: Option<&Plan>, wanted: &Plan, record: &Record) -> Outcome {
    let prior = prior.map(Plan::graph);
    converge(prior.as_ref(), &wanted.graph(), record, &run(cloud))
        .await
        .expect("a sound graph")
}

/// A cloud where the deployment stands as it is wanted.
pub(super) async fn standing(plan: &Plan, salt: u64) -> (Arc<Cloud>, Record) {
    let cloud = Arc::new(Cloud::default());
    cloud.shuffle(salt);
    let outcome = bring(&cloud, None, plan, &Record::new()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    cloud.take_events();
    (cloud, outcome.record)
}

/// The objects without what differs between two clouds: names in place of ids.
pub(super) fn shape(cloud: &Cloud) -> BTreeMap<String, Thing> {
    let state = cloud.state();
    let called: BTreeMap<&str, &str> = state
        .things
        .values()
        .map(|t| (t.id.as_str(), t.name.as_str()))
        .collect();
    let points_to = |list: &[String]| -> Vec<String> {
        let ids = list.iter().map(|text| text.split('@').next().unwrap_or_default());
        ids.map(|id| called.get(id).copied().unwrap_or("gone").to_owned())
            .collect()
    };
    let things = state.things.values().map(|thing| {
        let shape = Thing {
            uid: 0,
            id: String::new(),
            revision: 0,
            base: points_to(&thing.base),
            peers: points_to(&thing.peers),
            watches: points_to(&thing.watches),
            ..thing.clone()
        };
        (thing.name.clone(), shape)
    });
    things.collect()
}

/// Nothing was made before what it refers to, and nothing deleted before what refers to it, unless that stays and was
/// repointed afterwards.
pub(super) fn assert_order(cloud: &Cloud, gentle: bool) {
    let state = cloud.state();
    assert_eq!(state.violations, Vec::<String>::new());
    let standing: Vec<u64> = state.things.values().map(|thing| thing.uid).collect();
    for (deleted, referring) in &state.dangling {
        assert!(
            !gentle && standing.contains(referring),
            "{deleted} was deleted before {referring}, which referred to it: {:#?}",
            state.events
        );
    }
}

/// The deployment stands exactly as wanted, and doing it again does nothing.
async fn assert_converged(cloud: &Arc<Cloud>, plan: &Plan, outcome: &Outcome) {
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    assert!(
        outcome.record.values().all(|part| part.status == Status::Ready),
        "{:#?}",
        outcome.record
    );
    assert_true_record(cloud, &outcome.record, "ours");
    let (fresh, _) = standing(plan, 0).await;
    assert_eq!(shape(cloud), shape(&fresh));
    cloud.take_events();
    let again = bring(cloud, Some(plan), plan, &outcome.record).await;
    assert!(again.is_complete(), "{:#?}", again.failures);
    assert_eq!(
        cloud.take_events(),
        Vec::<String>::new(),
        "a second run changed something"
    );
    assert_eq!(again.record, outcome.record);
    let seen = survey(&plan.graph(), &outcome.record, &run(cloud))
        .await
        .expect("a sound graph");
    assert_eq!(seen.record, outcome.record);
    let foretold = preview(&seen.record, Some(&plan.graph()), &plan.graph(), false).expect("a sound graph");
    let actions = foretold.actions;
    assert!(actions.iter().all(|(_, action)| action.is_keep()), "{actions:?}");
}

fn undoing(run: &Run<Cloud>) -> Run<Cloud> {
    Run {
        cancel: tokio_util::sync::CancellationToken::new(),
        ..run.until(Instant::now() + Duration::from_hours(1))
    }
}

/// What the preview said of each component came true.
fn assert_foretold(foretold: &Preview, before: &Record, outcome: &Outcome, events: &[String]) {
    let actions = &foretold.actions;
    let mut expected: Vec<_> = actions
        .iter()
        .filter(|(_, a)| *a != Action::Delete)
        .map(|(key, _)| key)
        .collect();
    expected.sort();
    assert_eq!(expected, outcome.record.keys().collect::<Vec<_>>());
    for (key, action) in actions {
        let id = |record: &Record| record.get(key).and_then(|part| part.id.clone());
        let touched: Vec<_> = events
            .iter()
            .filter(|event| event.ends_with(&format!(" {key}")))
            .collect();
        match action {
            Action::Keep => {
                assert!(touched.is_empty(), "{key} was to be kept: {touched:?}");
                assert_eq!(id(before), id(&outcome.record));
            }
            Action::Update { .. } => assert_eq!(id(before), id(&outcome.record), "{key} was to be updated"),
            Action::Delete => assert_eq!(id(&outcome.record), None),
            Action::Create { .. } | Action::Restore => assert_eq!(touched[0], &format!("create {key}")),
            Action::Replace { .. } | Action::Leave => {}
        }
    }
}

/// Somebody tampers with what stands; that is seen, and what is then foretold of a change comes true.
async fn drifts(first: &Plan, second: &Plan, tampering: Vec<(usize, u8)>) {
    let hides = [0, 3].iter().all(|how| tampering.iter().any(|(_, done)| done == how));
    let (cloud, record) = standing(first, 0).await;
    for (index, how) in tampering {
        let name = format!("demo-{}", name(index));
        match (cloud.thing(&name), how) {
            (None, _) => {}
            (Some(_), 0) => cloud.vanish(&name),
            (Some(_), 1) => cloud.tamper(&name, |thing| thing.color = 9),
            (Some(_), 2) => cloud.tamper(&name, |thing| thing.size = 9),
            (Some(_), 3) => cloud.tamper(&name, |thing| thing.peers.clear()),
            (Some(_), _) => cloud.tamper(&name, |thing| {
                if let Some(tags) = &mut thing.tags {
                    tags.remove("team");
                }
            }),
        }
    }
    let seen = survey(&first.graph(), &record, &run(&cloud))
        .await
        .expect("a sound graph");
    assert!(seen.record.keys().eq(record.keys()), "nothing recorded is dropped");
    let foretold = preview(&seen.record, Some(&first.graph()), &second.graph(), false).expect("sound");
    let outcome = bring(&cloud, Some(first), second, &seen.record).await;
    assert_foretold(&foretold, &seen.record, &outcome, &cloud.take_events());
    // What is lost hides that others, which referred to it, were pointed elsewhere: that is seen once it is back.
    let outcome = if hides {
        bring(&cloud, Some(second), second, &outcome.record).await
    } else {
        outcome
    };
    assert_converged(&cloud, second, &outcome).await;
}

/// Found by the property: what is lost and comes back has the same id, but who refers to it for the first time changes.
#[test]
fn a_new_reference_to_what_was_lost_replaces_as_foretold() {
    let item = |kind, base: &[usize]| Item {
        kind,
        color: 0,
        size: 0,
        hidden: 0,
        base: base.to_vec(),
        peers: Vec::new(),
        watches: Vec::new(),
        after: Vec::new(),
    };
    let plan = |base: &[usize]| Plan([(0, item(Kind::Red, &[])), (2, item(Kind::Grey, base))].into());
    block_on(drifts(&plan(&[]), &plan(&[0]), vec![(0, 0)]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deployment_comes_up_and_goes_away(plan in plan(), salt in 0..1000u64) {
        block_on(async {
            let (cloud, record) = standing(&plan, salt).await;
            let outcome = bring(&cloud, Some(&plan), &plan, &record).await;
            assert_converged(&cloud, &plan, &outcome).await;
            let outcome = destroy(&plan.graph(), &record, &run(&cloud)).await.expect("a sound graph");
            assert!(outcome.is_complete(), "{:#?}", outcome.failures);
            assert!(outcome.record.is_empty());
            assert!(cloud.state().things.is_empty());
            assert_order(&cloud, true);
        });
    }

    #[test]
    fn a_change_does_what_was_foretold((first, second) in pair(), salt in 0..1000u64) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            let foretold = preview(&record, Some(&first.graph()), &second.graph(), false).expect("a sound graph");
            let outcome = bring(&cloud, Some(&first), &second, &record).await;
            assert_foretold(&foretold, &record, &outcome, &cloud.take_events());
            assert_order(&cloud, false);
            assert_converged(&cloud, &second, &outcome).await;
        });
    }

    #[test]
    fn whoever_refers_to_what_had_to_make_way_is_repointed((first, second) in pair_of(Kind::Grey), salt in 0..1000u64) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            let outcome = bring(&cloud, Some(&first), &second, &record).await;
            assert_order(&cloud, false);
            assert_converged(&cloud, &second, &outcome).await;
            let state = cloud.state();
            let dangles = |thing: &Thing| thing.refers_to().any(|id| !state.things.contains_key(id));
            assert!(!state.things.values().any(dangles), "{:#?}", state.things);
        });
    }

    #[test]
    fn nothing_goes_before_it_is_replaced((first, second) in pair_of(Kind::Blue), salt in 0..1000u64) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            let outcome = bring(&cloud, Some(&first), &second, &record).await;
            assert_order(&cloud, true);
            assert_converged(&cloud, &second, &outcome).await;
        });
    }

    #[test]
    fn drift_is_seen_foretold_and_repaired(
        (first, second) in pair(),
        tampering in prop::collection::vec((0..7usize, 0..5u8), 0..4),
    ) {
        block_on(drifts(&first, &second, tampering));
    }

    #[test]
    fn a_failed_create_is_undone(plan in plan(), at in 0..25usize, fault in fault(), salt in 0..1000u64) {
        block_on(async {
            let cloud = Arc::new(Cloud::default());
            cloud.shuffle(salt);
            cloud.fail_nth(at, fault);
            let run = run(&cloud);
            let graph: Graph<Cloud> = plan.graph();
            let outcome = converge(None, &graph, &Record::new(), &run).await.expect("a sound graph");
            cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            let undone = undo(&graph, &outcome, &undoing(&run)).await.expect("a sound graph");
            assert!(undone.is_complete(), "{:#?}", undone.failures);
            assert_eq!(undone.record, Record::new());
            assert!(cloud.state().things.is_empty());
            assert_order(&cloud, true);
        });
    }

    #[test]
    fn a_failed_create_can_go_on(plan in plan(), at in 0..25usize, fault in fault(), salt in 0..1000u64) {
        block_on(async {
            let cloud = Arc::new(Cloud::default());
            cloud.shuffle(salt);
            cloud.fail_nth(at, fault);
            let outcome = bring(&cloud, None, &plan, &Record::new()).await;
            cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            if outcome.interrupted {
                assert!(outcome.record.keys().eq(plan.graph().keys()), "what was not made is pending");
            }
            let outcome = bring(&cloud, None, &plan, &outcome.record).await;
            assert_order(&cloud, true);
            assert_converged(&cloud, &plan, &outcome).await;
        });
    }

    #[test]
    fn a_failed_change_is_recorded_and_can_go_on(
        (first, second) in pair(),
        at in 0..40usize,
        fault in fault(),
        salt in 0..1000u64,
    ) {
        block_on(async {
            let (cloud, record) = standing(&first, salt).await;
            cloud.fail_nth(at, fault);
            let outcome = bring(&cloud, Some(&first), &second, &record).await;
            let struck = !cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            assert!(struck || outcome.is_complete());
            let outcome = bring(&cloud, Some(&first), &second, &outcome.record).await;
            assert_order(&cloud, false);
            assert_converged(&cloud, &second, &outcome).await;
        });
    }

    #[test]
    fn a_failed_destroy_can_go_on(plan in plan(), at in 0..25usize, fault in fault(), salt in 0..1000u64) {
        block_on(async {
            let (cloud, record) = standing(&plan, salt).await;
            cloud.fail_nth(at, fault);
            let graph = plan.graph();
            let outcome = destroy(&graph, &record, &run(&cloud)).await.expect("a sound graph");
            cloud.calm();
            assert_true_record(&cloud, &outcome.record, "ours");
            assert_eq!(outcome.is_complete(), outcome.record.is_empty());
            let outcome = destroy(&graph, &outcome.record, &run(&cloud)).await.expect("a sound graph");
            assert!(outcome.is_complete(), "{:#?}", outcome.failures);
            assert!(cloud.state().things.is_empty());
            assert_order(&cloud, true);
        });
    }

    #[test]
    fn what_another_owns_is_never_touched(plan in plan(), theirs in 0..7usize, salt in 0..1000u64) {
        block_on(async {
            let cloud = Arc::new(Cloud::default());
            cloud.shuffle(salt);
            let theirs = Plan(plan.0.iter().filter(|(index, _)| **index <= theirs).map(|(i, p)| (*i, p.clone())).collect());
            let other = super::run_as(&cloud, "theirs");
            let stands = converge(None, &theirs.graph(), &Record::new(), &other).await.expect("a sound graph");
            assert!(stands.is_complete());
            let before = cloud.state().things.clone();
            let run = run(&cloud);
            let outcome = converge(None, &plan.graph(), &Record::new(), &run).await.expect("a sound graph");
            assert_true_record(&cloud, &outcome.record, "ours");
            let undone = undo(&plan.graph(), &outcome, &undoing(&run)).await.expect("a sound graph");
            assert!(undone.is_complete(), "{:#?}", undone.failures);
            assert_eq!(cloud.state().things, before);
            assert_eq!(cloud.state().violations, Vec::<String>::new());
        });
    }
}
