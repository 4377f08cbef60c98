//! An HTTP API of Amazon API Gateway. Source: Amazon API Gateway V2 API, `CreateApi`, `GetApi`, `GetApis`, `UpdateApi`,
//! `DeleteApi`.

use crate::aws::ids::ApiId;

crate::spec! {
    /// An HTTP API, without routes.
    pub struct HttpApi {
        /// Its name, which need not be unique: 1 to 128 characters.
        update name: String,
        /// What it is for: up to 1024 characters.
        update description: String,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiOutput {
    /// The id.
    pub id: ApiId,
    /// The URL of its `$default` stage: `https://ID.execute-api.REGION.amazonaws.com`.
    pub endpoint: String,
    /// The ARN by which it is tagged: `arn:PARTITION:apigateway:REGION::/apis/ID`.
    pub arn: String,
}
