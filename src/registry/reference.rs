//! How an image is named, and where the registry that the name points at answers.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use oci_client::{ParseError, Reference};

use super::digest::Digest;

/// `[HOST/]REPOSITORY[:TAG][@DIGEST]`; without a host, Docker Hub; without tag and digest, the tag `latest`. Where both
/// are given, the digest counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageReference(Reference);

impl ImageReference {
    /// Where its registry answers.
    pub fn address(&self) -> Address {
        Address::of_host(self.0.resolve_registry())
    }

    /// The repository's name within the registry.
    pub fn repository(&self) -> &str {
        self.0.repository()
    }

    /// The tag.
    pub fn tag(&self) -> Option<&str> {
        self.0.tag()
    }

    /// The digest.
    pub fn digest(&self) -> Option<Digest> {
        Digest::parse(self.0.digest()?)
    }
}

impl FromStr for ImageReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let reference: Reference = text.parse().map_err(|error: ParseError| error.to_string())?;
        if reference.repository().chars().any(|c| c.is_ascii_uppercase()) {
            return Err(ParseError::NameContainsUppercase.to_string());
        }
        Ok(Self(reference))
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a registry answers: its host, and whether in plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    plain: bool,
}

impl Address {
    /// The registry on that host. HTTPS, save on this very machine (`localhost` and the loopback addresses), where
    /// registries are reached in plain HTTP, as container engines have it.
    pub fn of_host(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            plain: is_loopback(host),
        }
    }

    /// The registry behind a URL; plain HTTP where the URL says so.
    pub fn of_url(url: &str) -> Self {
        let url = url.trim_end_matches('/');
        match url.split_once("://") {
            Some((scheme, host)) => Self {
                host: host.to_owned(),
                plain: scheme == "http",
            },
            None => Self::of_host(url),
        }
    }

    /// The host, with the port where one is named.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is reached in plain HTTP.
    pub fn is_plain(&self) -> bool {
        self.plain
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_matches(['[', ']']);
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> ImageReference {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_tells_registry_repository_tag_and_digest() {
        let hub = reference("nginx");
        assert_eq!(hub.address().host(), "index.docker.io");
        assert_eq!((hub.repository(), hub.tag()), ("library/nginx", Some("latest")));
        let digest = format!("sha256:{}", "a".repeat(64));
        let both = reference(&format!("registry.example.com:5000/team/app:1.2@{digest}"));
        assert_eq!(both.address().host(), "registry.example.com:5000");
        assert_eq!(both.repository(), "team/app");
        assert_eq!(both.tag(), Some("1.2"));
        assert_eq!(both.digest().unwrap().as_str(), digest);
        for text in ["", "UPPER/case", "registry.example.com/Team/app", "a b", "app:"] {
            assert!(text.parse::<ImageReference>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_reached_in_plain_http() {
        for (host, plain) in [
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("127.8.8.8", true),
            ("registry.example.com", false),
            ("localhost.example.com:80", false),
            ("10.0.0.1:5000", false),
        ] {
            assert_eq!(Address::of_host(host).is_plain(), plain, "{host}");
        }
        assert!(Address::of_url("http://registry:5000/").is_plain());
        let ecr = Address::of_url("https://123456789012.dkr.ecr.us-east-1.amazonaws.com");
        assert_eq!(ecr.host(), "123456789012.dkr.ecr.us-east-1.amazonaws.com");
        assert!(!ecr.is_plain());
    }
}
