//! Values as MessagePack, the way Terraform sends and takes them: null is nil, unknown is an extension (any code comes
//! in, 0 goes out), a number that is no 64-bit integer is a text, an object is a map with every attribute, and a value of
//! type `any` is a pair of its type in JSON and itself.

use std::collections::BTreeMap;
use std::fmt::Display;

use rmp::Marker;
use rmp::decode;
use rmp::encode::{self, ByteBuf};

use super::codec_error::{CodecError, Within};
use super::conform::{canonicalise_set, conform, foreign_attribute, missing_attribute};
use super::number::Number;
use super::ty::Type;
use super::value::Value;

/// How deep values may nest. What Terraform's own schemas allow is far below.
const DEEPEST: usize = 200;

/// Reads a value of a type. Sets come out in canonical form.
///
/// # Errors
/// Where the bytes are no MessagePack, something follows the value, or it is not of the type, with the place. Memory and
/// stack use are bounded by the bytes that are really there, whatever their headers claim.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader { rest: bytes, depth: 0 };
    let value = reader.value(ty)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(CodecError::new("more bytes after the value's end"))
    }
}

/// Writes a value of a type.
///
/// # Errors
/// Where the value is not of the type, with the place.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut out = ByteBuf::new();
    write(&conform(value.clone(), ty)?, &mut out)?;
    Ok(out.into_vec())
}

struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type) -> Result<Value, CodecError> {
        if self.depth == DEEPEST {
            return Err(CodecError::new(format!("more than {DEEPEST} values within each other")));
        }
        self.depth += 1;
        let value = match self.peek()? {
            Marker::Null => decode::read_nil(&mut self.rest).map_err(broken).map(|()| Value::Null),
            marker if is_extension(marker) => self.skip_extension().map(|()| Value::Unknown),
            marker => self.known(marker, ty),
        };
        self.depth -= 1;
        value
    }

    fn known(&mut self, marker: Marker, ty: &Type) -> Result<Value, CodecError> {
        match ty {
            Type::Bool => decode::read_bool(&mut self.rest)
                .map_err(|_| instead_of(marker, ty))
                .map(Value::Bool),
            Type::Number => self.number(marker, ty).map(Value::Number),
            Type::String => self.text(ty).map(|text| Value::String(text.to_owned())),
            Type::Dynamic => self.dynamic(marker),
            Type::List(element) => self.elements(marker, ty, element).map(Value::List),
            Type::Set(element) => {
                let mut items = self.elements(marker, ty, element)?;
                canonicalise_set(&mut items);
                Ok(Value::List(items))
            }
            Type::Tuple(types) => self.tuple(marker, types).map(Value::List),
            Type::Map(element) => self.map(marker, element).map(Value::Map),
            Type::Object(types) => self.object(marker, types).map(Value::Map),
        }
    }

    fn peek(&self) -> Result<Marker, CodecError> {
        self.rest
            .first()
            .map(|&byte| Marker::from_u8(byte))
            .ok_or_else(|| broken("no more bytes"))
    }

    fn skip_extension(&mut self) -> Result<(), CodecError> {
        let extension = decode::read_ext_meta(&mut self.rest).map_err(broken)?;
        self.rest = self
            .rest
            .get(extension.size as usize..)
            .ok_or_else(|| broken("no more bytes"))?;
        Ok(())
    }

    fn text(&mut self, ty: &Type) -> Result<&'a str, CodecError> {
        let marker = self.peek()?;
        if !matches!(marker, Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32) {
            return Err(instead_of(marker, ty));
        }
        let (text, rest) =
            decode::read_str_from_slice(self.rest).map_err(|_| broken("a text that ends early or is no UTF-8"))?;
        self.rest = rest;
        Ok(text)
    }

    fn number(&mut self, marker: Marker, ty: &Type) -> Result<Number, CodecError> {
        let float = |value: f64| Number::from_bits_of(value).map_err(|error| CodecError::new(error.to_string()));
        match marker {
            Marker::F32 => float(decode::read_f32(&mut self.rest).map_err(broken)?.into()),
            Marker::F64 => float(decode::read_f64(&mut self.rest).map_err(broken)?),
            Marker::U64 => decode::read_int::<u64, _>(&mut self.rest)
                .map_err(broken)
                .map(Number::from),
            Marker::FixPos(_)
            | Marker::FixNeg(_)
            | Marker::U8
            | Marker::U16
            | Marker::U32
            | Marker::I8
            | Marker::I16
            | Marker::I32
            | Marker::I64 => decode::read_int::<i64, _>(&mut self.rest)
                .map_err(broken)
                .map(Number::from),
            _ => self
                .text(ty)?
                .parse::<Number>()
                .map_err(|error| CodecError::new(error.to_string())),
        }
    }

    /// Every element takes a byte at least, so that a header which claims more than there are bytes lies.
    fn array_len(&mut self, marker: Marker, kind: &str) -> Result<usize, CodecError> {
        if !matches!(marker, Marker::FixArray(_) | Marker::Array16 | Marker::Array32) {
            return Err(CodecError::new(format!("{} instead of {kind}", kind_of(marker))));
        }
        let len = decode::read_array_len(&mut self.rest).map_err(broken)? as usize;
        if len > self.rest.len() {
            Err(broken("no more bytes"))
        } else {
            Ok(len)
        }
    }

    fn map_len(&mut self, marker: Marker, kind: &str) -> Result<usize, CodecError> {
        if !matches!(marker, Marker::FixMap(_) | Marker::Map16 | Marker::Map32) {
            return Err(CodecError::new(format!("{} instead of {kind}", kind_of(marker))));
        }
        Ok(decode::read_map_len(&mut self.rest).map_err(broken)? as usize)
    }

    fn elements(&mut self, marker: Marker, ty: &Type, element: &Type) -> Result<Vec<Value>, CodecError> {
        let len = self.array_len(marker, ty.kind())?;
        (0..len).map(|n| self.value(element).within_index(n)).collect()
    }

    fn tuple(&mut self, marker: Marker, types: &[Type]) -> Result<Vec<Value>, CodecError> {
        let len = self.array_len(marker, "a tuple")?;
        if len != types.len() {
            return Err(CodecError::new(format!("{len} elements instead of {}", types.len())));
        }
        types
            .iter()
            .enumerate()
            .map(|(n, ty)| self.value(ty).within_index(n))
            .collect()
    }

    fn map(&mut self, marker: Marker, element: &Type) -> Result<BTreeMap<String, Value>, CodecError> {
        let mut entries = BTreeMap::new();
        for _ in 0..self.map_len(marker, "a map")? {
            let key = self.text(&Type::String)?;
            let value = self.value(element).within_key(key)?;
            if entries.insert(key.to_owned(), value).is_some() {
                return Err(CodecError::new("a key that stands twice")).within_key(key);
            }
        }
        Ok(entries)
    }

    fn object(
        &mut self,
        marker: Marker,
        types: &BTreeMap<String, Type>,
    ) -> Result<BTreeMap<String, Value>, CodecError> {
        let mut attributes = BTreeMap::new();
        for _ in 0..self.map_len(marker, "an object")? {
            let name = self.text(&Type::String)?;
            let ty = types.get(name).ok_or_else(foreign_attribute).within_attribute(name)?;
            let value = self.value(ty).within_attribute(name)?;
            if attributes.insert(name.to_owned(), value).is_some() {
                return Err(CodecError::new("an attribute that stands twice")).within_attribute(name);
            }
        }
        match types.keys().find(|&name| !attributes.contains_key(name)) {
            Some(name) => Err(missing_attribute()).within_attribute(name),
            None => Ok(attributes),
        }
    }

    fn dynamic(&mut self, marker: Marker) -> Result<Value, CodecError> {
        if self.array_len(marker, Type::Dynamic.kind())? != 2 {
            return Err(CodecError::new("no pair of a type and a value"));
        }
        let bytes = self.bytes()?;
        let ty = Type::from_json(bytes)?;
        let value = self.value(&ty)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn bytes(&mut self) -> Result<&'a [u8], CodecError> {
        if matches!(self.peek()?, Marker::Bin8 | Marker::Bin16 | Marker::Bin32) {
            let len = decode::read_bin_len(&mut self.rest).map_err(broken)? as usize;
            let (bytes, rest) = self.rest.split_at_checked(len).ok_or_else(|| broken("no more bytes"))?;
            self.rest = rest;
            return Ok(bytes);
        }
        self.text(&Type::String).map(str::as_bytes)
    }
}

