//! From settings to clients: who calls AWS, where, and how. Whatever can be wrong with that is found here, before
//! anything is planned, and told as one error.

mod account;
mod ceiling;
mod error;
mod failure;
mod first_calls;
mod http;
mod region;
mod roles;
mod settings;

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sts::config::{IdentityCache, SharedHttpClient};
use aws_types::sdk_ua_metadata::FrameworkMetadata;

pub(super) use ceiling::with_a_ceiling;
pub use error::ConnectError;
pub use settings::{AssumeRole, DEFAULT_MAX_RETRIES, Secret, Session, Settings, WebIdentity, WebIdentityToken};

use super::Aws;
pub use super::Endpoints;
use first_calls::GiveUpUnanswered;
use http::Ways;
use roles::{RoleProvider, WebIdentityProvider};

/// How long an answer may be silent before the call is tried again.
const SILENCE: Duration = Duration::from_mins(1);

/// How long credentials may take: a process, an SSO session and an assumed role are each calls of their own.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_mins(1);

/// Makes the clients, and finds out whose account they work in. `over` is what their requests go over, instead of a client
/// made as the settings say.
///
/// # Guarantees
/// A region that cannot be one, contradicting settings, files and proxies that cannot be used are refused before any
/// call. At most the calls that obtain credentials and one `sts:GetCallerIdentity` are made, each tried a few times.
///
/// # Errors
/// See [`ConnectError`].
pub async fn connect(settings: Settings, over: Option<SharedHttpClient>) -> Result<Aws, ConnectError> {
    contradictions(&settings)?;
    let ways = Ways::of(&settings)?;
    let http = over.unwrap_or_else(|| ways.client());
    let (registries, web) = (ways.registries(&settings), ways.web());
    // Boxed, because the futures of the SDK's credential chain are large.
    let loader = loader(&settings, http);
    let aws = Box::pin(connect_through(settings, loader))
        .await?
        .with_registries(registries);
    Ok(Aws { web, ..aws })
}

async fn connect_through(settings: Settings, loader: ConfigLoader) -> Result<Aws, ConnectError> {
    let found = loader.load().await;
    let region = found.region().cloned().ok_or_else(|| ConnectError::RegionMissing {
        profile: profile(&settings),
    })?;
    if !region::is_plausible(region.as_ref()) {
        return Err(ConnectError::RegionUnknown(region.to_string()));
    }
    let config = with_credentials(&settings, found, &region);
    let account = account::of(&settings, &config, &sts(&settings, &config)).await?;
    account::check(&settings, &account.id)?;
    Ok(Aws::new(&config, &settings.endpoints, account.id, region, account.partition).called_by(account.caller))
}

/// The profile that is used.
fn profile(settings: &Settings) -> String {
    let set = settings.profile.clone();
    set.or_else(|| http::variable(&["AWS_PROFILE"]))
        .unwrap_or_else(|| "default".to_owned())
}

fn contradictions(settings: &Settings) -> Result<(), ConnectError> {
    if let Some(region) = settings.region.as_ref().filter(|region| !region::is_plausible(region)) {
        return Err(ConnectError::RegionUnknown(region.clone()));
    }
    match (&settings.access_key, &settings.secret_key) {
        (Some(_), None) => return Err(ConnectError::HalfKey { missing: "secret_key" }),
        (None, Some(_)) => return Err(ConnectError::HalfKey { missing: "access_key" }),
        _ => {}
    }
    if !settings.allowed_account_ids.is_empty() && !settings.forbidden_account_ids.is_empty() {
        return Err(ConnectError::BothAccountLists);
    }
    Ok(())
}

