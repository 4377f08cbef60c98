//! What the user said about how AWS is reached and as whom.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::Endpoints;

/// A text that no log or message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Everything that decides how AWS is reached and as whom. What is left out is looked for where every AWS tool looks:
/// environment variables, shared files, container and instance metadata.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The region.
    pub region: Option<String>,
    /// The profile of the shared files.
    pub profile: Option<String>,
    /// The id of a static access key.
    pub access_key: Option<String>,
    /// The secret of a static access key.
    pub secret_key: Option<Secret>,
    /// The session token of temporary credentials.
    pub token: Option<Secret>,
    /// Configuration files instead of the default one; empty: the default one.
    pub shared_config_files: Vec<PathBuf>,
    /// Credentials files instead of the default one; empty: the default one.
    pub shared_credentials_files: Vec<PathBuf>,
    /// A role to assume with the credentials found.
    pub assume_role: Option<AssumeRole>,
    /// A role to assume with an identity provider's token, instead of credentials.
    pub web_identity: Option<WebIdentity>,
    /// Endpoints of single services.
    pub endpoints: Endpoints,
    /// How often a call is tried again. `None`: [`DEFAULT_MAX_RETRIES`].
    pub max_retries: Option<u32>,
    /// The only accounts to work in; empty: any.
    pub allowed_account_ids: Vec<String>,
    /// The accounts never to work in.
    pub forbidden_account_ids: Vec<String>,
    /// Whether credentials are taken on trust, so that no call is made where the account is known without one.
    pub skip_credentials_validation: bool,
    /// A PEM file of certificate authorities to trust beside the system's.
    pub custom_ca_bundle: Option<PathBuf>,
    /// The proxy of plain calls.
    pub http_proxy: Option<String>,
    /// The proxy of TLS calls.
    pub https_proxy: Option<String>,
    /// Hosts that no proxy serves, separated by commas.
    pub no_proxy: Option<String>,
    /// Whether FIPS endpoints are called.
    pub use_fips_endpoint: Option<bool>,
    /// Whether dual-stack endpoints are called.
    pub use_dualstack_endpoint: Option<bool>,
    /// Terraform's version, for the user agent.
    pub terraform_version: Option<String>,
}

/// How often a call is tried again where nothing else is said: as the `aws` provider has it.
pub const DEFAULT_MAX_RETRIES: u32 = 25;

/// A role to assume, and how (AWS STS API, `AssumeRole`).
#[derive(Debug, Clone, Default)]
pub struct AssumeRole {
    /// What every assumed session has.
    pub session: Session,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The session's tags.
    pub tags: BTreeMap<String, String>,
    /// Which of the tags go on to further sessions.
    pub transitive_tag_keys: Vec<String>,
    /// The source identity.
    pub source_identity: Option<String>,
}

/// A role to assume with a token (AWS STS API, `AssumeRoleWithWebIdentity`).
#[derive(Debug, Clone)]
pub struct WebIdentity {
    /// What every assumed session has.
    pub session: Session,
    /// Where the token comes from.
    pub token: WebIdentityToken,
}

/// Where an identity provider's token comes from.
#[derive(Debug, Clone)]
pub enum WebIdentityToken {
    /// The token itself.
    Text(Secret),
    /// A file that holds it; read anew for each session, because pipelines renew it.
    File(PathBuf),
}

/// What every assumed session has.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name; `None`: one of ours.
    pub session_name: Option<String>,
    /// How long the session lasts; `None`: STS's default, one hour.
    pub duration: Option<Duration>,
    /// A policy, in JSON, that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
}
