//! How often and how long something is tried, and what becomes of two that want the same name.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::WORLDS;
use super::condition::Condition;
use super::fault::Fault;
use super::scenario::{SCENARIOS, parts};
use super::terraform::Terraform;
use super::wire::{Strike, Wire};

/// A detector without a volume, in a VPC of its own, that was never applied.
fn fresh() -> (Arc<Wire>, Terraform) {
    let wire = Wire::to(WORLDS.empty().world());
    let vpc = wire.world().vpc();
    let scenario = SCENARIOS
        .iter()
        .find(|scenario| scenario.name == "detector-without-persistence")
        .expect("a scenario");
    let terraform = Terraform::new(wire.clone(), scenario.type_name, (scenario.written)(&vpc));
    (wire, terraform)
}

fn strike(wire: &Wire, operation: &str, fault: Fault) {
    wire.expect(Some(Strike {
        operation: operation.to_owned(),
        nth: 0,
        fault,
    }));
}

#[test]
fn a_call_is_tried_again_as_often_as_max_retries_says() {
    for retries in [1, 3] {
        let (wire, mut terraform) = fresh();
        terraform.provider["max_retries"] = json!(retries);
        strike(&wire, "ecs:CreateCluster", Fault::Throttled);
        let ran = terraform.apply();
        assert!(!ran.succeeded());
        assert_eq!(wire.struck(), retries + 1, "{}", ran.text());
    }
}

#[test]
fn what_a_create_may_take_it_takes_to_the_second_and_then_undoes_its_parts() {
    for fault in [
        Fault::Throttled,
        Fault::Silence,
        Fault::Lasting(Condition::ServiceDraining),
    ] {
        let (wire, mut terraform) = fresh();
        let found = wire.inventory();
        terraform.written["timeouts"] = json!({"create": "90s"});
        // So many that, whatever the chance in their pauses, the time is up first.
        terraform.provider["max_retries"] = json!(100);
        strike(&wire, "ecs:CreateService", fault);
        let ran = terraform.apply();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        let calls = wire.calls();
        let begun = calls.iter().find(|call| call.writes()).expect("a part was made").at;
        let undone = calls
            .iter()
            .find(|call| call.operation.contains(":Delete"))
            .unwrap_or_else(|| panic!("{fault:?}: nothing was undone: {}", ran.text()));
        let took = undone.at.saturating_sub(begun);
        assert!(
            took.abs_diff(Duration::from_secs(90)) < Duration::from_secs(1),
            "{fault:?}: {took:?}: {}",
            ran.text()
        );
        assert_eq!(wire.inventory(), found, "{fault:?}: {}", ran.text());
    }
}

#[test]
fn what_a_destroy_may_take_it_takes_to_the_second() {
    for fault in [
        Fault::Throttled,
        Fault::Silence,
        Fault::Lasting(Condition::DependencyViolation),
    ] {
        let (wire, mut terraform) = fresh();
        let found = wire.inventory();
        terraform.written["timeouts"] = json!({"delete": "3m"});
        // So many that, whatever the chance in their pauses, the time is up first.
        terraform.provider["max_retries"] = json!(100);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}", ran.text());
        strike(&wire, "ec2:DeleteSecurityGroup", fault);
        let ran = terraform.destroy_as_read();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        let took = ran.took;
        assert!(
            took.abs_diff(Duration::from_mins(3)) < Duration::from_secs(1),
            "{fault:?}: {took:?}: {}",
            ran.text()
        );
        wire.expect(None);
        let ran = terraform.destroy();
        assert!(ran.succeeded(), "{fault:?}: {}", ran.text());
        assert_eq!(wire.inventory(), found);
    }
}

#[test]
fn of_two_creates_of_one_name_at_once_one_wins_and_the_other_touches_none_of_its_parts() {
    let (wire, mut one) = fresh();
    let found = wire.inventory();
    let mut two = one.clone();
    let [first, second] = Terraform::at_once([&mut one, &mut two]);
    let told = format!("{}\n===\n{}", first.text(), second.text());
    assert_ne!(first.succeeded(), second.succeeded(), "{told}");
    let (winner, mut loser, lost) = if first.succeeded() {
        (one, two, second)
    } else {
        (two, one, first)
    };
    assert!(lost.text().contains("belongs to another deployment"), "{told}");
    whole_in_spite_of(winner, &mut loser);
    assert_eq!(wire.inventory(), found);
}

#[test]
fn a_replacement_that_is_made_before_the_old_one_goes_says_that_the_name_is_taken() {
    let (wire, mut old) = fresh();
    let found = wire.inventory();
    let mut new = old.clone();
    let ran = old.apply();
    assert!(ran.succeeded(), "{}", ran.text());
    let lost = new.apply();
    assert!(!lost.succeeded());
    assert!(lost.text().contains("belongs to another deployment"), "{}", lost.text());
    whole_in_spite_of(old, &mut new);
    assert_eq!(wire.inventory(), found);
}

/// One deployment is whole, before and after the other, which has lost its name to it, is destroyed; then it goes too.
fn whole_in_spite_of(mut winner: Terraform, loser: &mut Terraform) {
    assert!(parts(&winner).len() > parts(loser).len());
    for _ in 0..2 {
        let (ran, settled) = winner.plan();
        assert!(settled, "{}", ran.text());
        let ran = loser.destroy();
        assert!(ran.succeeded(), "{}", ran.text());
    }
    let ran = winner.destroy();
    assert!(ran.succeeded(), "{}", ran.text());
}
