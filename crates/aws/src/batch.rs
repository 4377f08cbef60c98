//! Reads that run at once become one: requests for objects of one kind that come within a few milliseconds of each other,
//! from one deployment or from many, are put to AWS in a single call and answered singly. Where many came before, as when
//! Terraform reads one deployment after the other, ten at once, the next call waits a little longer for as many.
//!
//! Nothing is remembered: a call is made after every request that it answers, so that a read is never served from before
//! a write of ours.

mod crowd;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use self::crowd::{Crowds, PATIENCE};
use super::arrivals::{Arrivals, turns};
use super::error::unless_absent;
use engine::{Error, ErrorKind, Result};

/// How long the first request waits for others. Terraform starts its reads (ten, unless told otherwise) at once, and they
/// arrive within a millisecond or two; a call to AWS takes ten times as long and more.
pub const WINDOW: Duration = Duration::from_millis(3);

/// One call: the objects of that group by those keys. What does not exist is left out, or the whole is refused.
type Fetch<G, K, V> = Arc<dyn Fn(G, Vec<K>) -> BoxFuture<'static, Result<Vec<V>>> + Send + Sync>;

/// Key → what was found of it.
type Answers<K, V> = Arc<BTreeMap<K, Result<Vec<V>>>>;

/// Joins reads of one kind of object `V` by key `K`. One call takes keys of one group `G` (the cluster of services).
pub struct Batcher<G, K, V> {
    most: usize,
    is: fn(&K, &V) -> bool,
    fetch: Fetch<G, K, V>,
    open: Arc<Mutex<BTreeMap<G, Batch<K, V>>>>,
    crowds: Crowds<G>,
}

/// A call to be made.
struct Batch<K, V> {
    /// For whom; `None` once the call is on its way and takes nobody along any more.
    keys: Arc<Mutex<Option<BTreeSet<K>>>>,
    /// How many it waits for, and that they are there.
    expected: usize,
    complete: Arc<Notify>,
    /// Driven by whoever waits for it, so that it goes on as long as one of them does.
    answers: Shared<BoxFuture<'static, Answers<K, V>>>,
}

