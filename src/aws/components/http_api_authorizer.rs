//! Whose tokens an HTTP API accepts. Source: Amazon API Gateway V2 API, `CreateAuthorizer`, `GetAuthorizer`,
//! `GetAuthorizers`, `UpdateAuthorizer`, `DeleteAuthorizer`; developer guide, *Control access to HTTP APIs with JWT
//! authorizers*.

use std::collections::BTreeSet;

use crate::aws::ids::{ApiId, AuthorizerId};

crate::spec! {
    /// A JWT authorizer.
    pub struct HttpApiAuthorizer {
        /// The API.
        replace api: ApiId,
        /// Its name, unique in the API: up to 128 characters.
        update name: String,
        /// Who issues the tokens: the URL below which `/.well-known/openid-configuration` is found.
        update issuer: String,
        /// For whom a token must have been issued: one of these.
        update audience: BTreeSet<String>,
        /// Where a request carries its token: `$request.header.Authorization`.
        update identity_source: String,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiAuthorizerOutput {
    /// The id, within the API.
    pub id: AuthorizerId,
}
