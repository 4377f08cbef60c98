//! What a change that was killed had replaced altogether.

use std::sync::Arc;

use super::fault::Fault;
use super::judge::{self, Case, Verdict};
use super::matrix;
use super::scenario::{Operation, SCENARIOS, Scenario};
use super::stage::Stage;
use super::terraform::Terraform;
use super::wire::{Strike, Wire};

/// A change that replaces every part, killed at its last call.
fn all_replaced() -> (&'static Scenario, &'static Stage, Case) {
    let scenario = SCENARIOS.iter().find(|one| one.name == "operator-of-many-duties");
    let scenario = scenario.expect("a scenario");
    let stage = scenario.stage();
    let cases = matrix::cases(scenario, stage, Operation::Update);
    let last = cases.into_iter().rfind(|case| case.fault == Fault::Killed);
    (
        scenario,
        stage,
        last.expect("a change makes calls that change something"),
    )
}

/// The calls of a refresh that finds the deployment, in their order: the look by name is the last.
fn calls_of_a_refresh(wire: &Arc<Wire>, terraform: &Terraform) -> Vec<String> {
    wire.expect(None);
    let mut refreshed = terraform.clone();
    let ran = refreshed.read();
    assert!(ran.succeeded() && refreshed.object.is_some(), "{}", ran.text());
    wire.calls().into_iter().map(|call| call.operation).collect()
}

#[test]
fn a_deployment_of_which_every_part_was_replaced_before_the_kill_is_not_taken_for_gone() {
    let (scenario, stage, last) = all_replaced();
    assert_eq!(judge::run(&last, scenario, stage), Verdict::Resumed, "{last}");
}

#[test]
fn a_deployment_is_not_taken_for_gone_where_nobody_could_look() {
    let (scenario, stage, last) = all_replaced();
    let (wire, mut terraform) = stage.start(scenario, last.operation);
    wire.expect(Some(Strike {
        operation: last.call.clone(),
        nth: last.nth,
        fault: last.fault,
    }));
    assert!(last.operation.run(&mut terraform).killed, "{last}");
    let mut calls = calls_of_a_refresh(&wire, &terraform);
    let by_name = calls.pop().expect("a refresh makes calls");
    let nth = calls.iter().filter(|call| **call == by_name).count();
    let before = terraform.remembered();
    for fault in [Fault::Denied, Fault::Unavailable, Fault::Silence] {
        wire.expect(Some(Strike {
            operation: by_name.clone(),
            nth,
            fault,
        }));
        let ran = terraform.read();
        assert!(wire.struck() > 0, "{by_name}");
        assert!(terraform.remembered() == before, "{fault:?}: {}", ran.text());
        let action = by_name.split(':').nth(1).unwrap_or_default();
        assert!(
            !ran.succeeded() && ran.text().contains(action),
            "{fault:?}: {}",
            ran.text()
        );
    }
}
