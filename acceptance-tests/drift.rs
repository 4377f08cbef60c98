//! What others change or delete behind Terraform's back: shown by the plan, put right by one apply in place. The fields
//! that somebody can change are drawn from the components' own specs, so that none is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Rule, Spec};

use crate::components::{not_ready, parts};
use crate::harness::Sandbox;

/// A field of a component's spec, and somebody who changes it at AWS.
pub type Change<'a> = (&'static str, &'a dyn Fn(&Sandbox));

/// Fields that no component reports by themselves: what only we know of, and the revision that a service runs, which shows
/// as what differs in it from ours.
const UNREPORTED: [&str; 7] = [
    "content",
    "force_new_deployment",
    "instance_refresh",
    "recovery_window_in_days",
    "shutdown",
    "task_definition",
    "wait_for_steady_state",
];

/// One resource whose parts somebody changes.
pub struct Subject {
    /// Its address.
    pub address: &'static str,
    /// Further fields that cannot differ here, since AWS takes them from nobody for what this resource is made of.
    pub fixed: &'static [&'static str],
}

/// The fields of a component that somebody can change.
pub fn changeable<S: Spec>(fixed: &[&str]) -> Vec<&'static str> {
    let of_spec = S::FIELDS.iter().filter(|field| field.rule == Rule::Update);
    of_spec
        .map(|field| field.name)
        .filter(|field| !UNREPORTED.contains(field) && !fixed.contains(field))
        .collect()
}

impl Subject {
    /// Changes every field of a component that somebody can change, and fails the test unless the plan names just these
    /// fields of just this component, and one apply in place puts all of them right. A field that has no change here fails
    /// the test too.
    pub fn every_field_is_shown_and_repaired<S: Spec>(&self, sandbox: &Sandbox, key: &str, changes: &[Change<'_>]) {
        let tried: Vec<_> = changes.iter().map(|(field, _)| *field).collect();
        let fields = changeable::<S>(self.fixed);
        assert_eq!(tried, fields, "the fields of {key} that somebody can change");
        for (_, change) in changes {
            change(sandbox);
        }
        self.is_shown_and_repaired(sandbox, &[(key, &format!("drifted: {}", fields.join(", ")))]);
    }

    /// Fails the test unless the plan shows just these parts, with these words, and one apply in place puts them right.
    pub fn is_shown_and_repaired(&self, sandbox: &Sandbox, expected: &[(&str, &str)]) {
        let change = sandbox.plan().change(self.address);
        let expected: BTreeMap<_, _> = expected
            .iter()
            .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
            .collect();
        assert_eq!(not_ready(&change.before), expected, "what the plan shows");
        assert_eq!(change.actions, ["update"]);
        sandbox.terraform.apply(&[]).succeeded();
        let state = sandbox.state(self.address);
        assert!(not_ready(&state).is_empty(), "not repaired: {:?}", not_ready(&state));
        sandbox.assert_settled();
    }
}

/// Changes of many parts, which one plan is to show and one apply is to put right.
pub struct Changes<'a> {
    subject: &'a Subject,
    sandbox: &'a Sandbox,
    shown: BTreeMap<String, String>,
    /// Kind → its fields that were not changed in any part yet.
    untried: BTreeMap<String, BTreeSet<&'static str>>,
}

impl<'a> Changes<'a> {
    /// None yet.
    pub fn of(subject: &'a Subject, sandbox: &'a Sandbox) -> Self {
        Self {
            subject,
            sandbox,
            shown: BTreeMap::new(),
            untried: BTreeMap::new(),
        }
    }

    /// Changes fields of a part, given in the order of its spec.
    pub fn make<S: Spec>(&mut self, key: &str, changes: &[Change<'_>]) {
        for (_, change) in changes {
            change(self.sandbox);
        }
        let fields: Vec<_> = changes.iter().map(|(field, _)| *field).collect();
        self.note::<S>(key, &fields);
    }

    /// Takes note of fields that were changed with those of another part.
    pub fn note<S: Spec>(&mut self, key: &str, fields: &[&'static str]) {
        let kind = std::any::type_name::<S>().to_owned();
        let all = || changeable::<S>(self.subject.fixed).into_iter().collect();
        let untried = self.untried.entry(kind).or_insert_with(all);
        for field in fields {
            untried.remove(field);
        }
        self.shown
            .insert(key.to_owned(), format!("drifted: {}", fields.join(", ")));
    }

    /// Says that a field of a kind is changed in a step of its own, because it does not go with the others.
    pub fn leave_for_later<S: Spec>(&mut self, field: &'static str) {
        if let Some(untried) = self.untried.get_mut(std::any::type_name::<S>()) {
            untried.remove(field);
        }
    }

    /// Fails the test unless some part of each kind had each of its fields changed, every part but those `without` any was
    /// changed, the plan shows all that and nothing else, and one apply in place puts it right.
    pub fn are_all_there_are_shown_and_repaired(self, without: &[&str]) {
        let untried: Vec<_> = self.untried.iter().filter(|(_, fields)| !fields.is_empty()).collect();
        assert!(untried.is_empty(), "fields that nobody changed: {untried:?}");
        let parts = parts(&self.sandbox.state(self.subject.address));
        let left: Vec<_> = parts
            .keys()
            .filter(|key| !self.shown.contains_key(*key) && !without.contains(&key.as_str()))
            .collect();
        assert!(left.is_empty(), "parts that nobody changed: {left:?}");
        let shown: Vec<_> = self
            .shown
            .iter()
            .map(|(key, word)| (key.as_str(), word.as_str()))
            .collect();
        self.subject.is_shown_and_repaired(self.sandbox, &shown);
    }
}
