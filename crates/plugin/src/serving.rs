//! The gRPC server: all services on one socket.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tonic::transport::Server as Grpc;
use tonic_health::ServingStatus;

use super::broker::Broker;
use super::controller::Controller;
use super::ending::Ending;
use super::error::PluginError;
use super::go_plugin::grpc_broker_server::GrpcBrokerServer;
use super::go_plugin::grpc_controller_server::GrpcControllerServer;
use super::go_plugin::grpc_stdio_server::GrpcStdioServer;
use super::incoming::connections;
use super::listener::Listener;
use super::rpc::Service;
use super::stdio::Stdio;
use framework::Server;
use protocol::wire::provider_server::ProviderServer;

/// The largest message, both ways: as much as Terraform itself takes.
const MAX_MESSAGE: usize = 256 << 20;
/// The name under which hosts ask for the health of a plugin.
const HEALTH_NAME: &str = "plugin";

/// Serves until the end. The socket and its folder are gone when it returns.
pub(super) async fn serve(
    server: Arc<Server>,
    listener: Listener,
    tls: Option<TlsAcceptor>,
    ending: Ending,
) -> Result<(), PluginError> {
    let (accepted, _folder) = listener.into_parts();
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_service_status(HEALTH_NAME, ServingStatus::Serving).await;
    let provider = ProviderServer::new(Service::new(server))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let serving = Grpc::builder()
        .max_concurrent_streams(u32::MAX)
        .add_service(provider)
        .add_service(GrpcControllerServer::new(Controller(ending.clone())))
        .add_service(GrpcStdioServer::new(Stdio(ending.clone())))
        .add_service(GrpcBrokerServer::new(Broker(ending.clone())))
        .add_service(health)
        .serve_with_incoming_shutdown(connections(accepted, tls), ending.begun());
    tokio::select! {
        outcome = serving => outcome?,
        () = ending.at_once() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
