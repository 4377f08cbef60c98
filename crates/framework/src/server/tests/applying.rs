use super::super::ApplyReply;
use super::fake::*;
use super::values::*;
use crate::{Applied, Attr, Create, Diagnostics};
use protocol::Value;

async fn apply(script: fn() -> Script, prior: Value, planned: Value, config: Value) -> ApplyReply {
    server(script)
        .await
        .apply(THING, prior, planned, config, b"planned".to_vec())
        .await
}

fn config() -> Value {
    thing([("name", "a".into()), ("disk", disk([("key_text", "k".into())]))])
}

fn new_plan() -> Value {
    thing([
        ("name", "a".into()),
        ("size", 3.into()),
        ("zone", Value::Unknown),
        ("id", Value::Unknown),
        ("parts", Value::Unknown),
        ("disk", disk([("kind", "ssd".into()), ("path", Value::Unknown)])),
    ])
}

fn state() -> Value {
    thing([
        ("name", "a".into()),
        ("size", 3.into()),
        ("zone", "made".into()),
        ("id", "made".into()),
        ("parts", object([])),
        ("disk", disk([("kind", "ssd".into()), ("path", "made".into())])),
    ])
}

async fn create(script: fn() -> Script) -> ApplyReply {
    apply(script, Value::Null, new_plan(), config()).await
}

#[tokio::test]
async fn create_update_and_delete_are_told_apart() {
    let reply = apply(Script::default, Value::Null, new_plan(), config()).await;
    assert_eq!(messages(&reply.diagnostics), [""; 0]);
    assert_eq!((reply.state, reply.private), (state(), b"applied".to_vec()));
    let reply = apply(Script::default, state(), new_plan(), config()).await;
    assert_eq!(reply.state, state());
    let reply = apply(Script::default, state(), Value::Null, Value::Null).await;
    assert_eq!(
        (reply.state, reply.private, messages(&reply.diagnostics).len()),
        (Value::Null, b"planned".to_vec(), 0)
    );
}

#[tokio::test]
async fn a_failed_create_keeps_what_is_there_and_nulls_what_is_not_known() {
    fn half(create: Create<Thing>) -> Applied<Thing> {
        let mut thing = create.planned;
        thing.id = Attr::Known("i".to_owned());
        failed(Some(thing))
    }
    let reply = create(|| Script {
        create: half,
        ..Script::default()
    })
    .await;
    assert_eq!(
        messages(&reply.diagnostics),
        ["No"],
        "nothing is blamed on the provider"
    );
    assert_eq!(at(&reply.state, "id"), &"i".into());
    for path in ["zone", "parts", "disk.path"] {
        assert_eq!(at(&reply.state, path), &Value::Null, "{path}");
    }
}

#[tokio::test]
async fn a_failed_create_that_left_nothing_leaves_nothing() {
    fn nothing(_: Create<Thing>) -> Applied<Thing> {
        failed(None)
    }
    let reply = create(|| Script {
        create: nothing,
        ..Script::default()
    })
    .await;
    assert_eq!(
        (reply.state, messages(&reply.diagnostics)),
        (Value::Null, vec!["No".to_owned()])
    );
}

#[tokio::test]
async fn unknown_values_after_success_are_bugs_at_their_places() {
    fn careless(create: Create<Thing>) -> Applied<Thing> {
        let mut thing = create.planned;
        thing.zone = Attr::Known("z".to_owned());
        thing.parts = Attr::Known([("p".to_owned(), Attr::Unknown)].into());
        applied(thing)
    }
    let reply = create(|| Script {
        create: careless,
        ..Script::default()
    })
    .await;
    let told = messages(&reply.diagnostics);
    assert_eq!(told.len(), 3, "{told:?}");
    for place in ["disk.path:", "id:", "parts[\"p\"]:"] {
        assert!(
            told.iter().any(|message| message.starts_with(place)),
            "{place} in {told:?}"
        );
    }
    assert!(reply.state.is_wholly_known());
}

#[tokio::test]
async fn a_planned_value_that_changed_is_a_bug_and_the_result_stays() {
    fn moody(create: Create<Thing>) -> Applied<Thing> {
        let mut thing = made(create.planned);
        thing.size = Attr::Known(4);
        thing.labels = Attr::Known(vec![]);
        thing.disk = None;
        applied(thing)
    }
    let reply = create(|| Script {
        create: moody,
        ..Script::default()
    })
    .await;
    let told = messages(&reply.diagnostics);
    assert_eq!(
        told,
        [
            "disk: Bug in the provider",
            "labels: Bug in the provider",
            "size: Bug in the provider"
        ]
    );
    assert_eq!(at(&reply.state, "size"), &4.into());
}

