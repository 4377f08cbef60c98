//! Declarations and calls, side by side in the sources.

use std::collections::BTreeSet;

use crate::harness::declared;

#[test]
fn every_action_that_a_component_calls_is_one_that_it_declares() {
    let mut all = declared::by_component();
    let shared = all.remove("").expect("the sources that components share");
    // What components share they declare each for itself or by the shared source; that all of it is declared, the next
    // test says.
    for (component, actions) in all {
        let declared: BTreeSet<_> = actions.declared.union(&shared.declared).collect();
        let undeclared: Vec<_> = actions
            .called
            .iter()
            .filter(|action| !declared.contains(action))
            .collect();
        assert!(
            undeclared.is_empty(),
            "{component} calls {undeclared:?} without declaring it"
        );
    }
}

#[test]
fn every_action_that_is_called_anywhere_is_declared_and_the_other_way_round() {
    let all = declared::by_component();
    let called: BTreeSet<_> = all.values().flat_map(|actions| &actions.called).collect();
    let declared: BTreeSet<_> = all.values().flat_map(|actions| &actions.declared).collect();
    assert!(called.len() > 200, "the sources were not read: {called:?}");
    let undeclared: Vec<_> = called.difference(&declared).collect();
    assert!(undeclared.is_empty(), "called and not declared: {undeclared:?}");
    let uncalled: Vec<_> = declared.difference(&called).collect();
    assert!(uncalled.is_empty(), "declared as called, and not called: {uncalled:?}");
}
