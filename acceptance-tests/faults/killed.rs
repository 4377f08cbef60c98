//! What a change that was killed had replaced altogether.

use super::fault::Fault;
use super::judge::{self, Verdict};
use super::matrix;
use super::scenario::{Operation, SCENARIOS};

#[test]
fn a_deployment_of_which_every_part_was_replaced_before_the_kill_is_not_taken_for_gone() {
    let scenario = SCENARIOS.iter().find(|one| one.name == "operator-of-many-duties");
    let scenario = scenario.expect("a scenario");
    let stage = scenario.stage();
    let cases = matrix::cases(scenario, stage, Operation::Update);
    let last = cases.iter().rfind(|case| case.fault == Fault::Killed);
    let last = last.expect("a change makes calls that change something");
    assert_eq!(judge::run(last, scenario, stage), Verdict::Resumed, "{last}");
}
