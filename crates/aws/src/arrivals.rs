//! Who has just begun and will ask AWS in a moment. Terraform takes up ten resources at once; what each of them is to be is
//! worked out one after the other, and only then does it ask. Who asks first waits for those who have begun, and for those
//! whose state Terraform has just had upgraded, as it does right before it has them read.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, timeout};

/// How long the first one waits at most, and for how long who is to come is waited for: what a call to AWS takes anyway.
const PATIENCE: Duration = Duration::from_millis(100);
/// For how long nobody else comes when all have come, where there are several: Terraform brings one after the other as fast
/// as it works.
const AMONG_OTHERS: Duration = Duration::from_millis(15);
/// How many turns one who would ask now gives to others: to those who have arrived meanwhile, or were answered, to be
/// understood; to those that go first, to find a connection, open it, and write.
const TURNS: usize = 5;

tokio::task_local! {
    static OURS: Arrivals;
}

/// Who has begun, and has not yet come to where it waits for something; and who is to begin in a moment.
#[derive(Debug, Clone, Default)]
pub struct Arrivals(Arc<watch::Sender<Present>>);

#[derive(Debug, Default)]
struct Present {
    /// When those were announced who have not begun since.
    announced: VecDeque<Instant>,
    /// How many have begun, and how many ever did.
    begun: usize,
    ever: u64,
    /// How many have not ended.
    at_work: usize,
}

impl Present {
    /// Whether there is somebody to wait for.
    fn any(&self) -> bool {
        self.begun > 0 || self.announced.iter().any(|at| at.elapsed() < PATIENCE)
    }
}

impl Arrivals {
    /// Says that somebody will begin in a moment: Terraform, which has asked for the state of a resource, asks what became
    /// of it next.
    pub fn announce(&self) {
        self.0.send_modify(|present| {
            present.announced.retain(|at| at.elapsed() < PATIENCE);
            present.announced.push_back(Instant::now());
        });
    }

    /// Does the work of one who begins: as long as it has waited for nothing yet, others wait for it.
    pub async fn begin<T>(&self, work: impl Future<Output = T>) -> T {
        let _at_work = AtWork::new(self);
        let mut arriving = Some(Arriving::new(self));
        let mut work = pin!(OURS.scope(self.clone(), work));
        poll_fn(|context| {
            let done = work.as_mut().poll(context);
            arriving = None;
            done
        })
        .await
    }

    /// Those among whom the caller is, while somebody has just begun or will in a moment.
    pub fn under_way() -> Option<Self> {
        let ours = OURS.try_with(Self::clone).ok()?;
        let any = ours.0.borrow().any();
        any.then_some(ours)
    }

    /// Waits until all have come, as far as one can tell.
    pub async fn settled(&self) {
        let mut present = self.0.subscribe();
        let all_there = async {
            loop {
                // The sender lives in `self`: there is always an answer.
                let (ever, alone) = match present.wait_for(|present| !present.any()).await {
                    Ok(now) => (now.ever, now.at_work <= 1),
                    Err(_) => break,
                };
                let another = present.wait_for(|present| present.ever > ever || present.any());
                let came = tokio::select! {
                    biased;
                    _ = another => true,
                    () = turns(), if alone => false,
                    () = sleep(AMONG_OTHERS), if !alone => false,
                };
                if !came {
                    break;
                }
            }
        };
        let _ = timeout(PATIENCE, all_there).await;
    }
}

/// Lets everybody else go on, and whoever has arrived, some times.
pub async fn turns() {
    for _ in 0..TURNS {
        yield_now().await;
    }
}

/// One who has begun, until it is dropped.
struct Arriving(Arrivals);

impl Arriving {
    fn new(arrivals: &Arrivals) -> Self {
        arrivals.0.send_modify(|present| {
            present.announced.pop_front();
            present.begun += 1;
            present.ever += 1;
        });
        Self(arrivals.clone())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.0.0.send_modify(|present| present.begun -= 1);
    }
}

/// One who has not ended, until it is dropped.
struct AtWork<'a>(&'a Arrivals);

impl<'a> AtWork<'a> {
    fn new(arrivals: &'a Arrivals) -> Self {
        arrivals.0.send_modify(|present| present.at_work += 1);
        Self(arrivals)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|present| present.at_work -= 1);
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{join, join_all};

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
        let soon = Duration::from_millis(12);
        assert_eq!(waited(soon).await, soon);
        assert_eq!(waited(Duration::from_secs(1)).await, PATIENCE);
    }

    /// How long one waits where others were announced, of whom one begins `after` so long.
    async fn waited_for(announced: usize, after: Duration) -> Duration {
        let arrivals = Arrivals::default();
        for _ in 0..announced {
            arrivals.announce();
        }
        let other = async {
            sleep(after).await;
            arrivals.begin(async {}).await;
        };
        let begun = Instant::now();
        let first = arrivals.begin(async {
            // Where the next one has to be waited for, nobody has begun any more.
            yield_now().await;
            if let Some(arrivals) = Arrivals::under_way() {
                arrivals.settled().await;
            }
            begun.elapsed()
        });
        join(first, other).await.0
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_announced_is_waited_for_but_not_for_long() {
        let soon = Duration::from_millis(12);
        assert!(waited_for(1, soon).await.is_zero(), "it was the first itself");
        assert_eq!(waited_for(2, soon).await, soon);
        assert_eq!(waited_for(2, Duration::from_secs(1)).await, PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_came_is_not_waited_for_again() {
        let arrivals = Arrivals::default();
        arrivals.announce();
        sleep(PATIENCE).await;
        let later = arrivals.begin(async {
            yield_now().await;
            Arrivals::under_way().is_none()
        });
        assert!(later.await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_alone_does_not_wait() {
        let arrivals = Arrivals::default();
        let begun = Instant::now();
        let alone = arrivals.begin(async { Arrivals::under_way().unwrap().settled().await });
        alone.await;
        assert!(begun.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn among_others_one_waits_for_those_who_come_one_after_the_other() {
        let arrivals = Arrivals::default();
        let begun = Instant::now();
        let first = arrivals.begin(async {
            Arrivals::under_way().unwrap().settled().await;
            begun.elapsed()
        });
        let others = [0, 10, 20, 90].map(Duration::from_millis).map(|after| {
            let arrivals = arrivals.clone();
            async move {
                sleep(after).await;
                arrivals.begin(sleep(Duration::from_secs(1))).await;
            }
        });
        let (waited, _) = join(first, join_all(others)).await;
        assert_eq!(waited, Duration::from_millis(20) + AMONG_OTHERS);
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
