//! What a container image's name stands for.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Aws, ImageSource};
use engine::Result;
use registry::{Patience, Resolved, resolve};

/// How often looking at a source is tried again. At plan, a registry that cannot be reached must show within seconds.
const RETRIES: u32 = 2;

/// The digest that an image's name stands for, and the one that a copy of its platforms will have (OCI distribution
/// specification, *Pulling manifests*).
///
/// # Errors
/// Where the source cannot be read, or has no image for one of the platforms.
pub async fn source_image(aws: &Aws, source: &ImageSource, deadline: Instant) -> Result<Resolved> {
    let repository = source.repository(aws, deadline).await?;
    let patience = Patience {
        deadline,
        cancel: CancellationToken::new(),
        retries: RETRIES.min(aws.registries.max_retries),
    };
    let resolved = Box::pin(resolve(&repository, &source.reference, &source.platforms, &patience)).await;
    resolved.map_err(|failure| source.told(&format!("read {}", source.reference), failure))
}
