//! An image's configuration, read back from its repository, for import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::design::{self, REPOSITORY};
use super::model::{Encryption, Image};
use super::stored;
use crate::aws::Aws;
use crate::aws::components::{EcrRepository, Encryption as Encrypted, Lifecycle};
use crate::engine::{self, DeploymentId, IgnoreTags, Key, Notes, Owner, Run, Survey, Tags};
use crate::framework::{Attr, Diagnostic, Diagnostics};
use crate::products::parts;
use crate::products::shared::recovery::LIMIT;

/// The repository of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Image, DeploymentId, Tags), Diagnostics> {
    let run = run(aws, name);
    let mut model = Image {
        name: Attr::Known(name.to_owned()),
        ..Image::default()
    };
    let found = discover(&model, &run).await?;
    let repository = found.objects.get(&Key::new(REPOSITORY));
    let (id, tags, spec) = repository
        .and_then(|object| match object.owner() {
            Owner::Namesake(id) => Some((id.clone(), object.tags()?.clone(), object.spec::<EcrRepository>()?)),
            _ => None,
        })
        .ok_or_else(|| nothing(aws, name))?;
    settings(&mut model, spec);
    stored::from_tags(&tags, &mut model);
    let found = discover(&model, &run).await?;
    let graph = design::design(&model).graph;
    let parts = found.objects.iter().filter_map(|(key, object)| {
        let ours = matches!(object.owner(), Owner::Namesake(owner) if *owner == id);
        let part = parts::standing(graph.kind(key).filter(|_| ours)?, object.identity());
        Some((key.to_string(), Attr::Known(part)))
    });
    model.components = Attr::Known(parts.collect());
    let tags = tags
        .into_iter()
        .filter(|(tag, _)| !tag.starts_with("thatdot:") && !tag.starts_with("aws:"))
        .collect();
    Ok((model, id, tags))
}

/// What the repository itself tells.
fn settings(model: &mut Image, spec: &EcrRepository) {
    model.scan_on_push = spec.scan_on_push.known().copied().into();
    model.image_tag_mutability = spec.tag_mutability.known().map(ToString::to_string).into();
    model.keep_images = match spec.lifecycle.known() {
        Some(Lifecycle::Newest(count)) => Attr::Known(i64::from(*count)),
        _ => Attr::Null,
    };
    model.encryption = match spec.encryption.known() {
        Some(Encrypted::Kms(_)) => Some(Encryption::default()),
        _ => None,
    };
}

fn run(aws: &Arc<Aws>, name: &str) -> Run<Aws> {
    Run {
        world: Arc::clone(aws),
        deployment: DeploymentId::from_text(""),
        name: name.to_owned(),
        tags: Tags::new(),
        part_tags: BTreeMap::new(),
        ignore_tags: IgnoreTags::default(),
        stale_tags: BTreeSet::new(),
        cancel: CancellationToken::new(),
        deadline: Instant::now() + LIMIT,
        adopt: false,
        notes: Notes::default(),
    }
}

async fn discover(model: &Image, run: &Run<Aws>) -> Result<Survey, Diagnostics> {
    let failed = |error: &engine::Error| -> Diagnostics {
        Diagnostic::error(
            format!("Could not look for the repository {}", run.name),
            error.explained(),
        )
        .into()
    };
    let survey = engine::discover(&design::design(model).graph, run)
        .await
        .map_err(|error| failed(&error))?;
    match survey.failures.first() {
        Some(failure) => Err(failed(&failure.error)),
        None => Ok(survey),
    }
}

fn nothing(aws: &Aws, name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("There is no repository {name} of ours"),
        format!(
            "In account {}, region {}, no ECR repository {name} carries the tags of a thatdot_container_image of that name. \
             The id to import by is the repository's name. A repository that was made otherwise cannot be imported.",
            aws.account_id, aws.region
        ),
    )
    .into()
}
