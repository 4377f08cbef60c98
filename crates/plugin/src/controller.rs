//! go-plugin's controller, by which the host ends the plugin.

use tonic::{Request, Response, Status};

use super::ending::Ending;
use super::go_plugin::Empty;
use super::go_plugin::grpc_controller_server::GrpcController;

/// Ends the plugin when the host says so.
#[derive(Debug)]
pub(super) struct Controller(pub(super) Ending);

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.host_is_done();
        Ok(Response::new(Empty {}))
    }
}
