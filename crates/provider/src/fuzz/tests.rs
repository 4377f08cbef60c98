//! The same functions as property tests: over noise, and over what Terraform sends with a few bytes of it damaged, since
//! noise alone does not come far.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use protocol::arbitrary::values;

/// How many inputs one case tries.
const INPUTS: usize = 64;

/// What happens to a few bytes.
#[derive(Debug, Clone)]
enum Damage {
    None,
    Set(Index, u8),
    Cut(Index),
    Twice(Index, Index),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let one = prop_oneof![
        Just(Damage::None),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Damage::Twice(from, to)),
    ];
    prop::collection::vec(one, 1..4)
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::None => {}
            Damage::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Twice(from, to) => {
                let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                bytes.extend_from_within(from.min(to)..from.max(to));
            }
        }
    }
    bytes
}

/// Noise, many times over.
fn noise() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), INPUTS)
}

/// Each of these bytes whole, and then damaged in many ways: making them takes longer than trying them.
fn with_damage(whole: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    (whole, prop::collection::vec(damage(), INPUTS - 1)).prop_map(|(whole, damages)| {
        let variants = damages.iter().map(|damages| damaged(whole.clone(), damages));
        std::iter::once(whole.clone()).chain(variants).collect()
    })
}

/// A resource's value in MessagePack after the byte that chooses the resource.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let message = |(index, (_, _, ty)): (usize, &(&str, i64, &'static Type))| {
        let ty = *ty;
        let chosen = u8::try_from(index).unwrap();
        values(ty, true)
            .prop_map(move |value| [vec![chosen], msgpack::encode(&value, ty).unwrap()].concat())
            .boxed()
    };
    let messages: Vec<_> = RESOURCES.iter().enumerate().map(message).collect();
    prop::strategy::Union::new(messages)
}

/// A resource's state in JSON after a byte that chooses the resource and, where asked, one for the version.
fn states(version: bool) -> impl Strategy<Value = Vec<u8>> {
    let state = move |(index, (_, _, ty)): (usize, &(&str, i64, &'static Type))| {
        let ty = *ty;
        let chosen = u8::try_from(index).unwrap();
        (values(ty, false), any::<u8>())
            .prop_map(move |(value, byte)| {
                let versions = if version { vec![byte] } else { Vec::new() };
                [vec![chosen], versions, json::encode(&value, ty).unwrap()].concat()
            })
            .boxed()
    };
    let states: Vec<_> = RESOURCES.iter().enumerate().map(state).collect();
    prop::strategy::Union::new(states)
}

fn blocks() -> impl Strategy<Value = Vec<u8>> {
    let ty = SERVER.provider_type();
    values(ty, true).prop_map(move |value| msgpack::encode(&value, ty).unwrap())
}

fn ids() -> impl Strategy<Value = Vec<u8>> {
    "[a-z*? -]{0,40}".prop_map(String::into_bytes)
}

/// As many cases as `PROPTEST_CASES` says, of [`INPUTS`] inputs each.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(32),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_message_is_a_value_or_an_error(inputs in prop_oneof![1 => noise(), 4 => with_damage(messages())]) {
        for bytes in &inputs {
            message_pack(bytes);
        }
    }

    #[test]
    fn any_state_is_a_value_or_an_error(inputs in prop_oneof![1 => noise(), 4 => with_damage(states(false))]) {
        for bytes in &inputs {
            json_state(bytes);
        }
    }

    #[test]
    fn any_old_state_is_brought_up_to_date_or_an_error(inputs in prop_oneof![1 => noise(), 4 => with_damage(states(true))]) {
        for bytes in &inputs {
            schema_upgrade(bytes);
        }
    }

    #[test]
    fn any_import_id_is_a_name_or_an_error(inputs in prop_oneof![1 => noise(), 4 => with_damage(ids())]) {
        for bytes in &inputs {
            import_id(bytes);
        }
    }

    #[test]
    fn any_provider_block_is_validated(inputs in prop_oneof![1 => noise(), 4 => with_damage(blocks())]) {
        for bytes in &inputs {
            provider_config(bytes);
        }
    }
}
