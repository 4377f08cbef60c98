//! What stands behind the routes of an HTTP API: a listener of a load balancer in a VPC. Source: Amazon API Gateway V2
//! API, `CreateIntegration`, `GetIntegration`, `GetIntegrations`, `UpdateIntegration`, `DeleteIntegration`; developer
//! guide, *Create private integrations for HTTP APIs*.

use crate::aws::ids::{ApiId, IntegrationId, ListenerArn, VpcLinkId};

crate::spec! {
    /// A private integration, which hands every request on as it is (`HTTP_PROXY`, payload format 1.0: AWS has no other
    /// here).
    pub struct HttpApiIntegration {
        /// The API.
        replace api: ApiId,
        /// What it is, by which it is found where its id is not known: unique in the API, up to 1024 characters.
        update description: String,
        /// The HTTP method that is used behind: `ANY` for the client's own.
        update method: String,
        /// The way into the VPC.
        update vpc_link: VpcLinkId,
        /// Who gets the requests.
        update listener: ListenerArn,
        /// The host name that the listener's certificate must be for, where it speaks HTTPS; `None`: HTTP.
        update server_name: Option<String>,
        /// How many milliseconds an answer may take: 50 to 30000.
        update timeout_ms: i32,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiIntegrationOutput {
    /// The id, within the API.
    pub id: IntegrationId,
}
