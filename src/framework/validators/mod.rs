//! Checks of values. A validator sees only known, non-null values; where one holds unknown or null parts, those pass.

mod text;

use std::collections::BTreeMap;
use std::fmt;

use crate::protocol::{Step, Value};

pub use text::{duration, length, matches, one_of};

/// A value that a validator refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, from the validated value on; empty for the value itself.
    pub steps: Vec<Step>,
    /// What it must be, in words that finish "must …": `be one of "a" and "b"`. It never shows the value.
    pub must: String,
    /// What else helps, as a sentence that may tell of the value; left out where the value is a secret.
    pub hint: Option<String>,
}

/// A check of an attribute's value.
pub trait Validator: Send + Sync {
    /// What is wrong with it; nothing where it is fine. Called with known, non-null values only.
    fn check(&self, value: &Value) -> Vec<Violation>;
}

/// A check that spans the attributes of one block.
pub trait BlockValidator: Send + Sync {
    /// What is wrong with it; nothing where it is fine. Values in it may be null or unknown: unknown ones pass.
    fn check(&self, block: &BTreeMap<String, Value>) -> Vec<Violation>;
}

impl<F: Fn(&BTreeMap<String, Value>) -> Vec<Violation> + Send + Sync> BlockValidator for F {
    fn check(&self, block: &BTreeMap<String, Value>) -> Vec<Violation> {
        self(block)
    }
}

impl Violation {
    /// The validated value itself must …
    pub fn new(must: impl Into<String>) -> Self {
        Self {
            steps: Vec::new(),
            must: must.into(),
            hint: None,
        }
    }

    /// An attribute of the validated block must …
    pub fn of(attribute: &str, must: impl Into<String>) -> Self {
        Self {
            steps: vec![Step::Attribute(attribute.to_owned())],
            ..Self::new(must)
        }
    }

    /// The same, with a sentence of help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, seen from one step further out.
    #[must_use]
    pub fn within(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }
}

impl fmt::Debug for dyn Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Validator")
    }
}
