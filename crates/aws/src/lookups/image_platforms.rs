//! What a container image in Amazon ECR runs on (Amazon ECR API, `BatchGetImage`, `GetDownloadUrlForLayer`).

use std::future::Future;
use std::time::Duration;

use aws_sdk_ecr::types::ImageIdentifier;

use crate::Aws;
use crate::ecr_token::{client_in, region_of};
use crate::error::{lacking, refusal};
use engine::{Error, ErrorKind, Result};
use registry::{ImageReference, MEDIA_TYPES, Platform, RunsOn, runs_on};

const BATCH_GET_IMAGE: &str = "ecr:BatchGetImage";

/// How long looking may take.
const LIMIT: Duration = Duration::from_secs(15);

/// The platforms that an image is for. `None` where that cannot be told: of an image that is not in ECR, or says nothing of
/// it.
///
/// # Errors
/// Where the image is not there, or may not be read.
pub async fn image_platforms(aws: &Aws, image: &ImageReference) -> Result<Option<Vec<Platform>>> {
    in_time(Box::pin(read(aws, image))).await
}

/// The manifest of an image; `None` of one that is not in ECR.
///
/// # Errors
/// Where the image is not there, or may not be read.
pub async fn image_manifest(aws: &Aws, image: &ImageReference) -> Result<Option<String>> {
    in_time(Box::pin(manifest(aws, image))).await
}

async fn in_time<T>(asked: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(LIMIT, asked).await.unwrap_or_else(|_| {
        let why = format!("Amazon ECR had not answered within {} seconds", LIMIT.as_secs());
        Err(Error::new(ErrorKind::TimedOut, BATCH_GET_IMAGE, why))
    })
}

/// The region and the account of an image's registry, where that is Amazon ECR.
pub(super) fn in_ecr(image: &ImageReference) -> Option<(String, String)> {
    let address = image.address();
    let (account, _) = address.host().split_once('.')?;
    Some((region_of(address.host())?.to_owned(), account.to_owned()))
}

async fn manifest(aws: &Aws, image: &ImageReference) -> Result<Option<String>> {
    let Some((region, account)) = in_ecr(image) else {
        return Ok(None);
    };
    let id = match image.digest() {
        Some(digest) => ImageIdentifier::builder().image_digest(digest.to_string()),
        None => ImageIdentifier::builder().image_tag(image.tag().unwrap_or("latest")),
    };
    let answer = client_in(aws, &region)
        .batch_get_image()
        .registry_id(account)
        .repository_name(image.repository())
        .image_ids(id.build())
        .set_accepted_media_types(Some(MEDIA_TYPES.map(str::to_owned).to_vec()))
        .send()
        .await
        .map_err(|error| refusal(BATCH_GET_IMAGE, &error))?;
    if let Some(found) = answer.images().first() {
        return Ok(found.image_manifest().map(str::to_owned));
    }
    let reason = answer.failures().first().and_then(|failure| failure.failure_reason());
    let why = reason.unwrap_or("the repository has no such image");
    Err(Error::new(ErrorKind::NotFound, BATCH_GET_IMAGE, why))
}

async fn read(aws: &Aws, image: &ImageReference) -> Result<Option<Vec<Platform>>> {
    let found = manifest(aws, image).await?;
    let config = match found.and_then(|manifest| runs_on(&manifest)) {
        Some(RunsOn::Here(platforms)) => return Ok(Some(platforms)),
        Some(RunsOn::There(config)) => config,
        None => return Ok(None),
    };
    let Some((region, account)) = in_ecr(image) else {
        return Ok(None);
    };
    let answer = client_in(aws, &region)
        .get_download_url_for_layer()
        .registry_id(account)
        .repository_name(image.repository())
        .layer_digest(config.to_string())
        .send()
        .await
        .map_err(|error| refusal("ecr:GetDownloadUrlForLayer", &error))?;
    let url = answer
        .download_url()
        .ok_or_else(|| lacking("ecr:GetDownloadUrlForLayer", "URL"))?;
    let told = aws.web.get(url, LIMIT).await;
    let told = told.map_err(|why| Error::new(ErrorKind::Unreachable, "read the image's description", why))?;
    Ok(Platform::of_config(&told.body).map(|platform| vec![platform]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/deid:3.3.2";

    async fn told(
        image: &str,
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> (Result<Option<String>>, usize) {
        let stage = Stage::answering(move |asked| answer(&asked.operation));
        let found = image_platforms(&stage.aws, &image.parse().unwrap()).await;
        let words = |platforms: Vec<Platform>| platforms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        (found.map(|found| found.map(words)), stage.asked().len())
    }

    #[tokio::test]
    async fn an_index_tells_its_platforms_with_one_call() {
        let (found, calls) = told(IMAGE, |_| {
            let digest = format!("sha256:{}", "a".repeat(64));
            let entry = |architecture: &str| {
                format!(
                    r#"{{"digest": "{digest}", "size": 1, "platform": {{"os": "linux", "architecture": "{architecture}"}}}}"#
                )
            };
            let index = format!(
                r#"{{"schemaVersion": 2, "manifests": [{}, {}]}}"#,
                entry("amd64"),
                entry("arm64")
            );
            Answer::json(serde_json::json!({ "images": [{ "imageManifest": index }] }).to_string())
        })
        .await;
        assert_eq!(found.unwrap().as_deref(), Some("linux/amd64, linux/arm64"));
        assert_eq!(calls, 1);
    }

    #[tokio::test]
    async fn what_may_not_be_read_or_is_not_there_is_told_and_what_lies_elsewhere_is_not_asked_for() {
        let denied = |_: &str| Answer::refused("AccessDeniedException", "not authorized to perform: ecr:BatchGetImage");
        assert_eq!(told(IMAGE, denied).await.0.unwrap_err().kind, ErrorKind::Denied);
        let absent = |_: &str| {
            let failure = r#"{"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}"#;
            Answer::json(format!(r#"{{"images": [], "failures": [{failure}]}}"#))
        };
        let error = told(IMAGE, absent).await.0.unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::NotFound, "Requested image not found")
        );
        let (found, calls) = told("nginx:1.27", absent).await;
        assert_eq!((found.unwrap(), calls), (None, 0));
    }
}
