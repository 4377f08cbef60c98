//! Throttling as a state of the account: it slows down what is done, and does not make it fail.

use std::time::Duration;

use serde_json::json;

use super::fault::Fault;
use super::scenario::{Operation, SCENARIOS, Scenario};
use super::wire::{Call, Strike};

/// Of so many calls, one is throttled.
const EVERY: usize = 3;

/// How long one operation of AWS is throttled.
const TIME: Duration = Duration::from_mins(4);

fn named(name: &str) -> &'static Scenario {
    let mut all = SCENARIOS.iter();
    all.find(|scenario| scenario.name == name).expect("a scenario")
}

#[test]
fn where_every_third_call_of_all_services_is_throttled_everything_succeeds() {
    let all = super::variable("FAULTS").is_some_and(|wanted| wanted == "all");
    for scenario in SCENARIOS.iter().filter(|scenario| all || scenario.name == "detector") {
        let stage = scenario.stage();
        for operation in Operation::ALL {
            let (wire, mut terraform) = stage.start(scenario, operation);
            wire.expect_everywhere(EVERY, Fault::Throttled);
            let ran = operation.run(&mut terraform);
            let (calls, struck) = (wire.calls().len(), wire.struck());
            assert!(ran.succeeded(), "{} {operation:?}: {}", scenario.name, ran.text());
            assert_eq!(struck, calls / EVERY, "{} {operation:?}", scenario.name);
            wire.expect(None);
            if operation == Operation::Destroy {
                assert_eq!(wire.inventory(), stage.found, "{}", scenario.name);
            } else {
                let (ran, settled) = terraform.plan();
                assert!(settled, "{} {operation:?}: {}", scenario.name, ran.text());
            }
        }
    }
}

/// Calls that make a part, and the beginnings of the calls that wait for it.
const THROTTLED: [(&str, &[&str]); 3] = [
    (
        "efs:CreateFileSystem",
        &["efs:", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
    ),
    ("ecs:CreateCluster", &["ecs:CreateCluster", "ecs:CreateService"]),
    (
        "iam:AttachRolePolicy",
        &["iam:", "ecs:RegisterTaskDefinition", "ecs:CreateService", "efs:"],
    ),
];

#[test]
fn one_call_that_is_throttled_for_minutes_delays_only_what_waits_for_it() {
    let scenario = named("detector");
    let stage = scenario.stage();
    let writes = |calls: Vec<Call>, waits: &[&str]| {
        let of_others = calls
            .into_iter()
            .filter(|call| call.writes() && !waits.iter().any(|begins| call.operation.starts_with(begins)));
        let mut writes: Vec<(String, Duration)> = of_others.map(|call| (call.operation, call.at)).collect();
        writes.sort();
        writes
    };
    let (wire, mut terraform) = stage.start(scenario, Operation::Create);
    wire.expect(None);
    let undisturbed = terraform.apply();
    assert!(undisturbed.succeeded(), "{}", undisturbed.text());
    let calls = wire.calls();
    for (throttled, waits) in THROTTLED {
        let (wire, mut terraform) = stage.start(scenario, Operation::Create);
        let strike = Strike {
            operation: throttled.to_owned(),
            nth: 0,
            fault: Fault::Throttled,
        };
        // Whatever the chance in their pauses, the time is over first.
        terraform.provider["max_retries"] = json!(100);
        wire.expect_for(TIME, strike);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{throttled}: {}", ran.text());
        assert!(wire.struck() > 5, "{throttled}: {}", wire.struck());
        assert!(
            ran.took >= TIME && ran.took < undisturbed.took + TIME + Duration::from_secs(40),
            "{throttled}: {:?} instead of {:?}",
            ran.took,
            undisturbed.took
        );
        let (then, now) = (writes(calls.clone(), waits), writes(wire.calls(), waits));
        assert!(then.len() > 5, "{throttled}: {then:?}");
        let alike = then
            .iter()
            .zip(&now)
            .all(|((then, at), (now, when))| then == now && at.abs_diff(*when) < Duration::from_secs(1));
        assert!(alike && then.len() == now.len(), "{throttled}:\n{then:?}\n{now:?}");
    }
}
