//! An image as a graph of components: the repository, and the image in it.

use super::model::Image;
use super::source::image_source;
use crate::product::Design;
use crate::wiring::input;
use aws::ids::{RepositoryArn, RepositoryUrl};
use components::{ContainerImage, EcrRepository, Encryption, Lifecycle, TagMutability};
use engine::{Graph, Input, Key};
use framework::Attr;
use registry::Digest;

/// The key of the repository.
pub const REPOSITORY: &str = "ecr_repository";
/// The key of the image.
pub const IMAGE: &str = "container_image";

/// Where the outputs come from.
pub struct Wiring {
    /// Where the repository's images are pulled from.
    pub repository_url: Input<RepositoryUrl>,
    /// The repository's ARN.
    pub repository_arn: Input<RepositoryArn>,
}

/// The parts and the wiring.
pub fn design(model: &Image) -> Design<Wiring> {
    let mut graph = Graph::new();
    let mutability = |word: String| TagMutability::from(word.as_str());
    let repository = graph.add(
        Key::new(REPOSITORY),
        EcrRepository {
            name: input(&model.name, |name| name.as_str().into(), "".into()),
            encryption: encryption(model),
            scan_on_push: input(&model.scan_on_push, |on| on, false),
            tag_mutability: input(&model.image_tag_mutability, mutability, TagMutability::Mutable),
            lifecycle: input(
                &model.keep_images,
                |count| i32::try_from(count).map_or(Lifecycle::All, Lifecycle::Newest),
                Lifecycle::All,
            ),
            force_delete: input(&model.force_delete, |on| on, false),
        },
    );
    graph.add(
        Key::new(IMAGE),
        ContainerImage {
            repository: repository.output("name", |output| output.name.clone()),
            tag: tag(model).map_or(Input::Unknown, |tag| Input::Known(tag.into())),
            digest: digest(&model.digest),
            source_digest: digest(&model.source_digest),
            source: image_source(model, &model.source_password_wo).map_or(Input::Unknown, Input::Known),
        },
    );
    Design {
        wiring: Wiring {
            repository_url: repository.output("url", |output| output.url.clone()),
            repository_arn: repository.output("arn", |output| output.arn.clone()),
        },
        graph,
    }
}

/// The tag that the image is pushed under: where a tag cannot be moved, each image has one of its own, which holds its
/// digest. `None` while it is not known.
pub fn tag(model: &Image) -> Option<String> {
    let tag = model.tag.known()?;
    match &model.image_tag_mutability {
        Attr::Unknown => None,
        Attr::Known(word) if TagMutability::from(word.as_str()) == TagMutability::Immutable => {
            let digest = Digest::parse(model.digest.known()?)?;
            Some(format!("{tag}-{}", digest.short()))
        }
        _ => Some(tag.clone()),
    }
}

fn digest(attr: &Attr<String>) -> Input<Digest> {
    attr.known()
        .and_then(|text| Digest::parse(text))
        .map_or(Input::Unknown, Input::Known)
}

fn encryption(model: &Image) -> Input<Encryption> {
    match &model.encryption {
        None => Input::Known(Encryption::Aes256),
        Some(block) => input(
            &block.kms_key_id,
            |key| Encryption::Kms(Some(key)),
            Encryption::Kms(None),
        ),
    }
}
