//! Whether a value is of a type, and its canonical form.

use std::collections::BTreeMap;

use super::codec_error::{CodecError, Within};
use super::ty::Type;
use super::value::Value;

/// A value is not of the type it should be.
pub type NonConforming = CodecError;

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
        (Value::List(items), Type::Tuple(types)) => tuple(items, types).map(Value::List),
        (Value::Map(entries), Type::Map(element)) => {
            let conforming = entries.into_iter().map(|(key, value)| {
                let value = conform(value, element).within_key(&key)?;
                Ok((key, value))
            });
            conforming.collect::<Result<_, _>>().map(Value::Map)
        }
        (Value::Map(entries), Type::Object(types)) => object(entries, types).map(Value::Map),
        (Value::Dynamic(inner), Type::Dynamic) => {
            let (ty, value) = *inner;
            let value = conform(value, &ty)?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        (value, ty) => Err(CodecError::new(format!("{} instead of {}", value.kind(), ty.kind()))),
    }
}

fn elements(items: Vec<Value>, element: &Type) -> Result<Vec<Value>, NonConforming> {
    items
        .into_iter()
        .enumerate()
        .map(|(n, item)| conform(item, element).within_index(n))
        .collect()
}

fn tuple(items: Vec<Value>, types: &[Type]) -> Result<Vec<Value>, NonConforming> {
    if items.len() != types.len() {
        return Err(CodecError::new(format!(
            "{} elements instead of {}",
            items.len(),
            types.len()
        )));
    }
    items
        .into_iter()
        .zip(types)
        .enumerate()
        .map(|(n, (item, ty))| conform(item, ty).within_index(n))
        .collect()
}

fn object(
    mut entries: BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
) -> Result<BTreeMap<String, Value>, NonConforming> {
    let mut conforming = BTreeMap::new();
    for (name, ty) in types {
        let value = entries
            .remove(name)
            .ok_or_else(missing_attribute)
            .and_then(|value| conform(value, ty));
        conforming.insert(name.clone(), value.within_attribute(name)?);
    }
    match entries.into_keys().next() {
        Some(name) => Err(foreign_attribute()).within_attribute(&name),
        None => Ok(conforming),
    }
}

pub(super) fn missing_attribute() -> CodecError {
    CodecError::new("a missing attribute")
}

pub(super) fn foreign_attribute() -> CodecError {
    CodecError::new("an attribute that the type does not have")
}

/// Sorts a set's elements and drops what is there twice for certain.
pub(super) fn canonicalise_set(items: &mut Vec<Value>) {
    items.sort();
    items.dedup_by(|a, b| a == b && a.is_wholly_known());
}
