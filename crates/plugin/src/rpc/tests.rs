//! The Provider service as Terraform meets it.

use std::time::Duration;

use tokio::time::sleep;
use tonic::transport::Channel;

use crate::testing::Host;
use protocol::wire::provider_client::ProviderClient;
use protocol::wire::{self, DynamicValue, RawState, diagnostic::Severity};
use protocol::{Type, Value, msgpack};

const THING: &str = "test_thing";

fn thing_type() -> Type {
    Type::object([("id", Type::String), ("name", Type::String)])
}

fn thing(id: Value, name: &str) -> Value {
    Value::Map([("id".to_owned(), id), ("name".to_owned(), name.into())].into())
}

fn wire(value: &Value) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value, &thing_type()).unwrap(),
        json: Vec::new(),
    }
}

fn value(wire: Option<DynamicValue>) -> Value {
    msgpack::decode(&wire.unwrap().msgpack, &thing_type()).unwrap()
}

/// Applies the creation of a thing of that name.
async fn create(provider: &mut ProviderClient<Channel>, name: &str) -> wire::apply_resource_change::Response {
    apply(
        provider,
        &Value::Null,
        &thing(Value::Unknown, name),
        &thing(Value::Null, name),
    )
    .await
}

async fn apply(
    provider: &mut ProviderClient<Channel>,
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> wire::apply_resource_change::Response {
    let request = wire::apply_resource_change::Request {
        type_name: THING.to_owned(),
        prior_state: Some(wire(prior)),
        planned_state: Some(wire(planned)),
        config: Some(wire(config)),
        ..Default::default()
    };
    provider.apply_resource_change(request).await.unwrap().into_inner()
}

async fn configured(host: &Host) -> ProviderClient<Channel> {
    let mut provider = host.provider().await;
    let config = Value::Map([("greeting".to_owned(), Value::Null)].into());
    let msgpack = msgpack::encode(&config, &Type::object([("greeting", Type::String)])).unwrap();
    let config = Some(DynamicValue {
        msgpack,
        json: Vec::new(),
    });
    let request = wire::prepare_provider_config::Request { config: config.clone() };
    let prepared = provider.prepare_provider_config(request).await.unwrap().into_inner();
    assert_eq!(
        (prepared.prepared_config, prepared.diagnostics),
        (config.clone(), vec![])
    );
    let request = wire::configure::Request {
        terraform_version: "1.11.4".to_owned(),
        config,
        client_capabilities: None,
    };
    assert_eq!(provider.configure(request).await.unwrap().into_inner().diagnostics, []);
    provider
}

#[tokio::test]
async fn a_thing_lives_and_dies() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let type_name = THING.to_owned();

    let config = thing(Value::Null, "a");
    let request = wire::validate_resource_type_config::Request {
        type_name: type_name.clone(),
        config: Some(wire(&config)),
        client_capabilities: None,
    };
    assert_eq!(
        provider
            .validate_resource_type_config(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics,
        []
    );

    let request = wire::plan_resource_change::Request {
        type_name: type_name.clone(),
        prior_state: Some(wire(&Value::Null)),
        proposed_new_state: Some(wire(&config)),
        config: Some(wire(&config)),
        ..Default::default()
    };
    let planned = provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!((planned.diagnostics, planned.requires_replace), (vec![], vec![]));
    let planned = value(planned.planned_state);
    assert_eq!(planned, thing(Value::Unknown, "a"));

    let applied = apply(&mut provider, &Value::Null, &planned, &config).await;
    assert_eq!(applied.diagnostics, []);
    let state = value(applied.new_state);
    assert_eq!(state, thing("id-of-a".into(), "a"));

    let request = wire::upgrade_resource_state::Request {
        type_name: type_name.clone(),
        version: 0,
        raw_state: Some(RawState {
            json: br#"{"id":"id-of-a","name":"a"}"#.to_vec(),
            ..Default::default()
        }),
    };
    let upgraded = provider.upgrade_resource_state(request).await.unwrap().into_inner();
    assert_eq!(upgraded.diagnostics, []);
    assert_eq!(value(upgraded.upgraded_state), state);

    let request = wire::read_resource::Request {
        type_name: type_name.clone(),
        current_state: Some(wire(&state)),
        private: b"private".to_vec(),
        ..Default::default()
    };
    let read = provider.read_resource(request).await.unwrap().into_inner();
    assert_eq!(
        (value(read.new_state), read.private),
        (state.clone(), b"private".to_vec())
    );

    let request = wire::import_resource_state::Request {
        type_name: type_name.clone(),
        id: "b".to_owned(),
        ..Default::default()
    };
    let imported = provider
        .import_resource_state(request)
        .await
        .unwrap()
        .into_inner()
        .imported_resources;
    assert_eq!(value(imported[0].state.clone()), thing("b".into(), "b"));
    assert_eq!(imported[0].type_name, type_name);

    let applied = apply(&mut provider, &state, &Value::Null, &Value::Null).await;
    assert_eq!((value(applied.new_state), applied.diagnostics), (Value::Null, vec![]));
}

/// The errors' details, all of which must tell of a bug.
fn bugs(diagnostics: &[wire::Diagnostic]) -> String {
    let details: Vec<_> = diagnostics
        .iter()
        .inspect(|one| assert_eq!(one.summary, "Bug in the provider", "{}", one.detail))
        .map(|one| one.detail.as_str())
        .collect();
    details.join("\n")
}

#[tokio::test]
async fn a_panic_in_create_is_an_error_and_leaves_an_object_to_destroy() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let applied = create(&mut provider, "panic").await;
    let told = bugs(&applied.diagnostics);
    assert!(
        told.contains("the thing broke") && told.contains("plugin/src/testing/provider.rs"),
        "{told}"
    );
    assert_eq!(applied.diagnostics.len(), 1, "one mistake is told once: {told}");
    assert_eq!(value(applied.new_state), thing(Value::Null, "panic"));
    assert_eq!(create(&mut provider, "next").await.diagnostics, []);
}

