//! How long the calls are tried that come before all others: those that obtain credentials and tell the account.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason,
};
use aws_smithy_types::retry::ErrorKind;

/// How often nothing may come back of STS, one attempt after the other: a wrong endpoint must show within seconds, not
/// after all retries.
const UNANSWERED: u32 = 3;

/// Gives a call up that nobody answers. One that is throttled reached AWS, and is tried for as long as any other.
#[derive(Debug, Default)]
pub(super) struct GiveUpUnanswered(AtomicU32);

impl ClassifyRetry for GiveUpUnanswered {
    fn classify_retry(&self, _context: &InterceptorContext) -> RetryAction {
        RetryAction::NoActionIndicated
    }

    fn classify_retry_v2(&self, _context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        let unanswered = matches!(
            previous,
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind, .. }) if *kind != ErrorKind::ThrottlingError
        );
        if !unanswered {
            self.0.store(0, Ordering::Relaxed);
        } else if self.0.fetch_add(1, Ordering::Relaxed) + 1 >= UNANSWERED {
            self.0.store(0, Ordering::Relaxed);
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "GiveUpUnanswered"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_types::body::SdkBody;

    use super::super::settings::{Secret, Settings};
    use super::super::{connect_through, loader};

    /// STS that refuses so many calls in one way.
    #[derive(Debug, Clone)]
    struct Refusing {
        times: usize,
        code: &'static str,
        asked: Arc<AtomicUsize>,
    }

    impl HttpConnector for Refusing {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            let number = self.asked.fetch_add(1, super::Ordering::SeqCst);
            let (status, body) = if number < self.times {
                let error = format!("<Error><Code>{}</Code><Message>no</Message></Error>", self.code);
                (503, format!("<ErrorResponse>{error}</ErrorResponse>"))
            } else {
                let identity = "<Arn>arn:aws:iam::123456789012:user/ci</Arn><Account>123456789012</Account>";
                let result = format!("<GetCallerIdentityResult>{identity}</GetCallerIdentityResult>");
                (
                    200,
                    format!("<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"),
                )
            };
            let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
            HttpConnectorFuture::ready(Ok(response))
        }
    }

    /// How many calls were made, and whether the last one went well.
    async fn connected(max_retries: Option<u32>, code: &'static str, times: usize) -> (usize, bool) {
        let far = Refusing {
            times,
            code,
            asked: Arc::default(),
        };
        let asked = Arc::clone(&far.asked);
        let connector = SharedHttpConnector::new(far);
        let settings = Settings {
            region: Some("us-east-1".to_owned()),
            access_key: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
            secret_key: Some(Secret::new("secret")),
            max_retries,
            ..Settings::default()
        };
        let loader = loader(&settings, http_client_fn(move |_, _| connector.clone()));
        let connected = Box::pin(connect_through(settings, loader)).await;
        (asked.load(super::Ordering::SeqCst), connected.is_ok())
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_caller_waits_as_long_as_for_any_other_call() {
        assert_eq!(connected(None, "Throttling", 9).await, (10, true));
        assert_eq!(connected(Some(4), "Throttling", 9).await, (5, false));
        assert_eq!(connected(Some(0), "Throttling", 1).await, (1, false));
    }

    #[tokio::test(start_paused = true)]
    async fn who_answers_nothing_that_is_stss_is_soon_given_up() {
        assert_eq!(connected(None, "ServiceUnavailable", 2).await, (3, true));
        assert_eq!(connected(None, "ServiceUnavailable", 9).await, (3, false));
        assert_eq!(connected(Some(1), "ServiceUnavailable", 9).await, (2, false));
    }
}
