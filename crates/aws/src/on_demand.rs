//! Clients that are made when they are first used: with each comes its service's table of partitions to read, and an operation
//! calls a few of the services alone.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

type Make<C> = Box<dyn FnOnce() -> C + Send + Sync>;

/// A client of one service, made at its first use; all clones share it.
pub struct OnDemand<C>(Arc<LazyLock<C, Make<C>>>);

impl<C> OnDemand<C> {
    /// What `make` makes, once it is asked for.
    pub fn new(make: impl FnOnce() -> C + Send + Sync + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }

    /// Makes it now, if it is not made yet.
    pub fn ready(&self) {
        LazyLock::force(&self.0);
    }
}

impl<C> Deref for OnDemand<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C> Clone for OnDemand<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: fmt::Debug> fmt::Debug for OnDemand<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn it_is_made_at_its_first_use_and_once() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let client = OnDemand::new(move || count.fetch_add(1, Ordering::SeqCst));
        let same = client.clone();
        assert_eq!(made.load(Ordering::SeqCst), 0);
        assert_eq!((*client, *same), (0, 0));
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn it_is_made_once_where_it_was_to_be_ready() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let client = OnDemand::new(move || count.fetch_add(1, Ordering::SeqCst));
        client.ready();
        assert_eq!(made.load(Ordering::SeqCst), 1);
        client.ready();
        assert_eq!(*client, 0);
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}
