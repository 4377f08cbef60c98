//! What unit tests stand on: clients whose every request is answered by a closure.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "it is built for tests alone"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_ecs::config::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Aws, Endpoints, Partition};
use engine::{Call, DeploymentId, Key, Notes, Tags};

/// A request as a test sees it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The operation, where the protocol names it (`CreateCluster`); else method and path (`POST /2015-02-01/file-systems`).
    pub operation: String,
    /// The body.
    pub body: String,
}

impl Asked {
    /// The texts in one of the lists of a body in JSON.
    pub fn listed(&self, member: &str) -> Vec<String> {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        let texts = body[member].as_array().into_iter().flatten();
        texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }
}

/// What a test lets AWS do.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status, a content type and a body.
    Told(u16, &'static str, String),
    /// The connection breaks.
    Lost,
    /// Nothing, for ever.
    Never,
}

impl Answer {
    /// A success in JSON.
    pub fn json(body: impl Into<String>) -> Self {
        Self::Told(200, "application/x-amz-json-1.1", body.into())
    }

    /// A success in XML.
    pub fn xml(body: impl Into<String>) -> Self {
        Self::Told(200, "text/xml", body.into())
    }

    /// A refusal by a service that speaks JSON.
    pub fn refused(code: &str, message: &str) -> Self {
        let body = format!(r#"{{"__type": "{code}", "code": "{code}", "message": "{message}"}}"#);
        Self::Told(400, "application/x-amz-json-1.1", body)
    }

    /// A refusal by IAM.
    pub fn refused_xml(code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>request-1</RequestId></ErrorResponse>"
        );
        Self::Told(400, "text/xml", body)
    }

    /// A refusal by EC2.
    pub fn refused_ec2(code: &str, message: &str) -> Self {
        let body = format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>request-1</RequestID></Response>"
        );
        Self::Told(400, "text/xml", body)
    }

    /// Something that is not the API's.
    pub fn html(status: u16, body: &str) -> Self {
        Self::Told(status, "text/html", body.to_owned())
    }
}

type Script = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// The far end of the clients.
#[derive(Clone)]
struct Cloud {
    script: Script,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cloud")
    }
}

impl HttpConnector for Cloud {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.split('.').next_back());
        let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let path = request.uri().split('?').next().unwrap_or_default();
        let path = path
            .split_once("://")
            .map_or(path, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let operation = target
            .or(action)
            .map_or_else(|| format!("{} {path}", request.method()), str::to_owned);
        let asked = Asked { operation, body };
        let answer = (self.script)(&asked);
        self.asked.lock().unwrap().push(asked);
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Told(status, form, body) => {
                    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
                    response.headers_mut().insert("content-type", form);
                    response.headers_mut().insert("x-amzn-requestid", "request-1");
                    Ok(response)
                }
                Answer::Lost => {
                    let error = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "connection reset by peer");
                    Err(ConnectorError::io(error.into()))
                }
                Answer::Never => std::future::pending().await,
            }
        })
    }
}

/// Clients that reach nothing, for what makes no calls.
pub fn nowhere() -> Aws {
    Stage::answering(|_| Answer::Lost).aws
}

/// A world, and what a call of a component needs.
pub struct Stage {
    /// The clients.
    pub aws: Aws,
    /// Stops the run.
    pub cancel: CancellationToken,
    key: Key,
    deployment: DeploymentId,
    tags: Tags,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// What the user is told of operations that went well.
    pub notes: Notes,
}

impl Stage {
    /// A stage on which every request is answered by a closure, and never tried again by the SDK.
    pub fn answering(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::retrying(RetryConfig::disabled(), Arc::new(script))
    }

    /// The same, where the SDK goes on trying for as long as it is let.
    pub fn patient(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::retrying(RetryConfig::standard().with_max_attempts(100), Arc::new(script))
    }

    fn retrying(retries: RetryConfig, script: Script) -> Self {
        let cloud = Cloud {
            script,
            asked: Arc::default(),
        };
        let asked = cloud.asked.clone();
        let connector = SharedHttpConnector::new(cloud);
        let http: SharedHttpClient = http_client_fn(move |_, _| connector.clone());
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "key", "secret", None, None, "test",
            )))
            .http_client(http)
            .retry_config(retries)
            .build();
        let mut aws = Aws::new(
            &config,
            &Endpoints::default(),
            "123456789012".into(),
            Region::new("us-east-1"),
            Partition::named("aws"),
        );
        aws.attempts = 3;
        Self {
            aws,
            cancel: CancellationToken::new(),
            key: Key::new("part"),
            deployment: DeploymentId::from_text("11111111-2222-3333-4444-555555555555"),
            tags: [
                (
                    "thatdot:deployment-id".to_owned(),
                    "11111111-2222-3333-4444-555555555555".to_owned(),
                ),
                ("thatdot:component".to_owned(), "part".to_owned()),
            ]
            .into(),
            asked,
            notes: Notes::default(),
        }
    }

    /// A call that may last ten minutes.
    pub fn call(&self) -> Call<'_, Aws> {
        Call {
            world: &self.aws,
            key: &self.key,
            replaced: false,
            deployment: &self.deployment,
            name: "demo",
            tags: &self.tags,
            deadline: Instant::now() + Duration::from_mins(10),
            cancel: &self.cancel,
            notes: &self.notes,
        }
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The operations asked for so far.
    pub fn operations(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.operation).collect()
    }
    /// How often each operation was asked for.
    pub fn counted(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for operation in self.operations() {
            *counts.entry(operation).or_default() += 1;
        }
        counts
    }
}
