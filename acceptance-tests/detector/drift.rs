//! What others change behind Terraform's back: shown by the plan, repaired by the apply. What all tests of it share.

use std::collections::BTreeMap;

use super::view::{ADDRESS, deployment, not_ready};
use crate::harness::Sandbox;

/// A deployment with everything in it that can drift.
pub fn standing(body: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, body));
    sandbox
}

/// Fails the test unless the plan shows just these parts, with these words, and one apply in place puts them right.
pub fn is_shown_and_repaired(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    let change = sandbox.plan().change(ADDRESS);
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
        .collect();
    assert_eq!(not_ready(&change.before), expected, "what the plan shows");
    assert_eq!(change.actions, ["update"]);
    sandbox.terraform.apply(&[]).succeeded();
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "not repaired: {:?}", not_ready(&state));
    sandbox.assert_settled();
}
