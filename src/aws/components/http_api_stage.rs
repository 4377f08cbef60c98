//! A published state of an HTTP API. Source: Amazon API Gateway V2 API, `CreateStage`, `GetStage`, `UpdateStage`,
//! `DeleteAccessLogSettings`, `DeleteStage`; developer guide, *Throttle requests to your HTTP APIs* and *Configure
//! logging for HTTP APIs*.

use crate::aws::ids::{ApiId, LogGroupName};

crate::spec! {
    /// A stage.
    pub struct HttpApiStage {
        /// The API.
        replace api: ApiId,
        /// Its name: `$default` for the one at the root of the API's URL.
        replace name: String,
        /// Whether each change of the API is published at once.
        update auto_deploy: bool,
        /// How many requests it takes; `None`: as many as the account's quotas let through.
        update throttling: Option<Throttling>,
        /// Where each request is written down; `None`: nowhere.
        update access_log: Option<AccessLog>,
    }
}

/// How many requests a stage takes before it answers 429.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throttling {
    /// How many at once.
    pub burst: i32,
    /// How many per second, in the long run.
    pub rate: f64,
}

/// Where and how a stage writes down each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLog {
    /// The log group, of the same account and region.
    pub log_group: LogGroupName,
    /// What is written: one line, with `$context` variables.
    pub format: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiStageOutput {
    /// The name.
    pub name: String,
}
