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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_types::DateTime;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::date_time::Format;

    use super::super::settings::{Secret, Settings};
    use super::super::{connect_through, loader};
    use super::*;

    /// How long a role's credentials last: less than the time before their end at which the SDK obtains new ones.
    const LIFE: Duration = Duration::from_secs(5);

    /// AWS, with the key that each call was signed with. Each role's credentials have a key of their own.
    #[derive(Debug, Clone, Default)]
    struct Far {
        assumed: Arc<Mutex<Vec<String>>>,
        signed_with: Arc<Mutex<Vec<String>>>,
    }

    impl HttpConnector for Far {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
            let signature = request.headers().get("authorization").unwrap_or_default();
            let key = signature.split(['=', '/']).nth(1).unwrap_or_default().to_owned();
            let answer = if body.contains("Action=AssumeRole") {
                let mut assumed = self.assumed.lock().unwrap();
                let number = assumed.len() + 1;
                assumed.push(format!("ASIA{number}"));
                let end = DateTime::from(SystemTime::now() + LIFE).fmt(Format::DateTime).unwrap();
                format!(
                    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>s\
                     </SecretAccessKey><SessionToken>t</SessionToken><Expiration>{end}</Expiration></Credentials>\
                     </AssumeRoleResult></AssumeRoleResponse>",
                    assumed.last().unwrap()
                )
            } else {
                self.signed_with.lock().unwrap().push(key);
                if body.contains("Action=GetCallerIdentity") {
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/ci/x\
                     </Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
                        .to_owned()
                } else {
                    r#"{"clusters": []}"#.to_owned()
                }
            };
            HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(answer))))
        }
    }

    #[tokio::test]
    async fn a_roles_credentials_are_obtained_anew_before_they_expire_however_long_the_run() {
        let far = Far::default();
        let connector = SharedHttpConnector::new(far.clone());
        let session = Session {
            role_arn: "arn:aws:iam::123456789012:role/deploy".to_owned(),
            ..Session::default()
        };
        let settings = Settings {
            region: Some("us-east-1".to_owned()),
            access_key: Some("AKIA1".to_owned()),
            secret_key: Some(Secret::new("s")),
            shared_config_files: vec!["/nonexistent/config".into()],
            shared_credentials_files: vec!["/nonexistent/credentials".into()],
            assume_role: Some(AssumeRole {
                session,
                ..AssumeRole::default()
            }),
            ..Settings::default()
        };
        let http = http_client_fn(move |_, _| connector.clone());
        let loader = loader(&settings, http);
        let aws = Box::pin(connect_through(settings, loader)).await.unwrap();
        for _ in 0..3 {
            aws.ecs.describe_clusters().send().await.unwrap();
        }
        let signed_with = far.signed_with.lock().unwrap().clone();
        assert_eq!(
            signed_with,
            *far.assumed.lock().unwrap(),
            "each call with credentials of its own"
        );
        assert_eq!(signed_with.len(), 4);
    }
}
