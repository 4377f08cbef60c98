//! From a model to a value.

use std::collections::BTreeMap;

use serde::ser::{Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::error::ModelError;
use crate::attr::UNKNOWN;
use protocol::{Number, Step, Value};

/// The value of a model.
pub(crate) fn to_value<M: Serialize>(model: &M) -> Result<Value, ModelError> {
    model.serialize(Writer)
}

struct Writer;

type No = Impossible<Value, ModelError>;

fn unsupported(what: &str) -> ModelError {
    ModelError::shape(format!("The model holds {what}, which is no value of Terraform's."))
}

impl Serializer for Writer {
    type Ok = Value;
    type Error = ModelError;
    type SerializeSeq = Items;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = No;

    fn serialize_bool(self, value: bool) -> Result<Value, ModelError> {
        Ok(Value::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, ModelError> {
        Ok(Value::Number(value.into()))
    }

    fn serialize_u8(self, value: u8) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, ModelError> {
        Ok(Value::Number(value.into()))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, ModelError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, ModelError> {
        Number::try_from(value)
            .map(Value::Number)
            .map_err(|_| unsupported("a number that is not finite"))
    }

    fn serialize_char(self, value: char) -> Result<Value, ModelError> {
        Ok(Value::String(value.into()))
    }

    fn serialize_str(self, value: &str) -> Result<Value, ModelError> {
        Ok(value.into())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, ModelError> {
        Err(unsupported("raw bytes"))
    }

    fn serialize_none(self) -> Result<Value, ModelError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ModelError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ModelError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Value, ModelError> {
        Ok(if name == UNKNOWN { Value::Unknown } else { Value::Null })
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, ModelError> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, ModelError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, ModelError> {
        Err(unsupported("an enum whose variants have fields"))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, ModelError> {
        Ok(Items(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, _: usize) -> Result<No, ModelError> {
        Err(unsupported("a tuple"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<No, ModelError> {
        Err(unsupported("a tuple"))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<No, ModelError> {
        Err(unsupported("an enum whose variants have fields"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, ModelError> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, ModelError> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<No, ModelError> {
        Err(unsupported("an enum whose variants have fields"))
    }
}

struct Items(Vec<Value>);

impl SerializeSeq for Items {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ModelError> {
        let index = self.0.len();
        self.0.push(
            value
                .serialize(Writer)
                .map_err(|error| error.within(Step::Index(index)))?,
        );
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::List(self.0))
    }
}

#[derive(Default)]
struct Entries {
    entries: BTreeMap<String, Value>,
    key: Option<String>,
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ModelError> {
        match key.serialize(Writer)? {
            Value::String(key) => self.key = Some(key),
            _ => return Err(unsupported("a map whose keys are no texts")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ModelError> {
        let key = self.key.take().ok_or_else(|| unsupported("a value before its key"))?;
        let value = value
            .serialize(Writer)
            .map_err(|error| error.within(Step::Key(key.clone())))?;
        self.entries.insert(key, value);
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::Map(self.entries))
    }
}

impl SerializeStruct for Entries {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), ModelError> {
        let value = value
            .serialize(Writer)
            .map_err(|error| error.within(Step::Attribute(name.to_owned())))?;
        self.entries.insert(name.to_owned(), value);
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::Map(self.entries))
    }
}
