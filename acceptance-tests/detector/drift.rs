//! What others change behind Terraform's back: shown by the plan, repaired by the apply. What all tests of it share.

use engine::Spec;

use super::view::{ADDRESS, deployment};
use crate::drift::{Change, Subject};
use crate::harness::Sandbox;

/// The deployment. How hosts are chosen, AWS takes from nobody for a service on Fargate.
const DETECTOR: Subject = Subject {
    address: ADDRESS,
    fixed: &["placement_strategy"],
};

/// A deployment that stands, with `body` in its configuration.
pub fn standing(body: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, body));
    sandbox
}

/// See [`Subject::every_field_is_shown_and_repaired`].
pub fn every_field_is_shown_and_repaired<S: Spec>(sandbox: &Sandbox, key: &str, changes: &[Change<'_>]) {
    DETECTOR.every_field_is_shown_and_repaired::<S>(sandbox, key, changes);
}

/// See [`Subject::is_shown_and_repaired`].
pub fn is_shown_and_repaired(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    DETECTOR.is_shown_and_repaired(sandbox, expected);
}
