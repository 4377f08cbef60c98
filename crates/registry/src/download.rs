//! A blob as a stream that survives a source that breaks off: it goes on where it was.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use futures::{Stream, StreamExt, TryStreamExt};
use oci_client::client::SizedStream;
use oci_client::errors::OciDistributionError;
use tokio_util::bytes::Bytes;

use super::failure::{Failure, FailureKind};
use super::manifest::Blob;
use super::patience::Patience;
use super::progress::Progress;
use super::repository::Repository;

/// What the one who waits for a stream's end can see of it meanwhile.
#[derive(Clone, Default)]
pub(super) struct Watch {
    /// Grows whenever something happens.
    pub pulse: Arc<AtomicU64>,
    /// Why the stream ended too early.
    pub fault: Arc<OnceLock<Failure>>,
}

struct Download {
    source: Repository,
    blob: Blob,
    patience: Patience,
    progress: Arc<Progress>,
    watch: Watch,
    opened: Option<SizedStream>,
    /// How many bytes were handed on.
    received: u64,
    /// How many bytes of what comes were handed on before.
    skip: u64,
    retries: u32,
}

/// The bytes of a blob, without ever holding more than a piece of it. An unbroken stream is checked against the digest as
/// it passes; after a break, the target's own check counts, without which it takes no blob.
pub(super) fn download(
    source: &Repository,
    blob: &Blob,
    patience: &Patience,
    progress: &Arc<Progress>,
    watch: &Watch,
) -> impl Stream<Item = Result<Bytes, OciDistributionError>> + Send + 'static {
    let fault = watch.fault.clone();
    let download = Download {
        source: source.clone(),
        blob: blob.clone(),
        patience: patience.clone(),
        progress: progress.clone(),
        watch: watch.clone(),
        opened: None,
        received: 0,
        skip: 0,
        retries: 0,
    };
    futures::stream::try_unfold(download, Download::next).map_err(move |failure| {
        let told = OciDistributionError::GenericError(Some(failure.to_string()));
        // The first fault is the only one: a stream ends with it.
        let _ = fault.set(failure);
        told
    })
}

impl Download {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Failure> {
        loop {
            let failure = match self.piece().await {
                Ok(Some(piece)) => {
                    let fresh = self.fresh(piece);
                    if fresh.is_empty() {
                        continue;
                    }
                    self.received += fresh.len() as u64;
                    self.retries = 0;
                    self.progress.received(&self.blob, self.received, fresh.len() as u64);
                    return Ok(Some((fresh, self)));
                }
                Ok(None) if self.received == self.blob.size => return Ok(None),
                Ok(None) => self.cut_short(),
                Err(failure) => failure,
            };
            // What ends too early does not fit its digest either.
            let broke_off =
                failure.is_passing() || failure.kind == FailureKind::Corrupt && self.received < self.blob.size;
            if !broke_off || self.retries >= self.patience.retries {
                return Err(failure);
            }
            let what = format!("read {} from {}", self.blob.digest, self.source.address());
            tracing::info!(%failure, "{what}: going on at byte {}", self.received);
            self.opened = None;
            self.watch.pulse.fetch_add(1, Ordering::Relaxed);
            self.patience.pause(&what, self.retries).await?;
            self.retries += 1;
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let stream = if let Some(stream) = &mut self.opened {
            stream
        } else {
            let opened = self.source.open(&self.blob.digest, self.received).await?;
            self.skip = self.received - opened.offset;
            self.opened.insert(opened.stream)
        };
        let piece = stream.next().await.transpose();
        self.watch.pulse.fetch_add(1, Ordering::Relaxed);
        piece.map_err(|error| self.source.failure(&error.into()))
    }

    /// What of a piece was not handed on before.
    fn fresh(&mut self, mut piece: Bytes) -> Bytes {
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(piece.len());
        self.skip -= known as u64;
        piece.split_off(known)
    }

    fn cut_short(&self) -> Failure {
        Failure::new(
            FailureKind::Unreachable,
            format!(
                "{} ended after {} of {} bytes of {}",
                self.source.address(),
                self.received,
                self.blob.size,
                self.blob.digest
            ),
        )
    }
}