impl<G, K, V> Batcher<G, K, V>
where
    G: Clone + Ord + Send + Sync + 'static,
    K: Clone + Ord + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A batcher of calls that take up to `most` keys. `is` tells whether an object goes by a key.
    pub fn new<F>(most: usize, is: fn(&K, &V) -> bool, fetch: impl Fn(G, Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<V>>> + Send + 'static,
    {
        Self {
            most,
            is,
            fetch: Arc::new(move |group, keys| Box::pin(fetch(group, keys))),
            open: Arc::default(),
            crowds: Crowds::default(),
        }
    }

    /// Everything that goes by that key, as it is after this request.
    ///
    /// # Errors
    /// What AWS refuses of this key: what it refuses of others that were asked for at once does not count.
    pub async fn get(&self, group: G, key: K) -> Result<Vec<V>> {
        let answers = self.joined(group, &key).await;
        answers.get(&key).cloned().unwrap_or_else(|| Ok(Vec::new()))
    }

    /// The same; nothing where AWS refuses the key as not found.
    ///
    /// # Errors
    /// What else AWS refuses of this key.
    pub async fn all(&self, group: impl Into<G>, key: impl Into<K>) -> Result<Vec<V>> {
        Ok(unless_absent(self.get(group.into(), key.into()).await)?.unwrap_or_default())
    }

    /// The object that goes by that key; `None` where there is none, be it left out or refused as not found.
    ///
    /// # Errors
    /// What else AWS refuses of this key.
    pub async fn one(&self, group: impl Into<G>, key: impl Into<K>) -> Result<Option<V>> {
        Ok(self.all(group, key).await?.into_iter().next())
    }

    /// The call that will answer for this key.
    fn joined(&self, group: G, key: &K) -> Shared<BoxFuture<'static, Answers<K, V>>> {
        let mut open = locked(&self.open);
        if let Some(batch) = open.get(&group)
            && let Some(keys) = locked(&batch.keys).as_mut()
            && (keys.len() < self.most || keys.contains(key))
        {
            keys.insert(key.clone());
            self.crowds.wait(&group, keys.len());
            if keys.len() >= batch.expected {
                batch.complete.notify_one();
            }
            return batch.answers.clone();
        }
        let keys = Arc::new(Mutex::new(Some(BTreeSet::from([key.clone()]))));
        let (expected, complete) = (self.crowds.expected(&group).min(self.most), Arc::new(Notify::new()));
        self.crowds.wait(&group, 1);
        let others = (expected > 1).then(|| Arc::clone(&complete));
        let answers = self.answers(group.clone(), Arc::clone(&keys), others);
        let answers = answers.boxed().shared();
        let batch = Batch {
            keys,
            expected,
            complete,
            answers: answers.clone(),
        };
        open.insert(group, batch);
        answers
    }

    /// Waits for others, and longer for a crowd until it is complete; then asks.
    fn answers(
        &self,
        group: G,
        keys: Arc<Mutex<Option<BTreeSet<K>>>>,
        crowd: Option<Arc<Notify>>,
    ) -> impl Future<Output = Answers<K, V>> + Send + use<G, K, V> {
        let (is, fetch) = (self.is, Arc::clone(&self.fetch));
        let (open, crowds) = (Arc::clone(&self.open), self.crowds.clone());
        let arrivals = Arrivals::under_way();
        async move {
            if let Some(arrivals) = arrivals {
                arrivals.settled().await;
            } else {
                sleep(WINDOW).await;
                turns().await;
            }
            if let Some(complete) = crowd {
                // Who does not come has nothing more to ask.
                let _ = timeout(PATIENCE, complete.notified()).await;
            }
            let wanted: Vec<K> = {
                let mut open = locked(&open);
                if open.get(&group).is_some_and(|batch| Arc::ptr_eq(&batch.keys, &keys)) {
                    open.remove(&group);
                }
                locked(&keys).take().into_iter().flatten().collect()
            };
            let _asked = crowds.ask(&group, wanted.len());
            let answered = ask_for(fetch, group, wanted).await;
            let singly = answered.into_iter().flat_map(|(keys, answer)| {
                keys.into_iter().map(move |key| {
                    let answer = answer
                        .as_ref()
                        .map(|found| found.iter().filter(|object| is(&key, object)).cloned().collect());
                    let answer = answer.map_err(Error::clone);
                    (key, answer)
                })
            });
            Arc::new(singly.collect())
        }
    }
}

/// What was said, of which keys.
type Told<K, V> = Vec<(Vec<K>, Result<Vec<V>>)>;

/// Asks for all keys at once. A refusal that may be about one of them is put down to it by asking for halves.
fn ask_for<G, K, V>(fetch: Fetch<G, K, V>, group: G, mut keys: Vec<K>) -> BoxFuture<'static, Told<K, V>>
where
    G: Clone + Send + Sync + 'static,
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    Box::pin(async move {
        if keys.is_empty() {
            return Vec::new();
        }
        match fetch(group.clone(), keys.clone()).await {
            Err(error) if keys.len() > 1 && may_be_about_one(&error) => {
                let others = keys.split_off(keys.len() / 2);
                let (mut answers, more) = join(
                    ask_for(Arc::clone(&fetch), group.clone(), keys),
                    ask_for(fetch, group, others),
                )
                .await;
                answers.extend(more);
                answers
            }
            answer => vec![(keys, answer)],
        }
    })
}

/// Whether a call without one of its keys might succeed. Asking more often helps nobody who asks too often already, or is
/// not heard.
fn may_be_about_one(error: &Error) -> bool {
    !matches!(
        error.kind,
        ErrorKind::Throttled | ErrorKind::Unreachable | ErrorKind::TimedOut | ErrorKind::Bug
    )
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
