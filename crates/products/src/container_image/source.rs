//! The image at its source: what its name stands for now.

use std::time::Duration;

use tokio::time::Instant;

use super::model::Image;
use super::validate;
use crate::product::Moment;
use crate::wiring::known_list;
use aws::{Aws, ImageSource, Sealed, lookups};
use engine::Error;
use framework::{Attr, Diagnostic, Diagnostics, Path};
use registry::{ImageReference, Platform};

/// How long looking at the source may take.
const LIMIT: Duration = Duration::from_mins(1);

/// Where the image comes from, once all of it is known. A reference and platforms that are none were refused before.
pub fn image_source(model: &Image, password: &Attr<String>) -> Option<ImageSource> {
    let known = !model.source_username.is_unknown() && !password.is_unknown();
    let reference: ImageReference = model.source.known().filter(|_| known)?.parse().ok()?;
    let mut platforms: Vec<Platform> = known_list(&model.platforms)?
        .iter()
        .filter_map(|platform| platform.parse().ok())
        .collect();
    platforms.sort();
    Some(ImageSource {
        reference,
        platforms,
        username: model.source_username.known().cloned(),
        password: Sealed::new(password.known().cloned()),
    })
}

/// Without a tag of its own, the image has its source's.
pub fn default_tag(config: &Image, proposed: &mut Image) {
    if config.tag.is_null() {
        proposed.tag = match &proposed.source {
            Attr::Unknown => Attr::Unknown,
            Attr::Null => Attr::Null,
            Attr::Known(source) => tag_of(source).into(),
        };
    }
}

/// The tag in an image's name.
pub fn tag_of(source: &str) -> Option<String> {
    let reference: ImageReference = source.parse().ok()?;
    reference.tag().map(str::to_owned)
}

/// Finds out which image the source's name stands for. At plan always, since a tag may have moved; at apply only where the
/// plan had to leave it open, since what was planned is what is done.
pub async fn look_up(
    aws: &Aws,
    config: &Image,
    prior: Option<&Image>,
    model: &mut Image,
    moment: Moment,
) -> Diagnostics {
    if let Some(refusal) = validate::missing_password(config, prior) {
        return refusal.into();
    }
    let planned = model.digest.known().is_some() && model.source_digest.known().is_some();
    if moment == Moment::Apply && planned {
        return Diagnostics::new();
    }
    let Some(source) = image_source(model, &config.source_password_wo) else {
        leave_open(prior, model);
        return Diagnostics::new();
    };
    match (
        lookups::source_image(aws, &source, Instant::now() + LIMIT).await,
        moment,
    ) {
        (Ok(resolved), _) => {
            model.source_digest = Attr::Known(resolved.source.to_string());
            model.digest = Attr::Known(resolved.copy.to_string());
            Diagnostics::new()
        }
        (Err(error), Moment::Plan) => {
            let known = leave_open(prior, model);
            unread(&source, &error, known).into()
        }
        (Err(error), Moment::Apply) => {
            Diagnostic::error(format!("Cannot read {}", source.reference), error.explained())
                .at(Path::of(["source"]))
                .into()
        }
    }
}

/// Keeps what is known of the very same source, and leaves anything else for apply. True where it was kept.
fn leave_open(prior: Option<&Image>, model: &mut Image) -> bool {
    let same = |prior: &&Image| {
        prior.source == model.source
            && prior.platforms == model.platforms
            && prior.digest.known().is_some()
            && prior.source_digest.known().is_some()
    };
    let prior = prior.filter(same);
    model.source_digest = prior.map_or(Attr::Unknown, |prior| prior.source_digest.clone());
    model.digest = prior.map_or(Attr::Unknown, |prior| prior.digest.clone());
    prior.is_some()
}

fn unread(source: &ImageSource, error: &Error, known: bool) -> Diagnostic {
    let what = if known {
        "Whether its tag has moved cannot be told; the plan takes it that it has not."
    } else {
        "Which image it is will be found out at apply, which fails if it cannot be read then."
    };
    Diagnostic::warning(
        format!("{} cannot be read now", source.reference),
        format!("{what}\n\n{}", error.explained()),
    )
    .at(Path::of(["source"]))
}
