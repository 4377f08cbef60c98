//! The provider's schema, as `terraform providers schema -json` tells it: what the pages are made from.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Everything the provider offers.
#[derive(Debug, Deserialize)]
pub struct Offer {
    /// The provider block.
    pub provider: Schema,
    /// The resources by type.
    pub resource_schemas: BTreeMap<String, Schema>,
    /// The data sources by type.
    pub data_source_schemas: BTreeMap<String, Schema>,
    /// The functions by name.
    pub functions: BTreeMap<String, Function>,
}

/// A resource, data source or provider block.
#[derive(Debug, Deserialize)]
pub struct Schema {
    /// Its body.
    pub block: Block,
}

/// What can stand in a block.
#[derive(Debug, Deserialize)]
pub struct Block {
    /// What it is, in Markdown.
    #[serde(default)]
    pub description: String,
    /// Its attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    /// The blocks in it.
    #[serde(default, rename = "block_types")]
    pub blocks: BTreeMap<String, NestedBlock>,
    /// Whether not to use it any more.
    #[serde(default)]
    pub deprecated: bool,
}

/// A block within another.
#[derive(Debug, Deserialize)]
pub struct NestedBlock {
    /// Its body.
    pub block: Block,
    /// `single`, `list` or `set`.
    pub nesting_mode: String,
    /// How often it stands at least.
    #[serde(default)]
    pub min_items: u32,
    /// How often it stands at most; 0: as often as one likes.
    #[serde(default)]
    pub max_items: u32,
}

/// An attribute.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are Terraform's")]
pub struct Attribute {
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// What it is, in Markdown.
    #[serde(default)]
    pub description: String,
    /// Whether the user must set it.
    #[serde(default)]
    pub required: bool,
    /// Whether the user may set it.
    #[serde(default)]
    pub optional: bool,
    /// Whether Terraform hides it in output.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it is in no plan and in no state.
    #[serde(default)]
    pub write_only: bool,
    /// Whether not to use it any more.
    #[serde(default)]
    pub deprecated: bool,
}

/// A function.
#[derive(Debug, Deserialize)]
pub struct Function {
    /// What it gives, in one line.
    pub summary: String,
    /// What it gives, in Markdown.
    pub description: String,
    /// The type of what it gives.
    pub return_type: Type,
    /// What it takes.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

/// A function's parameter.
#[derive(Debug, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
}

/// A type of a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Type {
    /// `string`, `number` or `bool`.
    Primitive(String),
    /// `list`, `set` or `map`, and the type of its elements.
    Collection(String, Box<Type>),
    /// `object`, and the type of each of its attributes.
    Object(String, BTreeMap<String, Type>),
}

impl Type {
    /// As documentation names it: `List of String`.
    pub fn words(&self) -> String {
        match self {
            Self::Primitive(name) if name == "bool" => "Boolean".to_owned(),
            Self::Primitive(name) => capitalized(name),
            Self::Collection(kind, element) => format!("{} of {}", capitalized(kind), element.words()),
            Self::Object(kind, _) => capitalized(kind),
        }
    }

    /// As HCL writes it: `list of string`.
    pub fn constraint(&self) -> String {
        match self {
            Self::Primitive(name) => name.clone(),
            Self::Collection(kind, element) => format!("{kind} of {}", element.constraint()),
            Self::Object(kind, _) => kind.clone(),
        }
    }

    /// The attributes of the object that it is, or that its elements are.
    pub fn object(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Primitive(_) => None,
            Self::Collection(_, element) => element.object(),
            Self::Object(_, attributes) => Some(attributes),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

impl NestedBlock {
    /// Whether the user must write it.
    pub fn is_required(&self) -> bool {
        self.min_items > 0
    }
}

impl Block {
    /// Whether there is an attribute or block at a path such as `load_balancer.access_logs.bucket`.
    pub fn has(&self, path: &str) -> bool {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        match (self.blocks.get(name), self.attributes.get(name)) {
            (Some(block), _) => rest.is_empty() || block.block.has(rest),
            (None, Some(_)) => rest.is_empty(),
            (None, None) => false,
        }
    }

    /// The paths of everything in it that has no description.
    pub fn undescribed(&self, place: &str) -> Vec<String> {
        let mut found = Vec::new();
        if self.description.trim().is_empty() {
            found.push(place.to_owned());
        }
        let bare = self
            .attributes
            .iter()
            .filter(|(_, attribute)| attribute.description.trim().is_empty());
        found.extend(bare.map(|(name, _)| format!("{place}.{name}")));
        for (name, nested) in &self.blocks {
            found.extend(nested.block.undescribed(&format!("{place}.{name}")));
        }
        found
    }
}
