//! Manifests: what an image is made of, as its registry describes it. Source: OCI image specification, *Image manifest*
//! and *Image index*; Docker's manifest version 2, schema 2, has the same members.

use std::collections::BTreeSet;

use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use serde::Deserialize;
use serde_json::Value;
use tokio_util::bytes::Bytes;

use super::digest::Digest;
use super::failure::{Failure, FailureKind};
use super::platform::Platform;

/// The forms of manifest that are asked for.
pub const MEDIA_TYPES: [&str; 4] = [
    OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
    IMAGE_MANIFEST_LIST_MEDIA_TYPE,
    IMAGE_MANIFEST_MEDIA_TYPE,
];

/// A manifest as it came, with what it says.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its form.
    pub media_type: String,
    /// Its bytes, which alone have that digest.
    pub body: Bytes,
    /// What it says.
    pub content: Content,
}

/// What a manifest says.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// An image for one platform.
    Image {
        /// What describes how it is run.
        config: Blob,
        /// Its layers.
        layers: Vec<Blob>,
    },
    /// Images for several platforms, and what is said about them.
    Index(Vec<Entry>),
}

/// Something that a manifest points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Blob {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// One manifest that an index points at.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its digest.
    pub digest: Digest,
    /// What it runs on, where that is said.
    pub platform: Option<Platform>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: i64,
    media_type: Option<String>,
    manifests: Option<Vec<Pointer>>,
    config: Option<Pointer>,
    #[serde(default)]
    layers: Vec<Pointer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pointer {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<Platform>,
}

impl Pointer {
    fn digest(&self) -> Result<Digest, Failure> {
        Digest::parse(&self.digest).ok_or_else(|| malformed(&format!("{:?} is no digest", self.digest)))
    }

    fn blob(&self) -> Result<Blob, Failure> {
        Ok(Blob {
            digest: self.digest()?,
            size: self.size,
        })
    }

    /// Whether it may lie in no registry but its maker's, as layers of Windows do.
    fn is_foreign(&self) -> bool {
        self.media_type.contains("nondistributable") || self.media_type.contains("foreign")
    }
}

fn malformed(why: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        format!("the image's manifest cannot be read: {why}"),
    )
}

impl Manifest {
    /// Reads a manifest.
    pub(super) fn read(digest: Digest, body: Bytes) -> Result<Self, Failure> {
        let document: Document = serde_json::from_slice(&body).map_err(|error| malformed(&error.to_string()))?;
        if document.schema_version != 2 {
            return Err(malformed(&format!(
                "it has the schema version {}, of before 2017; push the image again with a current tool",
                document.schema_version
            )));
        }
        let content = match (document.manifests, document.config) {
            (Some(entries), _) => Content::Index(
                entries
                    .into_iter()
                    .map(|entry| {
                        Ok(Entry {
                            digest: entry.digest()?,
                            platform: entry.platform,
                        })
                    })
                    .collect::<Result<_, Failure>>()?,
            ),
            (None, Some(config)) => Content::Image {
                config: config.blob()?,
                layers: document
                    .layers
                    .iter()
                    .filter(|layer| !layer.is_foreign())
                    .map(Pointer::blob)
                    .collect::<Result<_, Failure>>()?,
            },
            (None, None) => return Err(malformed("it names neither a config nor other manifests")),
        };
        let usual = match content {
            Content::Image { .. } => OCI_IMAGE_MEDIA_TYPE,
            Content::Index(_) => OCI_IMAGE_INDEX_MEDIA_TYPE,
        };
        Ok(Self {
            digest,
            media_type: document.media_type.unwrap_or_else(|| usual.to_owned()),
            body,
            content,
        })
    }

    /// An index of these entries alone; everything else in it stays, so that the same choice always has the same digest.
    pub(super) fn narrowed(&self, chosen: &BTreeSet<Digest>) -> Result<Self, Failure> {
        let mut document: Value = serde_json::from_slice(&self.body).map_err(|error| malformed(&error.to_string()))?;
        if let Some(entries) = document.get_mut("manifests").and_then(Value::as_array_mut) {
            entries.retain(|entry| {
                let digest = entry.get("digest").and_then(Value::as_str).and_then(Digest::parse);
                digest.is_some_and(|digest| chosen.contains(&digest))
            });
        }
        let body = Bytes::from(document.to_string());
        Self::read(Digest::of(&body), body)
    }
}

/// The digests of the manifests that an index points at; none where the text is no index.
pub fn children(manifest: &str) -> Vec<Digest> {
    let document: Option<Document> = serde_json::from_str(manifest).ok();
    let entries = document.and_then(|document| document.manifests).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| Digest::parse(&entry.digest))
        .collect()
}

