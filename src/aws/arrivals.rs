//! Who has just begun and will ask AWS in a moment. Terraform takes up ten resources at once; what each of them is to be is
//! worked out one after the other, and only then does it ask. Who asks first waits for those who have begun.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::batch::WINDOW;

/// How many windows the first one waits at most.
const WINDOWS: u32 = 10;

tokio::task_local! {
    static OURS: Arrivals;
}

/// How many have begun, and not yet come to where they wait for something.
#[derive(Debug, Clone)]
pub struct Arrivals(Arc<watch::Sender<usize>>);

impl Default for Arrivals {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Arrivals {
    /// Does the work of one who begins: as long as it has waited for nothing yet, others wait for it.
    pub async fn begin<T>(&self, work: impl Future<Output = T>) -> T {
        let mut arriving = Some(Arriving::new(self));
        let mut work = pin!(OURS.scope(self.clone(), work));
        poll_fn(|context| {
            let done = work.as_mut().poll(context);
            arriving = None;
            done
        })
        .await
    }

    /// Those among whom the caller is, while somebody has just begun.
    pub(super) fn under_way() -> Option<Self> {
        let ours = OURS.try_with(Self::clone).ok()?;
        let any = *ours.0.borrow() > 0;
        any.then_some(ours)
    }

    /// Waits until nobody has just begun, for a moment.
    pub(super) async fn settled(&self) {
        let mut count = self.0.subscribe();
        let quiet = async {
            loop {
                // The sender lives in `self`.
                let _ = count.wait_for(|count| *count == 0).await;
                sleep(WINDOW / 3).await;
                if *count.borrow_and_update() == 0 {
                    break;
                }
            }
        };
        let _ = timeout(WINDOW * WINDOWS, quiet).await;
    }
}

/// One who has begun, until it is dropped.
struct Arriving(Arrivals);

impl Arriving {
    fn new(arrivals: &Arrivals) -> Self {
        arrivals.0.send_modify(|count| *count += 1);
        Self(arrivals.clone())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join;
    use tokio::time::Instant;

    use super::*;

    /// How long the first one waits, where another has begun that is held up for so long.
    async fn waited(held_up: Duration) -> Duration {
        let arrivals = Arrivals::default();
        let other = Arriving::new(&arrivals);
        let held = async {
            sleep(held_up).await;
            drop(other);
        };
        let begun = Instant::now();
        let first = arrivals.begin(async {
            Arrivals::under_way().unwrap().settled().await;
            begun.elapsed()
        });
        join(first, held).await.0
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_begun_is_waited_for_but_not_for_long() {
        let moment = WINDOW / 3;
        assert_eq!(
            waited(Duration::from_millis(12)).await,
            Duration::from_millis(12) + moment
        );
        assert_eq!(waited(Duration::from_secs(1)).await, WINDOW * WINDOWS);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_alone_waits_a_moment() {
        let arrivals = Arrivals::default();
        let begun = Instant::now();
        let alone = arrivals.begin(async { Arrivals::under_way().unwrap().settled().await });
        alone.await;
        assert_eq!(begun.elapsed(), WINDOW / 3);
    }

    #[tokio::test(start_paused = true)]
    async fn once_it_has_waited_for_something_nobody_waits_for_it() {
        let arrivals = Arrivals::default();
        let later = arrivals.begin(async {
            sleep(Duration::from_millis(1)).await;
            Arrivals::under_way().is_none()
        });
        assert!(later.await);
        assert!(Arrivals::under_way().is_none(), "outside of any");
    }
}
