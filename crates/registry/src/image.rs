//! An image at its source: what a name stands for, and everything it is made of.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;

use super::digest::Digest;
use super::failure::{Failure, FailureKind};
use super::manifest::{Blob, Content, Entry, Manifest};
use super::patience::Patience;
use super::platform::Platform;
use super::reference::ImageReference;
use super::repository::Repository;

/// The most manifests that one image may be made of: what points at more points in a circle, or is no image.
const MOST_MANIFESTS: usize = 500;

/// The longest description of an image that is read to learn its platform, in bytes.
const LONGEST_CONFIG: u64 = 4 * 1024 * 1024;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The digest of what the source has under that name.
    pub source: Digest,
    /// The digest of what a copy of the chosen platforms has: the source's own where all are chosen.
    pub copy: Digest,
}

/// Everything that an image is made of.
pub(super) struct Image {
    /// The manifests, each after those that it points at; the last is the image's own.
    pub manifests: Vec<Manifest>,
    /// The blobs, each once.
    pub blobs: BTreeSet<Blob>,
}

/// Finds out what a name stands for, and what a copy of these platforms (none: all) will be. A name that holds a digest
/// is not asked about, unless platforms are chosen.
///
/// # Errors
/// Where the source cannot be read, or has no image for one of the platforms.
pub async fn resolve(
    source: &Repository,
    name: &ImageReference,
    platforms: &[Platform],
    patience: &Patience,
) -> Result<Resolved, Failure> {
    let known = name.digest();
    if let (Some(digest), true) = (&known, platforms.is_empty()) {
        return Ok(Resolved {
            source: digest.clone(),
            copy: digest.clone(),
        });
    }
    let what = format!("read {name}");
    patience.insist(&what, || source.sign_in_to_read()).await?;
    let tag = name.tag().unwrap_or("latest");
    if platforms.is_empty() {
        let digest = patience.insist(&what, || source.digest_of(tag)).await?;
        return Ok(Resolved {
            source: digest.clone(),
            copy: digest,
        });
    }
    let root = if let Some(digest) = known {
        fetch(source, &digest, patience).await?
    } else {
        let (body, digest) = patience.insist(&what, || source.manifest_tagged(tag)).await?;
        Manifest::read(digest, body)?
    };
    let from = root.digest.clone();
    let copy = narrowed(source, root, platforms, patience).await?.digest;
    Ok(Resolved { source: from, copy })
}

/// Reads everything that the image of that digest, for these platforms (none: all), is made of.
pub(super) async fn survey(
    source: &Repository,
    digest: &Digest,
    platforms: &[Platform],
    patience: &Patience,
) -> Result<Image, Failure> {
    let root = fetch(source, digest, patience).await?;
    let root = narrowed(source, root, platforms, patience).await?;
    let mut levels = vec![vec![root]];
    let mut seen = BTreeSet::new();
    let mut blobs = BTreeMap::new();
    loop {
        let mut next = Vec::new();
        for manifest in levels.last().into_iter().flatten() {
            match &manifest.content {
                Content::Image { config, layers } => {
                    blobs.extend(
                        layers
                            .iter()
                            .chain([config])
                            .map(|blob| (blob.digest.clone(), blob.size)),
                    );
                }
                Content::Index(entries) => {
                    for entry in entries {
                        if seen.insert(entry.digest.clone()) {
                            next.push(fetch(source, &entry.digest, patience).await?);
                        }
                    }
                }
            }
        }
        if seen.len() > MOST_MANIFESTS {
            return Err(Failure::new(
                FailureKind::Refused,
                format!("{digest} is made of more than {MOST_MANIFESTS} manifests, which is no image"),
            ));
        }
        if next.is_empty() {
            break;
        }
        levels.push(next);
    }
    Ok(Image {
        manifests: levels.into_iter().rev().flatten().collect(),
        blobs: blobs.into_iter().map(|(digest, size)| Blob { digest, size }).collect(),
    })
}

async fn fetch(source: &Repository, digest: &Digest, patience: &Patience) -> Result<Manifest, Failure> {
    let what = format!("read {}@{digest}", source.address());
    let body = patience.insist(&what, || source.manifest(digest)).await?;
    Manifest::read(digest.clone(), body)
}

/// What the chosen platforms leave of an image: all of it, one platform's own manifest, or an index of several.
async fn narrowed(
    source: &Repository,
    root: Manifest,
    platforms: &[Platform],
    patience: &Patience,
) -> Result<Manifest, Failure> {
    if platforms.is_empty() {
        return Ok(root);
    }
    match &root.content {
        Content::Image { config, .. } => {
            let platform = platform_of(source, config, patience).await?;
            if platforms.iter().any(|wanted| wanted.admits(&platform)) {
                Ok(root)
            } else {
                Err(lacking(source, platforms, &[platform]))
            }
        }
        Content::Index(entries) => {
            let chosen = chosen(source, entries, platforms)?;
            match (chosen.len(), chosen.first()) {
                (1, Some(only)) => fetch(source, only, patience).await,
                (count, _) if count == entries.len() => Ok(root),
                _ => root.narrowed(&chosen),
            }
        }
    }
}

/// The entries for the platforms, of which each must have one.
fn chosen(source: &Repository, entries: &[Entry], platforms: &[Platform]) -> Result<BTreeSet<Digest>, Failure> {
    let offered = || entries.iter().filter_map(|entry| entry.platform.as_ref());
    let missing: Vec<Platform> = platforms
        .iter()
        .filter(|wanted| !offered().any(|platform| wanted.admits(platform)))
        .cloned()
        .collect();
    if !missing.is_empty() {
        let real: Vec<Platform> = offered().filter(|platform| platform.is_real()).cloned().collect();
        return Err(lacking(source, &missing, &real));
    }
    let fits = |entry: &&Entry| {
        let platform = entry.platform.as_ref();
        platform.is_some_and(|platform| platforms.iter().any(|wanted| wanted.admits(platform)))
    };
    Ok(entries.iter().filter(fits).map(|entry| entry.digest.clone()).collect())
}

fn lacking(source: &Repository, wanted: &[Platform], offered: &[Platform]) -> Failure {
    let list = |platforms: &[Platform]| {
        let texts: Vec<String> = platforms.iter().map(ToString::to_string).collect();
        texts.join(", ")
    };
    Failure {
        host: Some(source.host().to_owned()),
        ..Failure::new(
            FailureKind::NotFound,
            format!(
                "the image in {} is not for {}; it is for {}",
                source.address(),
                list(wanted),
                list(offered)
            ),
        )
    }
}

/// The platform that an image's own description names.
async fn platform_of(source: &Repository, config: &Blob, patience: &Patience) -> Result<Platform, Failure> {
    if config.size > LONGEST_CONFIG {
        return Err(Failure::new(
            FailureKind::Refused,
            "the image's description is too long to be one",
        ));
    }
    let what = format!("read {}@{}", source.address(), config.digest);
    let text = patience
        .insist(&what, || async {
            let opened = source.open(&config.digest, 0).await?;
            let chunks: Result<Vec<_>, _> = opened.stream.try_collect().await;
            let chunks = chunks.map_err(|error| source.failure(&error.into()))?;
            Ok(chunks.concat())
        })
        .await?;
    Platform::of_config(&text)
        .ok_or_else(|| Failure::new(FailureKind::Refused, "the image's description names no platform"))
}
