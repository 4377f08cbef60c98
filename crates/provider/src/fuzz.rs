//! What must hold for any bytes that reach the provider: an answer or an error, and never a panic, a hang or memory without
//! bound. The targets in `fuzz/` call these functions, and so do the property tests below, which run with every `cargo
//! test`.

use std::sync::LazyLock;

use crate::{name_of, server};
use framework::Server;
use protocol::{Type, conform, json, msgpack};

static SERVER: LazyLock<Server> = LazyLock::new(server);

/// Every resource: its name, the version of its schema, its type.
static RESOURCES: LazyLock<Vec<(&str, i64, &Type)>> = LazyLock::new(|| {
    let schemas = SERVER.resource_schemas().iter();
    let with_type = schemas.filter_map(|(name, schema)| {
        let ty = SERVER.resource_type(name).ok()?;
        Some((name.as_str(), schema.version, ty))
    });
    with_type.collect()
});

/// One of the resources, chosen by a byte.
fn resource(chosen: u8) -> (&'static str, i64, &'static Type) {
    RESOURCES[usize::from(chosen) % RESOURCES.len()]
}

/// The first byte, which chooses, and the rest.
fn chosen(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}

/// A resource's value in MessagePack. What is taken is written again as what reads as the same, and validating it ends.
///
/// # Panics
/// Where that does not hold.
pub fn message_pack(bytes: &[u8]) {
    let (first, bytes) = chosen(bytes);
    let (name, _, ty) = resource(first);
    if let Ok(value) = msgpack::decode(bytes, ty) {
        let again = msgpack::encode(&value, ty).map(|bytes| msgpack::decode(&bytes, ty));
        assert_eq!(again, Ok(Ok(value.clone())));
        let _ = SERVER.validate_resource(name, value);
    }
}

/// A resource's state in JSON. What is taken is written again as what reads as the same.
///
/// # Panics
/// Where that does not hold.
pub fn json_state(bytes: &[u8]) {
    let (first, bytes) = chosen(bytes);
    let (_, _, ty) = resource(first);
    for value in [json::decode(bytes, ty), json::decode_lenient(bytes, ty)]
        .into_iter()
        .flatten()
    {
        let again = json::encode(&value, ty).map(|bytes| json::decode(&bytes, ty));
        assert_eq!(again, Ok(Ok(value)));
    }
}

/// A state of any version of the schema. What is taken is a state of the current one.
///
/// # Panics
/// Where that does not hold.
pub fn schema_upgrade(bytes: &[u8]) {
    let (first, bytes) = chosen(bytes);
    let (name, current, ty) = resource(first);
    let (version, bytes) = chosen(bytes);
    // Most often the current version or one near it, and now and then a wild one.
    let version = match version {
        0..=199 => current,
        200..=239 => current + i64::from(version % 5) - 2,
        wild => i64::MIN >> (wild - 240),
    };
    if let Ok(state) = SERVER.upgrade(name, version, bytes) {
        assert_eq!(conform(state.clone(), ty), Ok(state));
    }
}

/// An import id. What is taken is a name that no filter of AWS's takes for a pattern.
///
/// # Panics
/// Where that does not hold.
pub fn import_id(bytes: &[u8]) {
    let id = String::from_utf8_lossy(bytes);
    if let Ok(name) = name_of(&id) {
        assert!(!name.is_empty() && name.len() <= id.len());
        assert!(!name.contains(['*', '?', ' ', '\0']));
    }
}

/// A provider block in MessagePack: validating it ends.
pub fn provider_config(bytes: &[u8]) {
    if let Ok(config) = msgpack::decode(bytes, SERVER.provider_type()) {
        let _ = SERVER.validate_provider(config);
    }
}

#[cfg(test)]
mod tests;
