//! The rules that a schema carries, over values: what a configuration must hold, what is proposed for a plan, which
//! changes ask for a new object, and what a result must keep. Nothing here calls a provider.
//!
//! Values are of the schema's type, or no better than null; a rule passes over what is not there.

mod config;
mod invariants;
mod place;
mod proposal;
mod replacement;
mod results;

use std::collections::BTreeMap;

use protocol::Value;

pub(super) use config::check_config;
pub(super) use invariants::{Breach, check_applied, check_planned};
pub(super) use place::{place, placed};
pub(super) use proposal::{propose, with_defaults};
pub(super) use replacement::requires_replace;
pub(super) use results::{blocks_present, null_unknowns, unknowns, without_write_only};

type Entries = BTreeMap<String, Value>;

/// The attributes of a block that stands and is known.
fn entries(value: &Value) -> Option<&Entries> {
    match value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

/// The blocks of a list or set block, or the one of a single block.
fn standing(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        Value::Map(_) => std::slice::from_ref(value),
        _ => &[],
    }
}

/// An attribute's value; null where there is none.
fn get<'a>(entries: &'a Entries, name: &str) -> &'a Value {
    entries.get(name).unwrap_or(&Value::Null)
}
