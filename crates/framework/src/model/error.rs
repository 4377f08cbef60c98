//! Why a value and a model do not fit.

use std::fmt::Display;

use serde::de::{self, Expected, Unexpected};
use serde::ser;
use thiserror::Error;

use protocol::{Path, Step};

/// A value does not fit a model, or a model no value. It never shows the value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct ModelError {
    /// Where.
    pub path: Path,
    /// What is wrong there, as a sentence.
    pub problem: String,
    /// Whose it is.
    pub fault: Fault,
}

/// Why a value does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The schema allows the value and the model does not, such as 1.5 for a whole number: the user's to change.
    Value,
    /// The value is not known yet, and the model has no place for that: fine while a configuration is only checked.
    Unknown,
    /// Model and schema differ: the provider's mistake.
    Shape,
}

impl ModelError {
    fn new(fault: Fault, problem: impl Into<String>) -> Self {
        Self {
            path: Path::root(),
            problem: problem.into(),
            fault,
        }
    }

    /// A value that the model refuses.
    pub(super) fn value(problem: impl Into<String>) -> Self {
        Self::new(Fault::Value, problem)
    }

    /// A value that is not known yet.
    pub(super) fn unknown() -> Self {
        Self::new(Fault::Unknown, "The value must be known by now.")
    }

    /// A model that is not as the schema.
    pub(super) fn shape(problem: impl Into<String>) -> Self {
        Self::new(Fault::Shape, problem)
    }

    /// The same, seen from one step further out.
    pub(super) fn within(self, step: Step) -> Self {
        Self {
            path: self.path.within(step),
            ..self
        }
    }
}

impl de::Error for ModelError {
    /// What a model's own `Deserialize` (a checked newtype, say) has to say of a value.
    fn custom<T: Display>(message: T) -> Self {
        Self::value(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::shape(format!("The model wants {expected}, which the schema's type is not."))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::value(format!("The value must be {expected}."))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::value(format!("There are {length} elements; there must be {expected}."))
    }

    fn unknown_variant(_: &str, allowed: &'static [&'static str]) -> Self {
        let quoted: Vec<String> = allowed.iter().map(|name| format!("{name:?}")).collect();
        Self::value(format!("The value must be one of {}.", quoted.join(", ")))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::shape(format!("The model has no field {field}."))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::shape("The model has this field, the schema does not.").within(Step::Attribute(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::shape("The model has this field twice.").within(Step::Attribute(field.to_owned()))
    }
}

impl ser::Error for ModelError {
    fn custom<T: Display>(message: T) -> Self {
        Self::shape(message.to_string())
    }
}
