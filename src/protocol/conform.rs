//! Whether a value is of a type, and its canonical form.

use std::collections::BTreeMap;

use thiserror::Error;

use super::path::{Path, Step};
use super::ty::Type;
use super::value::Value;

/// A value is not of the type it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}{}", at(.path))]
pub struct NonConforming {
    /// Where.
    pub path: Path,
    /// What is wrong there; it never shows the value.
    pub problem: String,
}

fn at(path: &Path) -> String {
    if path.steps().is_empty() {
        String::new()
    } else {
        format!(" at {path}")
    }
}

impl NonConforming {
    fn new(problem: impl Into<String>) -> Self {
        Self {
            path: Path::root(),
            problem: problem.into(),
        }
    }

    fn within(self, step: Step) -> Self {
        Self {
            path: self.path.within(step),
            ..self
        }
    }
}

/// The value in its canonical form: sets sorted and without duplicates (values not wholly known may turn out to differ,
/// so they all stay). Nothing is converted: an object has exactly its type's attributes, a number is no text. Null and
/// unknown are of every type.
pub fn conform(value: Value, ty: &Type) -> Result<Value, NonConforming> {
    match (value, ty) {
        (value @ (Value::Null | Value::Unknown), _)
        | (value @ Value::Bool(_), Type::Bool)
        | (value @ Value::Number(_), Type::Number)
        | (value @ Value::String(_), Type::String) => Ok(value),
        (Value::List(items), Type::List(element)) => Ok(Value::List(elements(items, element)?)),
        (Value::List(items), Type::Set(element)) => {
            let mut items = elements(items, element)?;
            canonicalise_set(&mut items);
            Ok(Value::List(items))
        }
        (Value::List(items), Type::Tuple(types)) => {
            if items.len() != types.len() {
                let problem = format!("{} elements instead of {}", items.len(), types.len());
                return Err(NonConforming::new(problem));
            }
            let pairs = items.into_iter().zip(types).enumerate();
            pairs
                .map(|(n, (item, ty))| conform(item, ty).map_err(|e| e.within(Step::Index(n))))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        (Value::Map(entries), Type::Map(element)) => entries
            .into_iter()
            .map(|(key, value)| match conform(value, element) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.within(Step::Key(key))),
            })
            .collect::<Result<_, _>>()
            .map(Value::Map),
        (Value::Map(entries), Type::Object(types)) => object(entries, types).map(Value::Map),
        (Value::Dynamic(inner), Type::Dynamic) => {
            let (ty, value) = *inner;
            let value = conform(value, &ty)?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        (value, ty) => Err(NonConforming::new(format!("{} instead of {}", value.kind(), ty.kind()))),
    }
}

fn elements(items: Vec<Value>, element: &Type) -> Result<Vec<Value>, NonConforming> {
    let items = items.into_iter().enumerate();
    items
        .map(|(n, item)| conform(item, element).map_err(|e| e.within(Step::Index(n))))
        .collect()
}

fn object(
    mut entries: BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
) -> Result<BTreeMap<String, Value>, NonConforming> {
    let mut conforming = BTreeMap::new();
    for (name, ty) in types {
        let within = |error: NonConforming| error.within(Step::Attribute(name.clone()));
        let Some(value) = entries.remove(name) else {
            return Err(within(NonConforming::new("a missing attribute")));
        };
        conforming.insert(name.clone(), conform(value, ty).map_err(within)?);
    }
    match entries.into_keys().next() {
        Some(name) => Err(NonConforming::new("an attribute that the type does not have").within(Step::Attribute(name))),
        None => Ok(conforming),
    }
}

/// Sorts a set's elements and drops what is there twice for certain.
pub(super) fn canonicalise_set(items: &mut Vec<Value>) {
    items.sort();
    items.dedup_by(|a, b| a == b && a.is_wholly_known());
}
