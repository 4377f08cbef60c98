use super::super::Server;
use super::fake::*;
use super::values::*;
use crate::{Diagnostics, Severity};
use protocol::Value;

fn validate<const N: usize>(given: [(&str, Value); N]) -> Diagnostics {
    bare_server(Script::default).validate_resource(THING, thing(given))
}

#[test]
fn the_schemas_are_sound_and_told() {
    let server = bare_server(Script::default);
    assert_eq!(messages(&server.schema_diagnostics()), [""; 0]);
    assert_eq!(server.resource_schemas().keys().collect::<Vec<_>>(), [THING]);
    assert_eq!(server.data_source_schemas().keys().collect::<Vec<_>>(), [VIEW]);
    assert_eq!(
        server.resource_type(THING).unwrap(),
        &server.resource_schemas()[THING].block.ty()
    );
    let unknown = server.resource_type("fake_nothing").unwrap_err();
    assert_eq!(
        unknown.detail,
        "This provider has no resource type fake_nothing. It has: fake_thing."
    );
}

#[test]
fn null_for_a_required_attribute_is_refused_also_in_blocks() {
    let rules = Value::List(vec![rule([])]);
    let told = messages(&validate([("rule", rules)]));
    assert_eq!(
        told,
        [
            "name: Missing required argument",
            "rule[0].port: Missing required argument"
        ]
    );
}

#[test]
fn validators_name_path_value_and_what_is_allowed() {
    let told = validate([
        ("name", "much-too-long".into()),
        ("disk", disk([("kind", "tape".into())])),
    ]);
    assert_eq!(
        messages(&told),
        ["name: Invalid value of name", "disk.kind: Invalid value of disk.kind"]
    );
    assert_eq!(
        details(&told),
        "name is \"much-too-long\". It must have 1 to 8 characters.\n\
         disk.kind is \"tape\". It must be one of \"ssd\", \"hdd\"."
    );
}

#[test]
fn a_secret_is_not_shown() {
    let told = validate([("name", "a".into()), ("pin", "hunter2".into())]);
    assert_eq!(messages(&told), ["pin: Invalid value of pin"]);
    assert_eq!(details(&told), "pin must have 4 characters.");
}

#[test]
fn paths_end_at_a_set() {
    let labels = Value::List(vec!["abcd".into()]);
    let peers = Value::List(vec![peer([("host", "a-long-host".into())])]);
    let told = validate([("name", "a".into()), ("labels", labels), ("peer", peers)]);
    let places: Vec<String> = told.iter().map(|d| d.path.as_ref().unwrap().to_string()).collect();
    assert_eq!(places, ["labels", "peer"]);
}

#[test]
fn unknown_values_pass() {
    let rules = Value::List(vec![rule([("port", Value::Unknown)])]);
    let told = validate([
        ("name", Value::Unknown),
        ("disk", Value::Unknown),
        ("rule", rules),
        ("peer", Value::Unknown),
    ]);
    assert_eq!(messages(&told), [""; 0]);
}

#[test]
fn block_validators_and_exclusions_speak_for_the_block() {
    let told = validate([("name", "a".into()), ("disk", disk([("kind", "hdd".into())]))]);
    assert_eq!(messages(&told), ["disk.gib: Invalid value of disk.gib"]);
    assert_eq!(details(&told), "disk.gib must be set with kind = \"hdd\".");
    let both = disk([("key", "a".into()), ("key_text", "b".into())]);
    let told = validate([("name", "a".into()), ("disk", both)]);
    assert_eq!(messages(&told), ["disk.key: Conflicting configuration"]);
}

#[test]
fn the_resources_own_checks_run_too() {
    assert_eq!(messages(&validate([("name", "bad".into())])), ["name: Bad"]);
}

#[test]
fn a_deprecated_argument_warns() {
    let told = validate([("name", "a".into()), ("note", "x".into())]);
    let warning = told.iter().next().unwrap();
    assert_eq!(
        (warning.severity, warning.detail.as_str()),
        (Severity::Warning, "note: Say nothing instead.")
    );
    assert!(!told.has_errors());
}

#[test]
fn a_number_that_the_model_cannot_hold_is_the_users_mistake() {
    let told = validate([("name", "a".into()), ("size", 299.into())]);
    assert_eq!(messages(&told), ["size: Invalid value of size"]);
    assert_eq!(details(&told), "The value must be a whole number from 0 to 255.");
    let told = validate([("name", "a".into()), ("size", 301.into())]);
    assert_eq!(messages(&told).len(), 1, "the validator alone speaks: {told:?}");
}

#[test]
fn a_value_of_another_type_is_refused() {
    for odd in [
        Value::Bool(true),
        object([]),
        thing([("rule", "x".into())]),
        thing([("name", 1.into())]),
    ] {
        let told = bare_server(Script::default).validate_resource(THING, odd);
        assert!(messages(&told)[0].ends_with("Malformed request"), "{told:?}");
    }
}

async fn configured<const N: usize>(given: [(&str, Value); N]) -> (Server, Diagnostics) {
    let server = bare_server(Script::default);
    let diagnostics = server.configure("1.11.4", object(given)).await;
    (server, diagnostics)
}

#[tokio::test]
async fn configuring_checks_first_and_reports_what_the_provider_says() {
    let (_, told) = configured([("region", "nowhere".into())]).await;
    assert_eq!(messages(&told), ["region: Invalid value of region"]);
    let (server, told) = configured([("region", Value::Unknown)]).await;
    assert_eq!(messages(&told), ["region: No region"]);
    let reply = server.read(THING, thing([("name", "a".into())]), vec![]).await;
    assert_eq!(messages(&reply.diagnostics), ["Provider not configured"]);
    assert_eq!(reply.state, thing([("name", "a".into())]));
}