fn is_extension(marker: Marker) -> bool {
    matches!(
        marker,
        Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32
    )
}

fn kind_of(marker: Marker) -> &'static str {
    match marker {
        Marker::True | Marker::False => "a truth value",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a text",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "a sequence",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a mapping",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "raw bytes",
        Marker::Reserved => "a reserved byte",
        _ => "a number",
    }
}

fn instead_of(marker: Marker, ty: &Type) -> CodecError {
    CodecError::new(format!("{} instead of {}", kind_of(marker), ty.kind()))
}

fn broken(error: impl Display) -> CodecError {
    CodecError::new(format!("malformed MessagePack ({error})"))
}

fn write(value: &Value, out: &mut ByteBuf) -> Result<(), CodecError> {
    match value {
        Value::Null => encode::write_nil(out).map_err(broken),
        Value::Unknown => {
            out.as_mut_vec().extend([Marker::FixExt1.to_u8(), 0, 0]);
            Ok(())
        }
        Value::Bool(value) => encode::write_bool(out, *value).map_err(broken),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => encode::write_str(out, text).map_err(broken),
        Value::List(items) => {
            encode::write_array_len(out, length(items.len())?).map_err(broken)?;
            items.iter().try_for_each(|item| write(item, out))
        }
        Value::Map(entries) => {
            encode::write_map_len(out, length(entries.len())?).map_err(broken)?;
            entries.iter().try_for_each(|(key, value)| {
                encode::write_str(out, key).map_err(broken)?;
                write(value, out)
            })
        }
        Value::Dynamic(inner) => {
            encode::write_array_len(out, 2).map_err(broken)?;
            encode::write_bin(out, &inner.0.to_json()).map_err(broken)?;
            write(&inner.1, out)
        }
    }
}

fn write_number(number: &Number, out: &mut ByteBuf) -> Result<(), CodecError> {
    if let Some(value) = number.as_i64() {
        encode::write_sint(out, value).map(|_| ()).map_err(broken)
    } else if let Some(value) = number.as_u64() {
        encode::write_uint(out, value).map(|_| ()).map_err(broken)
    } else {
        encode::write_str(out, &number.to_string()).map_err(broken)
    }
}

fn length(len: usize) -> Result<u32, CodecError> {
    u32::try_from(len).map_err(|_| CodecError::new("more elements than MessagePack counts"))
}
