//! Schemas with behaviour: what Terraform is told, and with it the defaults, validators and plan rules that the server
//! applies. No value is looked at here.

mod attribute;
mod block;
mod check;

pub use attribute::Attribute;
pub use block::Block;

/// The schema of a provider, resource or data source.
#[derive(Debug)]
pub struct Schema {
    version: i64,
    description: String,
    deprecation: Option<String>,
    body: Body,
}

/// What stands between the braces of a block, and at the root.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
}

impl Schema {
    /// A schema whose state has that version; the description is Markdown.
    pub fn new(version: i64, description: impl Into<String>, attributes: Vec<Attribute>, blocks: Vec<Block>) -> Self {
        let body = Body { attributes, blocks };
        Self {
            version,
            description: description.into(),
            deprecation: None,
            body,
        }
    }

    /// Whoever uses it is told so, and what to use instead.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    /// What Terraform is told of it.
    pub fn to_protocol(&self) -> protocol::Schema {
        let block = self.body.to_protocol(&self.description, self.deprecation.as_deref());
        protocol::Schema {
            version: self.version,
            block,
        }
    }

    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    pub(crate) fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// What is wrong with it, one sentence each: Terraform would refuse it, or a rule in it could never act.
    pub fn problems(&self) -> Vec<String> {
        check::problems(&self.body)
    }
}

impl Body {
    fn to_protocol(&self, description: &str, deprecation: Option<&str>) -> protocol::Block {
        protocol::Block {
            attributes: self.attributes.iter().map(Attribute::to_protocol).collect(),
            blocks: self.blocks.iter().map(Block::to_protocol).collect(),
            description: description.to_owned(),
            deprecation: deprecation.map(str::to_owned),
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name() == name)
    }

    pub(crate) fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.name() == name)
    }
}

#[cfg(test)]
mod tests;
