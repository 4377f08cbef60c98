//! Waiting for something to come true: bounded by the call's deadline, ended early by its cancellation.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::Aws;
use crate::engine::{Call, Error, ErrorKind, Result};

/// The pauses between two looks or attempts: doubling from 250 ms up to a longest one, each shortened by chance by up to
/// a half, so that those who wait for the same thing do not ask all at once.
pub(super) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses up to that length.
    pub(super) fn up_to(longest: Duration) -> Self {
        Self {
            next: Duration::from_millis(250).min(longest),
            longest,
        }
    }

    fn pause(&mut self) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(self.longest);
        let [a, b, ..] = Uuid::new_v4().into_bytes();
        full.mul_f64(1.0 - f64::from(u16::from_be_bytes([a, b])) / f64::from(u16::MAX) / 2.0)
    }

    /// Pauses. False, without a pause to the end, where `until` passes first.
    ///
    /// # Errors
    /// Cancelled, where the user stops the run meanwhile.
    pub(super) async fn rest(&mut self, call: &Call<'_, Aws>, until: Instant, what: &str) -> Result<bool> {
        let until = until.min(call.deadline);
        let wake = Instant::now() + self.pause();
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => {
                Err(Error::new(ErrorKind::Cancelled, what, "the run was stopped while waiting"))
            }
            () = tokio::time::sleep_until(wake.min(until)) => Ok(true),
        }
    }
}

/// Looks again and again until there is something to see. `what` completes "wait until".
///
/// # Errors
/// What a look fails with; timed out, at the call's deadline; cancelled.
pub(super) async fn wait_until<T, F, Look>(call: &Call<'_, Aws>, what: &str, mut look: F) -> Result<T>
where
    F: FnMut() -> Look,
    Look: Future<Output = Result<Option<T>>>,
{
    let what = format!("wait until {what}");
    let mut backoff = Backoff::up_to(Duration::from_secs(5));
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if !backoff.rest(call, call.deadline, &what).await? {
            return Err(Error::new(
                ErrorKind::TimedOut,
                what,
                "it had not come true when the time for this operation was up",
            )
            .with_remedy("Give the operation more time in `timeouts`, or apply again to go on waiting."));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::aws::testing::{Answer, Stage};

    #[tokio::test(start_paused = true)]
    async fn waits_until_it_is_true_and_no_longer() {
        let stage = Stage::answering(|_| Answer::Lost);
        let looks = Cell::new(0);
        let call = stage.call();
        let seen = wait_until(&call, "it is there", || async {
            looks.set(looks.get() + 1);
            Ok((looks.get() == 4).then_some("it"))
        });
        let begun = Instant::now();
        assert_eq!(seen.await, Ok("it"));
        let waited = begun.elapsed();
        assert!(
            (Duration::from_millis(875)..=Duration::from_millis(1751)).contains(&waited),
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn ends_at_the_deadline_to_the_second() {
        let stage = Stage::answering(|_| Answer::Lost);
        let call = stage.call();
        let error = wait_until::<(), _, _>(&call, "it is there", || async { Ok(None) })
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert!(Instant::now() - call.deadline < Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn ends_when_the_user_stops_the_run() {
        let stage = Stage::answering(|_| Answer::Lost);
        let call = stage.call();
        let begun = Instant::now();
        let waiting = wait_until::<(), _, _>(&call, "it is there", || async { Ok(None) });
        let stopping = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stage.cancel.cancel();
        };
        let (ended, ()) = tokio::join!(waiting, stopping);
        assert_eq!(ended.unwrap_err().kind, ErrorKind::Cancelled);
        assert_eq!(begun.elapsed().as_secs(), 1);
    }
}
