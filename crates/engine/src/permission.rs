//! What whoever runs the engine must be allowed, as the components declare it. The engine hands it through and judges
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

/// Why an action must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A component calls it, and fails where it is denied.
    Call,
    /// Nobody of ours calls it, but the world checks it behind a call.
    Behind,
    /// A component calls it and goes on without it: to explain a failure, or to spare the user one.
    Help,
}

/// Something that the caller must be allowed, in the world's own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The action.
    pub action: &'static str,
    /// What it is done to: a pattern in which `*` stands for whatever is not known beforehand.
    pub resource: String,
    /// What must hold: each of these keys has one of these values.
    pub conditions: BTreeMap<String, BTreeSet<String>>,
    /// Why.
    pub need: Need,
}