#[tokio::test]
async fn more_than_was_planned_is_a_bug() {
    fn more(create: Create<Thing>) -> Applied<Thing> {
        let mut thing = create.planned;
        let text = |text: &str| Attr::Known(text.to_owned());
        thing.labels = Attr::Known(vec![text("a"), text("b")]);
        thing.parts = Attr::Known([("p".to_owned(), text("1")), ("q".to_owned(), text("2"))].into());
        applied(thing)
    }
    let planned = thing([
        ("name", "a".into()),
        ("id", "i".into()),
        ("labels", Value::from(vec!["a"])),
        ("parts", object([("p", Value::Unknown)])),
    ]);
    let script = || Script {
        create: more,
        ..Script::default()
    };
    let reply = apply(script, Value::Null, planned, thing([("name", "a".into())])).await;
    let told = messages(&reply.diagnostics);
    assert_eq!(
        told,
        ["labels: Bug in the provider", "parts[\"q\"]: Bug in the provider"]
    );
}

#[tokio::test]
async fn a_write_only_value_in_a_result_is_a_bug_and_is_taken_out() {
    fn leaky(create: Create<Thing>) -> Applied<Thing> {
        let mut thing = made(create.planned);
        thing.disk.as_mut().unwrap().key_text = create.config.disk.unwrap().key_text;
        applied(thing)
    }
    let reply = create(|| Script {
        create: leaky,
        ..Script::default()
    })
    .await;
    assert_eq!(messages(&reply.diagnostics), ["disk.key_text: Bug in the provider"]);
    assert_eq!(reply.state, state());
}

#[tokio::test]
async fn success_without_an_object_is_a_bug() {
    fn nothing(create: Create<Thing>) -> Applied<Thing> {
        Applied {
            state: None,
            private: create.private,
            diagnostics: Diagnostics::new(),
        }
    }
    let reply = create(|| Script {
        create: nothing,
        ..Script::default()
    })
    .await;
    assert_eq!(messages(&reply.diagnostics), ["Bug in the provider"]);
}

#[tokio::test]
async fn a_delete_that_leaves_an_object_must_say_why() {
    let remains = || Script {
        delete: |delete| applied(delete.prior),
        ..Script::default()
    };
    let reply = apply(remains, state(), Value::Null, Value::Null).await;
    assert_eq!(messages(&reply.diagnostics), ["Bug in the provider"]);
    assert_eq!(reply.state, state());
    let resists = || Script {
        delete: |delete| failed(Some(delete.prior)),
        ..Script::default()
    };
    let reply = apply(resists, state(), Value::Null, Value::Null).await;
    assert_eq!(
        (reply.state, messages(&reply.diagnostics)),
        (state(), vec!["No".to_owned()])
    );
}

#[tokio::test]
async fn a_panic_is_told_and_the_object_stays_in_the_state() {
    fn fragile(_: Create<Thing>) -> Applied<Thing> {
        panic!("as the test wants it")
    }
    let reply = create(|| Script {
        create: fragile,
        ..Script::default()
    })
    .await;
    assert_eq!(messages(&reply.diagnostics), ["Bug in the provider"]);
    assert_eq!(at(&reply.state, "name"), &"a".into());
    assert!(reply.state.is_wholly_known());
    let fragile = || Script {
        update: |_| panic!("as the test wants it"),
        ..Script::default()
    };
    let reply = apply(fragile, state(), new_plan(), config()).await;
    assert_eq!(reply.state, state());
}

#[tokio::test]
async fn nothing_is_applied_before_the_provider_is_configured() {
    let reply = bare_server(Script::default)
        .apply(THING, state(), Value::Null, Value::Null, vec![])
        .await;
    assert_eq!(
        (reply.state, messages(&reply.diagnostics)),
        (state(), vec!["Provider not configured".to_owned()])
    );
}

#[tokio::test]
async fn a_stop_reaches_the_operations() {
    let server = server(Script::default).await;
    server.stop();
    let reply = server.apply(THING, state(), Value::Null, Value::Null, vec![]).await;
    assert_eq!(
        (reply.state, messages(&reply.diagnostics)),
        (state(), vec!["No".to_owned()])
    );
}

#[tokio::test]
async fn a_host_that_comes_after_a_stop_is_served_as_if_there_had_been_none() {
    let server = server(Script::default).await;
    server.stop();
    let again = server.configure("1.11.4", object([("region", "here".into())])).await;
    assert!(!again.has_errors());
    let reply = server.apply(THING, state(), Value::Null, Value::Null, vec![]).await;
    assert_eq!((reply.state, messages(&reply.diagnostics)), (Value::Null, vec![]));
}

#[tokio::test]
async fn odd_requests_are_refused_and_change_nothing() {
    for odd in [Value::Bool(true), object([]), thing([("size", "x".into())])] {
        let reply = apply(Script::default, state(), odd.clone(), config()).await;
        assert_eq!(reply.state, state());
        assert!(reply.diagnostics.has_errors());
        let reply = apply(Script::default, Value::Null, new_plan(), odd).await;
        assert_eq!(reply.state, Value::Null);
        assert!(reply.diagnostics.has_errors());
    }
}
