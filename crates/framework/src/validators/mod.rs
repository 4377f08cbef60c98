//! Checks of values. A validator sees known, non-null values only; where one holds null or unknown parts, those pass.
//! None of them knows a resource or calls anybody.

mod collection;
mod net;
mod scalar;

use std::collections::BTreeMap;

use protocol::{Step, Value};

pub use collection::{each, keys, non_empty, unique};
pub use net::{arn, cidr, cidr_v4, iam_path};
pub use scalar::{custom, duration, length, one_of, range};

/// A value that a validator refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, from the validated value on; empty for the value itself.
    pub steps: Vec<Step>,
    /// What finishes the sentence "It must …": `be one of "a", "b"`. It never shows the value.
    pub must: String,
    /// What else helps, as a sentence that may tell of the value; it is left out where the value is a secret.
    pub hint: Option<String>,
}

/// A check of an attribute's value.
pub trait Validator: Send + Sync {
    /// What is wrong with it; nothing where it is fine. Called with known, non-null values only.
    fn check(&self, value: &Value) -> Vec<Violation>;
}

/// A check that spans the attributes of one block.
pub trait BlockValidator: Send + Sync {
    /// What is wrong with it; nothing where it is fine. Values in it may be null or unknown: unknown ones must pass.
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
        Self::new(must).within(Step::Attribute(attribute.to_owned()))
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

/// A check by a function that finds at most one violation.
struct Check<F>(F);

impl<F: Fn(&Value) -> Option<Violation> + Send + Sync> Validator for Check<F> {
    fn check(&self, value: &Value) -> Vec<Violation> {
        (self.0)(value).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
