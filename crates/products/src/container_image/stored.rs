//! What the repository itself does not tell, kept in its tags, so that an import finds it again.

use std::collections::BTreeMap;

use super::model::Image;
use super::{common, source};
use crate::settings;
use crate::wiring::known_list;
use engine::Tags;
use framework::Attr;

const SOURCE: &str = "thatdot:source";
const SOURCE_DIGEST: &str = "thatdot:source-digest";
const DIGEST: &str = "thatdot:digest";
const PLATFORMS: &str = "thatdot:platforms";

/// The tags that hold it.
pub const STORED: [&str; 4] = [SOURCE, SOURCE_DIGEST, DIGEST, PLATFORMS];

/// The longest value of a tag. Source: Amazon ECR API, `Tag`.
const LONGEST: usize = 256;

/// What the tags hold. What fits in no tag is left out: after an import, the next plan then shows it as a change.
pub fn to_tags(model: &Image) -> Tags {
    let mut model = model.clone();
    let tag = model.tag.known().filter(|tag| {
        let of_source = model.source.known().and_then(|source| source::tag_of(source));
        Some(*tag) != of_source.as_ref()
    });
    let words = [
        tag.map(|tag| ("tag", tag.clone())),
        settings::word("source_username", &model.source_username, ""),
        model
            .source_password_wo_version
            .known()
            .map(|version| ("source_password_wo_version", version.to_string())),
        settings::flag("force_delete", &model.force_delete, false),
        model
            .encryption
            .as_ref()
            .and_then(|block| settings::word("kms_key_id", &block.kms_key_id, "")),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    let mut tags = settings::to_tags(words.into_iter().chain(settings::of_common(&common(&mut model))), None);
    let platforms = known_list(&model.platforms).filter(|platforms| !platforms.is_empty());
    let texts = [
        (SOURCE, model.source.known().cloned()),
        (SOURCE_DIGEST, model.source_digest.known().cloned()),
        (DIGEST, model.digest.known().cloned()),
        (PLATFORMS, platforms.map(|platforms| platforms.join(" "))),
    ];
    tags.extend(
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?))),
    );
    tags.retain(|_, value| is_value(value));
    tags
}

/// Whether a tag can hold it: letters, digits, spaces and `_.:/=+-@`, in every service.
fn is_value(text: &str) -> bool {
    text.len() <= LONGEST
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c))
}

/// Takes into the model what the tags hold.
pub fn from_tags(tags: &Tags, model: &mut Image) {
    let text = |name: &str| Attr::from(tags.get(name).cloned());
    model.source = text(SOURCE);
    model.source_digest = text(SOURCE_DIGEST);
    model.digest = text(DIGEST);
    let platforms = tags.get(PLATFORMS).map(|text| {
        let platforms = text.split(' ').map(|platform| Attr::Known(platform.to_owned()));
        platforms.collect()
    });
    model.platforms = platforms.into();
    let words: BTreeMap<String, String> = settings::from_tags(tags);
    let of_source = model.source.known().and_then(|source| source::tag_of(source));
    model.tag = words.get("tag").cloned().or(of_source).into();
    model.source_username = words.get("source_username").cloned().into();
    let version = words
        .get("source_password_wo_version")
        .and_then(|version| version.parse().ok());
    model.source_password_wo_version = version.into();
    model.force_delete = Attr::Known(words.get("force_delete").is_some_and(|value| value == "true"));
    if let Some(block) = &mut model.encryption {
        block.kms_key_id = words.get("kms_key_id").cloned().into();
    }
    settings::into_common(&words, &mut common(model));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tags_hold_comes_back() {
        let known = |text: &str| Attr::Known(text.to_owned());
        let model = Image {
            source: known("crprivateaiprod.azurecr.io/deid:3.3.2-cpu"),
            source_digest: known("sha256:0f1e"),
            digest: known("sha256:2d3c"),
            tag: known("stable"),
            platforms: Attr::Known(vec![known("linux/amd64"), known("linux/arm64/v8")]),
            source_username: known("ci@example.com"),
            source_password_wo_version: Attr::Known(3),
            force_delete: Attr::Known(true),
            on_create_failure: known("keep"),
            ..Image::default()
        };
        let mut back = Image::default();
        from_tags(&to_tags(&model), &mut back);
        assert_eq!(back.source, model.source);
        assert_eq!((back.source_digest, back.digest), (model.source_digest, model.digest));
        assert_eq!((back.tag, back.platforms), (model.tag, model.platforms));
        assert_eq!(back.source_username, model.source_username);
        assert_eq!(back.source_password_wo_version, model.source_password_wo_version);
        assert_eq!(back.force_delete, model.force_delete);
        assert_eq!(back.on_create_failure, model.on_create_failure);
    }

    #[test]
    fn what_no_tag_can_hold_is_left_out() {
        let model = Image {
            source_username: Attr::Known("$oauthtoken".to_owned()),
            ..Image::default()
        };
        assert!(to_tags(&model).is_empty());
    }
}
