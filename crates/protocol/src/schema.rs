//! Schemas as Terraform is told them.

use std::collections::BTreeMap;

use super::ty::Type;

/// The schema of a provider, resource or data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The version of the state it describes.
    pub version: i64,
    /// Its root.
    pub block: Block,
}

/// A block: attributes and nested blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// The blocks in it.
    pub blocks: Vec<NestedBlock>,
    /// What it is, in Markdown.
    pub description: String,
    /// Why not to use it any more, where that is so.
    pub deprecation: Option<String>,
}

/// Who sets an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The user must.
    Required,
    /// The user may.
    Optional,
    /// The user may, else the provider does.
    OptionalComputed,
    /// The provider does.
    Computed,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Who sets it.
    pub mode: Mode,
    /// What it is, in Markdown.
    pub description: String,
    /// Whether Terraform hides it in output.
    pub sensitive: bool,
    /// Whether it is given to the provider and stored nowhere.
    pub write_only: bool,
    /// Why not to use it any more, where that is so.
    pub deprecation: Option<String>,
}

/// How often a nested block may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; absent is null.
    Single,
    /// Any number, in order.
    List,
    /// Any number, without order.
    Set,
}

/// A nested block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedBlock {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub block: Block,
    /// How often it may stand.
    pub nesting: Nesting,
    /// At least so many (list and set).
    pub min_items: i64,
    /// At most so many, 0 for any number (list and set).
    pub max_items: i64,
}

impl Block {
    /// The type of a value that this block describes: an object with a key for every attribute and nested block.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|b| {
            let inner = b.block.ty();
            let ty = match b.nesting {
                Nesting::Single => inner,
                Nesting::List => Type::list(inner),
                Nesting::Set => Type::set(inner),
            };
            (b.name.clone(), ty)
        });
        Type::Object(attributes.chain(blocks).collect::<BTreeMap<_, _>>())
    }
}
