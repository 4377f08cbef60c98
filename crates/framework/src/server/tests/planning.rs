use super::super::PlanReply;
use super::fake::*;
use super::values::*;
use crate::{Attr, Plan, Planned};
use protocol::{Path, Value};

async fn plan(script: fn() -> Script, prior: Value, proposed: Value, config: Value) -> PlanReply {
    server(script)
        .await
        .plan(THING, prior, proposed, config, b"before".to_vec())
        .await
}

async fn create<const N: usize>(given: [(&str, Value); N]) -> PlanReply {
    plan(Script::default, Value::Null, thing(given.clone()), thing(given)).await
}

fn existing<const N: usize>(given: [(&str, Value); N]) -> Value {
    let Value::Map(mut state) = thing([
        ("name", "a".into()),
        ("size", 3.into()),
        ("zone", "z".into()),
        ("id", "i".into()),
        ("parts", object([("p", "ready".into())])),
    ]) else {
        panic!("an object")
    };
    state.extend(given.map(|(name, value)| (name.to_owned(), value)));
    Value::Map(state)
}

fn paths(reply: &PlanReply) -> Vec<String> {
    reply.requires_replace.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_new_object_takes_defaults_and_has_unknown_computed_values() {
    let reply = create([
        ("name", "a".into()),
        ("disk", disk([])),
        ("rule", Value::List(vec![rule([("port", 1.into())])])),
        ("peer", Value::List(vec![peer([("host", "h".into())])])),
    ])
    .await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    for (path, value) in [
        ("size", 3.into()),
        ("disk.kind", "ssd".into()),
        ("peer.0.weight", 1.into()),
    ] {
        assert_eq!(at(&reply.state, path), &value, "{path}");
    }
    for path in ["id", "zone", "parts", "disk.path", "rule.0.id"] {
        assert_eq!(at(&reply.state, path), &Value::Unknown, "{path}");
    }
    assert_eq!(at(&reply.state, "note"), &Value::Null);
    assert_eq!(reply.private, b"planned");
    assert!(reply.requires_replace.is_empty());
}

#[tokio::test]
async fn what_the_user_says_beats_the_default_known_or_not() {
    let reply = create([("name", "a".into()), ("size", 5.into()), ("zone", "z".into())]).await;
    assert_eq!(
        (at(&reply.state, "size"), at(&reply.state, "zone")),
        (&5.into(), &"z".into())
    );
    let reply = create([("name", "a".into()), ("size", Value::Unknown)]).await;
    assert_eq!(at(&reply.state, "size"), &Value::Unknown);
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
}

#[tokio::test]
async fn a_default_comes_back_when_the_user_takes_a_value_away_also_in_blocks() {
    let block = |kind: &str| disk([("kind", kind.into()), ("gib", 1.into()), ("path", "/".into())]);
    let peers = |weight: i64| Value::List(vec![peer([("host", "h".into()), ("weight", weight.into())])]);
    let prior = existing([("size", 9.into()), ("disk", block("hdd")), ("peer", peers(7))]);
    let config = thing([
        ("name", "a".into()),
        ("disk", disk([("gib", 1.into())])),
        ("peer", Value::List(vec![peer([("host", "h".into())])])),
    ]);
    let reply = plan(Script::default, prior.clone(), prior, config).await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    for (path, value) in [
        ("size", 3.into()),
        ("disk.kind", "ssd".into()),
        ("peer.0.weight", 1.into()),
    ] {
        assert_eq!(at(&reply.state, path), &value, "{path}");
    }
}

#[tokio::test]
async fn each_block_of_a_set_gets_its_own_default_and_keeps_its_own_computed_value() {
    fn script() -> Script {
        let plan = |plan: Plan<Thing>| {
            let links = plan.proposed.peer.iter().map(|peer| peer.link.known());
            assert!(links.is_sorted(), "a resource gets sets in canonical order");
            planned(plan.proposed)
        };
        Script {
            plan,
            ..Script::default()
        }
    }
    let block = |weight: Option<i64>, link: Value| {
        peer([
            ("host", "h".into()),
            ("weight", weight.map_or(Value::Null, Value::from)),
            ("link", link),
        ])
    };
    let written = [Some(2), None, Some(7), Some(4)].map(|weight| block(weight, Value::Null));
    let two = block(Some(2), "two".into());
    let prior = existing([(
        "peer",
        Value::List(vec![
            two.clone(),
            block(Some(4), Value::Null),
            block(Some(9), "nine".into()),
        ]),
    )]);
    let proposed = existing([(
        "peer",
        Value::List(vec![
            two.clone(),
            block(Some(4), Value::Null),
            block(Some(7), Value::Null),
            block(Some(9), "nine".into()),
        ]),
    )]);
    let config = thing([("name", "a".into()), ("peer", Value::List(written.to_vec()))]);
    let reply = plan(script, prior, proposed, config).await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    let expected = vec![
        block(Some(4), Value::Null),
        block(Some(7), Value::Unknown),
        block(Some(1), "nine".into()),
        two,
    ];
    assert_eq!(at(&reply.state, "peer"), &Value::List(expected));
}

#[tokio::test]
async fn a_plan_may_keep_what_was_instead_of_what_is_configured() {
    fn script() -> Script {
        let plan = |plan: Plan<Thing>| {
            let name = plan.prior.map_or(plan.proposed.name, |prior| prior.name);
            planned(Thing { name, ..plan.proposed })
        };
        Script {
            plan,
            ..Script::default()
        }
    }
    let reply = plan(
        script,
        existing([]),
        existing([("name", "A".into())]),
        thing([("name", "A".into())]),
    )
    .await;
    assert_eq!(
        (messages(&reply.diagnostics), at(&reply.state, "name")),
        (vec![], &"a".into())
    );
}

#[tokio::test]
async fn an_existing_object_keeps_its_computed_values_and_a_new_block_has_none() {
    let old = rule([("port", 1.into()), ("id", "r1".into())]);
    let prior = existing([("rule", Value::List(vec![old.clone()]))]);
    let proposed = existing([
        ("rule", Value::List(vec![old, rule([("port", 2.into())])])),
        ("disk", disk([])),
    ]);
    let config = thing([
        ("name", "a".into()),
        ("disk", disk([])),
        (
            "rule",
            Value::List(vec![rule([("port", 1.into())]), rule([("port", 2.into())])]),
        ),
    ]);
    let reply = plan(Script::default, prior, proposed, config).await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    for (path, value) in [
        ("id", "i".into()),
        ("zone", "z".into()),
        ("parts.p", "ready".into()),
        ("rule.0.id", "r1".into()),
    ] {
        assert_eq!(at(&reply.state, path), &value, "{path}");
    }
    for path in ["rule.1.id", "disk.path"] {
        assert_eq!(at(&reply.state, path), &Value::Unknown, "{path}");
    }
}

#[tokio::test]
async fn nothing_changed_is_the_prior_state() {
    let prior = existing([]);
    let reply = plan(
        Script::default,
        prior.clone(),
        prior.clone(),
        thing([("name", "a".into())]),
    )
    .await;
    assert_eq!(reply.state, prior);
    assert!(reply.requires_replace.is_empty());
}

#[tokio::test]
async fn write_only_values_reach_the_resource_in_the_configuration_alone() {
    fn script() -> Script {
        let plan = |plan: Plan<Thing>| {
            assert_eq!(plan.config.password, Attr::Known("hunter2".to_owned()));
            assert_eq!(plan.proposed.password, Attr::Null);
            assert!(plan.proposed.disk.as_ref().unwrap().key_text.is_null());
            planned(plan.proposed)
        };
        Script {
            plan,
            ..Script::default()
        }
    }
    let given = thing([
        ("name", "a".into()),
        ("password", "hunter2".into()),
        ("disk", disk([("key_text", "k".into())])),
    ]);
    let reply = plan(script, Value::Null, given.clone(), given).await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    assert_eq!(
        (at(&reply.state, "password"), at(&reply.state, "disk.key_text")),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_write_only_value_in_a_plan_is_a_bug_and_is_taken_out() {
    fn script() -> Script {
        Script {
            plan: |plan| planned(plan.config),
            ..Script::default()
        }
    }
    let given = thing([("name", "a".into()), ("password", "hunter2".into())]);
    let reply = plan(script, Value::Null, given.clone(), given).await;
    assert_eq!(messages(&reply.diagnostics), ["password: Bug in the provider"]);
    assert!(!details(&reply.diagnostics).contains("hunter2"));
    assert_eq!(at(&reply.state, "password"), &Value::Null);
}

#[tokio::test]
async fn a_changed_or_unknown_value_asks_for_a_new_object() {
    let change = async |name: Value| {
        let proposed = existing([("name", name.clone())]);
        paths(&plan(Script::default, existing([]), proposed, thing([("name", name)])).await)
    };
    assert_eq!(change("b".into()).await, ["name"]);
    assert_eq!(change(Value::Unknown).await, ["name"]);
    assert_eq!(change("a".into()).await, [""; 0]);
}

#[tokio::test]
async fn changes_in_blocks_ask_for_a_new_object_at_their_place() {
    let config = thing([
        ("name", "a".into()),
        ("disk", disk([("kind", "ssd".into())])),
        (
            "rule",
            Value::List(vec![rule([("port", 1.into())]), rule([("port", 3.into())])]),
        ),
        ("peer", Value::List(vec![peer([("host", "k".into())])])),
    ]);
    let Value::Map(entries) = &config else {
        panic!("an object")
    };
    let blocks = ["disk", "rule", "peer"].map(|name| (name, entries[name].clone()));
    let prior = existing([
        (
            "rule",
            Value::List(vec![rule([("port", 1.into())]), rule([("port", 2.into())])]),
        ),
        (
            "peer",
            Value::List(vec![peer([("host", "h".into()), ("weight", 1.into())])]),
        ),
    ]);
    let reply = plan(Script::default, prior, existing(blocks), config).await;
    assert_eq!(paths(&reply), ["disk.kind", "rule[1].port", "peer"]);
}

#[tokio::test]
async fn a_set_block_that_changes_in_other_ways_asks_for_nothing() {
    let peers = |weight: i64| Value::List(vec![peer([("host", "h".into()), ("weight", weight.into())])]);
    let config = thing([("name", "a".into()), ("peer", peers(5))]);
    let reply = plan(
        Script::default,
        existing([("peer", peers(4))]),
        existing([("peer", peers(5))]),
        config,
    )
    .await;
    assert_eq!(paths(&reply), [""; 0]);
}

#[tokio::test]
async fn a_resource_asks_for_a_new_object_itself_but_only_where_there_is_one() {
    fn script() -> Script {
        let plan = |plan: Plan<Thing>| Planned {
            requires_replace: vec![Path::of(["size"]), Path::of(["labels"]).index(0)],
            ..planned(plan.proposed)
        };
        Script {
            plan,
            ..Script::default()
        }
    }
    let config = thing([("name", "a".into())]);
    let reply = plan(script, existing([]), existing([]), config.clone()).await;
    assert_eq!(paths(&reply), ["size", "labels"]);
    let reply = plan(script, Value::Null, config.clone(), config).await;
    assert_eq!(paths(&reply), [""; 0]);
}

#[tokio::test]
async fn a_configuration_that_is_wrong_now_that_it_is_known_is_refused() {
    let reply = create([("name", "much-too-long".into()), ("note", "x".into())]).await;
    assert_eq!(
        messages(&reply.diagnostics),
        ["name: Invalid value of name"],
        "errors alone"
    );
}

#[tokio::test]
async fn a_plan_that_departs_from_the_configuration_is_a_bug_at_its_place() {
    fn script() -> Script {
        let plan = |plan: Plan<Thing>| {
            let mut thing = plan.proposed;
            thing.name = Attr::Known("other".to_owned());
            thing.note = Attr::Known("made up".to_owned());
            thing.zone = Attr::Known("chosen".to_owned());
            thing.rule.clear();
            planned(thing)
        };
        Script {
            plan,
            ..Script::default()
        }
    }
    let given = thing([
        ("name", "a".into()),
        ("rule", Value::List(vec![rule([("port", 1.into())])])),
    ]);
    let reply = plan(script, Value::Null, given.clone(), given).await;
    let told = messages(&reply.diagnostics);
    assert_eq!(
        told,
        [
            "name: Bug in the provider",
            "note: Bug in the provider",
            "rule: Bug in the provider"
        ]
    );
    assert!(details(&reply.diagnostics).contains("please report it"));
}

#[tokio::test]
async fn a_block_that_nobody_knows_yet_is_the_users_to_resolve() {
    let reply = create([("name", "a".into()), ("disk", Value::Unknown)]).await;
    assert_eq!(messages(&reply.diagnostics), ["disk: disk is not known yet"]);
}

#[tokio::test]
async fn a_destroy_is_planned_unless_refused() {
    let reply = plan(Script::default, existing([]), Value::Null, Value::Null).await;
    assert_eq!((reply.state, messages(&reply.diagnostics).len()), (Value::Null, 0));
    assert_eq!(reply.private, b"before");
    let protected = || Script {
        refuse_destroy: true,
        ..Script::default()
    };
    let reply = plan(protected, existing([]), Value::Null, Value::Null).await;
    assert_eq!(messages(&reply.diagnostics), ["Protected"]);
}

#[tokio::test]
async fn an_unconfigured_provider_plans() {
    let given = thing([("name", "a".into())]);
    let reply = bare_server(Script::default)
        .plan(THING, Value::Null, given.clone(), given, vec![])
        .await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
}
