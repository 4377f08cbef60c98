//! What AWS said last of a call that the SDK is still trying: all there is to tell when the time for it is up.

use std::cell::RefCell;
use std::future::Future;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

tokio::task_local! {
    static LAST: RefCell<Option<Refused>>;
}

/// A refusal as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// AWS's code.
    pub code: String,
    /// AWS's words.
    pub message: String,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Does some work; beside what comes of it, what AWS refused last while it was done.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, Option<Refused>) {
    let work = async {
        let done = work.await;
        (done, LAST.with(RefCell::take))
    };
    LAST.scope(RefCell::default(), work).await
}

/// Keeps what each attempt of a call came to, for whoever watches.
#[derive(Debug)]
pub struct Attempts;

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let refused = context.response().filter(|response| !response.status().is_success());
        // Nobody watches what is asked outside of an operation.
        let _ = LAST.try_with(|last| last.replace(refused.and_then(Refused::of)));
        Ok(())
    }
}

impl Refused {
    /// What an answer says, in any of the forms that AWS's services have. Source: AWS's protocols for JSON, REST-JSON,
    /// Query and EC2 (Smithy 2.0, *AWS protocols*, "Error serialization").
    fn of(response: &HttpResponse) -> Option<Self> {
        let text = String::from_utf8_lossy(response.body().bytes()?);
        let header = |name| response.headers().get(name).map(str::to_owned);
        let json: Option<Told> = serde_json::from_str(&text).ok();
        let json = json.unwrap_or_default();
        let code = header("x-amzn-errortype")
            .or(json.r#type)
            .or(json.code)
            .or(json.error_code)
            .or_else(|| element(&text, "Code"))?;
        // A code may come with its namespace before it and an address behind it.
        let code = code.rsplit('#').next().unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        let message = json
            .message
            .or(json.error_message)
            .or_else(|| element(&text, "Message"));
        Some(Self {
            code: code.to_owned(),
            message: message.unwrap_or_else(|| "AWS gave no reason".to_owned()),
            request_id: header("x-amzn-requestid")
                .or_else(|| header("x-amz-request-id"))
                .or_else(|| element(&text, "RequestId"))
                .or_else(|| element(&text, "RequestID")),
        })
    }
}

/// A refusal in JSON.
#[derive(Default, serde::Deserialize)]
struct Told {
    #[serde(rename = "__type")]
    r#type: Option<String>,
    code: Option<String>,
    #[serde(rename = "ErrorCode")]
    error_code: Option<String>,
    message: Option<String>,
    #[serde(rename = "Message")]
    error_message: Option<String>,
}

/// The text of the first such element of an XML document.
fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    let plain = plain
        .iter()
        .fold(text.to_owned(), |text, (sent, meant)| text.replace(sent, meant));
    Some(plain)
}
