//! How the plugin ends: when the host says so, on a signal, or when the host is gone.
//!
//! Ending means: no new connection, what is under way may finish, then the process ends. Terraform on its part kills a
//! plugin that does not end within two seconds of its Shutdown.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;
use super::error::PluginError;
use super::panic::guard;

/// What may still be under way when the host is done has so long to finish: less than the host's own patience.
const AFTER_SHUTDOWN: Duration = Duration::from_secs(1);
/// How often to look whether the host lives.
const PARENT_CHECK: Duration = Duration::from_secs(2);

/// The end of the plugin, shared by all who may bring it about or wait for it.
#[derive(Clone)]
pub(super) struct Ending {
    begun: CancellationToken,
    at_once: CancellationToken,
    stop_operations: Arc<dyn Fn() + Send + Sync>,
    debugging: bool,
}

impl Ending {
    /// For a plugin that its host started. `stop_operations` asks what is under way to finish early.
    pub(super) fn new(stop_operations: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            begun: CancellationToken::new(),
            at_once: CancellationToken::new(),
            stop_operations: Arc::new(stop_operations),
            debugging: false,
        }
    }

    /// For a plugin that a user started: many hosts may come and go, and Ctrl-C ends it.
    pub(super) fn of_debugging(stop_operations: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            debugging: true,
            ..Self::new(stop_operations)
        }
    }

    /// The host is done with us.
    pub(super) fn host_is_done(&self) {
        if self.debugging {
            return;
        }
        self.begun.cancel();
        let at_once = self.at_once.clone();
        self.watch_over(async move {
            sleep(AFTER_SHUTDOWN).await;
            at_once.cancel();
        });
    }

    /// Somebody wants us to end: what is under way stops early, but what it has done is still told to the host. Whoever
    /// asks again does not want to wait.
    pub(super) fn interrupted(&self) {
        if self.begun.is_cancelled() {
            self.at_once.cancel();
        }
        (self.stop_operations)();
        self.begun.cancel();
    }

    /// Ends on what asks a process to end (SIGTERM, SIGHUP). Ctrl-C reaches a plugin together with its host, which then calls Stop and waits: it
    /// is ignored, except where the user debugs.
    pub(super) fn on_signals(&self) -> Result<(), PluginError> {
        for signals in system::ends().map_err(PluginError::Signals)? {
            self.watch_over(self.clone().watch(signals, true));
        }
        let interrupts = system::interrupt().map_err(PluginError::Signals)?;
        self.watch_over(self.clone().watch(interrupts, self.debugging));
        Ok(())
    }

    async fn watch(self, mut signals: system::Signal, ends: bool) {
        while signals.recv().await.is_some() {
            if ends {
                self.interrupted();
            }
        }
    }

    /// Runs beside everything else what may bring the end about. If it panics, the end begins: nobody else would see to it.
    fn watch_over(&self, watch: impl Future<Output = ()> + Send + 'static) {
        let ending = self.clone();
        tokio::spawn(async move {
            if let Some(panic) = guard(watch).await.panic {
                tracing::error!("panicked while watching for the end: {panic:#}");
                ending.begun.cancel();
            }
        });
    }

    /// Ends when the process that started us is gone: nobody else will ever call.
    pub(super) fn when_parent_is_gone(&self) {
        let ending = self.clone();
        let host = system::parent();
        self.watch_over(async move {
            while system::parent() == host {
                sleep(PARENT_CHECK).await;
            }
            tracing::warn!("the host is gone");
            ending.interrupted();
        });
    }

    /// Waits until the end has begun.
    pub(super) fn begun(&self) -> WaitForCancellationFutureOwned {
        self.begun.clone().cancelled_owned()
    }

    /// Waits until there is no time left for what is still under way.
    pub(super) fn at_once(&self) -> WaitForCancellationFutureOwned {
        self.at_once.clone().cancelled_owned()
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending")
            .field("begun", &self.begun.is_cancelled())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::testing::note_panics;

    fn counting(debugging: bool) -> (Ending, Arc<AtomicUsize>) {
        let stops = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&stops);
        let count = move || {
            counter.fetch_add(1, Ordering::SeqCst);
        };
        (
            if debugging {
                Ending::of_debugging(count)
            } else {
                Ending::new(count)
            },
            stops,
        )
    }

    #[tokio::test]
    async fn shutdown_leaves_a_moment_and_no_more() {
        let (ending, stops) = counting(false);
        ending.host_is_done();
        ending.begun().await;
        assert!(!ending.at_once.is_cancelled());
        ending.at_once().await;
        assert_eq!(stops.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_interruption_stops_operations_and_a_second_one_does_not_wait() {
        let (ending, stops) = counting(false);
        ending.interrupted();
        ending.begun().await;
        assert_eq!(stops.load(Ordering::SeqCst), 1);
        assert!(!ending.at_once.is_cancelled());
        ending.interrupted();
        ending.at_once().await;
    }

    #[tokio::test]
    async fn a_debugged_plugin_outlives_its_hosts() {
        let (ending, _) = counting(true);
        ending.host_is_done();
        assert!(!ending.begun.is_cancelled());
        ending.interrupted();
        ending.begun().await;
    }

    #[tokio::test]
    async fn whoever_watches_for_the_end_and_panics_brings_it_about() {
        note_panics();
        let (ending, _) = counting(false);
        ending.watch_over(async { panic!("lost sight of it") });
        ending.begun().await;
    }
}
