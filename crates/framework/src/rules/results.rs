//! What becomes of a result before Terraform gets it.

use super::Entries;
use crate::schema::Body;
use protocol::{Nesting, Path, Value};

/// The value with `[]` for list and set blocks of which a model says null.
pub(crate) fn blocks_present(body: &Body, value: Value) -> Value {
    each_body(body, value, &Path::root(), &mut |body, entries, _| {
        for block in body.blocks.iter().filter(|block| block.nesting() != Nesting::Single) {
            if let Some(value) = entries.get_mut(block.name()).filter(|value| value.is_null()) {
                *value = Value::List(Vec::new());
            }
        }
    })
}

/// The value with null for what is unknown, and `[]` for unknown list and set blocks.
pub(crate) fn null_unknowns(body: &Body, value: Value) -> Value {
    blocks_present(body, nulled(value))
}

fn nulled(value: Value) -> Value {
    match value {
        Value::Unknown => Value::Null,
        Value::List(items) => Value::List(items.into_iter().map(nulled).collect()),
        Value::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| (key, nulled(value))).collect()),
        Value::Dynamic(inner) => Value::Dynamic(Box::new((inner.0, nulled(inner.1)))),
        known => known,
    }
}

/// Where something is unknown.
pub(crate) fn unknowns(value: &Value) -> Vec<Path> {
    fn search(value: &Value, at: &Path, found: &mut Vec<Path>) {
        match value {
            Value::Unknown => found.push(at.clone()),
            Value::List(items) => items
                .iter()
                .enumerate()
                .for_each(|(n, item)| search(item, &at.index(n), found)),
            Value::Map(entries) => entries
                .iter()
                .for_each(|(key, value)| search(value, &at.key(key), found)),
            Value::Dynamic(inner) => search(&inner.1, at, found),
            _ => {}
        }
    }
    let mut found = Vec::new();
    search(value, &Path::root(), &mut found);
    found
}

/// The value with null for write-only attributes, and where those were that had a value.
pub(crate) fn without_write_only(body: &Body, value: Value) -> (Value, Vec<Path>) {
    let mut had = Vec::new();
    let value = each_body(body, value, &Path::root(), &mut |body, entries, at| {
        for attribute in body.attributes.iter().filter(|attribute| attribute.is_write_only()) {
            if let Some(value) = entries.get_mut(attribute.name()).filter(|value| !value.is_null()) {
                *value = Value::Null;
                had.push(at.attribute(attribute.name()));
            }
        }
    });
    (value, had)
}

/// Changes the attributes of the root and of every block in it.
fn each_body(body: &Body, value: Value, at: &Path, change: &mut impl FnMut(&Body, &mut Entries, &Path)) -> Value {
    match value {
        Value::Map(mut entries) => {
            change(body, &mut entries, at);
            for block in &body.blocks {
                if let Some(value) = entries.remove(block.name()) {
                    let here = at.attribute(block.name());
                    entries.insert(block.name().to_owned(), each_body(block.body(), value, &here, change));
                }
            }
            Value::Map(entries)
        }
        Value::List(items) => {
            let items = items.into_iter().enumerate();
            Value::List(
                items
                    .map(|(n, item)| each_body(body, item, &at.index(n), change))
                    .collect(),
            )
        }
        other => other,
    }
}
