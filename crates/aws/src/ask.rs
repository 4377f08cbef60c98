//! Sending a request: for no longer than the operation may last, in its turn, told to the log.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::{Pin, pin};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use engine::{Call, Error, ErrorKind, Result};
use futures::future::BoxFuture;
use tokio::time::Instant;
use tracing::debug;

use super::Aws;
use super::arrivals::turns;
use super::attempts::{self, Refused};
use super::error::{refusal, spoken};

/// Sends a request, for no longer than the call may last, and turns a failure into the engine's words. `attempted` names
/// service and operation: `ecs:CreateCluster`. Boxed, because the futures of the SDK are large and every operation of a
/// component holds several. Those who [`ask_first`] are on their way before it begins.
pub fn ask<'a, T, E>(
    call: &'a Call<'_, Aws>,
    attempted: &'static str,
    request: impl Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
) -> BoxFuture<'a, Result<T>>
where
    T: Send + 'a,
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    sent(call, attempted, request, false)
}

/// The same for a read whose answer another read needs: where many run at once, the longest chain of them is what all wait
/// for. To make a request ready takes half a millisecond, and a refresh has fifty.
pub fn ask_first<'a, T, E>(
    call: &'a Call<'_, Aws>,
    attempted: &'static str,
    request: impl Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
) -> BoxFuture<'a, Result<T>>
where
    T: Send + 'a,
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    sent(call, attempted, request, true)
}

/// Both. What of it is the operation's own is compiled for each of some hundred, so that it is little.
fn sent<'a, T, E>(
    call: &'a Call<'_, Aws>,
    attempted: &'static str,
    request: impl Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    first: bool,
) -> BoxFuture<'a, Result<T>>
where
    T: Send + 'a,
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    Box::pin(async move {
        if !first {
            turns().await;
        }
        let mut answer = None;
        let refused = timed(call, attempted, pin!(async { answer = Some(request.await) })).await;
        match answer {
            Some(answer) => answer.map_err(|error| refusal(attempted, &error)),
            None => Err(out_of_time(attempted, refused)),
        }
    })
}

/// Waits for an answer for no longer than the call may last. The log tells whose it is and how long it took: the benchmark
/// draws its timelines from that.
pub async fn in_time<T: Send>(
    call: &Call<'_, Aws>,
    attempted: &'static str,
    answer: impl Future<Output = Result<T>> + Send,
) -> Result<T> {
    let mut told = None;
    let refused = {
        let work = pin!(async { told = Some(answer.await) });
        timed(call, attempted, work).await
    };
    told.unwrap_or_else(|| Err(out_of_time(attempted, refused)))
}

/// Works for no longer than the call may last; answers what AWS refused last. Knows nothing of what comes of the work, so that
/// there is one of it in the program, and not one for each answer of AWS's.
async fn timed(
    call: &Call<'_, Aws>,
    attempted: &'static str,
    work: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> Option<Refused> {
    let asked = Instant::now();
    let (_, refused) = attempts::watched(tokio::time::timeout_at(call.deadline, work)).await;
    let (deployment, component, seconds) = (call.name, call.key, asked.elapsed().as_secs_f64());
    debug!(deployment, %component, seconds, asked = attempted, "{deployment}: {component}: asked {attempted}");
    refused
}

/// The time for an operation was up in the middle of a call, which AWS refused again and again or did not answer at all.
fn out_of_time(attempted: &str, refused: Option<Refused>) -> Error {
    let Some(Refused {
        code,
        message,
        request_id,
    }) = refused
    else {
        let message = "AWS had not answered when the time for this operation was up";
        return Error::new(ErrorKind::TimedOut, attempted, message)
            .with_remedy("Give the operation more time in `timeouts`, and look at the AWS Health Dashboard.");
    };
    let said = spoken(attempted, &code, &message);
    let message = format!(
        "it was still being tried when the time for this operation was up; AWS said last: {}",
        said.message
    );
    let remedy = said
        .remedy
        .as_ref()
        .map(|remedy| format!(" {remedy}"))
        .unwrap_or_default();
    Error {
        kind: ErrorKind::TimedOut,
        request_id,
        message,
        ..said
    }
    .with_remedy(format!("Give the operation more time in `timeouts`.{remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn what_another_read_needs_is_asked_before_whatever_runs_at_once() {
        let stage = Stage::answering(|_| Answer::json("{}"));
        let call = stage.call();
        let clusters = ask(&call, "ecs:DescribeClusters", call.world.ecs.describe_clusters().send());
        let tasks = ask_first(&call, "ecs:ListTasks", call.world.ecs.list_tasks().send());
        let (clusters, tasks) = futures::future::join(clusters, tasks).await;
        assert!(clusters.is_ok() && tasks.is_ok());
        assert_eq!(stage.operations(), ["ListTasks", "DescribeClusters"]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_later_than_the_deadline_is_not_waited_for() {
        let stage = Stage::answering(|_| Answer::Never);
        let call = stage.call();
        let error = ask(&call, "ecs:DescribeClusters", call.world.ecs.describe_clusters().send())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_refused_until_the_deadline_tells_the_last_refusal() {
        for answer in [
            Answer::Told(503, "application/x-amz-json-1.1", r#"{"__type": "com.amazonaws.ecs#ServerException", "message": "Try again."}"#.to_owned()),
            Answer::Told(503, "text/xml", "<ErrorResponse><Error><Code>ServerException</Code><Message>Try again.</Message></Error></ErrorResponse>".to_owned()),
        ] {
            let stage = Stage::patient(move |_| answer.clone());
            let call = stage.call();
            let error = ask(&call, "ecs:DescribeClusters", call.world.ecs.describe_clusters().send())
                .await
                .unwrap_err();
            assert_eq!(error.kind, ErrorKind::TimedOut);
            assert_eq!(error.code.as_deref(), Some("ServerException"));
            assert_eq!(error.request_id.as_deref(), Some("request-1"));
            assert!(error.message.ends_with("AWS said last: Try again."), "{}", error.message);
            assert!(error.remedy.unwrap().contains("`timeouts`"));
        }
    }
}
