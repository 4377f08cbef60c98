//! How long and how often something is tried, and when to stop.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure::{Failure, FailureKind};

/// The first pause between two attempts; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How long and how often something is tried.
#[derive(Debug, Clone)]
pub struct Patience {
    /// When it must end.
    pub deadline: Instant,
    /// Set when the user stops the run.
    pub cancel: CancellationToken,
    /// How often a call that broke off, or was told to slow down, is tried again.
    pub retries: u32,
}

impl Patience {
    /// Attempts it until it succeeds, fails for good, or has failed too often.
    pub(super) async fn insist<T, F, Attempt>(&self, what: &str, mut attempt: F) -> Result<T, Failure>
    where
        F: FnMut() -> Attempt,
        Attempt: Future<Output = Result<T, Failure>>,
    {
        let mut retries = 0;
        loop {
            let failure = match self.bounded(what, Box::pin(attempt())).await {
                Err(failure) if failure.is_passing() && retries < self.retries => failure,
                other => return other,
            };
            tracing::info!(%failure, "{what}: trying again");
            self.pause(what, retries).await?;
            retries += 1;
        }
    }

    /// Waits before the next attempt, the longer the more there were.
    pub(super) async fn pause(&self, what: &str, retries: u32) -> Result<(), Failure> {
        let full = FIRST_PAUSE.saturating_mul(1 << retries.min(10)).min(LONGEST_PAUSE);
        let pause = chance::shortened(full, 0.5);
        self.bounded(what, async {
            tokio::time::sleep(pause).await;
            Ok(())
        })
        .await
    }

    /// Does it, unless the run is stopped or the time is up before it is done.
    pub(super) async fn bounded<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => {
                Err(Failure::new(FailureKind::Cancelled, format!("{what}: the run was stopped")))
            }
            done = tokio::time::timeout_at(self.deadline, work) => done.unwrap_or_else(|_| {
                Err(Failure::new(FailureKind::TimedOut, format!("{what}: it was not done when the time for it was up")))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn patience(retries: u32) -> Patience {
        Patience {
            deadline: Instant::now() + Duration::from_mins(10),
            cancel: CancellationToken::new(),
            retries,
        }
    }

    fn broken() -> Failure {
        Failure::new(FailureKind::Unreachable, "connection reset")
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_so_many_times() {
        let attempts = Cell::new(0);
        let outcome: Result<(), _> = patience(3)
            .insist("read", || {
                attempts.set(attempts.get() + 1);
                async { Err(broken()) }
            })
            .await;
        assert_eq!((outcome, attempts.get()), (Err(broken()), 4));
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_is_not_tried_again() {
        let attempts = Cell::new(0);
        let denied = Failure::new(FailureKind::Denied, "no");
        let outcome: Result<(), _> = patience(3)
            .insist("read", || {
                attempts.set(attempts.get() + 1);
                let denied = denied.clone();
                async { Err(denied) }
            })
            .await;
        assert_eq!((outcome, attempts.get()), (Err(denied.clone()), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_and_the_users_stop_end_it() {
        let never = || std::future::pending::<Result<(), Failure>>();
        let late = patience(3);
        let ended = late.insist("read", never).await.unwrap_err();
        assert_eq!((ended.kind, Instant::now()), (FailureKind::TimedOut, late.deadline));
        let stopped = patience(3);
        stopped.cancel.cancel();
        let ended = stopped.insist("read", never).await.unwrap_err();
        assert_eq!(ended.kind, FailureKind::Cancelled);
    }
}
