//! Creates that know no client token. The SDK, trying again after an answer that was lost, would make a second object, so
//! its retries are turned off for these calls ([`unrepeated`]) and the object is looked for instead ([`made_once`]).

use std::future::Future;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use tokio::time::Instant;

use super::Aws;
use super::retry::retry_while;
use super::retry::vpc::THROTTLED;
use crate::engine::{Call, Error, ErrorKind, Identity, Result};

/// How long after each lost answer what was asked for is looked for.
const LOST: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(5)];

/// How often the SDK sends such a request: once.
pub(super) fn unrepeated() -> RetryConfig {
    RetryConfig::disabled()
}

/// Makes an object by a create that knows no client token. Where the answer is lost, the object is looked for by its tags
/// after a while (AWS knows of it a little later), and made again only where there is none.
///
/// # Errors
/// What the create was refused with; that its answer was lost, where the object stands: whoever asked finds it.
pub(super) async fn made_once<T, F, Attempt, L, Look>(call: &Call<'_, Aws>, attempt: F, look: L) -> Result<T>
where
    F: Fn() -> Attempt,
    Attempt: Future<Output = Result<T>>,
    L: Fn() -> Look,
    Look: Future<Output = Result<Option<Identity>>>,
{
    let mut pauses = LOST.into_iter();
    loop {
        let lost = match retry_while(call, &THROTTLED, &attempt).await {
            Err(error) if is_lost(&error) => error,
            other => return other,
        };
        let Some(pause) = pauses.next().filter(|pause| Instant::now() + *pause < call.deadline) else {
            return Err(lost);
        };
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => return Err(lost),
            () = tokio::time::sleep(pause) => {}
        }
        if look().await?.is_some() {
            return Err(lost);
        }
        tracing::debug!(component = %call.key, error = %lost, "nothing was made: trying again");
    }
}

/// Whether it cannot be told if the work was done: no answer, or AWS's word for a failure of its own (Amazon EC2 API,
/// *Server error codes*; *Common errors* of Amazon ECS and Amazon API Gateway).
fn is_lost(error: &Error) -> bool {
    const CODES: [&str; 7] = [
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerErrorException",
        "ServerException",
        "ServiceUnavailable",
        "Unavailable",
    ];
    let is_server_error = error.code.as_deref().is_some_and(|code| CODES.contains(&code));
    error.kind == ErrorKind::Unreachable || is_server_error
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::aws::testing::{Answer, Stage};

    fn lost() -> Error {
        Error::new(ErrorKind::Unreachable, "ec2:CreateVpc", "connection reset")
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_lost_answer_made_is_not_made_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        let (call, attempts) = (stage.call(), Cell::new(0));
        let attempt = || async {
            attempts.set(attempts.get() + 1);
            Err::<(), _>(lost())
        };
        let stands = || async {
            Ok(Some(Identity {
                id: "vpc-1".into(),
                arn: None,
            }))
        };
        assert_eq!(made_once(&call, attempt, stands).await, Err(lost()));
        assert_eq!(attempts.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_made_is_tried_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        let (call, attempts) = (stage.call(), Cell::new(0));
        let attempt = || async {
            attempts.set(attempts.get() + 1);
            if attempts.get() < 3 { Err(lost()) } else { Ok("made") }
        };
        assert_eq!(made_once(&call, attempt, || async { Ok(None) }).await, Ok("made"));
        attempts.set(-10);
        assert_eq!(made_once(&call, attempt, || async { Ok(None) }).await, Err(lost()));
        assert_eq!(attempts.get(), -7, "not for ever");
    }
}
