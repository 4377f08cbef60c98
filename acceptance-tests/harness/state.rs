//! An object's attributes, as the state or a plan holds them.

use serde_json::Value;

/// Attributes by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes(Value);

impl Attributes {
    /// The attributes in that JSON object.
    pub fn new(json: Value) -> Self {
        Self(json)
    }

    /// An attribute, by its name or by a path of names and indices: `/subnet_ids/0`. Null where there is none; the empty path
    /// is that of all attributes.
    pub fn at(&self, path: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        if path.is_empty() || path.starts_with('/') {
            self.0.pointer(path).unwrap_or(NONE)
        } else {
            &self.0[path]
        }
    }

    /// A text.
    pub fn text(&self, path: &str) -> &str {
        self.at(path)
            .as_str()
            .unwrap_or_else(|| panic!("{path} is no text: {}", self.at(path)))
    }

    /// A list of texts.
    pub fn texts(&self, path: &str) -> Vec<&str> {
        let list = self
            .at(path)
            .as_array()
            .unwrap_or_else(|| panic!("{path} is no list: {}", self.at(path)));
        list.iter().map(|item| item.as_str().expect("a text")).collect()
    }

    /// The names in a map.
    pub fn keys(&self, path: &str) -> Vec<&str> {
        let map = self
            .at(path)
            .as_object()
            .unwrap_or_else(|| panic!("{path} is no map: {}", self.at(path)));
        map.keys().map(String::as_str).collect()
    }
}
