//! Values for the fake provider, and what tests look at in answers.

use std::collections::BTreeMap;

use protocol::{Diagnostic, Diagnostics, Value};

pub fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn filled<const N: usize>(names: &[&str], given: [(&str, Value); N]) -> Value {
    let mut entries: BTreeMap<String, Value> = names.iter().map(|&name| (name.to_owned(), Value::Null)).collect();
    for (name, value) in given {
        assert!(
            entries.insert(name.to_owned(), value).is_some(),
            "{name} is in the schema"
        );
    }
    Value::Map(entries)
}

/// A thing of which all but this is left out.
pub fn thing<const N: usize>(given: [(&str, Value); N]) -> Value {
    const NAMES: &[&str] = &[
        "name", "size", "zone", "note", "password", "pin", "labels", "id", "parts", "disk", "rule", "peer", "timeouts",
    ];
    let Value::Map(mut entries) = filled(NAMES, given) else {
        panic!("an object")
    };
    for block in ["rule", "peer"] {
        let blocks = entries.get_mut(block).unwrap();
        if blocks.is_null() {
            *blocks = Value::List(vec![]);
        }
    }
    Value::Map(entries)
}

pub fn disk<const N: usize>(given: [(&str, Value); N]) -> Value {
    filled(&["kind", "gib", "key", "key_text", "path"], given)
}

pub fn rule<const N: usize>(given: [(&str, Value); N]) -> Value {
    filled(&["port", "id"], given)
}

pub fn peer<const N: usize>(given: [(&str, Value); N]) -> Value {
    filled(&["host", "weight", "link"], given)
}

/// A part of a value: `at(&state, "disk.kind")`, `at(&state, "rule.0.port")`.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, step| match value {
        Value::Map(entries) => &entries[step],
        Value::List(items) => &items[step.parse::<usize>().unwrap()],
        _ => panic!("nothing at {path}"),
    })
}

/// The diagnostics as `PATH: SUMMARY`.
pub fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    let told = |d: &Diagnostic| match &d.path {
        Some(path) if !path.steps().is_empty() => format!("{path}: {}", d.summary),
        _ => d.summary.clone(),
    };
    diagnostics.iter().map(told).collect()
}

/// The details of all diagnostics.
pub fn details(diagnostics: &Diagnostics) -> String {
    diagnostics
        .iter()
        .map(|d| d.detail.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}
