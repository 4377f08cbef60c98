//! What a container image runs on.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// `OS/ARCHITECTURE[/VARIANT]`, in Go's words: `linux/amd64`, `linux/arm64/v8`. Source: OCI image specification,
/// *Image index*, `platform`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Platform {
    os: String,
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Platform {
    /// The platform that an image's configuration names; `None` where the text is none. Source: OCI image specification,
    /// *Image configuration*.
    pub fn of_config(config: &[u8]) -> Option<Self> {
        serde_json::from_slice(config).ok()
    }

    /// Whether programs can be for it: indices name `unknown/unknown` for what is said about images.
    pub(super) fn is_real(&self) -> bool {
        self.os != "unknown"
    }

    /// Whether an image for `other` is one for this platform. Without a variant, every variant is.
    pub fn admits(&self, other: &Self) -> bool {
        self.os == other.os
            && self.architecture == other.architecture
            && (self.variant.is_none() || self.usual_variant() == other.usual_variant())
    }

    /// Images for 64-bit ARM leave out the one variant that there is.
    fn usual_variant(&self) -> Option<&str> {
        let usual = (self.architecture == "arm64").then_some("v8");
        self.variant.as_deref().or(usual)
    }
}

impl FromStr for Platform {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts[..] {
            [os, architecture] => (os, architecture, None),
            [os, architecture, variant] => (os, architecture, Some(variant)),
            _ => return Err(()),
        };
        if !parts.into_iter().all(word) {
            return Err(());
        }
        Ok(Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.map(str::to_owned),
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn a_platform_without_variant_admits_every_variant() {
        assert!(platform("linux/arm").admits(&platform("linux/arm/v7")));
        assert!(!platform("linux/arm/v6").admits(&platform("linux/arm/v7")));
        assert!(platform("linux/arm64/v8").admits(&platform("linux/arm64")));
        assert!(!platform("linux/amd64").admits(&platform("windows/amd64")));
        assert!(!platform("linux/amd64").admits(&platform("linux/arm64")));
    }

    #[test]
    fn what_is_no_platform_is_refused() {
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/am d64"] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
        assert_eq!(platform("linux/arm64/v8").to_string(), "linux/arm64/v8");
    }
}