fn loader(settings: &Settings, http: SharedHttpClient) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .profile_files(files(settings))
        .timeout_config(TimeoutConfig::builder().read_timeout(SILENCE).build())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build());
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    // What the environment says stands only where the block says nothing.
    if settings.max_retries.is_some() || http::variable(&["AWS_MAX_ATTEMPTS"]).is_none() {
        let retries = settings.max_retries.unwrap_or(DEFAULT_MAX_RETRIES);
        loader = loader.retry_config(RetryConfig::standard().with_max_attempts(retries.saturating_add(1)));
    }
    if let Some(fips) = settings.use_fips_endpoint {
        loader = loader.use_fips(fips);
    }
    if let Some(dual_stack) = settings.use_dualstack_endpoint {
        loader = loader.use_dual_stack(dual_stack);
    }
    user_agent(settings)
        .into_iter()
        .fold(loader, ConfigLoader::framework_metadata)
}

fn files(settings: &Settings) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(settings.shared_config_files.is_empty())
        .include_default_credentials_file(settings.shared_credentials_files.is_empty());
    for file in &settings.shared_config_files {
        files = files.with_file(EnvConfigFileKind::Config, file);
    }
    for file in &settings.shared_credentials_files {
        files = files.with_file(EnvConfigFileKind::Credentials, file);
    }
    files.build()
}

/// Terraform's name and version, ours, and what `TF_APPEND_USER_AGENT` adds. What no user agent may hold is left out.
fn user_agent(settings: &Settings) -> Vec<FrameworkMetadata> {
    let mut products = Vec::new();
    products.extend(
        settings
            .terraform_version
            .as_ref()
            .map(|version| format!("Terraform/{version}")),
    );
    products.push(concat!("terraform-provider-thatdot/", env!("CARGO_PKG_VERSION")).to_owned());
    products.extend(http::variable(&["TF_APPEND_USER_AGENT"]));
    products
        .iter()
        .flat_map(|product| product.split_whitespace())
        .filter_map(|product| {
            let (name, version) = match product.split_once('/') {
                Some((name, version)) => (name, Some(version.to_owned())),
                None => (product, None),
            };
            FrameworkMetadata::new(name.to_owned(), version).ok()
        })
        .collect()
}

/// Sets whose credentials are used: the block's key, else the block's profile, else what was found; with them, or with a
/// token, the role to assume.
fn with_credentials(settings: &Settings, found: SdkConfig, region: &Region) -> SdkConfig {
    let mut config = found;
    if let (Some(key), Some(secret)) = (&settings.access_key, &settings.secret_key) {
        let token = settings.token.as_ref().map(|token| token.expose().to_owned());
        let credentials = Credentials::new(key, secret.expose(), token, None, "the provider block");
        config = replaced(&config, SharedCredentialsProvider::new(credentials));
    } else if let Some(profile) = &settings.profile {
        // A profile that the block names goes before keys in the environment, which the SDK would take first.
        let mut source = ProviderConfig::default().with_region(Some(region.clone()));
        if let Some(http) = config.http_client() {
            source = source.with_http_client(http);
        }
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&source)
            .profile_files(files(settings))
            .profile_name(profile)
            .build();
        config = replaced(&config, SharedCredentialsProvider::new(provider));
    }
    if let Some(role) = &settings.web_identity {
        let provider = WebIdentityProvider {
            sts: sts(settings, &config),
            role: role.clone(),
        };
        config = replaced(&config, SharedCredentialsProvider::new(provider));
    }
    if let Some(role) = &settings.assume_role {
        let provider = RoleProvider {
            sts: sts(settings, &config),
            role: role.clone(),
        };
        config = replaced(&config, SharedCredentialsProvider::new(provider));
    }
    config
}

fn replaced(config: &SdkConfig, provider: SharedCredentialsProvider) -> SdkConfig {
    config.to_builder().credentials_provider(provider).build()
}

fn sts(settings: &Settings, config: &SdkConfig) -> aws_sdk_sts::Client {
    let mut sts = aws_sdk_sts::config::Builder::from(config).retry_classifier(GiveUpUnanswered::default());
    if let Some(url) = &settings.endpoints.sts {
        sts = sts.endpoint_url(url);
    }
    aws_sdk_sts::Client::from_conf(sts.build())
}

#[cfg(test)]
mod expiry_tests;
#[cfg(test)]
mod tests;
