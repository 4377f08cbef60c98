//! What a run leaves behind and answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::error::Error;
use super::key::Key;
use super::outputs::Outputs;
use super::record::Record;

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What exists now, whatever happened; after an interruption also, as pending, what was not made.
    pub record: Record,
    /// What the components that stand offer.
    pub outputs: Outputs,
    /// What went wrong, in the order it happened.
    pub failures: Vec<Failure>,
    /// Whether the user's stop left something undone.
    pub interrupted: bool,
    /// What this run created, or may have created: what [`undo`](super::undo) deletes.
    pub made: BTreeSet<Key>,
    /// What this run took over from an earlier deployment of the same name.
    pub adopted: BTreeSet<Key>,
    /// What was forgotten and left standing, with the reason.
    pub left: BTreeMap<Key, String>,
    /// What this run has brought to what is wanted, or found so.
    pub settled: BTreeSet<Key>,
}

impl Outcome {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && !self.interrupted
    }
}

/// One step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The component.
    pub key: Key,
    /// What was being done to it.
    pub step: Step,
    /// Why it failed.
    pub error: Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.step, self.key, self.error)
    }
}

/// What is done to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Looked for by name and tags.
    Find,
    /// Read.
    Read,
    /// Made.
    Create,
    /// Waited for.
    Settle,
    /// Taken over from another deployment.
    Adopt,
    /// Tags set and removed.
    Tag,
    /// Changed in place.
    Update,
    /// Deleted.
    Delete,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Find => "find",
            Self::Read => "read",
            Self::Create => "create",
            Self::Settle => "wait for",
            Self::Adopt => "adopt",
            Self::Tag => "tag",
            Self::Update => "update",
            Self::Delete => "delete",
        })
    }
}
