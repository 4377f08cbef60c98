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
    /// The last panic within [`guard`], for it to pick up.
    static NOTED: RefCell<Option<Panic>> = const { RefCell::new(None) };
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

/// What and where, as far as that is for the user. With `#` in the format, the backtrace follows, where there is one.
impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(location) = &self.location {
            write!(f, "\n\nat {location}")?;
        }
        if f.alternate()
            && let Some(backtrace) = &self.backtrace
        {
            write!(f, "\n\n{backtrace}")?;
        }
        Ok(())
    }
}

/// What became of a guarded call.
#[derive(Debug)]
pub(super) struct Guarded<T> {
    /// What it answers; nothing where a panic ended it.
    pub(super) answer: Option<T>,
    /// The last panic in it, also one that the call itself has survived.
    pub(super) panic: Option<Panic>,
}

/// From now on, panics outside of [`guard`] are written as Terraform looks for them.
pub(super) fn install_hook() {
    set_hook(Box::new(|info| {
        if !note(info) {
            // When stderr is gone, nobody is left to be told.
            _ = writeln!(io::stderr().lock(), "panic: {:#}", Panic::of_hook(info));
        }
    }));
}

/// Keeps a panic for [`guard`], if it is within it.
pub(super) fn note(info: &PanicHookInfo<'_>) -> bool {
    let guarded = GUARDED.get();
    if guarded {
        NOTED.set(Some(Panic::of_hook(info)));
    }
    guarded
}

/// Runs `call` and catches a panic in it. One in a task that the call has spawned is that task's.
pub(super) async fn guard<T>(call: impl Future<Output = T>) -> Guarded<T> {
    let mut call = pin!(call);
    let mut panic = None;
    let answer = poll_fn(|cx| {
        let outer = GUARDED.replace(true);
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
        GUARDED.set(outer);
        panic = NOTED.take().or(panic.take());
        match polled {
            Ok(poll) => poll.map(Some),
            Err(payload) => {
                panic.get_or_insert_with(|| Panic::of_payload(&*payload));
                Poll::Ready(None)
            }
        }
    })
    .await;
    Guarded { answer, panic }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::task::yield_now;

    use super::*;
    use crate::testing::note_panics;

    #[tokio::test]
    async fn what_does_not_panic_passes() {
        let answer = guard(async {
            yield_now().await;
            42
        });
        let guarded = answer.await;
        assert_eq!((guarded.answer, guarded.panic), (Some(42), None));
    }

    #[tokio::test]
    async fn a_panic_is_caught_wherever_the_call_has_got_to() {
        note_panics();
        let guarded = guard(async {
            yield_now().await;
            panic!("lost {}", "it");
        });
        let guarded: Guarded<()> = guarded.await;
        assert_eq!(guarded.answer, None);
        let panic = guarded.panic.unwrap();
        assert_eq!(panic.message, "lost it");
        assert!(panic.location.unwrap().starts_with(file!()));
        assert!(!GUARDED.get());
    }

    #[tokio::test]
    async fn a_panic_that_the_call_survives_is_told_all_the_same() {
        note_panics();
        let guarded = guard(async {
            let survived = AssertUnwindSafe(async { panic!("lost it") }).catch_unwind().await;
            yield_now().await;
            survived.is_err()
        });
        let guarded = guarded.await;
        assert_eq!(guarded.answer, Some(true));
        assert_eq!(guarded.panic.unwrap().message, "lost it");
    }

    #[test]
    fn a_panic_tells_what_where_and_how_it_came_there() {
        let panic = Panic {
            message: "lost it".to_owned(),
            location: Some("src/x.rs:1:2".to_owned()),
            backtrace: Some("0: main".to_owned()),
        };
        assert_eq!(format!("{panic}"), "lost it\n\nat src/x.rs:1:2");
        assert_eq!(format!("{panic:#}"), "lost it\n\nat src/x.rs:1:2\n\n0: main");
    }
}