/// Where it is said what an image runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunsOn {
    /// In the manifest, an index: on these platforms.
    Here(Vec<Platform>),
    /// In the blob of that digest, which [`Platform::of_config`] reads.
    There(Digest),
}

/// Where a manifest says what its image runs on; `None` where it says nothing of it, or is none.
pub fn runs_on(manifest: &str) -> Option<RunsOn> {
    let document: Document = serde_json::from_str(manifest).ok()?;
    let Some(entries) = document.manifests else {
        return document.config?.digest().ok().map(RunsOn::There);
    };
    let platforms = entries.into_iter().filter_map(|entry| entry.platform);
    let real: Vec<Platform> = platforms.filter(Platform::is_real).collect();
    (!real.is_empty()).then_some(RunsOn::Here(real))
}

/// Whether a manifest of that media type is an index.
pub fn is_index(media_type: &str) -> bool {
    [OCI_IMAGE_INDEX_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE].contains(&media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: &str) -> Digest {
        Digest::parse(&format!("sha256:{}", letter.repeat(64))).unwrap()
    }

    fn read(text: &str) -> Result<Manifest, Failure> {
        Manifest::read(Digest::of(text.as_bytes()), Bytes::from(text.to_owned()))
    }

    fn index() -> Manifest {
        let entry = |letter: &str, platform: &str| {
            format!(
                r#"{{"mediaType": "{OCI_IMAGE_MEDIA_TYPE}", "digest": "{}", "size": 7, "platform": {platform}}}"#,
                digest(letter)
            )
        };
        read(&format!(
            r#"{{"schemaVersion": 2, "mediaType": "{OCI_IMAGE_INDEX_MEDIA_TYPE}", "annotations": {{"made": "by us"}}, "manifests": [{}, {}, {}]}}"#,
            entry("a", r#"{"os": "linux", "architecture": "amd64"}"#),
            entry("b", r#"{"os": "linux", "architecture": "arm64", "variant": "v8"}"#),
            entry("c", r#"{"os": "unknown", "architecture": "unknown"}"#),
        ))
        .unwrap()
    }

    #[test]
    fn foreign_layers_are_left_where_they_are() {
        let image = read(&format!(
            r#"{{"schemaVersion": 2, "config": {{"mediaType": "x", "digest": "{}", "size": 2}}, "layers": [
                {{"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": "{}", "size": 9}},
                {{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "{}", "size": 3}}]}}"#,
            digest("a"),
            digest("b"),
            digest("c")
        ))
        .unwrap();
        assert_eq!(
            image.media_type, OCI_IMAGE_MEDIA_TYPE,
            "the form, where the manifest does not say"
        );
        let Content::Image { layers, .. } = image.content else {
            panic!("an image")
        };
        let expected = Blob {
            digest: digest("c"),
            size: 3,
        };
        assert_eq!(layers, [expected]);
    }

    #[test]
    fn a_narrowed_index_is_the_same_each_time_and_keeps_the_rest() {
        let chosen = BTreeSet::from([digest("a"), digest("b")]);
        let narrowed = index().narrowed(&chosen).unwrap();
        assert_eq!(narrowed.digest, index().narrowed(&chosen).unwrap().digest);
        assert_eq!(narrowed.digest, Digest::of(&narrowed.body));
        assert_eq!(
            children(std::str::from_utf8(&narrowed.body).unwrap()),
            [digest("a"), digest("b")]
        );
        assert!(String::from_utf8_lossy(&narrowed.body).contains("by us"));
        assert!(is_index(&narrowed.media_type));
    }

    #[test]
    fn an_index_tells_its_platforms_and_an_image_where_they_are_told() {
        let told = runs_on(std::str::from_utf8(&index().body).unwrap());
        let platforms = ["linux/amd64", "linux/arm64/v8"].map(|text| text.parse().unwrap());
        assert_eq!(
            told,
            Some(RunsOn::Here(platforms.to_vec())),
            "what is said about images runs nowhere"
        );
        let image = format!(
            r#"{{"schemaVersion": 2, "config": {{"digest": "{}", "size": 2}}}}"#,
            digest("a")
        );
        assert_eq!(runs_on(&image), Some(RunsOn::There(digest("a"))));
        for text in [
            "",
            "[]",
            r#"{"schemaVersion": 2}"#,
            r#"{"schemaVersion": 2, "manifests": []}"#,
        ] {
            assert_eq!(runs_on(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for text in [
            "",
            "<html>",
            r#"{"schemaVersion": 1, "name": "x"}"#,
            r#"{"schemaVersion": 2}"#,
            r#"{"schemaVersion": 2, "config": {"digest": "sha256:1", "size": 1}}"#,
        ] {
            assert_eq!(read(text).unwrap_err().kind, FailureKind::Refused, "{text}");
        }
    }
}
