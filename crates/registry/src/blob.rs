//! One blob on its way from source to target.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::download::{Watch, download};
use super::failure::Failure;
use super::manifest::Blob;
use super::patience::Patience;
use super::progress::{Progress, Way};
use super::repository::Repository;

/// How long nothing may happen while a blob is sent. At its end the registry looks at all of it before it answers.
const STANDSTILL: Duration = Duration::from_mins(5);

/// Sees to it that the target has a blob: nothing is sent where it has it already, or can take it over from a neighbour.
pub(super) async fn bring(
    source: &Repository,
    target: &Repository,
    blob: &Blob,
    patience: &Patience,
    progress: &Arc<Progress>,
) -> Result<(), Failure> {
    let what = format!("copy {} to {}", blob.digest, target.address());
    let way = patience
        .insist(&what, || async {
            if target.has(&blob.digest).await? {
                return Ok(Ok(Way::There));
            }
            // Whatever keeps a registry from taking a blob over, it can be sent it.
            if target.shares_registry_with(source) && matches!(target.mount(source, &blob.digest).await, Ok(true)) {
                return Ok(Ok(Way::Mounted));
            }
            let watch = Watch::default();
            let content = download(source, blob, patience, progress, &watch);
            let sent = unless_still(&watch.pulse, target, target.send(&blob.digest, blob.size, content)).await;
            match (sent, watch.fault.get()) {
                (Ok(()), _) => Ok(Ok(Way::Sent)),
                // The source was tried again as often as it may.
                (Err(_), Some(fault)) => Ok(Err(fault.clone())),
                (Err(failure), None) => Err(failure),
            }
        })
        .await??;
    progress.done(blob, way);
    Ok(())
}

/// Lets it go on for as long as something happens.
async fn unless_still(
    pulse: &AtomicU64,
    target: &Repository,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::pin!(work);
    loop {
        let before = pulse.load(Ordering::Relaxed);
        match tokio::time::timeout(STANDSTILL, &mut work).await {
            Ok(done) => return done,
            Err(_) if pulse.load(Ordering::Relaxed) == before => return Err(target.silent()),
            Err(_) => {}
        }
    }
}
