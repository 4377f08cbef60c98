//! What others change behind Terraform's back: shown by the plan, repaired by the apply. What all tests of it share.

use std::collections::BTreeMap;

use thatdot::engine::{Rule, Spec};

use super::view::{ADDRESS, deployment, not_ready};
use crate::harness::Sandbox;

/// A field of a component's spec, and somebody who changes it at AWS.
pub type Change<'a> = (&'a str, &'a dyn Fn(&Sandbox));

/// Fields that do not drift by themselves: two that only we know of; the revision that a service runs, which shows as what
/// differs in it from ours; and how hosts are chosen, which AWS takes from nobody for a service on Fargate.
const SHOWN_ELSEWHERE: [&str; 4] = [
    "force_new_deployment",
    "wait_for_steady_state",
    "task_definition",
    "placement_strategy",
];

/// A deployment that stands, with `body` in its configuration.
pub fn standing(body: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, body));
    sandbox
}

/// Changes every field of a component that AWS can change, and fails the test unless the plan names just these fields of
/// just this component, and one apply in place puts all of them right. The fields are those of the component's spec: one
/// that has no change here fails the test too.
pub fn every_field_is_shown_and_repaired<S: Spec>(sandbox: &Sandbox, key: &str, changes: &[Change<'_>]) {
    let of_spec = S::FIELDS
        .iter()
        .filter(|field| field.rule == Rule::Update)
        .map(|field| field.name);
    let fields: Vec<_> = of_spec.filter(|field| !SHOWN_ELSEWHERE.contains(field)).collect();
    let tried: Vec<_> = changes.iter().map(|(field, _)| *field).collect();
    assert_eq!(tried, fields, "the fields of {key} that somebody can change");
    for (_, change) in changes {
        change(sandbox);
    }
    is_shown_and_repaired(sandbox, &[(key, &format!("drifted: {}", fields.join(", ")))]);
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
