//! What does not go together in an image's configuration, and what its names may look like; told before anything is asked.

use super::model::Image;
use framework::{Diagnostic, Diagnostics, Path};
use registry::ImageReference;

/// The longest tag. Source: OCI distribution specification, *Pulling manifests*.
const LONGEST_TAG: usize = 128;

/// How much longer a tag gets that holds a digest: `-sha256-` and twelve digits.
const DIGEST_IN_TAG: usize = 20;

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &Image, diagnostics: &mut Diagnostics) {
    credentials(model, diagnostics);
    tag(model, diagnostics);
}

fn credentials(model: &Image, diagnostics: &mut Diagnostics) {
    // With a version the password was given before: `missing_password` knows.
    let given_before = !model.source_password_wo_version.is_null();
    if !model.source_username.is_null() && model.source_password_wo.is_null() && !given_before {
        diagnostics.push(half("source_username", "source_password_wo"));
    }
    if !model.source_password_wo.is_null() && model.source_username.is_null() {
        diagnostics.push(half("source_password_wo", "source_username"));
    }
}

fn half(given: &str, missing: &str) -> Diagnostic {
    Diagnostic::error(
        "Half of the source's credentials",
        format!("{given} and {missing} go together: {missing} is missing."),
    )
    .at(Path::of([given]))
}

/// Refuses a plan that would have to read the source without the password that goes with the username. An image that
/// stands is left alone: a configuration that Terraform has written for an import cannot hold the password.
pub fn missing_password(config: &Image, prior: Option<&Image>) -> Option<Diagnostic> {
    let missing = !config.source_username.is_null() && config.source_password_wo.is_null();
    let stands = prior.is_some_and(|prior| prior.source == config.source && prior.platforms == config.platforms);
    (missing && !stands).then(|| half("source_username", "source_password_wo"))
}

fn tag(model: &Image, diagnostics: &mut Diagnostics) {
    let reference: Option<ImageReference> = model.source.known().and_then(|source| source.parse().ok());
    let of_source = reference.as_ref().and_then(ImageReference::tag);
    if model.tag.is_null() && reference.is_some() && of_source.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "Under which tag?",
                "The source names its image by digest alone. Set tag to what the copy is to be called.",
            )
            .at(Path::of(["tag"])),
        );
    }
    let tag = model.tag.known().map(String::as_str).or(of_source);
    let immutable = model
        .image_tag_mutability
        .known()
        .is_some_and(|word| word == "IMMUTABLE");
    if let Some(tag) = tag.filter(|tag| immutable && tag.len() > LONGEST_TAG - DIGEST_IN_TAG) {
        diagnostics.push(
            Diagnostic::error(
                "No room for the digest in the tag",
                format!(
                    "With image_tag_mutability = \"IMMUTABLE\" an image's tag ends in its digest, and a tag has {LONGEST_TAG} \
                     characters at most: of {tag:?}, which has {}, {} can be kept. Set a shorter tag.",
                    tag.len(),
                    LONGEST_TAG - DIGEST_IN_TAG
                ),
            )
            .at(Path::of(["tag"])),
        );
    }
}

/// A name that a repository of ECR can have (Amazon ECR API, `CreateRepository`, `repositoryName`).
pub fn is_repository_name(text: &str) -> bool {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        part.starts_with(lower) && part.ends_with(lower) && part.chars().all(|c| lower(c) || "._-".contains(c))
    };
    (2..=256).contains(&text.len()) && text.split('/').all(part)
}

/// A tag (OCI distribution specification, *Pulling manifests*).
pub fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= LONGEST_TAG && text.starts_with(word) && text.chars().all(|c| word(c) || ".-".contains(c))
}

/// The name of an image, with or without registry, tag and digest.
pub fn is_image(text: &str) -> bool {
    text.parse::<ImageReference>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ecrs() {
        for name in ["ab", "privateai/deid", "a.b_c-d/e0"] {
            assert!(is_repository_name(name), "{name}");
        }
        for name in ["", "a", "Deid", "/deid", "deid/", "a//b", "-deid", "deid_", "de id"] {
            assert!(!is_repository_name(name), "{name}");
        }
    }

    #[test]
    fn tags_are_registries() {
        for tag in ["latest", "3.3.2-cpu", "_x"] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in ["", ".x", "-x", "a b", "a/b", &"a".repeat(129)] {
            assert!(!is_tag(tag), "{tag}");
        }
    }
}
