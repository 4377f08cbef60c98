//! How a Unix tells a process that it is to end.

use std::io;
use std::os::unix::process::parent_id;

use tokio::signal::unix::{SignalKind, signal};

pub(super) use tokio::signal::unix::Signal;

/// The signals that ask a process to end.
pub(super) fn ends() -> io::Result<Vec<Signal>> {
    [SignalKind::terminate(), SignalKind::hangup()]
        .map(signal)
        .into_iter()
        .collect()
}

/// Ctrl-C.
pub(super) fn interrupt() -> io::Result<Signal> {
    signal(SignalKind::interrupt())
}

/// The process that we belong to: another one, once the one that started us is gone.
pub(super) fn parent() -> u32 {
    parent_id()
}
