//! What is wrong with bytes that should be a value, or a value that should become bytes.

use thiserror::Error;

use super::path::{Path, Step};

/// Bytes are no value of the type, or a value is not of the type. It never shows a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}{}", at(.path))]
pub struct CodecError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub problem: String,
}

fn at(path: &Path) -> String {
    if path.steps().is_empty() {
        String::new()
    } else {
        format!(" at {path}")
    }
}

impl CodecError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self {
            path: Path::root(),
            problem: problem.into(),
        }
    }

    pub(super) fn within(self, step: Step) -> Self {
        Self {
            path: self.path.within(step),
            ..self
        }
    }
}

/// As an error of the value there.
pub(super) trait Within {
    fn within_attribute(self, name: &str) -> Self;
    fn within_key(self, key: &str) -> Self;
    fn within_index(self, index: usize) -> Self;
}

impl<T> Within for Result<T, CodecError> {
    fn within_attribute(self, name: &str) -> Self {
        self.map_err(|error| error.within(Step::Attribute(name.to_owned())))
    }

    fn within_key(self, key: &str) -> Self {
        self.map_err(|error| error.within(Step::Key(key.to_owned())))
    }

    fn within_index(self, index: usize) -> Self {
        self.map_err(|error| error.within(Step::Index(index)))
    }
}
