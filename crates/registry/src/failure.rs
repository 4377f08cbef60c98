//! What can go wrong with a registry, in classes that callers treat differently.

use std::error::Error as StdError;
use std::fmt;

use oci_client::errors::{DigestError, OciDistributionError, OciEnvelope, OciErrorCode};

/// Classes of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The registry does not accept who is asking, or does not let them.
    Denied,
    /// There is no such repository, image or layer.
    NotFound,
    /// The registry refused what it was asked or sent, or answered what it must not.
    Refused,
    /// The registry asks to slow down.
    Throttled,
    /// No answer, or a broken one: it may be tried again.
    Unreachable,
    /// What was received is not what its digest says.
    Corrupt,
    /// The user stopped the run.
    Cancelled,
    /// The time for it is up.
    TimedOut,
    /// Anything else.
    Other,
}

/// A failure of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub kind: FailureKind,
    /// What happened, with the registry's host.
    pub message: String,
    /// The registry's own code: `TOOMANYREQUESTS`, `HTTP 503`.
    pub code: Option<String>,
    /// The registry's host, where it is one registry's failure.
    pub host: Option<String>,
}

impl Failure {
    /// A failure of a class.
    pub(super) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            code: None,
            host: None,
        }
    }

    /// A failure of the registry on that host.
    pub(super) fn of(host: &str, error: &OciDistributionError) -> Self {
        Self {
            host: Some(host.to_owned()),
            ..Self::classed(host, error)
        }
    }

    fn classed(host: &str, error: &OciDistributionError) -> Self {
        use OciDistributionError as E;
        match error {
            E::AuthenticationFailure(reason) => Self::new(
                FailureKind::Denied,
                format!("{host} does not accept the credentials: {}", brief(reason)),
            ),
            E::UnauthorizedError { .. } => Self::status(host, 401, ""),
            E::RegistryError { envelope, .. } => Self::told(host, envelope),
            E::ServerError { code, message, .. } => match serde_json::from_str::<OciEnvelope>(message) {
                Ok(envelope) if *code < 500 && !envelope.errors.is_empty() => Self::told(host, &envelope),
                _ => Self::status(host, *code, message),
            },
            E::RequestError(error) => match error.status() {
                Some(status) => Self::status(host, status.as_u16(), ""),
                None => Self::new(
                    FailureKind::Unreachable,
                    format!("{host} cannot be reached: {}", chain(error)),
                ),
            },
            E::IoError(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<DigestError>()) {
                Some(digest) => Self::corrupt(host, digest),
                None => Self::new(FailureKind::Unreachable, format!("{host} broke off: {}", chain(error))),
            },
            E::DigestError(digest) => Self::corrupt(host, digest),
            other => Self::new(FailureKind::Other, format!("{host}: {}", chain(other))),
        }
    }

    fn corrupt(host: &str, error: &DigestError) -> Self {
        Self::new(
            FailureKind::Corrupt,
            format!("{host} sent something else than was asked for: {error}"),
        )
    }

    /// A refusal in the registry's own words.
    fn told(host: &str, envelope: &OciEnvelope) -> Self {
        let Some(first) = envelope.errors.first() else {
            return Self::new(FailureKind::Refused, format!("{host} refused without a reason"));
        };
        let kind = match &first.code {
            OciErrorCode::Unauthorized | OciErrorCode::Denied => FailureKind::Denied,
            OciErrorCode::BlobUnknown
            | OciErrorCode::ManifestUnknown
            | OciErrorCode::NameUnknown
            | OciErrorCode::NotFound => FailureKind::NotFound,
            OciErrorCode::Toomanyrequests => FailureKind::Throttled,
            OciErrorCode::BlobUploadUnknown | OciErrorCode::BlobUploadInvalid => FailureKind::Unreachable,
            OciErrorCode::DigestInvalid | OciErrorCode::SizeInvalid => FailureKind::Corrupt,
            _ => FailureKind::Refused,
        };
        let code = serde_json::to_value(&first.code)
            .ok()
            .and_then(|code| code.as_str().map(str::to_owned));
        Self {
            code,
            ..Self::new(kind, format!("{host}: {}", brief(&first.message)))
        }
    }

    fn status(host: &str, status: u16, body: &str) -> Self {
        let kind = match status {
            401 | 403 => FailureKind::Denied,
            404 => FailureKind::NotFound,
            408 | 429 => FailureKind::Throttled,
            500.. => FailureKind::Unreachable,
            _ => FailureKind::Refused,
        };
        let what = match kind {
            FailureKind::Denied => "does not accept the credentials, or they lack the permission",
            FailureKind::NotFound => "has no such repository or image",
            FailureKind::Throttled => "asks to slow down",
            FailureKind::Unreachable => "failed",
            _ => "refused",
        };
        let words = brief(body);
        let message = if words.is_empty() {
            format!("{host} {what}")
        } else {
            format!("{host} {what}: {words}")
        };
        Self {
            code: Some(format!("HTTP {status}")),
            ..Self::new(kind, message)
        }
    }

    /// Whether it may be gone at the next attempt.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.kind, FailureKind::Throttled | FailureKind::Unreachable)
    }

    /// The same without a secret, should the registry have repeated it.
    pub(super) fn without(mut self, secret: Option<&str>) -> Self {
        if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
            self.message = self.message.replace(secret, "(hidden)");
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl StdError for Failure {}

/// The beginning of a text that may be a whole page, on one line.
fn brief(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The error and what caused it, without repeating what a cause has said already.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: u16, message: &str) -> Failure {
        let error = OciDistributionError::ServerError {
            code,
            url: "https://registry.example.com/v2/x/blobs/uploads/".to_owned(),
            message: message.to_owned(),
        };
        Failure::of("registry.example.com", &error)
    }

    #[test]
    fn a_registrys_own_words_and_code_are_kept() {
        let failure = answered(
            404,
            r#"{"errors": [{"code": "NAME_UNKNOWN", "message": "The repository with name 'x' does not exist in the registry with id '123456789012'"}]}"#,
        );
        assert_eq!(failure.kind, FailureKind::NotFound);
        assert_eq!(failure.code.as_deref(), Some("NAME_UNKNOWN"));
        assert!(failure.message.contains("does not exist in the registry"), "{failure}");
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for (code, message, passing) in [
            (429, "", true),
            (
                429,
                r#"{"errors": [{"code": "TOOMANYREQUESTS", "message": "Rate exceeded"}]}"#,
                true,
            ),
            (503, "<html>Service Unavailable</html>", true),
            (
                500,
                r#"{"errors": [{"code": "UNKNOWN", "message": "unknown error"}]}"#,
                true,
            ),
            (401, "", false),
            (403, r#"{"errors": [{"code": "DENIED", "message": "no"}]}"#, false),
            (
                400,
                r#"{"errors": [{"code": "TAG_INVALID", "message": "The image tag '1' already exists in the 'x' repository and cannot be overwritten because the repository is immutable."}]}"#,
                false,
            ),
        ] {
            assert_eq!(answered(code, message).is_passing(), passing, "{code} {message}");
        }
    }

    #[test]
    fn a_secret_that_a_registry_repeats_is_not_told_on() {
        let failure = answered(401, "bad password hunter2").without(Some("hunter2"));
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
    }

    #[test]
    fn a_page_is_told_by_its_beginning() {
        let failure = answered(502, &"<p>proxy error</p>\n".repeat(1000));
        assert!(failure.message.len() < 500, "{failure}");
    }
}
