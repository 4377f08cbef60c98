//! Whose account the credentials belong to.

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::Client;

use super::error::ConnectError;
use super::failure;
use super::region;
use super::settings::Settings;
use crate::Partition;
use crate::ids::AccountId;

/// The account, and the partition it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// The partition.
    pub partition: Partition,
    /// Who calls, by the ARN that STS tells; `None` where it was not asked.
    pub caller: Option<String>,
}

/// Finds out the account: by `sts:GetCallerIdentity`, which also proves that AWS accepts the credentials. Where the user
/// wants them taken on trust, what is known without a call goes first.
///
/// # Errors
/// Missing, failing or refused credentials; no answer.
pub(super) async fn of(settings: &Settings, config: &SdkConfig, sts: &Client) -> Result<Account, ConnectError> {
    let by_region = || region::partition(config.region().map(AsRef::as_ref).unwrap_or_default());
    if settings.skip_credentials_validation
        && let Some(id) = on_trust(settings, config).await?
    {
        return Ok(Account {
            id,
            partition: by_region(),
            caller: None,
        });
    }
    let answer = sts.get_caller_identity().send().await;
    let told = match answer {
        Ok(identity) => identity.account().map(|id| Account {
            id: id.into(),
            partition: identity.arn().and_then(partition).unwrap_or_else(by_region),
            caller: identity.arn().map(str::to_owned),
        }),
        Err(error) if settings.skip_credentials_validation => {
            return Err(ConnectError::AccountUnknown {
                reason: failure::of_call(&error, settings).to_string(),
            });
        }
        Err(error) => return Err(failure::of_call(&error, settings)),
    };
    told.ok_or_else(|| ConnectError::AccountUnknown {
        reason: "sts:GetCallerIdentity answered without an account".to_owned(),
    })
}

/// The account that the credentials themselves name (SSO, assumed roles, `AWS_ACCOUNT_ID`), else the only one that is allowed.
async fn on_trust(settings: &Settings, config: &SdkConfig) -> Result<Option<AccountId>, ConnectError> {
    if let [only] = settings.allowed_account_ids.as_slice() {
        return Ok(Some(only.as_str().into()));
    }
    let Some(provider) = config.credentials_provider() else {
        return Ok(None);
    };
    let credentials = provider
        .provide_credentials()
        .await
        .map_err(|error| failure::of_credentials(&error, settings))?;
    Ok(credentials.account_id().map(|id| id.as_str().into()))
}

fn partition(arn: &str) -> Option<Partition> {
    arn.split(':')
        .nth(1)
        .filter(|name| !name.is_empty())
        .map(Partition::named)
}

/// Refuses accounts that the user ruled out.
///
/// # Errors
/// [`ConnectError::AccountRefused`].
pub(super) fn check(settings: &Settings, account: &AccountId) -> Result<(), ConnectError> {
    let listed = |list: &[String]| list.iter().any(|id| id == account.as_str());
    let refused = |setting| {
        Err(ConnectError::AccountRefused {
            account: account.to_string(),
            setting,
        })
    };
    if !settings.allowed_account_ids.is_empty() && !listed(&settings.allowed_account_ids) {
        return refused("allowed_account_ids");
    }
    if listed(&settings.forbidden_account_ids) {
        return refused("forbidden_account_ids");
    }
    Ok(())
}
