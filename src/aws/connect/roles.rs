//! Credentials of assumed roles.

use std::fs;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result as CredentialsResult, future};
use aws_sdk_sts::Client;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

use super::settings::{AssumeRole, Session, WebIdentity, WebIdentityToken};

/// The session's name where the user gives none.
const SESSION_NAME: &str = "terraform-provider-thatdot";

/// STS refused to hand out a role's credentials.
#[derive(Debug, Error)]
#[error("{reason}")]
pub(super) struct RoleRefused {
    /// The role.
    pub role_arn: String,
    /// The IAM action.
    pub action: &'static str,
    /// What STS said.
    pub reason: String,
}

/// Assumes a role with the credentials of its client. The SDK's own provider knows neither transitive tags nor a source
/// identity.
#[derive(Debug)]
pub(super) struct RoleProvider {
    /// STS, called with the credentials found.
    pub sts: Client,
    /// The role.
    pub role: AssumeRole,
}

impl RoleProvider {
    async fn assume(&self) -> CredentialsResult {
        let AssumeRole {
            session,
            external_id,
            tags,
            transitive_tag_keys,
            source_identity,
        } = &self.role;
        let tags = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(CredentialsError::invalid_configuration)?;
        let answer = self
            .sts
            .assume_role()
            .role_arn(&session.role_arn)
            .role_session_name(session_name(session))
            .set_duration_seconds(seconds(session))
            .set_policy(session.policy.clone())
            .set_policy_arns(policies(session))
            .set_external_id(external_id.clone())
            .set_tags(some(tags))
            .set_transitive_tag_keys(some(transitive_tag_keys.clone()))
            .set_source_identity(source_identity.clone())
            .send()
            .await
            .map_err(|error| refused(session, "sts:AssumeRole", error))?;
        credentials(answer.credentials, "AssumeRole")
    }
}

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

/// Assumes a role with an identity provider's token. The SDK's own provider takes tokens from files only, and no duration.
#[derive(Debug)]
pub(super) struct WebIdentityProvider {
    /// STS; the call is not signed.
    pub sts: Client,
    /// The role and the token.
    pub role: WebIdentity,
}

impl WebIdentityProvider {
    async fn assume(&self) -> CredentialsResult {
        let session = &self.role.session;
        let token = match &self.role.token {
            WebIdentityToken::Text(token) => token.expose().to_owned(),
            WebIdentityToken::File(path) => fs::read_to_string(path).map_err(|error| {
                CredentialsError::invalid_configuration(format!(
                    "the file of `web_identity_token_file`, {}, cannot be read: {error}",
                    path.display()
                ))
            })?,
        };
        let answer = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&session.role_arn)
            .role_session_name(session_name(session))
            .web_identity_token(token.trim())
            .set_duration_seconds(seconds(session))
            .set_policy(session.policy.clone())
            .set_policy_arns(policies(session))
            .send()
            .await
            .map_err(|error| refused(session, "sts:AssumeRoleWithWebIdentity", error))?;
        credentials(answer.credentials, "AssumeRoleWithWebIdentity")
    }
}

impl ProvideCredentials for WebIdentityProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

fn session_name(session: &Session) -> &str {
    session.session_name.as_deref().unwrap_or(SESSION_NAME)
}

fn seconds(session: &Session) -> Option<i32> {
    session
        .duration
        .map(|duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX))
}

fn policies(session: &Session) -> Option<Vec<PolicyDescriptorType>> {
    some(
        session
            .policy_arns
            .iter()
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect(),
    )
}

/// A list, unless it is empty: STS refuses empty ones.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}

fn credentials(answer: Option<aws_sdk_sts::types::Credentials>, name: &'static str) -> CredentialsResult {
    let answer = answer.ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
    let expiration = SystemTime::try_from(answer.expiration).map_err(CredentialsError::unhandled)?;
    Ok(Credentials::new(
        answer.access_key_id,
        answer.secret_access_key,
        Some(answer.session_token),
        Some(expiration),
        name,
    ))
}

/// STS's refusal as such; anything else (no credentials to assume the role with, no answer) as what it is.
fn refused<E, R>(session: &Session, action: &'static str, error: SdkError<E, R>) -> CredentialsError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(service) = error.as_service_error() else {
        return CredentialsError::provider_error(error);
    };
    let reason = match (service.message(), service.code()) {
        (Some(message), Some(code)) => format!("{message} ({code})"),
        _ => DisplayErrorContext(service).to_string(),
    };
    CredentialsError::provider_error(RoleRefused {
        role_arn: session.role_arn.clone(),
        action,
        reason,
    })
}