#[tokio::test]
async fn a_panic_in_update_keeps_the_prior_state() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let prior = thing("id".into(), "calm");
    let applied = apply(
        &mut provider,
        &prior,
        &thing("id".into(), "panic"),
        &thing(Value::Null, "panic"),
    )
    .await;
    assert!(bugs(&applied.diagnostics).contains("the thing broke"));
    assert_eq!(value(applied.new_state), prior);
}

#[tokio::test]
async fn a_panic_in_a_call_that_changes_nothing_is_an_error() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let request = wire::read_resource::Request {
        type_name: THING.to_owned(),
        current_state: Some(wire(&thing("id".into(), "panic"))),
        ..Default::default()
    };
    let read = provider.read_resource(request).await.unwrap().into_inner();
    assert!(bugs(&read.diagnostics).contains("the thing broke"));
    assert_eq!(read.new_state, None);
}

#[tokio::test]
async fn stop_reaches_what_is_under_way() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let mut stopping = provider.clone();
    let (applied, stopped) = tokio::join!(create(&mut provider, "patient"), async {
        sleep(Duration::from_millis(50)).await;
        stopping.stop(wire::stop::Request {}).await.unwrap().into_inner()
    });
    assert_eq!(stopped.error, "");
    assert_eq!(value(applied.new_state), thing("id-of-patient".into(), "patient"));
}

#[tokio::test]
async fn what_is_under_way_at_an_interruption_is_still_answered() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let (applied, ()) = tokio::join!(create(&mut provider, "patient"), async {
        sleep(Duration::from_millis(50)).await;
        host.ending.interrupted();
    });
    assert_eq!(value(applied.new_state), thing("id-of-patient".into(), "patient"));
    drop(provider);
    host.ended().await;
}

