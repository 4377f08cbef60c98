//! Which changes ask for a new object.

use super::{Entries, get, standing};
use crate::schema::{Attribute, Body};
use protocol::{Nesting, Path, Value};

/// The attributes that ask for a new object when they change and whose planned value is not the prior one. A change
/// within a set block is told at the set.
pub(crate) fn requires_replace(body: &Body, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    compare(body, prior, planned, &Path::root(), &mut paths);
    paths
}

fn compare(body: &Body, prior: &Value, planned: &Value, at: &Path, paths: &mut Vec<Path>) {
    for attribute in body
        .attributes
        .iter()
        .filter(|attribute| attribute.asks_for_replacement())
    {
        if part(prior, attribute.name()) != part(planned, attribute.name()) {
            paths.push(at.attribute(attribute.name()));
        }
    }
    for block in &body.blocks {
        let (prior, planned) = (part(prior, block.name()), part(planned, block.name()));
        let here = at.attribute(block.name());
        match block.nesting() {
            Nesting::Single => compare(block.body(), prior, planned, &here, paths),
            Nesting::List => {
                for n in 0..standing(prior).len().max(standing(planned).len()) {
                    compare(
                        block.body(),
                        element(prior, n),
                        element(planned, n),
                        &here.index(n),
                        paths,
                    );
                }
            }
            Nesting::Set => {
                if rigid(block.body(), prior) != rigid(block.body(), planned) {
                    paths.push(here);
                }
            }
        }
    }
}

/// An attribute of a block: null where the block does not stand, unknown where it is not known whether it does.
fn part<'a>(value: &'a Value, name: &str) -> &'a Value {
    match value {
        Value::Map(entries) => get(entries, name),
        Value::Unknown => &Value::Unknown,
        _ => &Value::Null,
    }
}

fn element(value: &Value, index: usize) -> &Value {
    match value {
        Value::Unknown => &Value::Unknown,
        value => standing(value).get(index).unwrap_or(&Value::Null),
    }
}

/// A value with only what asks for a new object, to compare blocks that have no order; null where nothing does.
fn rigid(body: &Body, value: &Value) -> Value {
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items
                .iter()
                .map(|item| rigid(body, item))
                .filter(|item| !item.is_null())
                .collect();
            items.sort();
            if items.is_empty() {
                Value::Null
            } else {
                Value::List(items)
            }
        }
        Value::Map(entries) => {
            let attributes = body
                .attributes
                .iter()
                .filter(|attribute| Attribute::asks_for_replacement(attribute));
            let attributes = attributes.map(|attribute| (attribute.name(), get(entries, attribute.name()).clone()));
            let blocks = body
                .blocks
                .iter()
                .map(|block| (block.name(), rigid(block.body(), get(entries, block.name()))));
            let entries: Entries = attributes
                .chain(blocks.filter(|(_, value)| !value.is_null()))
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            if entries.is_empty() {
                Value::Null
            } else {
                Value::Map(entries)
            }
        }
        Value::Unknown if !is_rigid(body) => Value::Null,
        value => value.clone(),
    }
}

fn is_rigid(body: &Body) -> bool {
    body.attributes.iter().any(Attribute::asks_for_replacement)
        || body.blocks.iter().any(|block| is_rigid(block.body()))
}
