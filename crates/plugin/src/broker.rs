//! go-plugin's broker, by which plugin and host would arrange further connections. Terraform arranges none with a
//! provider, and no provider of ours asks for one.

use std::pin::Pin;

use futures::{Stream, StreamExt, future};
use tonic::{Request, Response, Status, Streaming};

use super::ending::Ending;
use super::go_plugin::ConnInfo;
use super::go_plugin::grpc_broker_server::GrpcBroker;

/// Listens to what the host offers, until the host or the plugin ends, and takes nothing of it.
#[derive(Debug)]
pub(super) struct Broker(pub(super) Ending);

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Pin<Box<dyn Stream<Item = Result<ConnInfo, Status>> + Send>>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let offers = request.into_inner();
        Ok(Response::new(
            offers
                .filter(|_| future::ready(false))
                .take_until(self.0.begun())
                .boxed(),
        ))
    }
}