#[tokio::test]
async fn after_shutdown_nobody_waits_for_what_does_not_end() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let stubborn = tokio::spawn(async move { create(&mut provider, "stubborn").await });
    sleep(Duration::from_millis(50)).await;
    host.ending.host_is_done();
    host.ended().await;
    stubborn.abort();
}

#[tokio::test]
async fn a_malformed_value_is_an_error_that_says_which() {
    let host = Host::start();
    let mut provider = configured(&host).await;
    let request = wire::validate_resource_type_config::Request {
        type_name: THING.to_owned(),
        config: Some(DynamicValue {
            msgpack: b"\x81\xa4name".to_vec(),
            json: Vec::new(),
        }),
        client_capabilities: None,
    };
    let answer = provider
        .validate_resource_type_config(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.diagnostics[0].summary, "Malformed configuration");
}

/// Calls with a type that nobody knows, and checks that the answer is one error.
macro_rules! refused {
    ($provider:ident, $($call:ident { $($field:ident: $value:expr),* $(,)? }),* $(,)?) => {$({
        let request = wire::$call::Request { $($field: $value.into(),)* ..Default::default() };
        let answer = $provider.$call(request).await.expect(stringify!($call)).into_inner();
        let severities: Vec<_> = answer.diagnostics.iter().map(wire::Diagnostic::severity).collect();
        assert_eq!(severities, [Severity::Error], concat!(stringify!($call), " of an unknown type"));
    })*};
}

#[tokio::test]
async fn whatever_the_provider_has_not_is_refused_and_no_call_goes_unanswered() {
    let host = Host::start();
    let mut provider = configured(&host).await;

    let metadata = provider
        .get_metadata(wire::get_metadata::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        metadata
            .resources
            .iter()
            .map(|one| one.type_name.as_str())
            .collect::<Vec<_>>(),
        [THING]
    );
    let request = wire::get_resource_identity_schemas::Request {};
    let identities = provider
        .get_resource_identity_schemas(request)
        .await
        .unwrap()
        .into_inner();
    assert!(identities.identity_schemas.is_empty() && identities.diagnostics.is_empty());

    let name = "no_such_thing";
    let stored = RawState {
        json: b"{}".to_vec(),
        ..Default::default()
    };
    refused!(
        provider,
        validate_resource_type_config { type_name: name },
        plan_resource_change { type_name: name },
        apply_resource_change { type_name: name },
        upgrade_resource_state {
            type_name: name,
            raw_state: stored
        },
        read_resource { type_name: name },
        import_resource_state {
            type_name: name,
            id: "id"
        },
        move_resource_state {
            source_type_name: name,
            target_type_name: THING
        },
        generate_resource_config { type_name: name },
        upgrade_resource_identity { type_name: name },
        validate_data_source_config { type_name: name },
        read_data_source { type_name: name },
        validate_ephemeral_resource_config { type_name: name },
        open_ephemeral_resource { type_name: name },
        renew_ephemeral_resource { type_name: name },
        close_ephemeral_resource { type_name: name },
        validate_list_resource_config { type_name: name },
        validate_action_config { action_type: name },
        plan_action { action_type: name },
    );

    let request = wire::call_function::Request {
        name: name.to_owned(),
        arguments: Vec::new(),
    };
    assert!(
        provider
            .call_function(request)
            .await
            .unwrap()
            .into_inner()
            .error
            .unwrap()
            .text
            .contains(name)
    );
    let request = wire::list_resource::Request {
        type_name: name.to_owned(),
        ..Default::default()
    };
    let mut events = provider.list_resource(request).await.unwrap().into_inner();
    assert_eq!(events.message().await.unwrap().unwrap().diagnostic.len(), 1);
    assert_eq!(events.message().await.unwrap(), None);
    let request = wire::invoke_action::Request {
        action_type: name.to_owned(),
        ..Default::default()
    };
    let mut events = provider.invoke_action(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap().r#type.unwrap();
    assert!(matches!(event, wire::invoke_action::event::Type::Completed(done) if done.diagnostics.len() == 1));
    assert_eq!(events.message().await.unwrap(), None);
}
