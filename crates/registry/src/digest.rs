//! The digest by which a registry addresses content.

use std::fmt;

use oci_client::client::ImageLayer;

/// How many digits of a digest name an image among the versions of one tag.
const SHORT: usize = 12;

/// `ALGORITHM:HEX`, nearly always `sha256:` and 64 digits. Source: OCI image specification, *Digests*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// The digest of that text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, digits) = text.split_once(':')?;
        let length = match algorithm {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return None,
        };
        let hex = digits.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        (digits.len() == length && hex).then(|| Self(text.to_owned()))
    }

    /// The SHA-256 digest of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(ImageLayer::oci_v1(bytes.to_vec(), None).sha256_digest())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `ALGORITHM-` and the first twelve digits, as a tag can hold them.
    pub fn short(&self) -> String {
        let (algorithm, digits) = self.0.split_once(':').unwrap_or(("", &self.0));
        format!("{algorithm}-{}", digits.get(..SHORT).unwrap_or(digits))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_digests_are_taken() {
        let digest = Digest::of(b"");
        assert_eq!(
            digest.as_str(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(Digest::parse(digest.as_str()), Some(digest.clone()));
        assert_eq!(digest.short(), "sha256-e3b0c44298fc");
        for text in [
            "",
            "sha256:",
            "sha256:abc",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
            "e3b0c442",
        ] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
        assert_eq!(Digest::parse(&digest.as_str().to_uppercase()), None);
    }
}
