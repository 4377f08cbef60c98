//! Taking an image out of its repository, with the platforms' own images that it points at and nothing else. Source:
//! Amazon ECR API, `BatchDeleteImage`: without its last tag an image is gone; one that a manifest list points at stays.

use std::collections::BTreeSet;

use aws_sdk_ecr::types::{ImageFailureCode, ImageIdentifier, ListImagesFilter, TagStatus};

use super::digest_under;
use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::ImageTag;
use engine::{Call, Error, ErrorKind, Result};
use registry::{Digest, MEDIA_TYPES, children, is_index};

/// How many images one call names at most.
const AT_ONCE: usize = 100;

/// Takes the image of that digest out from under that tag.
pub(super) async fn remove(call: &Call<'_, Aws>, repository: &str, tag: &ImageTag, digest: &Digest) -> Result<()> {
    let mut level = vec![digest.clone()];
    let mut parts = children_of(call, repository, &level).await?;
    if digest_under(call, repository, tag).await?.as_ref() == Some(digest) {
        let tagged = ImageIdentifier::builder().image_tag(tag.as_str()).build();
        delete(call, repository, vec![tagged]).await?;
    } else {
        // Somebody pointed the tag at another image: that one is theirs, and ours has lost its tag.
        delete_untagged(call, repository, &level).await?;
    }
    while !parts.is_empty() {
        level = parts;
        parts = children_of(call, repository, &level).await?;
        delete_untagged(call, repository, &level).await?;
    }
    Ok(())
}

/// What those of the images that are indices point at.
async fn children_of(call: &Call<'_, Aws>, repository: &str, digests: &[Digest]) -> Result<Vec<Digest>> {
    let mut found = BTreeSet::new();
    for some in digests.chunks(AT_ONCE) {
        let request = call.world.ecr.batch_get_image().repository_name(repository);
        // ECR translates a manifest of any other form.
        let request = request
            .set_image_ids(Some(by_digest(some)))
            .set_accepted_media_types(Some(MEDIA_TYPES.map(str::to_owned).to_vec()));
        let answer = unless_absent(ask(call, "ecr:BatchGetImage", request.send()).await)?;
        for image in answer.and_then(|answer| answer.images).unwrap_or_default() {
            if image.image_manifest_media_type().is_some_and(is_index) {
                found.extend(children(image.image_manifest().unwrap_or_default()));
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// Deletes those of the images that nobody gave a tag.
async fn delete_untagged(call: &Call<'_, Aws>, repository: &str, digests: &[Digest]) -> Result<()> {
    let filter = ListImagesFilter::builder().tag_status(TagStatus::Untagged).build();
    let pages = call
        .world
        .ecr
        .list_images()
        .repository_name(repository)
        .filter(filter)
        .into_paginator()
        .items()
        .send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let listed = unless_absent(ask(call, "ecr:ListImages", listed).await)?.unwrap_or_default();
    let untagged: BTreeSet<&str> = listed.iter().filter_map(ImageIdentifier::image_digest).collect();
    let ours: Vec<Digest> = digests
        .iter()
        .filter(|digest| untagged.contains(digest.as_str()))
        .cloned()
        .collect();
    for some in ours.chunks(AT_ONCE) {
        delete(call, repository, by_digest(some)).await?;
    }
    Ok(())
}

async fn delete(call: &Call<'_, Aws>, repository: &str, images: Vec<ImageIdentifier>) -> Result<()> {
    const ATTEMPTED: &str = "ecr:BatchDeleteImage";
    let request = call.world.ecr.batch_delete_image().repository_name(repository);
    let request = request.set_image_ids(Some(images));
    let answer = unless_absent(ask(call, ATTEMPTED, request.send()).await)?;
    let failures = answer.and_then(|answer| answer.failures).unwrap_or_default();
    let refused = failures.iter().find(|failure| {
        // Gone is what it is to be; what another image still points at is that one's part.
        !matches!(
            failure.failure_code(),
            Some(ImageFailureCode::ImageNotFound | ImageFailureCode::ImageReferencedByManifestList)
        )
    });
    let Some(failure) = refused else { return Ok(()) };
    let mut error = Error::new(
        ErrorKind::Conflict,
        ATTEMPTED,
        failure.failure_reason().unwrap_or("AWS gave no reason"),
    );
    error.code = failure.failure_code().map(|code| code.as_str().to_owned());
    Err(error)
}

fn by_digest(digests: &[Digest]) -> Vec<ImageIdentifier> {
    let identifier = |digest: &Digest| ImageIdentifier::builder().image_digest(digest.as_str()).build();
    digests.iter().map(identifier).collect()
}
