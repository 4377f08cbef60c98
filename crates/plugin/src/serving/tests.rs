//! The plugin as its host meets it: over a socket, past TLS.

use std::time::Duration;

use tokio::time::timeout;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Health;
use tonic_health::pb::health_client::HealthClient;

use crate::go_plugin::Empty;
use crate::go_plugin::grpc_broker_client::GrpcBrokerClient;
use crate::go_plugin::grpc_controller_client::GrpcControllerClient;
use crate::go_plugin::grpc_stdio_client::GrpcStdioClient;
use crate::testing::Host;
use protocol::wire::{DynamicValue, get_provider_schema, prepare_provider_config, stop};

/// What is open stays open for at least so long.
const A_WHILE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn terraform_gets_the_schema() {
    let host = Host::start();
    let schema = host
        .provider()
        .await
        .get_schema(get_provider_schema::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(schema.diagnostics, []);
    assert_eq!(schema.provider.unwrap().block.unwrap().attributes[0].name, "greeting");
    assert!(schema.resource_schemas.contains_key("test_thing"));
    assert!(schema.server_capabilities.unwrap().plan_destroy);
}

#[tokio::test]
async fn who_does_not_speak_tls_gets_nowhere() {
    let host = Host::start();
    if let Ok(channel) = host.connect_in_plain_text().await {
        GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap_err();
    }
    host.provider()
        .await
        .stop(stop::Request {})
        .await
        .expect("Terraform is still served");
}

#[tokio::test]
async fn on_a_port_too_only_terraform_is_served() {
    let host = Host::start_on_a_port();
    if let Ok(channel) = host.connect_in_plain_text().await {
        GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap_err();
    }
    let channel = host.connect().await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    host.ended().await;
}

#[tokio::test]
async fn the_plugin_is_healthy() {
    let host = Host::start();
    let mut health = HealthClient::new(host.connect().await);
    let request = HealthCheckRequest {
        service: "plugin".to_owned(),
    };
    assert_eq!(
        health.check(request).await.unwrap().into_inner().status(),
        Health::Serving
    );
}

#[tokio::test]
async fn shutdown_is_answered_and_ends_the_plugin_with_its_open_streams() {
    let host = Host::start();
    let channel = host.connect().await;
    let mut stdio = GrpcStdioClient::new(channel.clone())
        .stream_stdio(())
        .await
        .unwrap()
        .into_inner();
    let offers = tokio_stream::pending();
    let mut broker = GrpcBrokerClient::new(channel.clone())
        .start_stream(offers)
        .await
        .unwrap()
        .into_inner();
    timeout(A_WHILE, stdio.message()).await.expect_err("stdio ended");
    timeout(A_WHILE, broker.message()).await.expect_err("the broker ended");

    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    assert_eq!(stdio.message().await.unwrap(), None);
    assert_eq!(broker.message().await.unwrap(), None);
    host.ended().await;
}

#[tokio::test]
async fn messages_may_be_as_large_as_terraforms() {
    let host = Host::start();
    let config = DynamicValue {
        msgpack: vec![0xc1; 64 << 20],
        json: Vec::new(),
    };
    let request = prepare_provider_config::Request { config: Some(config) };
    let mut provider = host.provider().await.max_decoding_message_size(usize::MAX);
    let answer = provider.prepare_provider_config(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics[0].summary, "Malformed provider configuration");
}

#[tokio::test]
async fn a_debugged_plugin_serves_one_host_after_the_other() {
    let host = Host::debug();
    for _ in 0..2 {
        let channel = host.connect().await;
        GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    }
    host.provider().await.stop(stop::Request {}).await.unwrap();
    host.ending.interrupted();
    host.ended().await;
}
