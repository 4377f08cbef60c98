//! How far a copy is, for the log.

use std::sync::Mutex;
use std::sync::PoisonError;

use super::copy::Copied;
use super::manifest::Blob;

/// After how many bytes of one layer its progress is told.
const STEP: u64 = 256 * 1024 * 1024;

/// How a blob came to be at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It was there.
    There,
    /// The registry took it over from another repository of its own.
    Mounted,
    /// It was sent.
    Sent,
}

/// How far a copy is.
pub(super) struct Progress {
    what: String,
    blobs: usize,
    bytes: u64,
    so_far: Mutex<Copied>,
}

impl Progress {
    /// A copy that is about to begin.
    pub(super) fn new(what: String, blobs: usize, bytes: u64) -> Self {
        tracing::info!("{what}: {blobs} layers, {}", amount(bytes));
        Self {
            what,
            blobs,
            bytes,
            so_far: Mutex::default(),
        }
    }

    /// A blob is at the target.
    pub(super) fn done(&self, blob: &Blob, way: Way) {
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        so_far.layers += 1;
        so_far.bytes += blob.size;
        let how = match way {
            Way::There => "was there already",
            Way::Mounted => "was taken over within the registry",
            Way::Sent => {
                so_far.layers_sent += 1;
                so_far.bytes_sent += blob.size;
                "was sent"
            }
        };
        tracing::info!(
            layer = %blob.digest,
            size = blob.size,
            "{}: layer {} of {} {how}; {} of {}",
            self.what,
            so_far.layers,
            self.blobs,
            amount(so_far.bytes),
            amount(self.bytes)
        );
    }

    /// So much of a blob was received, of which the last `step` bytes are new.
    pub(super) fn received(&self, blob: &Blob, bytes: u64, step: u64) {
        if bytes / STEP != bytes.saturating_sub(step) / STEP && bytes < blob.size {
            tracing::info!(layer = %blob.digest, "{}: {} of {} of a layer", self.what, amount(bytes), amount(blob.size));
        }
    }

    /// What was done so far.
    pub(super) fn so_far(&self) -> Copied {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `812 B`, `3.4 MB`, `8.5 GB`: powers of ten, as registries count.
fn amount(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_as_people_say_them() {
        for (bytes, text) in [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (8_499_999_999, "8.4 GB")] {
            assert_eq!(amount(bytes), text);
        }
    }
}
