//! An image's configuration, read back from its repository, for import.

use std::sync::Arc;

use super::design::{self, REPOSITORY};
use super::model::{Encryption, Image};
use super::stored;
use crate::shared::recovery::{discover, known, look, looking, of_user};
use aws::Aws;
use components::{EcrRepository, Encryption as Encrypted, Lifecycle};
use engine::{DeploymentId, Graph, Key, Owner, Tags};
use framework::{Attr, Diagnostic, Diagnostics};

/// The repository of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Image, DeploymentId, Tags), Diagnostics> {
    let run = looking(aws, name);
    let found = look(&run, &anchor(name)).await?;
    let repository = found.objects.get(&Key::new(REPOSITORY));
    let (id, tags, spec) = repository
        .and_then(|object| match object.owner() {
            Owner::Namesake(id) => Some((id.clone(), object.tags()?.clone(), object.spec::<EcrRepository>()?)),
            _ => None,
        })
        .ok_or_else(|| nothing(aws, name))?;
    let mut model = named(name);
    settings(&mut model, spec);
    stored::from_tags(&tags, &mut model);
    let graph = design::design(&model).graph;
    let found = discover(&run, &id, &graph).await?;
    model.components = Attr::Known(found.own_components(&graph));
    Ok((model, id, of_user(tags)))
}

/// What every image has, and what is found by its name alone: the repository.
pub fn anchor(name: &str) -> Graph<Aws> {
    design::design(&named(name)).graph
}

fn named(name: &str) -> Image {
    Image {
        name: known(name),
        ..Image::default()
    }
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
