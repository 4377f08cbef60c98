//! Whether the container image is for the processors that it is to run on.

use super::capacity::Host;
use aws::{Aws, lookups};
use engine::{Error, Permission};
use framework::{Attr, Diagnostic, Path};
use registry::Platform;

/// ARM processors, as task definitions name them.
const ARM: &str = "ARM64";

/// The platforms that an image is for, where that can be told.
///
/// # Errors
/// Where the image is in ECR and not there, or may not be read.
pub async fn look(aws: &Aws, image: &Attr<String>) -> Result<Option<Vec<Platform>>, Error> {
    let Some(reference) = image.known().and_then(|image| image.parse().ok()) else {
        return Ok(None);
    };
    let found = lookups::image_platforms(aws, &reference).await;
    if let Err(error) = &found {
        tracing::info!(image = %reference, %error, "what the image runs on cannot be told");
    }
    found
}

/// What looking takes.
pub fn permissions(aws: &Aws, image: &Attr<String>) -> Vec<Permission> {
    let image = image.known().and_then(|image| image.parse().ok());
    lookups::sees_platforms(aws, image.as_ref())
}

/// Refuses an image without a platform for the processors of the hosts; without hosts, for those of Fargate that AWS takes
/// unless it is told otherwise, Intel's and AMD's. What cannot be told (an image or a host that is not known yet; an image
/// that is not in ECR, not there, or that the caller may not read) passes.
pub fn check(image: &Attr<String>, offered: Option<&[Platform]>, hosts: Option<&Attr<Host>>) -> Option<Diagnostic> {
    let (name, offered) = (image.known()?, offered?);
    let (arm, place) = match hosts {
        None => (false, "AWS Fargate, as this deployment uses it,".to_owned()),
        Some(host) => {
            let host = host.known()?;
            (
                host.architecture.known()? == ARM,
                format!("a {}", host.instance_type.known()?),
            )
        }
    };
    let needed = if arm { "linux/arm64" } else { "linux/amd64" };
    let wanted: Platform = needed.parse().ok()?;
    if offered.iter().any(|platform| wanted.admits(platform)) {
        return None;
    }
    let offered: Vec<String> = offered.iter().map(ToString::to_string).collect();
    Some(
        Diagnostic::error(
            "An image for other processors",
            format!(
                "{name} is for {}, and {place} is {needed}: its programs could not start there. Use an image that is for \
                 {needed}.",
                offered.join(", ")
            ),
        )
        .at(Path::of(["image"])),
    )
}
