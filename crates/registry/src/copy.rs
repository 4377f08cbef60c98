//! Copying an image from one repository to another.

use std::sync::Arc;

use futures::{FutureExt, StreamExt, TryStreamExt};

use super::blob::bring;
use super::digest::Digest;
use super::failure::{Failure, FailureKind};
use super::image::survey;
use super::patience::Patience;
use super::platform::Platform;
use super::progress::Progress;
use super::repository::Repository;

/// How many blobs are on their way at once.
const AT_ONCE: usize = 4;

/// What a copy took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many blobs the image has: layers, and each platform's description.
    pub layers: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many of them were sent; the others were there.
    pub layers_sent: usize,
    /// The size in bytes of those that were sent.
    pub bytes_sent: u64,
}

/// Copies the image of the digest `from`, or what these platforms (none: all) leave of it, to the target, under a tag.
/// `expected` is the digest that the copy must have.
///
/// # Guarantees
/// The tag is set last: it never points at an image that is not there as a whole. What an earlier attempt has brought is
/// not sent again. No layer is held in memory.
///
/// # Errors
/// What a registry refuses, or fails with after all retries; cancelled; timed out.
pub async fn copy(
    (source, from, platforms): (&Repository, &Digest, &[Platform]),
    (target, tag, expected): (&Repository, &str, &Digest),
    patience: &Patience,
) -> Result<Copied, Failure> {
    let what = format!("copy {} to {}:{tag}", source.address(), target.address());
    patience.insist(&what, || source.sign_in_to_read()).await?;
    patience.insist(&what, || target.sign_in_to_send()).await?;
    let image = survey(source, from, platforms, patience).await?;
    let Some((root, parts)) = image
        .manifests
        .split_last()
        .filter(|(root, _)| root.digest == *expected)
    else {
        return Err(Failure::new(
            FailureKind::Corrupt,
            format!("{} has under {from} another image than {expected}", source.address()),
        ));
    };
    let bytes = image.blobs.iter().map(|blob| blob.size).sum();
    let progress = Arc::new(Progress::new(what.clone(), image.blobs.len(), bytes));
    let carry = &progress;
    futures::stream::iter(image.blobs.iter().cloned())
        .map(|blob| async move { bring(source, target, &blob, patience, carry).await }.boxed())
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    for part in parts {
        let put = || target.put_manifest(part.digest.as_str(), &part.media_type, part.body.clone());
        patience.insist(&what, put).await?;
    }
    let put = || target.put_manifest(tag, &root.media_type, root.body.clone());
    patience.insist(&what, put).await?;
    let copied = progress.so_far();
    tracing::info!(
        layers = copied.layers,
        bytes = copied.bytes,
        layers_sent = copied.layers_sent,
        bytes_sent = copied.bytes_sent,
        "{what}: done"
    );
    Ok(copied)
}
