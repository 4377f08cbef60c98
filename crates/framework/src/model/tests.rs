use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fault, from_value, to_value};
use crate::Attr;
use protocol::Value;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Nat {
    None,
    Single,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Name(String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Inner {
    port: Attr<u16>,
    ratio: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Model {
    name: Name,
    nat: Attr<Nat>,
    zones: Attr<Vec<Attr<String>>>,
    tags: Attr<BTreeMap<String, Attr<String>>>,
    block: Option<Inner>,
    blocks: Vec<Inner>,
    on: bool,
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

fn inner(port: Value) -> Value {
    map([("port", port), ("ratio", Value::Number("0.1".parse().unwrap()))])
}

fn value() -> Value {
    map([
        ("name", "a".into()),
        ("nat", "single".into()),
        ("zones", Value::List(vec!["z".into(), Value::Unknown, Value::Null])),
        ("tags", map([("k", Value::Unknown)])),
        ("block", Value::Null),
        ("blocks", Value::List(vec![inner(8080.into())])),
        ("on", true.into()),
    ])
}

fn with(name: &str, new: Value) -> Value {
    let Value::Map(mut entries) = value() else {
        panic!("an object")
    };
    entries.insert(name.to_owned(), new);
    Value::Map(entries)
}

#[test]
fn a_model_holds_what_the_value_holds_and_gives_it_back() {
    let model: Model = from_value(value()).unwrap();
    assert_eq!(
        model.zones,
        Attr::Known(vec![Attr::Known("z".into()), Attr::Unknown, Attr::Null])
    );
    assert_eq!(model.nat, Attr::Known(Nat::Single));
    assert_eq!(
        model.blocks,
        [Inner {
            port: Attr::Known(8080),
            ratio: Some(0.1)
        }]
    );
    assert_eq!(to_value(&model).unwrap(), value());
}

#[test]
fn unknown_and_null_are_told_apart_wherever_an_attribute_stands() {
    for odd in [Value::Null, Value::Unknown] {
        let value = with("tags", odd);
        assert_eq!(to_value(&from_value::<Model>(value.clone()).unwrap()).unwrap(), value);
    }
}

#[test]
fn a_number_that_does_not_fit_is_the_users_mistake_at_its_place() {
    for number in ["1.5", "65536", "-1"] {
        let port = Value::Number(number.parse().unwrap());
        let error = from_value::<Model>(with("blocks", Value::List(vec![inner(port)]))).unwrap_err();
        assert_eq!(error.path.to_string(), "blocks[0].port");
        assert_eq!(error.problem, "The value must be a whole number from 0 to 65535.");
        assert_eq!(error.fault, Fault::Value);
    }
}

#[test]
fn a_text_that_is_no_variant_is_the_users_mistake() {
    let error = from_value::<Model>(with("nat", "double".into())).unwrap_err();
    assert_eq!(error.path.to_string(), "nat");
    assert_eq!(error.problem, r#"The value must be one of "none", "single"."#);
    assert_eq!(error.fault, Fault::Value);
}

#[test]
fn an_unknown_value_without_a_place_for_it_is_told() {
    let error = from_value::<Model>(with("on", Value::Unknown)).unwrap_err();
    assert_eq!((error.path.to_string().as_str(), error.fault), ("on", Fault::Unknown));
}

#[test]
fn a_model_that_differs_from_the_value_is_the_providers_mistake() {
    let error = from_value::<Model>(with("on", "yes".into())).unwrap_err();
    assert_eq!((error.path.to_string().as_str(), error.fault), ("on", Fault::Shape));
    let Value::Map(mut entries) = value() else {
        panic!("an object")
    };
    entries.remove("name");
    let error = from_value::<Model>(Value::Map(entries)).unwrap_err();
    assert_eq!((error.path.to_string().as_str(), error.fault), ("name", Fault::Shape));
}

#[test]
fn other_deserializers_read_attributes_too() {
    let inner: Inner = serde_json::from_str(r#"{"port": null, "ratio": null}"#).unwrap();
    assert_eq!(inner.port, Attr::Null);
    let port: Attr<u16> = serde_json::from_str("80").unwrap();
    assert_eq!(port, Attr::Known(80));
}
