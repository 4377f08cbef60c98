//! How an image is named, and where the registry that the name points at answers.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use oci_client::{ParseError, Reference};

use super::digest::Digest;

/// How long a name may be. Source: `distribution/reference`, the grammar that Docker and the OCI's tools share.
const NAME: usize = 255;
/// How long a tag may be. Source: OCI distribution specification, *Pulling manifests*.
const TAG: usize = 128;

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

/// The grammar by hand: the library's is one regular expression, which takes longer to compile, and more memory, than all
/// else in a plan.
impl FromStr for ImageReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parsed(text).map(Self).map_err(|error| error.to_string())
    }
}

fn parsed(text: &str) -> Result<Reference, ParseError> {
    if text.is_empty() {
        return Err(ParseError::NameEmpty);
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => {
            let digest = Digest::parse(digest).ok_or(ParseError::DigestInvalidFormat)?;
            (rest, Some(digest.to_string()))
        }
        None => (text, None),
    };
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (rest, None),
    };
    if !tag.is_none_or(is_tag) {
        return Err(ParseError::TagInvalidFormat);
    }
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host == "localhost" || host.contains(['.', ':']) => (Some(host), path),
        _ => (None, name),
    };
    if path.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(ParseError::NameContainsUppercase);
    }
    if !host.is_none_or(is_host) || !path.split('/').all(is_component) {
        return Err(ParseError::ReferenceInvalidFormat);
    }
    let (registry, repository) = match host {
        None | Some(HUB | HUB_OF_OLD) if !path.contains('/') => (HUB, format!("library/{path}")),
        None | Some(HUB_OF_OLD) => (HUB, path.to_owned()),
        Some(host) => (host, path.to_owned()),
    };
    if repository.len() > NAME {
        return Err(ParseError::NameTooLong);
    }
    let registry = registry.to_owned();
    Ok(match (tag.map(str::to_owned), digest) {
        (Some(tag), Some(digest)) => Reference::with_tag_and_digest(registry, repository, tag, digest),
        (None, Some(digest)) => Reference::with_digest(registry, repository, digest),
        (tag, None) => Reference::with_tag(registry, repository, tag.unwrap_or_else(|| "latest".to_owned())),
    })
}

/// Where an image is that names no host, and how that was called once.
const HUB: &str = "docker.io";
const HUB_OF_OLD: &str = "index.docker.io";

/// Letters, digits and dashes between dots, and a port.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "0"));
    let is_label = |label: &str| {
        let inner = label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    name.split('.').all(is_label) && !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit())
}

/// Small letters and digits; between them a dot, one or two underscores, or dashes.
fn is_component(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut separators = text.split(is_plain).filter(|between| !between.is_empty());
    text.starts_with(is_plain)
        && text.ends_with(is_plain)
        && separators.all(|between| matches!(between, "." | "_" | "__") || between.bytes().all(|c| c == b'-'))
}

fn is_tag(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(is_word) && text.len() <= TAG && text.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The library's own parser is the judge.
        #[test]
        fn names_are_read_as_the_library_reads_them(
            host in prop::option::of("(localhost|docker\\.io|index\\.docker\\.io|[a-zA-Z0-9.-]{1,8})(:[0-9]{0,3})?/"),
            path in "[a-zA-Z0-9._/-]{0,10}",
            tag in prop::option::of(":[a-zA-Z0-9_.:-]{0,5}"),
            digest in prop::option::of("@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{64}|sha256:[0-9a-f]{6}|md5:[0-9a-f]{32})"),
        ) {
            let text = [host, Some(path), tag, digest].map(Option::unwrap_or_default).concat();
            let theirs = text.parse::<Reference>().ok();
            // Docker's own parser takes no big letters in the path; the library's does, where there is a host.
            let theirs = theirs.filter(|found| !found.repository().contains(|c: char| c.is_ascii_uppercase()));
            prop_assert_eq!(parsed(&text).ok(), theirs, "{}", text);
        }
    }

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
