//! Whose account the credentials belong to.

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::Client;

use super::error::ConnectError;
use super::failure;
use super::settings::Settings;

/// The account, and the partition it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// Twelve digits.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: Option<String>,
}

/// Finds out the account: by `sts:GetCallerIdentity`, which also proves that AWS accepts the credentials. Where the user
/// wants them taken on trust, what is known without a call goes first.
///
/// # Errors
/// Missing, failing or refused credentials; no answer.
pub(super) async fn of(settings: &Settings, config: &SdkConfig, sts: &Client) -> Result<Account, ConnectError> {
    if settings.skip_credentials_validation
        && let Some(id) = on_trust(settings, config).await?
    {
        return Ok(Account { id, partition: None });
    }
    let answer = sts.get_caller_identity().send().await;
    let told = match answer {
        Ok(identity) => from_arn(identity.arn().unwrap_or_default(), identity.account()),
        Err(error) if settings.skip_credentials_validation => {
            return Err(ConnectError::AccountUnknown { reason: failure::of_call(&error, settings).to_string() });
        }
        Err(error) => return Err(failure::of_call(&error, settings)),
    };
    told.ok_or_else(|| ConnectError::AccountUnknown { reason: "sts:GetCallerIdentity answered without an account".to_owned() })
}

/// The account that the credentials themselves name (SSO, assumed roles, `AWS_ACCOUNT_ID`), else the only one that is allowed.
async fn on_trust(settings: &Settings, config: &SdkConfig) -> Result<Option<String>, ConnectError> {
    if let [only] = settings.allowed_account_ids.as_slice() {
        return Ok(Some(only.clone()));
    }
    let Some(provider) = config.credentials_provider() else { return Ok(None) };
    let credentials = provider.provide_credentials().await.map_err(|error| failure::of_credentials(&error, settings))?;
    Ok(credentials.account_id().map(|id| id.as_str().to_owned()))
}

fn from_arn(arn: &str, account: Option<&str>) -> Option<Account> {
    let partition = arn.split(':').nth(1).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Account { id: account?.to_owned(), partition })
}

/// Refuses accounts that the user ruled out.
///
/// # Errors
/// [`ConnectError::AccountRefused`].
pub(super) fn check(settings: &Settings, account: &str) -> Result<(), ConnectError> {
    let listed = |list: &[String]| list.iter().any(|id| id == account);
    let refused = |setting| Err(ConnectError::AccountRefused { account: account.to_owned(), setting });
    if !settings.allowed_account_ids.is_empty() && !listed(&settings.allowed_account_ids) {
        return refused("allowed_account_ids");
    }
    if listed(&settings.forbidden_account_ids) {
        return refused("forbidden_account_ids");
    }
    Ok(())
}
