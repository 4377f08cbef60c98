//! What a container image in Amazon ECR runs on (Amazon ECR API, `BatchGetImage`, `GetDownloadUrlForLayer`).

use std::time::Duration;

use aws_sdk_ecr::types::ImageIdentifier;

use crate::aws::Aws;
use crate::aws::ecr_token::{client_in, region_of};
use crate::aws::error::{lacking, refusal};
use crate::engine::{Error, ErrorKind, Result};
use crate::registry::{ImageReference, MEDIA_TYPES, Platform, RunsOn, runs_on};

/// How long looking may take.
const LIMIT: Duration = Duration::from_secs(15);

/// The platforms that an image is for. `None` where that cannot be told: an image that is not in ECR, is not there, may
/// not be read or says nothing of it.
pub async fn image_platforms(aws: &Aws, image: &ImageReference) -> Option<Vec<Platform>> {
    let read = tokio::time::timeout(LIMIT, Box::pin(read(aws, image))).await;
    match read {
        Ok(Ok(platforms)) => platforms,
        Ok(Err(error)) => {
            tracing::info!(%image, %error, "what the image runs on cannot be told");
            None
        }
        Err(_) => {
            tracing::info!(%image, "what the image runs on could not be told in time");
            None
        }
    }
}

async fn read(aws: &Aws, image: &ImageReference) -> Result<Option<Vec<Platform>>> {
    let address = image.address();
    let Some((region, (account, _))) = region_of(address.host()).zip(address.host().split_once('.')) else {
        return Ok(None);
    };
    let ecr = client_in(aws, region);
    let id = match image.digest() {
        Some(digest) => ImageIdentifier::builder().image_digest(digest.to_string()),
        None => ImageIdentifier::builder().image_tag(image.tag().unwrap_or("latest")),
    };
    let answer = ecr
        .batch_get_image()
        .registry_id(account)
        .repository_name(image.repository())
        .image_ids(id.build())
        .set_accepted_media_types(Some(MEDIA_TYPES.map(str::to_owned).to_vec()))
        .send()
        .await
        .map_err(|error| refusal("ecr:BatchGetImage", &error))?;
    let found = answer.images().first();
    let config = match found.and_then(|found| runs_on(found.image_manifest()?)) {
        Some(RunsOn::Here(platforms)) => return Ok(Some(platforms)),
        Some(RunsOn::There(config)) => config,
        None => return Ok(None),
    };
    let answer = ecr
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
    use crate::aws::testing::{Answer, Stage};

    const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/deid:3.3.2";

    async fn told(image: &str, answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (Option<String>, usize) {
        let stage = Stage::answering(move |asked| answer(&asked.operation));
        let found = image_platforms(&stage.aws, &image.parse().unwrap()).await;
        let words = |platforms: Vec<Platform>| platforms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        (found.map(words), stage.asked().len())
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
        assert_eq!((found.as_deref(), calls), (Some("linux/amd64, linux/arm64"), 1));
    }

    #[tokio::test]
    async fn what_may_not_be_read_or_lies_elsewhere_tells_nothing() {
        let denied = |_: &str| Answer::refused("AccessDeniedException", "not authorized to perform: ecr:BatchGetImage");
        assert_eq!(told(IMAGE, denied).await, (None, 1));
        let empty = |_: &str| Answer::json(r#"{"images": [], "failures": []}"#);
        assert_eq!(told(IMAGE, empty).await, (None, 1));
        assert_eq!(
            told("nginx:1.27", empty).await,
            (None, 0),
            "other registries are not asked"
        );
    }
}
