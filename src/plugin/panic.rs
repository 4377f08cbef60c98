//! Panics. One within a call becomes that call's error, so that Terraform keeps what it knows; any other is written to
//! stderr after `panic: `, by which Terraform finds it, shows it, and says that the provider crashed.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::pin::pin;
use std::task::Poll;

thread_local! {
    /// Whether this thread is within [`guard`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw of the panic that [`guard`] is about to catch.
    static CAUGHT: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// A panic: what it said and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Panic {
    message: String,
    location: Option<String>,
    backtrace: Option<String>,
}

impl Panic {
    fn of_payload(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a message".to_owned());
        Self {
            message,
            location: None,
            backtrace: None,
        }
    }

    fn of_hook(info: &PanicHookInfo<'_>) -> Self {
        let message = info.payload_as_str().unwrap_or("a panic without a message").to_owned();
        let backtrace = Backtrace::capture();
        Self {
            message,
            location: info.location().map(ToString::to_string),
            backtrace: (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string()),
        }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(location) = &self.location {
            write!(f, "\n\nat {location}")?;
        }
        if let Some(backtrace) = &self.backtrace {
            write!(f, "\n\n{backtrace}")?;
        }
        Ok(())
    }
}

/// From now on, panics outside of [`guard`] are written as Terraform looks for them.
pub(super) fn install_hook() {
    set_hook(Box::new(|info| {
        let panic = Panic::of_hook(info);
        if GUARDED.get() {
            CAUGHT.set(Some(panic));
        } else {
            // When stderr is gone, nobody is left to be told.
            _ = writeln!(io::stderr().lock(), "panic: {panic}");
        }
    }));
}

/// Runs `call` and catches a panic in it. One in a task that the call has spawned is that task's.
pub(super) async fn guard<T>(call: impl Future<Output = T>) -> Result<T, Panic> {
    let mut call = pin!(call);
    poll_fn(|cx| {
        let outer = GUARDED.replace(true);
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
        GUARDED.set(outer);
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(CAUGHT.take().unwrap_or_else(|| Panic::of_payload(&*payload)))),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn what_does_not_panic_passes() {
        let answer = guard(async {
            yield_now().await;
            42
        });
        assert_eq!(answer.await, Ok(42));
    }

    #[tokio::test]
    async fn a_panic_is_caught_wherever_the_call_has_got_to() {
        let panic = guard(async {
            yield_now().await;
            panic!("lost {}", "it");
        });
        let panic = panic.await.unwrap_err();
        assert!(panic.to_string().starts_with("lost it"), "{panic}");
        assert!(!GUARDED.get());
    }

    #[test]
    fn a_panic_tells_what_where_and_how_it_came_there() {
        let panic = Panic {
            message: "lost it".to_owned(),
            location: Some("src/x.rs:1:2".to_owned()),
            backtrace: Some("0: main".to_owned()),
        };
        assert_eq!(panic.to_string(), "lost it\n\nat src/x.rs:1:2\n\n0: main");
    }
}
