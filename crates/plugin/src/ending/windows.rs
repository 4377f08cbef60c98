//! How Windows tells a process that it is to end: by Ctrl-C alone.

use std::io;

use tokio::signal::windows::ctrl_c;

pub(super) use tokio::signal::windows::CtrlC as Signal;

/// There are no other signals.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there are, and they can fail")]
pub(super) fn ends() -> io::Result<Vec<Signal>> {
    Ok(Vec::new())
}

/// Ctrl-C.
pub(super) fn interrupt() -> io::Result<Signal> {
    ctrl_c()
}

/// Windows gives a process to nobody else when the one that started it is gone, so that this does not show it.
pub(super) fn parent() -> u32 {
    0
}
