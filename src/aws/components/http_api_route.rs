//! Which requests to an HTTP API go where, and who may make them. Source: Amazon API Gateway V2 API, `CreateRoute`,
//! `GetRoute`, `GetRoutes`, `UpdateRoute`, `DeleteRoute`.

use std::collections::BTreeSet;

use crate::aws::ids::{ApiId, AuthorizerId, IntegrationId, RouteId};

crate::spec! {
    /// A route.
    pub struct HttpApiRoute {
        /// The API.
        replace api: ApiId,
        /// Which requests: `$default` for all that no other route takes, else method and path.
        update route_key: String,
        /// Who may make them.
        update authorization: RouteAuthorization,
        /// Where they go.
        update integration: IntegrationId,
    }
}

/// Who may make a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteAuthorization {
    /// Everybody.
    None,
    /// Whom IAM allows `execute-api:Invoke`; the request is signed.
    Iam,
    /// Who brings a token that the authorizer accepts.
    Jwt {
        /// The authorizer.
        authorizer: AuthorizerId,
        /// Of which the token must carry one; none: any token will do.
        scopes: BTreeSet<String>,
    },
    /// Something that we do not make, in AWS's word.
    Other(String),
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiRouteOutput {
    /// The id, within the API.
    pub id: RouteId,
}
