//! Checks of lists, sets and maps.

use super::{Check, Validator, Violation};
use protocol::{Step, Value};

/// At least one element, or one character.
pub fn non_empty() -> impl Validator {
    Check(|value: &Value| {
        let empty = match value {
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        empty.then(|| Violation::new("not be empty"))
    })
}

/// No element twice. For lists: a set has none.
pub fn unique() -> impl Validator {
    Check(|value: &Value| {
        let Value::List(items) = value else { return None };
        let known = |item: &&Value| item.is_wholly_known() && !item.is_null();
        let (index, first) = items.iter().enumerate().find_map(|(n, item)| {
            known(&item)
                .then(|| items[..n].iter().position(|earlier| earlier == item))
                .flatten()
                .map(|first| (n, first))
        })?;
        let must = format!("differ from the other elements, and equals element {first} (counted from 0)");
        Some(Violation::new(must).within(Step::Index(index)))
    })
}

/// Every element of a list or set, every value of a map.
pub fn each(validator: impl Validator) -> impl Validator {
    Each(validator)
}

/// Every key of a map, as a text.
pub fn keys(validator: impl Validator) -> impl Validator {
    Keys(validator)
}

struct Each<V>(V);

impl<V: Validator> Validator for Each<V> {
    fn check(&self, value: &Value) -> Vec<Violation> {
        let one = |step: Step, element: &Value| {
            let checked = !element.is_null() && !element.is_unknown();
            let violations = if checked { self.0.check(element) } else { Vec::new() };
            violations
                .into_iter()
                .map(move |violation| violation.within(step.clone()))
        };
        match value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .flat_map(|(n, item)| one(Step::Index(n), item))
                .collect(),
            Value::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| one(Step::Key(key.clone()), value))
                .collect(),
            _ => Vec::new(),
        }
    }
}

struct Keys<V>(V);

impl<V: Validator> Validator for Keys<V> {
    fn check(&self, value: &Value) -> Vec<Violation> {
        let Value::Map(entries) = value else { return Vec::new() };
        let one = |key: &String| {
            let violations = self.0.check(&Value::from(key.as_str())).into_iter();
            let told = |violation: Violation| {
                let must = format!("have another key: keys must {}", violation.must);
                Violation::new(must).within(Step::Key(key.clone()))
            };
            violations.map(told).collect::<Vec<_>>()
        };
        entries.keys().flat_map(one).collect()
    }
}
