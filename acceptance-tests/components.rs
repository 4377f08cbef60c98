//! `components`, as every resource of several AWS objects has it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::harness::Attributes;

/// One entry of `components`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Part {
    /// The kind of object.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// How it is; empty where a plan leaves that open.
    #[serde(default)]
    pub status: String,
}

/// `components`, wherever it is known.
pub fn parts(attributes: &Attributes) -> BTreeMap<String, Part> {
    serde_json::from_value(attributes.at("components").clone()).expect("components")
}

/// The id of one part.
pub fn id_of(attributes: &Attributes, key: &str) -> String {
    let parts = parts(attributes);
    parts
        .get(key)
        .and_then(|part| part.id.clone())
        .unwrap_or_else(|| panic!("{key} has no id: {parts:?}"))
}

/// The parts that are not `ready`, with their status.
pub fn not_ready(attributes: &Attributes) -> BTreeMap<String, String> {
    parts(attributes)
        .into_iter()
        .filter(|(_, part)| part.status != "ready")
        .map(|(key, part)| (key, part.status))
        .collect()
}
