//! Values on the wire.

use super::diagnostics::{of_malformed, of_unspeakable};
use protocol::wire::DynamicValue;
use protocol::{Diagnostic, Type, Value, json, msgpack};

/// The value that Terraform sent. One that it left out is null.
///
/// # Errors
/// Where it is not of the type; `what` names it to the user.
pub(super) fn decode(what: &str, value: Option<DynamicValue>, ty: &Type) -> Result<Value, Diagnostic> {
    match value {
        Some(DynamicValue { msgpack, .. }) if !msgpack.is_empty() => msgpack::decode(&msgpack, ty),
        Some(DynamicValue { json, .. }) if !json.is_empty() => json::decode(&json, ty),
        _ => Ok(Value::Null),
    }
    .map_err(|error| of_malformed(what, &error))
}

/// A value for Terraform.
///
/// # Errors
/// Where it is not of the type; `what` names it to the user.
pub(super) fn encode(what: &str, value: &Value, ty: &Type) -> Result<Option<DynamicValue>, Diagnostic> {
    let msgpack = msgpack::encode(value, ty).map_err(|error| of_unspeakable(what, &error))?;
    Ok(Some(DynamicValue {
        msgpack,
        json: Vec::new(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_as_messagepack_as_json_or_not_at_all() {
        let of = |msgpack: &[u8], json: &[u8]| {
            let value = DynamicValue {
                msgpack: msgpack.to_vec(),
                json: json.to_vec(),
            };
            decode("configuration", Some(value), &Type::Bool)
        };
        assert_eq!(of(&[0xc3], &[]), Ok(Value::Bool(true)));
        assert_eq!(of(&[], b"true"), Ok(Value::Bool(true)));
        assert_eq!(of(&[], &[]), Ok(Value::Null));
        assert_eq!(decode("configuration", None, &Type::Bool), Ok(Value::Null));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let value = DynamicValue {
            msgpack: vec![0xc1],
            json: Vec::new(),
        };
        let error = decode("prior state", Some(value), &Type::Bool).unwrap_err();
        assert_eq!(error.summary, "Malformed prior state");
    }

    #[test]
    fn an_answer_that_does_not_fit_is_our_bug() {
        let error = encode("planned state", &Value::from("x"), &Type::Bool).unwrap_err();
        assert_eq!(error.summary, "Bug in the provider");
        assert!(error.detail.contains("planned state"), "{}", error.detail);
        assert_eq!(
            encode("planned state", &Value::Unknown, &Type::Bool)
                .unwrap()
                .unwrap()
                .msgpack,
            [0xd4, 0, 0]
        );
    }
}
