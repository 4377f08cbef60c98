//! Whatever comes, an answer of the schema's type; and an honest resource is never blamed.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::fake::*;
use super::values::*;
use protocol::arbitrary::{untyped_values, values};
use protocol::{Block, Mode, Nesting, Value, conform};

/// Values of the thing's type, and some of any other.
fn things() -> BoxedStrategy<Value> {
    let ty = bare_server(Script::default).resource_type(THING).unwrap().clone();
    prop_oneof![6 => values(&ty, true), 1 => Just(Value::Null), 1 => untyped_values()].boxed()
}

fn text(pattern: &'static str) -> BoxedStrategy<Value> {
    pattern.prop_map(Value::from).boxed()
}

fn maybe(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    option::of(value).prop_map(|value| value.unwrap_or(Value::Null)).boxed()
}

fn number(range: std::ops::Range<i64>) -> BoxedStrategy<Value> {
    range.prop_map(Value::from).boxed()
}

/// Configurations that the thing accepts.
fn configs() -> BoxedStrategy<Value> {
    let disk = (maybe(text("ssd|hdd")), number(1..9), maybe(text("[a-z]")))
        .prop_map(|(kind, gib, key_text)| disk([("kind", kind), ("gib", gib), ("key_text", key_text)]));
    let rules = vec(number(1..4).prop_map(|port| rule([("port", port)])), 0..3);
    let peers = btree_map("[a-c]", maybe(number(1..4)), 0..3).prop_map(|peers| {
        let blocks = peers
            .into_iter()
            .map(|(host, weight)| peer([("host", host.into()), ("weight", weight)]));
        Value::List(blocks.collect())
    });
    let labels = maybe(vec(text("[a-c]"), 0..3).prop_map(Value::List).boxed());
    (
        text("[a-b]"),
        maybe(number(1..9)),
        maybe(text("[a-b]")),
        labels,
        maybe(disk.boxed()),
        rules,
        peers,
    )
        .prop_map(|(name, size, zone, labels, disk, rules, peers)| {
            thing([
                ("name", name),
                ("size", size),
                ("zone", zone),
                ("password", "secret".into()),
                ("labels", labels),
                ("disk", disk),
                ("rule", Value::List(rules)),
                ("peer", peers),
            ])
        })
        .boxed()
}

/// Terraform's proposal: the configuration, with prior values where it says nothing and the provider may. A block of a set
/// goes on from a prior one that has all it says.
fn proposal(block: &Block, prior: &Value, config: &Value) -> Value {
    let (Value::Map(prior), Value::Map(config)) = (prior, config) else {
        return config.clone();
    };
    let mut proposed: BTreeMap<String, Value> = config.clone();
    for attribute in &block.attributes {
        if matches!(attribute.mode, Mode::Computed | Mode::OptionalComputed) && config[&attribute.name].is_null() {
            proposed.insert(attribute.name.clone(), prior[&attribute.name].clone());
        }
    }
    for nested in &block.blocks {
        let merged = match (nested.nesting, &prior[&nested.name], &config[&nested.name]) {
            (Nesting::Single, prior, config) => proposal(&nested.block, prior, config),
            (Nesting::List, Value::List(priors), Value::List(configs)) => {
                let of = |(n, config)| proposal(&nested.block, priors.get(n).unwrap_or(&Value::Null), config);
                Value::List(configs.iter().enumerate().map(of).collect())
            }
            (Nesting::Set, Value::List(priors), Value::List(configs)) => {
                let of = |config| {
                    priors
                        .iter()
                        .find(|prior| has_all(prior, config))
                        .unwrap_or(config)
                        .clone()
                };
                Value::List(configs.iter().map(of).collect())
            }
            (_, _, config) => config.clone(),
        };
        proposed.insert(nested.name.clone(), merged);
    }
    Value::Map(proposed)
}

fn has_all(prior: &Value, config: &Value) -> bool {
    match (prior, config) {
        (Value::Map(prior), Value::Map(config)) => {
            config.iter().all(|(name, said)| said.is_null() || *said == prior[name])
        }
        _ => false,
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_call_answers(a in things(), b in things(), c in things()) {
        run(async {
            let server = server(Script::default).await;
            let ty = server.resource_type(THING).unwrap();
            let _ = server.validate_resource(THING, a.clone());
            let plan = server.plan(THING, a.clone(), b.clone(), c.clone(), vec![]).await;
            assert!(conform(plan.state, ty).is_ok());
            let applied = server.apply(THING, a.clone(), b.clone(), c.clone(), vec![]).await;
            assert!(applied.state == a || conform(applied.state, ty).is_ok());
            let read = server.read(THING, a.clone(), vec![]).await;
            assert!(read.state == a || conform(read.state, ty).is_ok());
            let _ = server.read_data_source(VIEW, a.clone()).await;
            let _ = server.configure("1.11.4", a).await;
        });
    }

    #[test]
    fn an_honest_resource_is_never_blamed_and_settles(first in configs(), second in configs()) {
        run(async {
            let server = server(Script::default).await;
            let block = &server.resource_schemas()[THING].block;
            let mut state = Value::Null;
            for config in [&first, &second] {
                let proposed = proposal(block, &state, config);
                let plan = server.plan(THING, state.clone(), proposed, config.clone(), vec![]).await;
                assert_eq!(messages(&plan.diagnostics), [""; 0]);
                let applied = server.apply(THING, state, plan.state, config.clone(), vec![]).await;
                assert_eq!(messages(&applied.diagnostics), [""; 0]);
                state = applied.state;
            }
            let again = server.plan(THING, state.clone(), proposal(block, &state, &second), second, vec![]).await;
            assert_eq!(again.state, state, "nothing is left to change");
            assert_eq!(again.requires_replace, []);
        });
    }
}
