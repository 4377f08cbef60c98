//! Why AWS cannot be worked with, told so that the user knows which setting to look at.

use std::path::PathBuf;

use thiserror::Error;

/// Why there is no connection. Each message names what was found and what to do.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// No region is set anywhere.
    #[error(
        "No AWS region is set. Set `region` in the provider block, or the environment variable AWS_REGION, or `region` in \
         the profile that is used ({profile})."
    )]
    RegionMissing {
        /// The profile that is used.
        profile: String,
    },
    /// The region's name cannot be one.
    #[error("\"{0}\" is not an AWS region. A region is named like us-east-1 or eu-central-1.")]
    RegionUnknown(String),
    /// Only one half of a static key is given.
    #[error("`access_key` and `secret_key` go together: `{missing}` is missing.")]
    HalfKey {
        /// The half that is missing.
        missing: &'static str,
    },
    /// Both an allow list and a deny list of accounts are given.
    #[error("`allowed_account_ids` and `forbidden_account_ids` exclude each other: leave one of them out.")]
    BothAccountLists,
    /// The profile is in none of the files.
    #[error(
        "The profile \"{profile}\" cannot be used: {reason}. Look at `profile` (or AWS_PROFILE), `shared_config_files` and \
         `shared_credentials_files`; `aws configure list-profiles` names the profiles there are."
    )]
    Profile {
        /// The profile's name.
        profile: String,
        /// What the files' reader says.
        reason: String,
    },
    /// No source has credentials.
    #[error(
        "No AWS credentials were found. Tried, in this order: {tried}. Set one of these, for example with `aws configure`, \
         `aws sso login` or AWS_PROFILE."
    )]
    NoCredentials {
        /// The sources that were tried.
        tried: String,
    },
    /// A source of credentials is set up but fails.
    #[error("AWS credentials could not be obtained: {reason}. {remedy}")]
    CredentialsFailed {
        /// What happened.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// A role cannot be assumed.
    #[error(
        "The role {role_arn} could not be assumed: {reason}. Check that the role exists, that its trust policy admits these \
         credentials (and the `external_id`, where it asks for one), and that they may call {action}."
    )]
    RoleNotAssumed {
        /// The role.
        role_arn: String,
        /// The IAM action that was called.
        action: &'static str,
        /// What AWS said.
        reason: String,
    },
    /// AWS does not accept the credentials.
    #[error("AWS refused the credentials (sts:GetCallerIdentity): {message} ({code}{request}). {remedy}")]
    CredentialsRefused {
        /// AWS's error code.
        code: String,
        /// AWS's words.
        message: String,
        /// The request id, as `, request …`; may be empty.
        request: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The account is not one to work in.
    #[error(
        "The credentials belong to the AWS account {account}, which `{setting}` rules out. Use other credentials, or change `{setting}`."
    )]
    AccountRefused {
        /// The account.
        account: String,
        /// The list that rules it out.
        setting: &'static str,
    },
    /// The account cannot be told.
    #[error(
        "The AWS account is not known: {reason}. With `skip_credentials_validation`, name it as the only one of \
         `allowed_account_ids`, or in the environment variable AWS_ACCOUNT_ID."
    )]
    AccountUnknown {
        /// Why not.
        reason: String,
    },
    /// AWS answers, and fails.
    #[error(
        "AWS could not say whose the credentials are ({attempted}): {reason}. Apply again later; see the AWS Health Dashboard."
    )]
    Failed {
        /// The call.
        attempted: &'static str,
        /// AWS's words, code and request id.
        reason: String,
    },
    /// No answer.
    #[error(
        "AWS could not be reached ({attempted}{endpoint}): {reason}. Check the network, `endpoints`, AWS_ENDPOINT_URL, the \
         proxy settings, and `custom_ca_bundle`."
    )]
    Unreachable {
        /// The call.
        attempted: &'static str,
        /// The configured endpoint, as ` at …`; may be empty.
        endpoint: String,
        /// What happened.
        reason: String,
    },
    /// The bundle of certificate authorities cannot be used.
    #[error("The bundle of certificate authorities {} cannot be used: {reason}. It must be a file of PEM certificates.", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A proxy's address cannot be used.
    #[error("The proxy \"{url}\" cannot be used: {reason}. A proxy is an URL such as http://proxy.example.com:3128.")]
    Proxy {
        /// The setting or environment variable it comes from.
        setting: &'static str,
        /// The URL, without its credentials.
        url: String,
        /// What is wrong.
        reason: String,
    },
}

impl ConnectError {
    /// The setting of the provider block that the error is about, where there is just one.
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            Self::RegionMissing { .. } | Self::RegionUnknown(_) => Some("region"),
            Self::HalfKey { missing } => Some(missing),
            Self::BothAccountLists => Some("forbidden_account_ids"),
            Self::Profile { .. } => Some("profile"),
            Self::AccountRefused { setting, .. } | Self::Proxy { setting, .. } => Some(setting),
            Self::AccountUnknown { .. } => Some("allowed_account_ids"),
            Self::CaBundle { .. } => Some("custom_ca_bundle"),
            Self::RoleNotAssumed { action, .. } if *action == "sts:AssumeRole" => Some("assume_role"),
            Self::RoleNotAssumed { .. } => Some("assume_role_with_web_identity"),
            Self::NoCredentials { .. }
            | Self::CredentialsFailed { .. }
            | Self::CredentialsRefused { .. }
            | Self::Failed { .. }
            | Self::Unreachable { .. } => None,
        }
    }
}
