//! Names the engine works with.

use std::fmt;

/// The self-describing name of a component within its deployment: `ecs_service`, `iam_role_task`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A key of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which the `number`th object that this component replaced is recorded while it still stands:
    /// `ecs_task_definition (replaced)`, `ecs_task_definition (replaced 2)`.
    #[must_use]
    pub fn replaced(&self, number: usize) -> Self {
        let base = self.base();
        match number {
            0 | 1 => Self(format!("{base}{REPLACED})")),
            n => Self(format!("{base}{REPLACED} {n})")),
        }
    }

    /// The component that this key, or the object replaced that it records, belongs to.
    #[must_use]
    pub fn base(&self) -> Self {
        match self.0.split_once(REPLACED) {
            Some((base, _)) => Self::new(base),
            None => self.clone(),
        }
    }

    /// Whether it records an object that was replaced.
    pub fn is_replaced(&self) -> bool {
        self.0.contains(REPLACED)
    }
}

/// What tells the key of a replaced object from that of the component.
const REPLACED: &str = " (replaced";

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of one deployment, made at create and kept in the state; it tells our objects from everybody else's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId(String);

impl DeploymentId {
    /// A fresh one.
    pub fn generate() -> Self {
        Self(chance::uuid().to_string())
    }

    /// The one that a state or a tag holds.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
