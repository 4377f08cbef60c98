//! Any type, any value of it, for property tests.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::{Number, Type, Value};

/// Any type of some depth.
pub fn types() -> BoxedStrategy<Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::Dynamic)
    ];
    let nested = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z]{1,3}", inner, 0..4).prop_map(Type::Object),
        ]
    });
    nested.boxed()
}

/// Any number that Terraform could send.
pub fn numbers() -> BoxedStrategy<Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", |float| Number::try_from(float).ok()),
        (any::<i128>(), -200_i64..200).prop_filter_map("a number", |(digits, scale)| {
            BigDecimal::new(digits.into(), scale).to_plain_string().parse().ok()
        }),
    ]
    .boxed()
}

/// Any value of that type; with unknown ones in it where asked.
pub fn values(ty: &Type, unknowns: bool) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => numbers().prop_map(Value::Number).boxed(),
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::Dynamic => simple_types()
            .prop_flat_map(move |ty| values(&ty, unknowns).prop_map(move |value| (ty.clone(), value)))
            .prop_map(|pair| Value::Dynamic(Box::new(pair)))
            .boxed(),
        Type::List(element) | Type::Set(element) => vec(values(element, unknowns), 0..4).prop_map(Value::List).boxed(),
        Type::Map(element) => btree_map(any::<String>(), values(element, unknowns), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Tuple(types) => types
            .iter()
            .map(|ty| values(ty, unknowns))
            .collect::<Vec<_>>()
            .prop_map(Value::List)
            .boxed(),
        Type::Object(types) => {
            let names: Vec<String> = types.keys().cloned().collect();
            let values: Vec<_> = types.values().map(|ty| values(ty, unknowns)).collect();
            values
                .prop_map(move |values| Value::Map(names.iter().cloned().zip(values).collect::<BTreeMap<_, _>>()))
                .boxed()
        }
    };
    let odd = if unknowns {
        vec![Value::Null, Value::Unknown]
    } else {
        vec![Value::Null]
    };
    prop_oneof![8 => known, 1 => proptest::sample::select(odd)].boxed()
}

/// A type and any value of it.
pub fn typed_values(unknowns: bool) -> BoxedStrategy<(Type, Value)> {
    types()
        .prop_flat_map(move |ty| values(&ty, unknowns).prop_map(move |value| (ty.clone(), value)))
        .boxed()
}

/// Any value of no type in particular: odd input.
pub fn untyped_values() -> BoxedStrategy<Value> {
    typed_values(true).prop_map(|(_, value)| value).boxed()
}

fn simple_types() -> BoxedStrategy<Type> {
    let leaf = prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String)];
    prop_oneof![
        leaf.clone(),
        leaf.clone().prop_map(Type::list),
        leaf.prop_map(Type::map)
    ]
    .boxed()
}
