use super::super::ReadReply;
use super::fake::*;
use super::values::*;
use crate::{Attr, Diagnostics, Read, ReadResult};
use protocol::Value;

fn state() -> Value {
    thing([("name", "a".into()), ("id", "i".into())])
}

async fn read(script: fn() -> Script) -> ReadReply {
    server(script).await.read(THING, state(), b"kept".to_vec()).await
}

fn found(state: Option<Thing>) -> ReadResult<Thing> {
    ReadResult {
        state,
        private: vec![],
        diagnostics: Diagnostics::new(),
    }
}

#[tokio::test]
async fn reading_answers_what_is_there() {
    let reply = read(Script::default).await;
    assert_eq!(
        (reply.state, reply.private, messages(&reply.diagnostics).len()),
        (state(), b"kept".to_vec(), 0)
    );
    let reply = read(|| Script {
        read: |_| found(None),
        ..Script::default()
    })
    .await;
    assert_eq!((reply.state, messages(&reply.diagnostics).len()), (Value::Null, 0));
}

#[tokio::test]
async fn what_a_read_leaves_unknown_or_gives_away_is_a_bug() {
    fn careless(read: Read<Thing>) -> ReadResult<Thing> {
        let mut thing = read.state;
        thing.zone = Attr::Unknown;
        thing.password = Attr::Known("hunter2".to_owned());
        found(Some(thing))
    }
    let reply = read(|| Script {
        read: careless,
        ..Script::default()
    })
    .await;
    assert_eq!(
        messages(&reply.diagnostics),
        ["password: Bug in the provider", "zone: Bug in the provider"]
    );
    assert_eq!(reply.state, state());
}

#[tokio::test]
async fn importing_finds_or_says_why_not() {
    let server = server(Script::default).await;
    let reply = server.import(THING, "a").await.ok().unwrap();
    assert_eq!(reply.state, thing([("name", "a".into()), ("id", "found".into())]));
    let told = server.import(THING, "none").await.err().unwrap();
    assert_eq!(messages(&told), ["Not found"]);
    let reply = server.import(THING, "unknown").await.ok().unwrap();
    assert_eq!(messages(&reply.diagnostics), ["zone: Bug in the provider"]);
}

#[tokio::test]
async fn a_state_of_this_version_may_have_other_attributes() {
    let server = server(Script::default).await;
    let json =
        br#"{"name": "a", "id": "i", "old": {"x": 1}, "disk": {"kind": "ssd", "gone": true}, "labels": ["b", "a"], "password": "p"}"#;
    let labels = Value::from(vec!["a", "b"]);
    let expected = [
        ("name", "a".into()),
        ("id", "i".into()),
        ("disk", disk([("kind", "ssd".into())])),
        ("labels", labels),
    ];
    assert_eq!(server.upgrade(THING, 1, json).unwrap(), thing(expected));
}

#[tokio::test]
async fn a_state_of_an_older_version_is_the_resources_to_upgrade() {
    let server = server(Script::default).await;
    assert_eq!(
        server.upgrade(THING, 0, br#"{"title": "a"}"#).unwrap(),
        thing([("name", "a".into())])
    );
    let told = server.upgrade(THING, 7, b"{}").unwrap_err();
    assert_eq!(messages(&told), ["State of an unknown version"]);
}

#[tokio::test]
async fn a_resource_is_told_of_an_object_that_is_taken_up() {
    let server = server(Script::default).await;
    server.upgrade(THING, 1, br#"{"name": "a"}"#).unwrap();
    assert_eq!(TAKEN_UP.get(), 1);
}

#[tokio::test]
async fn an_unreadable_state_is_told() {
    let server = server(Script::default).await;
    for json in [&b"{"[..], b"", b"[]", br#"{"name": 1}"#] {
        assert_eq!(
            messages(&server.upgrade(THING, 1, json).unwrap_err()),
            ["Unreadable state"]
        );
    }
    let told = server.upgrade(THING, 1, br#"{"name": 1}"#).unwrap_err();
    assert!(
        details(&told).contains("a number instead of a text at name"),
        "{told:?}"
    );
}

#[tokio::test]
async fn moves_between_types_are_refused() {
    let told = server(Script::default)
        .await
        .move_state("registry.terraform.io/a/b", "b_thing", THING);
    assert!(told.detail.contains("b_thing") && told.detail.contains(THING));
}

#[tokio::test]
async fn a_data_source_reads_with_defaults_in_the_providers_context() {
    let server = server(Script::default).await;
    let config = |name: &str, limit: Value| object([("name", name.into()), ("limit", limit), ("seen", Value::Null)]);
    let (value, told) = server.read_data_source(VIEW, config("a", Value::Null)).await;
    assert_eq!(messages(&told), [""; 0]);
    assert_eq!(at(&value, "limit"), &10.into());
    assert_eq!(at(&value, "seen"), &"here under 1.11.4 sees a, at most 10".into());
    for (name, limit, message) in [
        ("gone", Value::Null, "Not found"),
        ("a", 21.into(), "limit: Invalid value of limit"),
        ("vague", Value::Null, "seen: Bug in the provider"),
    ] {
        let (value, told) = server.read_data_source(VIEW, config(name, limit)).await;
        assert_eq!((value, messages(&told)), (Value::Null, vec![message.to_owned()]));
    }
    let (_, told) = bare_server(Script::default)
        .read_data_source(VIEW, config("a", Value::Null))
        .await;
    assert_eq!(messages(&told), ["Provider not configured"]);
}
