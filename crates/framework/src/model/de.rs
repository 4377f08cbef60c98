//! From a value to a model.

use std::collections::{BTreeMap, btree_map};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::error::ModelError;
use crate::attr::ATTR;
use protocol::{Number, Step, Value};

/// The model of a value.
pub(crate) fn from_value<M: DeserializeOwned>(value: Value) -> Result<M, ModelError> {
    M::deserialize(Reader { value })
}

struct Reader {
    value: Value,
}

impl Reader {
    /// The value, where the model cannot hold an unknown one.
    fn known(self) -> Result<Value, ModelError> {
        match self.value {
            Value::Unknown => Err(ModelError::unknown()),
            Value::Dynamic(inner) => Reader { value: inner.1 }.known(),
            value => Ok(value),
        }
    }

    fn number(self) -> Result<Number, ModelError> {
        match self.known()? {
            Value::Number(number) => Ok(number),
            other => Err(wants("a number", &other)),
        }
    }

    fn text(self) -> Result<String, ModelError> {
        match self.known()? {
            Value::String(text) => Ok(text),
            other => Err(wants("a text", &other)),
        }
    }
}

fn wants(what: &str, value: &Value) -> ModelError {
    ModelError::shape(format!("The model wants {what}, and the value is {}.", value.kind()))
}

macro_rules! integers {
    ($($method:ident $visit:ident $ty:ty),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
            let number = self.number()?;
            let fits = number.as_i64().map(<$ty>::try_from).and_then(Result::ok);
            match fits.or_else(|| number.as_u64().map(<$ty>::try_from).and_then(Result::ok)) {
                Some(fits) => visitor.$visit(fits),
                None => Err(ModelError::value(format!(
                    "The value must be a whole number from {} to {}.", <$ty>::MIN, <$ty>::MAX
                ))),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Reader {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.known()? {
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.to_f64()) {
                (Some(whole), ..) => visitor.visit_i64(whole),
                (_, Some(whole), _) => visitor.visit_u64(whole),
                (.., Some(float)) => visitor.visit_f64(float),
                _ => Err(ModelError::value("The number is too large.")),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::List(items) => visitor.visit_seq(Items {
                items: items.into_iter(),
                index: 0,
            }),
            Value::Map(entries) => visitor.visit_map(Entries::new(entries, Step::Key)),
            Value::Null | Value::Unknown | Value::Dynamic(_) => visitor.visit_unit(),
        }
    }

    integers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
    );

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.number()?.to_f64().filter(|float| float.is_finite()) {
            Some(float) => visitor.visit_f64(float),
            None => Err(ModelError::value("The number is too large.")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.known()? {
            Value::Bool(value) => visitor.visit_bool(value),
            other => Err(wants("a truth value", &other)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.value {
            Value::Null if name == ATTR => visitor.visit_none(),
            Value::Unknown if name == ATTR => visitor.visit_unit(),
            _ if name == ATTR => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.known()? {
            Value::List(items) => visitor.visit_seq(Items {
                items: items.into_iter(),
                index: 0,
            }),
            other => Err(wants("a sequence", &other)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.known()? {
            Value::Map(entries) => visitor.visit_map(Entries::new(entries, Step::Key)),
            other => Err(wants("a mapping", &other)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.known()? {
            Value::Map(entries) => visitor.visit_map(Entries::new(entries, Step::Attribute)),
            other => Err(wants("an object", &other)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        visitor.visit_enum(UnitVariant(self.text()?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple tuple_struct identifier i128 u128 }
}

struct Items {
    items: std::vec::IntoIter<Value>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = ModelError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ModelError> {
        let Some(value) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(Reader { value })
            .map(Some)
            .map_err(|error| error.within(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries {
    rest: btree_map::IntoIter<String, Value>,
    step: fn(String) -> Step,
    current: Option<(String, Value)>,
}

impl Entries {
    fn new(entries: BTreeMap<String, Value>, step: fn(String) -> Step) -> Self {
        Self {
            rest: entries.into_iter(),
            step,
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ModelError> {
        self.current = self.rest.next();
        match &self.current {
            Some((key, _)) => {
                let within = |error: ModelError| error.within((self.step)(key.clone()));
                seed.deserialize(key.clone().into_deserializer())
                    .map(Some)
                    .map_err(within)
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ModelError> {
        let Some((key, value)) = self.current.take() else {
            return Err(ModelError::shape("The model asks for a value before its key."));
        };
        seed.deserialize(Reader { value })
            .map_err(|error| error.within((self.step)(key)))
    }
}

/// A text as the name of a variant without fields.
struct UnitVariant(String);

impl<'de> EnumAccess<'de> for UnitVariant {
    type Error = ModelError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), ModelError> {
        let variant = seed.deserialize(self.0.clone().into_deserializer())?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for UnitVariant {
    type Error = ModelError;

    fn unit_variant(self) -> Result<(), ModelError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ModelError> {
        Err(variant_with_fields())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ModelError> {
        Err(variant_with_fields())
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, ModelError> {
        Err(variant_with_fields())
    }
}

fn variant_with_fields() -> ModelError {
    ModelError::shape("The model has an enum whose variants have fields, which is no value of Terraform's.")
}
