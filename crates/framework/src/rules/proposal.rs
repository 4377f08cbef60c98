//! What is proposed to a resource's plan.

use super::{Entries, entries, get};
use crate::schema::{Attribute, Body};
use protocol::{Nesting, Value};

/// Terraform's proposal with our rules applied: an attribute that the configuration leaves out takes its default, also
/// where Terraform proposes the prior value; else, if computed, it is unknown in an object or block that is new; a
/// write-only value is null.
pub(crate) fn propose(body: &Body, prior: &Value, proposed: Value, config: &Value) -> Value {
    Rule { new_is_unknown: true }.block(body, entries(prior), proposed, config)
}

/// A configuration with defaults where it says nothing.
pub(crate) fn with_defaults(body: &Body, config: &Value) -> Value {
    Rule { new_is_unknown: false }.block(body, None, config.clone(), config)
}

#[derive(Clone, Copy)]
struct Rule {
    /// Whether a computed attribute is unknown where there is no prior value.
    new_is_unknown: bool,
}

impl Rule {
    fn block(self, body: &Body, prior: Option<&Entries>, proposed: Value, config: &Value) -> Value {
        let (mut proposed, config) = match (proposed, config) {
            (Value::Map(proposed), Value::Map(config)) => (proposed, config),
            (proposed, _) => return proposed,
        };
        for attribute in &body.attributes {
            if let Some(value) = proposed.get_mut(attribute.name()) {
                self.attribute(attribute, prior.is_some(), value, get(config, attribute.name()));
            }
        }
        for block in &body.blocks {
            let Some(value) = proposed.get_mut(block.name()) else {
                continue;
            };
            let config = get(config, block.name());
            let prior = prior.map(|prior| get(prior, block.name()));
            let old = std::mem::replace(value, Value::Null);
            *value = match block.nesting() {
                Nesting::Single => self.block(block.body(), prior.and_then(entries), old, config),
                Nesting::List => self.list(block.body(), prior, old, config),
                Nesting::Set => self.set(block.body(), prior, old, config),
            };
        }
        Value::Map(proposed)
    }

    fn attribute(self, attribute: &Attribute, had_prior: bool, value: &mut Value, config: &Value) {
        if attribute.is_write_only() {
            *value = Value::Null;
        } else if config.is_null() && attribute.is_computed() {
            if let Some(default) = attribute.default_value() {
                *value = default.clone();
            } else if !had_prior && value.is_null() && self.new_is_unknown {
                *value = Value::Unknown;
            }
        }
    }

    fn list(self, body: &Body, prior: Option<&Value>, proposed: Value, config: &Value) -> Value {
        let (Value::List(items), Value::List(configs)) = (&proposed, config) else {
            return proposed;
        };
        let priors = match prior {
            Some(Value::List(priors)) => priors.as_slice(),
            _ => &[],
        };
        let items = items
            .iter()
            .zip(configs)
            .enumerate()
            .map(|(n, (item, config))| self.block(body, priors.get(n).and_then(entries), item.clone(), config));
        Value::List(items.collect())
    }

    /// A set's blocks have no names to tell which proposed one is for which written one: each written block, those that
    /// say most first, takes a proposed one that agrees with all it says.
    fn set(self, body: &Body, prior: Option<&Value>, proposed: Value, config: &Value) -> Value {
        let (Value::List(items), Value::List(configs)) = (&proposed, config) else {
            return proposed;
        };
        let priors = match prior {
            Some(Value::List(priors)) => priors.as_slice(),
            _ => &[],
        };
        let mut free: Vec<&Value> = items.iter().collect();
        let mut configs: Vec<&Value> = configs.iter().collect();
        configs.sort_by_key(|config| std::cmp::Reverse(said(config)));
        let blocks = configs.into_iter().map(|config| {
            let agreeing = free.iter().position(|item| agrees(item, config));
            let item = agreeing.map_or(config, |found| free.swap_remove(found));
            let prior = priors.iter().find(|prior| *prior == item);
            self.block(body, prior.and_then(entries), item.clone(), config)
        });
        Value::List(blocks.collect())
    }
}

/// How many things a written block says.
fn said(config: &Value) -> usize {
    match config {
        Value::Null => 0,
        Value::Map(entries) => entries.values().map(said).sum(),
        Value::List(items) => items.iter().map(said).sum(),
        _ => 1,
    }
}

/// Whether a proposed block has everything that a written one says.
fn agrees(item: &Value, config: &Value) -> bool {
    match (item, config) {
        (_, Value::Null) => true,
        (Value::Map(item), Value::Map(config)) => config.iter().all(|(name, said)| agrees(get(item, name), said)),
        (Value::List(items), Value::List(configs)) => {
            items.len() == configs.len() && items.iter().zip(configs).all(|(item, config)| agrees(item, config))
        }
        (item, config) => item == config,
    }
}
