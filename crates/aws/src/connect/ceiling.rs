//! How many requests of one service are under way at once. Terraform works on ten resources at a time, each of them a
//! deployment of a dozen parts: what goes beyond the ceiling waits here, instead of running into AWS's rate limits, which
//! each service has for itself, and being sent again.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::sync::Semaphore;

/// The most requests of one service at once, of all deployments. Half of what EC2 lets one account mutate in a burst
/// (Amazon EC2 API, *Request throttling*: 50), and more than one deployment ever has.
const MOST: usize = 24;

/// The same client, with a ceiling for whoever gets this one.
pub fn with_a_ceiling(http: SharedHttpClient) -> SharedHttpClient {
    let permits = Arc::new(Semaphore::new(MOST));
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Ceiling {
            inner: http.http_connector(settings, components),
            permits: Arc::clone(&permits),
        })
    })
}

/// A connector that has no more requests under way than there are permits.
#[derive(Debug)]
struct Ceiling {
    /// What sends the requests.
    inner: SharedHttpConnector,
    /// One permit for each request.
    permits: Arc<Semaphore>,
}

impl HttpConnector for Ceiling {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, permits) = (self.inner.clone(), Arc::clone(&self.permits));
        HttpConnectorFuture::new(async move {
            let permit = permits.acquire_owned().await;
            let _permit = permit.map_err(|closed| ConnectorError::other(closed.into(), None))?;
            inner.call(request).await
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;
    use futures::future::join_all;

    use super::*;

    /// A service that takes a second, and counts how many it serves at once.
    #[derive(Debug, Clone, Default)]
    struct Slow {
        now: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
    }

    impl HttpConnector for Slow {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            let Self { now, most } = self.clone();
            HttpConnectorFuture::new(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::empty()))
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn more_requests_than_the_ceiling_wait_and_all_are_answered() {
        let slow = Slow::default();
        let ceiling = Ceiling {
            inner: SharedHttpConnector::new(slow.clone()),
            permits: Arc::new(Semaphore::new(MOST)),
        };
        let calls = (0..MOST * 4).map(|_| ceiling.call(HttpRequest::new(SdkBody::empty())));
        let answers = join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(slow.most.load(Ordering::SeqCst), MOST);
    }
}
