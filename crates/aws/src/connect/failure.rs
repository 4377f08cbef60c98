//! Why a first call failed: no credentials, refused credentials, no answer. The SDK buries these under each other.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_types::error::display::DisplayErrorContext;

use super::error::ConnectError;
use super::http::variable;
use super::roles::RoleRefused;
use super::settings::Settings;
use crate::error::without_request;

/// What a failed `GetCallerIdentity` means.
pub(super) fn of_call<E, R>(error: &SdkError<E, R>, settings: &Settings) -> ConnectError
where
    E: ProvideErrorMetadata + RequestId + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if let Some(credentials) = deepest::<CredentialsError>(error) {
        return of_credentials(credentials, settings);
    }
    match error.as_service_error() {
        Some(service) if service.code().is_some_and(|code| !is_about_the_caller(code)) => ConnectError::Failed {
            attempted: "sts:GetCallerIdentity",
            reason: format!(
                "{} ({}{})",
                without_request(service.message().unwrap_or("no message")),
                service.code().unwrap_or_default(),
                service
                    .request_id()
                    .map(|id| format!(", request {id}"))
                    .unwrap_or_default()
            ),
        },
        Some(service) if service.code().is_some() => ConnectError::CredentialsRefused {
            code: service.code().unwrap_or_default().to_owned(),
            message: without_request(service.message().unwrap_or("no message")).to_owned(),
            request: service
                .request_id()
                .map(|id| format!(", request {id}"))
                .unwrap_or_default(),
            remedy: remedy(service.code().unwrap_or_default()),
        },
        _ => ConnectError::Unreachable {
            attempted: "sts:GetCallerIdentity",
            endpoint: endpoint(settings),
            reason: innermost(error),
        },
    }
}

/// Whether a code says something of who calls, not of how AWS fares (AWS STS API, common errors).
fn is_about_the_caller(code: &str) -> bool {
    const OTHERS: [&str; 4] = ["Throttl", "Unavailable", "InternalFailure", "InternalError"];
    !OTHERS.iter().any(|other| code.contains(other))
}

/// Where STS was called, where that is not AWS's own endpoint: ` at …`, else nothing.
fn endpoint(settings: &Settings) -> String {
    let set = settings.endpoints.sts.clone();
    let found = set.or_else(|| variable(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]));
    found.map(|url| format!(" at {url}")).unwrap_or_default()
}

/// What to do about credentials that AWS does not accept (AWS STS API, common errors).
fn remedy(code: &str) -> &'static str {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => {
            "They have expired: obtain new ones, for example with `aws sso login`."
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" => {
            "The access key does not exist in this partition, or lacks its session token: check which key is used, for \
             example with `aws sts get-caller-identity`."
        }
        "SignatureDoesNotMatch" | "IncompleteSignature" => {
            "The secret does not fit the access key: check `secret_key`, and this machine's clock."
        }
        "RequestExpired" | "RequestTimeTooSkewed" => "This machine's clock is wrong: set it.",
        _ => "Check which credentials are used, for example with `aws sts get-caller-identity`.",
    }
}

/// What a failure to obtain credentials means.
pub(super) fn of_credentials(error: &CredentialsError, settings: &Settings) -> ConnectError {
    if let Some(RoleRefused {
        role_arn,
        action,
        reason,
    }) = deepest(error)
    {
        return ConnectError::RoleNotAssumed {
            role_arn: role_arn.clone(),
            action,
            reason: reason.clone(),
        };
    }
    if let Some(profile) = settings.profile.as_ref().filter(|_| settings.access_key.is_none())
        && settings.web_identity.is_none()
        && matches!(
            error,
            CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)
        )
    {
        return ConnectError::Profile {
            profile: profile.clone(),
            reason: innermost(error),
        };
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => ConnectError::NoCredentials { tried: sources() },
        CredentialsError::ProviderTimedOut(_) => ConnectError::CredentialsFailed {
            reason: innermost(error),
            remedy: "The source of the credentials did not answer in time: check the network, or name another source."
                .to_owned(),
        },
        _ => ConnectError::CredentialsFailed {
            reason: DisplayErrorContext(error).to_string(),
            remedy:
                "Check the profile, the files and the environment variables that the credentials come from; an SSO \
                     session is renewed with `aws sso login`."
                    .to_owned(),
        },
    }
}

/// Where credentials are looked for, in order.
fn sources() -> String {
    let profile = variable(&["AWS_PROFILE"]).unwrap_or_else(|| "default".to_owned());
    format!(
        "`access_key` and `secret_key` of the provider block, the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile \"{profile}\" of the \
         shared files, a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE), the container's role, the instance's role"
    )
}

/// The last error of a type in a chain of causes.
fn deepest<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).filter_map(|error| error.downcast_ref()).last()
}

/// The text of the first cause.
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}
