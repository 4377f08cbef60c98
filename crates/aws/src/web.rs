//! Plain HTTP: asking what a deployment answers, through the same trust and proxies that calls of AWS go through.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// How much of an answer is read: what is asked for is a line or two.
const MOST: usize = 64 * 1024;

/// How long a connection may take to come about. An address that no route leads to never answers.
pub const CONNECT: Duration = Duration::from_secs(5);

type Make = dyn Fn() -> SharedHttpConnector + Send + Sync;

/// An HTTP client for addresses that are not AWS's. It is made at the first request.
#[derive(Clone)]
pub struct Web {
    make: Arc<Make>,
    made: Arc<OnceLock<SharedHttpConnector>>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

impl Web {
    /// A client that sends requests as the connector does that `make` makes.
    pub fn new(make: impl Fn() -> SharedHttpConnector + Send + Sync + 'static) -> Self {
        Self {
            make: Arc::new(make),
            made: Arc::default(),
        }
    }

    /// A client without a proxy, which trusts what the system trusts.
    pub fn direct() -> Self {
        Self::new(|| {
            let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
            let builder = Connector::builder()
                .connector_settings(settings)
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc));
            SharedHttpConnector::new(builder.build())
        })
    }

    /// Sends one GET, follows no redirect, and reads the first 64 KiB of the answer.
    ///
    /// # Errors
    /// Why there was no answer within that time, in words.
    pub async fn get(&self, url: &str, limit: Duration) -> Result<WebAnswer, String> {
        self.send("GET", url, limit).await
    }

    /// Sends one POST without a body; otherwise as [`Web::get`].
    ///
    /// # Errors
    /// As [`Web::get`]. Whether the server has acted is not known then.
    pub async fn post(&self, url: &str, limit: Duration) -> Result<WebAnswer, String> {
        self.send("POST", url, limit).await
    }

    async fn send(&self, method: &str, url: &str, limit: Duration) -> Result<WebAnswer, String> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request
            .set_method(method)
            .map_err(|_| format!("{method} is no method"))?;
        request
            .set_uri(url.to_owned())
            .map_err(|_| format!("{url} is no URL"))?;
        request.headers_mut().insert("accept", "application/json");
        let connector = self.made.get_or_init(|| (self.make)());
        match tokio::time::timeout(limit, answer(connector, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
        }
    }
}

async fn answer(connector: &SharedHttpConnector, request: HttpRequest) -> Result<WebAnswer, String> {
    let mut response = connector.call(request).await.map_err(|error| innermost(&error))?;
    let status = response.status().as_u16();
    let mut stream = ByteStream::new(std::mem::replace(response.body_mut(), SdkBody::taken()));
    let mut body = Vec::new();
    while body.len() < MOST
        && let Some(chunk) = stream.next().await
    {
        body.extend_from_slice(&chunk.map_err(|error| innermost(&error))?);
    }
    body.truncate(MOST);
    Ok(WebAnswer { status, body })
}

/// What the error came of in the end: "Connection refused".
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Web")
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    /// A server that answers one request so, or hangs where there is nothing to answer.
    async fn server(answer: Option<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        url
    }

    #[tokio::test]
    async fn status_and_body_are_told() {
        let url = server(Some("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno".to_owned())).await;
        let answer = Web::direct().get(&url, LIMIT).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (503, &b"no"[..]));
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut() {
        let long = "x".repeat(MOST + 10);
        let url = server(Some(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{long}",
            long.len()
        )))
        .await;
        assert_eq!(Web::direct().get(&url, LIMIT).await.unwrap().body.len(), MOST);
    }

    #[tokio::test]
    async fn why_there_is_no_answer_is_told() {
        let silent = server(None).await;
        let error = Web::direct().get(&silent, Duration::from_millis(50)).await.unwrap_err();
        assert!(error.starts_with("no answer within"), "{error}");
        let refused = Web::direct().get("http://127.0.0.1:9/", LIMIT).await.unwrap_err();
        assert!(refused.contains("refused"), "{refused}");
        assert!(
            Web::direct()
                .get("http://[", LIMIT)
                .await
                .unwrap_err()
                .contains("no URL")
        );
    }
}
