//! Terraform's types.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::codec_error::CodecError;

/// A type of Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`, exact and of any size
    Number,
    /// `string`
    String,
    /// `any`: the value carries its own type
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `tuple([...])`
    Tuple(Vec<Type>),
    /// `object({...})`
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// `list(T)`
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(T)`
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(T)`
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// `object({...})`
    pub fn object<'a>(attributes: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect())
    }

    /// What it is, in words: "a text".
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool => "a truth value",
            Self::Number => "a number",
            Self::String => "a text",
            Self::Dynamic => "a value with its own type",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Tuple(_) => "a tuple",
            Self::Object(_) => "an object",
        }
    }

    /// The type in Terraform's JSON notation, as schemas and values of type `any` carry it: `["list","string"]`.
    pub fn to_json(&self) -> Vec<u8> {
        // Most types are names, and a schema has hundreds of them.
        let json = match self.name() {
            Some(name) => format!("\"{name}\""),
            None => self.to_json_value().to_string(),
        };
        json.into_bytes()
    }

    /// What that notation calls it, where nothing else need be said.
    const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Bool => Some("bool"),
            Self::Number => Some("number"),
            Self::String => Some("string"),
            Self::Dynamic => Some("dynamic"),
            Self::List(_) | Self::Set(_) | Self::Map(_) | Self::Tuple(_) | Self::Object(_) => None,
        }
    }

    /// Reads that notation.
    ///
    /// # Errors
    /// Where the bytes are no JSON, nest too deep, or are no type.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CodecError> {
        let json = serde_json::from_slice(bytes).map_err(|_| CodecError::new("a type that is no JSON"))?;
        Self::from_json_value(&json)
    }

    pub(super) fn to_json_value(&self) -> Json {
        match self {
            Self::Bool | Self::Number | Self::String | Self::Dynamic => json!(self.name()),
            Self::List(element) => json!(["list", element.to_json_value()]),
            Self::Set(element) => json!(["set", element.to_json_value()]),
            Self::Map(element) => json!(["map", element.to_json_value()]),
            Self::Tuple(types) => json!(["tuple", types.iter().map(Self::to_json_value).collect::<Vec<_>>()]),
            Self::Object(types) => {
                let types = types.iter().map(|(name, ty)| (name.clone(), ty.to_json_value()));
                json!(["object", types.collect::<serde_json::Map<_, _>>()])
            }
        }
    }

    pub(super) fn from_json_value(json: &Json) -> Result<Self, CodecError> {
        let unknown = || CodecError::new("a type that Terraform does not have");
        match json {
            Json::String(name) => match name.as_str() {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unknown()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(name), Json::Array(types)] if name == "tuple" => types
                    .iter()
                    .map(Self::from_json_value)
                    .collect::<Result<_, _>>()
                    .map(Self::Tuple),
                [Json::String(name), Json::Object(types)] if name == "object" => {
                    let types = types
                        .iter()
                        .map(|(name, ty)| Ok((name.clone(), Self::from_json_value(ty)?)));
                    types.collect::<Result<_, CodecError>>().map(Self::Object)
                }
                [Json::String(name), element] => match name.as_str() {
                    "list" => Self::from_json_value(element).map(Self::list),
                    "set" => Self::from_json_value(element).map(Self::set),
                    "map" => Self::from_json_value(element).map(Self::map),
                    _ => Err(unknown()),
                },
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }
}
