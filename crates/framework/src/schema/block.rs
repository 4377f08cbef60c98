//! A nested block and its behaviour.

use std::fmt;

use super::{Attribute, Body};
use crate::validators::BlockValidator;
use protocol::{self, Nesting};

/// A nested block.
pub struct Block {
    name: String,
    description: String,
    deprecation: Option<String>,
    nesting: Nesting,
    min: i64,
    max: i64,
    body: Body,
    validators: Vec<Box<dyn BlockValidator>>,
    conflicts: Vec<String>,
}

impl Block {
    /// A block that may stand once; absent, it is null.
    pub fn single(
        name: impl Into<String>,
        description: impl Into<String>,
        attributes: Vec<Attribute>,
        blocks: Vec<Self>,
    ) -> Self {
        Self::nested(Nesting::Single, name, description, attributes, blocks)
    }

    /// Blocks in the order written.
    pub fn list(
        name: impl Into<String>,
        description: impl Into<String>,
        attributes: Vec<Attribute>,
        blocks: Vec<Self>,
    ) -> Self {
        Self::nested(Nesting::List, name, description, attributes, blocks)
    }

    /// Blocks without order.
    pub fn set(
        name: impl Into<String>,
        description: impl Into<String>,
        attributes: Vec<Attribute>,
        blocks: Vec<Self>,
    ) -> Self {
        Self::nested(Nesting::Set, name, description, attributes, blocks)
    }

    fn nested(
        nesting: Nesting,
        name: impl Into<String>,
        description: impl Into<String>,
        attributes: Vec<Attribute>,
        blocks: Vec<Self>,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            deprecation: None,
            nesting,
            min: 0,
            max: 0,
            body: Body { attributes, blocks },
            validators: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// At least so many (list and set).
    #[must_use]
    pub fn min(mut self, count: i64) -> Self {
        self.min = count;
        self
    }

    /// At most so many (list and set).
    #[must_use]
    pub fn max(mut self, count: i64) -> Self {
        self.max = count;
        self
    }

    /// The user must write it (single).
    #[must_use]
    pub fn required(mut self) -> Self {
        (self.min, self.max) = (1, 1);
        self
    }

    /// Checks that span its attributes, for every block that stands.
    #[must_use]
    pub fn validate(mut self, validator: impl BlockValidator + 'static) -> Self {
        self.validators.push(Box::new(validator));
        self
    }

    /// It and these attributes or blocks, which stand beside it, exclude each other. One side saying so is enough.
    #[must_use]
    pub fn conflicts_with(mut self, siblings: &[&str]) -> Self {
        self.conflicts.extend(siblings.iter().map(|&name| name.to_owned()));
        self
    }

    /// Whoever writes it is told so, and what to use instead.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    pub(crate) fn to_protocol(&self) -> protocol::NestedBlock {
        protocol::NestedBlock {
            name: self.name.clone(),
            block: self.body.to_protocol(&self.description, self.deprecation.as_deref()),
            nesting: self.nesting,
            min_items: self.min,
            max_items: self.max,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn nesting(&self) -> Nesting {
        self.nesting
    }

    pub(crate) fn bounds(&self) -> (i64, i64) {
        (self.min, self.max)
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    pub(crate) fn validators(&self) -> &[Box<dyn BlockValidator>] {
        &self.validators
    }

    pub(crate) fn conflicts(&self) -> &[String] {
        &self.conflicts
    }

    pub(crate) fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("name", &self.name)
            .field("nesting", &self.nesting)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
