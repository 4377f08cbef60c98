//! Creates that know no client token. The SDK, trying again after an answer that was lost, would make a second object, so
//! its retries are turned off for these calls ([`unrepeated`]) and the object is looked for instead ([`made_once`]).

use std::future::Future;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use tokio::time::Instant;

use super::Aws;
use super::wait::by_chance;
use engine::{Call, Error, ErrorKind, Identity, Result};

/// The pause after the first attempt, by which AWS knows of what it made. Each further one is twice as long.
const FIRST: Duration = Duration::from_secs(2);
/// The longest pause, which is the SDK's own.
const LONGEST: Duration = Duration::from_secs(20);

/// How often the SDK sends such a request: once.
pub fn unrepeated() -> RetryConfig {
    RetryConfig::disabled()
}

/// Makes an object by a create that knows no client token, in as many attempts as the SDK makes of other calls. Where an
/// answer is lost, the object is looked for by its tags after a while (AWS knows of it a little later), and made again only
/// where there is none.
///
/// # Errors
/// What the create was refused with; that its answer was lost, where the object stands: whoever asked finds it.
pub async fn made_once<T, F, Attempt, L, Look>(call: &Call<'_, Aws>, attempt: F, look: L) -> Result<T>
where
    F: Fn() -> Attempt,
    Attempt: Future<Output = Result<T>>,
    L: Fn() -> Look,
    Look: Future<Output = Result<Option<Identity>>>,
{
    let mut left = call.world.attempts;
    let mut next = FIRST;
    loop {
        let error = match attempt().await {
            Err(error) if is_lost(&error) || error.kind == ErrorKind::Throttled => error,
            other => return other,
        };
        left = left.saturating_sub(1);
        let pause = by_chance(next);
        if left == 0 || Instant::now() + pause >= call.deadline {
            return Err(error);
        }
        next = (next * 2).min(LONGEST);
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => return Err(error),
            () = tokio::time::sleep(pause) => {}
        }
        // That a call was throttled says for certain that nothing was made.
        if is_lost(&error) && look().await?.is_some() {
            return Err(error);
        }
        tracing::debug!(component = %call.key, %error, "nothing was made: trying again");
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
    use crate::testing::{Answer, Stage};

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
    async fn what_was_not_made_is_tried_again_as_often_as_any_call() {
        let throttled = || Error::new(ErrorKind::Throttled, "ec2:CreateVpc", "too many requests");
        let refusals: [fn() -> Error; 2] = [lost, throttled];
        for refused in refusals {
            for allowed in [1, 3, 26] {
                let mut stage = Stage::answering(|_| Answer::Lost);
                stage.aws.attempts = allowed;
                let attempts = Cell::new(0);
                let made_by_the = async |last: u32| {
                    attempts.set(0);
                    let attempt = || async {
                        attempts.set(attempts.get() + 1);
                        if attempts.get() < last { Err(refused()) } else { Ok(()) }
                    };
                    made_once(&stage.call(), attempt, || async { Ok(None) }).await
                };
                assert_eq!(made_by_the(allowed).await, Ok(()));
                assert_eq!(made_by_the(allowed + 1).await, Err(refused()));
                assert_eq!(attempts.get(), allowed);
            }
        }
    }
}
