//! The codecs and conforming, over any type and value.

use proptest::prelude::*;

use super::arbitrary::{typed_values, types, untyped_values};
use super::{Path, Type, Value, conform, json, msgpack};

proptest! {
    #[test]
    fn types_survive_their_notation(ty in types()) {
        prop_assert_eq!(Type::from_json(&ty.to_json()).unwrap(), ty);
    }

    #[test]
    fn values_survive_messagepack((ty, value) in typed_values(true)) {
        let bytes = msgpack::encode(&value, &ty).unwrap();
        prop_assert_eq!(msgpack::decode(&bytes, &ty).unwrap(), conform(value, &ty).unwrap());
    }

    #[test]
    fn values_survive_json((ty, value) in typed_values(false)) {
        let bytes = json::encode(&value, &ty).unwrap();
        prop_assert_eq!(json::decode(&bytes, &ty).unwrap(), conform(value, &ty).unwrap());
    }

    #[test]
    fn canonical_form_is_its_own((ty, value) in typed_values(true)) {
        let once = conform(value, &ty).unwrap();
        prop_assert_eq!(conform(once.clone(), &ty).unwrap(), once);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(bytes in any::<Vec<u8>>(), ty in types()) {
        let _ = msgpack::decode(&bytes, &ty);
        let _ = json::decode(&bytes, &ty);
        let _ = json::decode_untyped(&bytes);
        let _ = Type::from_json(&bytes);
    }

    #[test]
    fn damaged_messages_are_a_value_or_an_error(
        (ty, value) in typed_values(true),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = msgpack::encode(&value, &ty).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = msgpack::decode(&bytes, &ty);
        bytes.truncate(at);
        prop_assert!(msgpack::decode(&bytes, &ty).is_err());
    }

    #[test]
    fn odd_values_conform_or_are_errors_with_every_codec(value in untyped_values(), ty in types()) {
        let conforms = conform(value.clone(), &ty).is_ok();
        prop_assert_eq!(msgpack::encode(&value, &ty).is_ok(), conforms);
        prop_assert_eq!(json::encode(&value, &ty).is_ok(), conforms && value.is_wholly_known());
    }
}

fn object() -> Type {
    Type::object([
        ("name", Type::String),
        ("sizes", Type::list(Type::Number)),
        ("tags", Type::map(Type::String)),
    ])
}

fn path_of(result: Result<Value, super::CodecError>) -> (String, String) {
    let error = result.unwrap_err();
    (error.path.to_string(), error.problem)
}

#[test]
fn every_error_tells_its_place() {
    let missing = json::decode(br#"{"name": "a", "sizes": []}"#, &object());
    assert_eq!(path_of(missing), ("tags".into(), "a missing attribute".into()));
    let foreign = json::decode(br#"{"name": null, "sizes": [], "tags": null, "x": 1}"#, &object());
    assert_eq!(
        path_of(foreign),
        ("x".into(), "an attribute that the type does not have".into())
    );
    let deep = json::decode(br#"{"name": "a", "sizes": [1, "2"], "tags": {}}"#, &object());
    assert_eq!(path_of(deep), ("sizes[1]".into(), "a text instead of a number".into()));
    let value = json::decode_untyped(br#"{"name": "a", "sizes": [], "tags": {"k": true}}"#).unwrap();
    assert_eq!(
        path_of(conform(value, &object())),
        ("tags[\"k\"]".into(), "a truth value instead of a text".into())
    );
}

#[test]
fn unknown_comes_as_any_extension_and_goes_as_code_0() {
    let plain = [0xd4, 0x00, 0x00];
    let refined = [0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2];
    for bytes in [&plain[..], &refined[..]] {
        assert_eq!(msgpack::decode(bytes, &Type::String), Ok(Value::Unknown));
    }
    assert_eq!(msgpack::encode(&Value::Unknown, &Type::Bool).unwrap(), plain);
}

#[test]
fn numbers_are_exact_whatever_form_they_come_in() {
    let exact = |text: &str| Value::Number(text.parse().unwrap());
    assert_eq!(msgpack::decode(b"\xa30.1", &Type::Number), Ok(exact("0.1")));
    assert_eq!(
        msgpack::decode(&[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], &Type::Number),
        Ok(exact("0.5"))
    );
    assert_eq!(msgpack::decode(&[0xff], &Type::Number), Ok(exact("-1")));
    assert_eq!(msgpack::encode(&exact("0.1"), &Type::Number).unwrap(), b"\xa30.1");
    assert_eq!(msgpack::encode(&exact("256"), &Type::Number).unwrap(), [0xcd, 1, 0]);
    let huge = exact("340282366920938463463374607431768211456");
    assert_eq!(
        json::decode(b"340282366920938463463374607431768211456", &Type::Number),
        Ok(huge)
    );
}

#[test]
fn sets_come_out_in_one_order_and_unknown_elements_stay() {
    let set = Type::set(Type::String);
    let value = Value::from(vec!["b", "a", "b"]);
    assert_eq!(conform(value, &set).unwrap(), Value::from(vec!["a", "b"]));
    let unknown = Value::List(vec![Value::Unknown, "a".into(), Value::Unknown]);
    assert_eq!(
        conform(unknown, &set).unwrap(),
        Value::List(vec![Value::Unknown, Value::Unknown, "a".into()])
    );
}

#[test]
fn lying_headers_and_endless_nesting_are_refused() {
    let billions = [0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0];
    assert!(msgpack::decode(&billions, &Type::list(Type::Bool)).is_err());
    let entries = [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, b'k', 0xc0];
    assert!(msgpack::decode(&entries, &Type::map(Type::Bool)).is_err());
    let text = [0xdb, 0xff, 0xff, 0xff, 0xff, b'x'];
    assert!(msgpack::decode(&text, &Type::String).is_err());
    let nested = b"\x92\xa9\"dynamic\"".repeat(1_000_000);
    assert!(msgpack::decode(&nested, &Type::Dynamic).is_err());
    let notation = [
        b"[\"list\",".repeat(100_000),
        b"\"string\"".to_vec(),
        b"]".repeat(100_000),
    ]
    .concat();
    assert!(Type::from_json(&notation).is_err());
}

#[test]
fn paths_read_as_hcl_writes_them() {
    let path = Path::of(["ingress"]).index(0).attribute("tags").key("a b");
    assert_eq!(path.to_string(), "ingress[0].tags[\"a b\"]");
}
