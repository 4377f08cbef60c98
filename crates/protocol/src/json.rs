//! Values as JSON, the way state files hold them: nothing unknown, objects with every attribute, and a value of type
//! `any` as `{"type": …, "value": …}`.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::Value as Json;

use super::codec_error::{CodecError, Within};
use super::conform::{canonicalise_set, conform, foreign_attribute, missing_attribute};
use super::number::Number;
use super::ty::Type;
use super::value::Value;

/// Reads a value of a type. Sets come out in canonical form.
///
/// # Errors
/// Where the bytes are no JSON, or the value is not of the type, with the place.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    Reader {
        other_attributes: false,
    }
    .value(parse(bytes)?, ty)
}

/// Reads a value that was written under a type with other attributes: those that the type lacks are dropped, those that
/// it has besides are null.
///
/// # Errors
/// Where the bytes are no JSON, or the value is otherwise not of the type, with the place.
pub fn decode_lenient(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    Reader { other_attributes: true }.value(parse(bytes)?, ty)
}

/// Writes a value of a type.
///
/// # Errors
/// Where the value is not of the type or holds something unknown, with the place.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let json = write(&conform(value.clone(), ty)?)?;
    serde_json::to_vec(&json).map_err(|error| CodecError::new(error.to_string()))
}

/// Reads a value of no particular type: a JSON array is [`Value::List`], an object [`Value::Map`].
///
/// # Errors
/// Where the bytes are no JSON.
pub fn decode_untyped(bytes: &[u8]) -> Result<Value, CodecError> {
    untyped(parse(bytes)?)
}

/// The parser itself bounds the depth.
fn parse(bytes: &[u8]) -> Result<Json, CodecError> {
    serde_json::from_slice(bytes).map_err(|error| {
        CodecError::new(format!(
            "malformed JSON in line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

#[derive(Clone, Copy)]
struct Reader {
    /// Whether objects may have other attributes than their type.
    other_attributes: bool,
}

impl Reader {
    fn value(self, json: Json, ty: &Type) -> Result<Value, CodecError> {
        match (json, ty) {
            (Json::Null, _) => Ok(Value::Null),
            (Json::Bool(value), Type::Bool) => Ok(Value::Bool(value)),
            (Json::Number(number), Type::Number) => number_of(&number),
            (Json::String(text), Type::String) => Ok(Value::String(text)),
            (Json::Array(items), Type::List(element)) => self.elements(items, element).map(Value::List),
            (Json::Array(items), Type::Set(element)) => {
                let mut items = self.elements(items, element)?;
                canonicalise_set(&mut items);
                Ok(Value::List(items))
            }
            (Json::Array(items), Type::Tuple(types)) if items.len() == types.len() => {
                let items = items.into_iter().zip(types).enumerate();
                items
                    .map(|(n, (item, ty))| self.value(item, ty).within_index(n))
                    .collect::<Result<_, _>>()
                    .map(Value::List)
            }
            (Json::Array(items), Type::Tuple(types)) => Err(CodecError::new(format!(
                "{} elements instead of {}",
                items.len(),
                types.len()
            ))),
            (Json::Object(entries), Type::Map(element)) => {
                let entries = entries.into_iter().map(|(key, json)| {
                    let value = self.value(json, element).within_key(&key)?;
                    Ok((key, value))
                });
                entries.collect::<Result<_, _>>().map(Value::Map)
            }
            (Json::Object(entries), Type::Object(types)) => self.object(entries, types).map(Value::Map),
            (Json::Object(pair), Type::Dynamic) => self.dynamic(pair),
            (json, ty) => Err(CodecError::new(format!("{} instead of {}", kind_of(&json), ty.kind()))),
        }
    }

    fn elements(self, items: Vec<Json>, element: &Type) -> Result<Vec<Value>, CodecError> {
        items
            .into_iter()
            .enumerate()
            .map(|(n, item)| self.value(item, element).within_index(n))
            .collect()
    }

    fn object(
        self,
        mut entries: serde_json::Map<String, Json>,
        types: &BTreeMap<String, Type>,
    ) -> Result<BTreeMap<String, Value>, CodecError> {
        let mut attributes = BTreeMap::new();
        for (name, ty) in types {
            let value = match entries.remove(name) {
                Some(json) => self.value(json, ty),
                None if self.other_attributes => Ok(Value::Null),
                None => Err(missing_attribute()),
            };
            attributes.insert(name.clone(), value.within_attribute(name)?);
        }
        match entries.keys().next() {
            Some(name) if !self.other_attributes => Err(foreign_attribute()).within_attribute(name),
            _ => Ok(attributes),
        }
    }

    fn dynamic(self, mut pair: serde_json::Map<String, Json>) -> Result<Value, CodecError> {
        let (Some(ty), Some(value), true) = (pair.remove("type"), pair.remove("value"), pair.is_empty()) else {
            return Err(CodecError::new("no pair of a type and a value"));
        };
        let ty = Type::from_json_value(&ty)?;
        let value = self.value(value, &ty)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }
}

fn number_of(number: &serde_json::Number) -> Result<Value, CodecError> {
    number
        .to_string()
        .parse()
        .map(Value::Number)
        .map_err(|error: super::number::NotANumber| CodecError::new(error.to_string()))
}

fn untyped(json: Json) -> Result<Value, CodecError> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => number_of(&number)?,
        Json::String(text) => Value::String(text),
        Json::Array(items) => Value::List(items.into_iter().map(untyped).collect::<Result<_, _>>()?),
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, json)| Ok((key, untyped(json)?)));
            Value::Map(entries.collect::<Result<_, CodecError>>()?)
        }
    })
}

fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a sequence",
        Json::Object(_) => "a mapping",
    }
}

fn write(value: &Value) -> Result<Json, CodecError> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Unknown => return Err(CodecError::new("an unknown value, which JSON cannot hold")),
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(write_number(number)?),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => {
            let items = items.iter().enumerate().map(|(n, item)| write(item).within_index(n));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), write(value).within_key(key)?)));
            Json::Object(entries.collect::<Result<_, CodecError>>()?)
        }
        Value::Dynamic(inner) => {
            let pair = [
                ("type".to_owned(), inner.0.to_json_value()),
                ("value".to_owned(), write(&inner.1)?),
            ];
            Json::Object(pair.into_iter().collect())
        }
    })
}

fn write_number(number: &Number) -> Result<serde_json::Number, CodecError> {
    serde_json::Number::from_str(&number.to_string()).map_err(|error| CodecError::new(error.to_string()))
}
