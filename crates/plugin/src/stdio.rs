//! go-plugin's stdio service, by which a plugin's output reaches the host. Ours has none after the handshake.

use std::pin::Pin;

use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status};

use super::ending::Ending;
use super::go_plugin::StdioData;
use super::go_plugin::grpc_stdio_server::GrpcStdio;

/// Streams nothing until the end, as hosts take an early end of the stream for a fault.
#[derive(Debug)]
pub(super) struct Stdio(pub(super) Ending);

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Pin<Box<dyn Stream<Item = Result<StdioData, Status>> + Send>>;

    async fn stream_stdio(&self, _request: Request<()>) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(stream::pending().take_until(self.0.begun()).boxed()))
    }
}
