//! Waiting for something to come true: bounded by the call's deadline, ended early by its cancellation.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Aws;
use engine::{Call, Error, ErrorKind, Result};

/// After what time something comes true at the earliest, as a rule. Until then looks are few; from then on they are so many
/// that one comes within a tenth of the time that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// A second: what AWS says at once, and then has to spread.
    Moments,
    /// Five seconds: what AWS has to do something for.
    Seconds,
    /// Twenty seconds: what AWS builds.
    Minutes,
}

impl Pace {
    fn earliest(self) -> Duration {
        Duration::from_secs(match self {
            Self::Moments => 1,
            Self::Seconds => 5,
            Self::Minutes => 20,
        })
    }
}

/// The first pause.
const FIRST: Duration = Duration::from_millis(250);
/// The longest one.
const LONGEST: Duration = Duration::from_secs(30);
/// What part of the time so far a pause is. Less than the tenth that is promised: a look takes its time, too.
const PART: u32 = 12;

/// The pauses between two looks or attempts: doubling from 250 ms until it is likely, then a twelfth of the time so far,
/// up to 30 seconds; each [shortened by chance](by_chance).
pub struct Backoff {
    begun: Instant,
    earliest: Duration,
    next: Duration,
}

impl Backoff {
    /// Pauses from now on.
    pub fn at(pace: Pace) -> Self {
        Self {
            begun: Instant::now(),
            earliest: pace.earliest(),
            next: FIRST,
        }
    }

    fn pause(&mut self) -> Duration {
        let elapsed = self.begun.elapsed();
        let full = if elapsed < self.earliest {
            let full = self.next;
            self.next = full * 2;
            full.min(self.earliest.saturating_sub(elapsed).max(self.earliest / PART))
        } else {
            (elapsed / PART).min(LONGEST)
        };
        by_chance(full)
    }

    /// Pauses. False, without a pause to the end, where `until` passes first.
    ///
    /// # Errors
    /// Cancelled, where the user stops the run meanwhile.
    pub async fn rest(&mut self, call: &Call<'_, Aws>, until: Instant, what: &str) -> Result<bool> {
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

/// A pause shortened by chance by up to a fifth.
pub fn by_chance(full: Duration) -> Duration {
    chance::shortened(full, 0.2)
}

/// Looks again and again until there is something to see, the first time at once: a look costs little beside the pause that
/// it may spare. `what` completes "wait until".
///
/// # Errors
/// What a look fails with; timed out, at the call's deadline; cancelled.
pub async fn wait_until<T, F, Look>(call: &Call<'_, Aws>, pace: Pace, what: &str, mut look: F) -> Result<T>
where
    F: FnMut() -> Look,
    Look: Future<Output = Result<Option<T>>>,
{
    let what = format!("wait until {what}");
    let mut backoff = Backoff::at(pace);
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if !backoff.rest(call, call.deadline, &what).await? {
            break;
        }
    }
    Err(Error::new(
        ErrorKind::TimedOut,
        what,
        "it had not come true when the time for this operation was up",
    )
    .with_remedy("Give the operation more time in `timeouts`, or apply again to go on waiting."))
}

/// When AWS last answered the call that a wait looks with.
pub struct Heard(Mutex<Instant>);

impl Heard {
    /// From now on.
    pub fn now() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    /// It has answered.
    pub fn again(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// What is to be added to a reason where it has been silent for longer than a wait pauses: `; CALL was last answered …`.
    pub fn silence(&self, attempted: &str) -> String {
        let silent = self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        if silent <= 2 * LONGEST {
            return String::new();
        }
        format!("; {attempted} was last answered {} s before", silent.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::testing::{Answer, Stage};

    /// How long is waited for what comes true after `delay`, and how many looks that takes.
    async fn waited(pace: Pace, delay: Duration) -> (Duration, u32) {
        let stage = Stage::answering(|_| Answer::Lost);
        let call = Call {
            deadline: Instant::now() + Duration::from_hours(1),
            ..stage.call()
        };
        let (begun, looks) = (Instant::now(), Cell::new(0));
        let seen = wait_until(&call, pace, "it is there", || async {
            looks.set(looks.get() + 1);
            Ok((begun.elapsed() >= delay).then_some("it"))
        });
        assert_eq!(seen.await, Ok("it"));
        (begun.elapsed(), looks.get())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_so_already_is_seen_at_once() {
        assert_eq!(waited(Pace::Minutes, Duration::ZERO).await, (Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_within_a_tenth_of_the_time_that_it_took_and_looks_are_few() {
        let delays = [
            250, 600, 1_000, 2_500, 5_500, 12_000, 21_000, 33_000, 70_000, 150_000, 420_000, 1_200_000,
        ];
        for pace in [Pace::Moments, Pace::Seconds, Pace::Minutes] {
            for delay in delays.map(Duration::from_millis) {
                let (took, looks) = waited(pace, delay).await;
                let late = took.saturating_sub(delay);
                // Sooner than it is likely, the pauses double.
                let allowed = if delay < pace.earliest() {
                    delay.max(FIRST * 2)
                } else {
                    delay / 10
                };
                assert!(late <= allowed, "{pace:?}: {delay:?} took {took:?}");
                // Eight until it is likely; then the logarithm of the time to the base of 1.067 to 1.083; in the end one
                // for every 24 to 30 seconds.
                let likely = delay.as_secs_f64() / pace.earliest().as_secs_f64();
                let most = 9.0 + likely.max(1.0).ln() / 1.067_f64.ln() + delay.as_secs_f64() / 24.0;
                assert!(
                    f64::from(looks) <= most,
                    "{pace:?}: {delay:?} took {looks} looks of {most}"
                );
            }
        }
        let (_, looks) = waited(Pace::Minutes, Duration::from_mins(20)).await;
        assert!(looks < 90, "{looks}");
    }

    #[tokio::test(start_paused = true)]
    async fn ends_at_the_deadline_to_the_second() {
        let stage = Stage::answering(|_| Answer::Lost);
        let call = stage.call();
        let error = wait_until::<(), _, _>(&call, Pace::Minutes, "it is there", || async { Ok(None) })
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
        let waiting = wait_until::<(), _, _>(&call, Pace::Moments, "it is there", || async { Ok(None) });
        let stopping = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stage.cancel.cancel();
        };
        let (ended, ()) = tokio::join!(waiting, stopping);
        assert_eq!(ended.unwrap_err().kind, ErrorKind::Cancelled);
        assert_eq!(begun.elapsed().as_secs(), 1);
    }
}
