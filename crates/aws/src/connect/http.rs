//! The one HTTP client that every service's client shares: trust and proxies as the user set them.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_sts::config::SharedAsyncSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use super::error::ConnectError;
use super::settings::{DEFAULT_MAX_RETRIES, Settings};
use crate::web::{CONNECT, Web};
use registry::Network;

/// Hosts that a proxy never serves: this machine, and the metadata services of instances and containers, which answer
/// only who asks them directly.
const NEVER_PROXIED: &str =
    "localhost,127.0.0.0/8,::1,169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/// The environment variables that name the proxy of plain calls.
const PLAIN_PROXY: &[&str] = &["HTTP_PROXY", "http_proxy"];

/// The environment variables that name the proxy of TLS calls.
const TLS_PROXY: &[&str] = &["HTTPS_PROXY", "https_proxy"];

/// How many idle connections to one host are kept: as many as steps of a deployment run at once.
const IDLE_CONNECTIONS: usize = 16;

/// Through what requests go: whom they trust, and which proxies they take.
#[derive(Debug)]
pub(super) struct Ways {
    ca_bundle: Option<Vec<u8>>,
    plain: Way,
    tls: Way,
}

/// Through what the requests of one scheme go.
#[derive(Debug)]
struct Way {
    proxy: ProxyConfig,
    trust: TlsContext,
}

impl Ways {
    /// The ways as the user set them.
    ///
    /// # Errors
    /// A bundle that is no PEM file, and proxies that are no URLs.
    pub(super) fn of(settings: &Settings) -> Result<Arc<Self>, ConnectError> {
        let ca_bundle = ca_bundle(settings)?;
        let plain_proxy = proxy_url(settings.http_proxy.as_deref(), PLAIN_PROXY);
        let tls_proxy = proxy_url(settings.https_proxy.as_deref(), TLS_PROXY);
        let trusted = tls_context(trusted(ca_bundle.as_deref()))?;
        // Every certificate that is trusted is read, which plain calls can do without: only a proxy may want TLS.
        let plain_trust = if plain_proxy.as_deref().is_some_and(|url| url.starts_with("https://")) {
            trusted.clone()
        } else {
            tls_context(TrustStore::empty())?
        };
        let plain = Way {
            proxy: proxy("http_proxy", plain_proxy, settings)?,
            trust: plain_trust,
        };
        let tls = Way {
            proxy: proxy("https_proxy", tls_proxy, settings)?,
            trust: trusted,
        };
        Ok(Arc::new(Self { ca_bundle, plain, tls }))
    }

    /// The HTTP client of every AWS client.
    pub(super) fn client(self: &Arc<Self>) -> SharedHttpClient {
        let ways = Arc::clone(self);
        // The SDK asks for a connector at each call; connections live in it, so that it must be the same one each time.
        let made: Mutex<HashMap<[Option<Duration>; 2], SharedHttpConnector>> = Mutex::default();
        http_client_fn(move |settings, components| {
            let timeouts = [settings.connect_timeout(), settings.read_timeout()];
            let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
            let connector = made
                .entry(timeouts)
                .or_insert_with(|| ways.connector(settings.clone(), components.sleep_impl()));
            connector.clone()
        })
    }

    /// The client for addresses that are not AWS's.
    pub(super) fn web(self: &Arc<Self>) -> Web {
        let ways = Arc::clone(self);
        Web::new(move || {
            let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
            ways.connector(settings, None)
        })
    }

    /// How container registries are reached: with the same trust, through the same proxies, and as patiently.
    pub(super) fn registries(&self, settings: &Settings) -> Network {
        Network {
            ca_bundle: self.ca_bundle.clone(),
            http_proxy: proxy_url(settings.http_proxy.as_deref(), PLAIN_PROXY),
            https_proxy: proxy_url(settings.https_proxy.as_deref(), TLS_PROXY),
            no_proxy: direct(settings),
            max_retries: settings.max_retries.unwrap_or(DEFAULT_MAX_RETRIES),
        }
    }

    /// A connector that goes these ways.
    fn connector(
        self: &Arc<Self>,
        settings: HttpConnectorSettings,
        sleep: Option<SharedAsyncSleep>,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(ByScheme {
            ways: Arc::clone(self),
            settings,
            sleep,
            plain: OnceLock::new(),
            tls: OnceLock::new(),
        })
    }
}

/// Plain and TLS calls may go through different proxies, which one connector cannot hold. Each is made when it is first called:
/// hardly anybody needs both.
#[derive(Debug)]
struct ByScheme {
    ways: Arc<Ways>,
    settings: HttpConnectorSettings,
    sleep: Option<SharedAsyncSleep>,
    plain: OnceLock<Connector>,
    tls: OnceLock<Connector>,
}

impl ByScheme {
    fn through(&self, way: &Way) -> Connector {
        let mut builder = Connector::builder()
            .connector_settings(self.settings.clone())
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .proxy_config(way.proxy.clone())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(way.trust.clone());
        builder.set_sleep_impl(self.sleep.clone());
        builder.build()
    }
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = if request.uri().starts_with("http://") {
            self.plain.get_or_init(|| self.through(&self.ways.plain))
        } else {
            self.tls.get_or_init(|| self.through(&self.ways.tls))
        };
        connector.call(request)
    }
}

/// The certificate authorities that the user adds, in PEM.
fn ca_bundle(settings: &Settings) -> Result<Option<Vec<u8>>, ConnectError> {
    let bundle = settings
        .custom_ca_bundle
        .clone()
        .or_else(|| variable(&["AWS_CA_BUNDLE"]).map(PathBuf::from));
    let Some(path) = bundle else { return Ok(None) };
    let refused = |reason: String| ConnectError::CaBundle {
        path: path.clone(),
        reason,
    };
    let pem = fs::read(&path).map_err(|error| refused(error.to_string()))?;
    check_pem(&pem).map_err(refused)?;
    Ok(Some(pem))
}

/// What the system trusts, and the user.
fn trusted(ca_bundle: Option<&[u8]>) -> TrustStore {
    let system = TrustStore::default();
    match ca_bundle {
        Some(pem) => system.with_pem_certificate(pem),
        None => system,
    }
}

fn tls_context(trust: TrustStore) -> Result<TlsContext, ConnectError> {
    TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| ConnectError::CaBundle {
            path: PathBuf::new(),
            reason: error.to_string(),
        })
}

/// The HTTP client takes certificates on trust and panics at the first call where they are not; so they are looked at here.
fn check_pem(pem: &[u8]) -> Result<(), String> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        store.add(certificate).map_err(|error| error.to_string())?;
    }
    if store.is_empty() {
        Err("it holds no certificate".to_owned())
    } else {
        Ok(())
    }
}

/// The URL of the proxy of one scheme: the setting (empty: none), else the scheme's variables, else `ALL_PROXY`, else
/// none. As other tools have it, a proxy may be named without a scheme.
fn proxy_url(set: Option<&str>, variables: &[&str]) -> Option<String> {
    let url = match set {
        Some(url) => Some(url.to_owned()),
        None => variable(variables).or_else(|| variable(&["ALL_PROXY", "all_proxy"])),
    };
    let url = url.filter(|url| !url.is_empty())?;
    Some(if url.contains("://") {
        url
    } else {
        format!("http://{url}")
    })
}

/// What no proxy serves.
fn direct(settings: &Settings) -> String {
    let more = settings
        .no_proxy
        .clone()
        .or_else(|| variable(&["NO_PROXY", "no_proxy"]));
    match more {
        Some(more) => format!("{NEVER_PROXIED},{more}"),
        None => NEVER_PROXIED.to_owned(),
    }
}

/// The proxy of one scheme, by its URL.
fn proxy(setting: &'static str, url: Option<String>, settings: &Settings) -> Result<ProxyConfig, ConnectError> {
    let Some(full) = url else {
        return Ok(ProxyConfig::disabled());
    };
    ProxyConfig::all(full.as_str())
        .map(|config| config.no_proxy(direct(settings)))
        .map_err(|error| ConnectError::Proxy {
            setting,
            url: without_credentials(&full),
            reason: error.to_string().replace(&full, &without_credentials(&full)),
        })
}

fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}

/// The first of the environment variables that is set and not empty.
pub(super) fn variable(names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::Engine as _;

    use super::*;

    #[test]
    fn a_bundle_that_holds_no_certificate_is_refused_with_its_path() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"not a certificate").unwrap();
        let settings = Settings {
            custom_ca_bundle: Some(file.path().to_owned()),
            ..Settings::default()
        };
        let error = Ways::of(&settings).unwrap_err();
        assert_eq!(error.setting(), Some("custom_ca_bundle"));
        assert!(
            error.to_string().contains(&file.path().display().to_string()),
            "{error}"
        );
    }

    #[test]
    fn a_bundle_of_certificates_is_taken() {
        let certificate = rcgen::generate_simple_self_signed(["ca.example.com".to_owned()]).unwrap();
        let der = base64::engine::general_purpose::STANDARD.encode(certificate.cert.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
        assert_eq!(check_pem(pem.as_bytes()), Ok(()));
    }

    #[test]
    fn a_proxy_that_is_no_url_is_refused_without_showing_its_password() {
        let settings = Settings {
            https_proxy: Some("ftp://user:hunter2@proxy".to_owned()),
            ..Settings::default()
        };
        let error = Ways::of(&settings).unwrap_err();
        assert_eq!(error.setting(), Some("https_proxy"));
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_proxy_without_a_scheme_is_taken() {
        let settings = Settings {
            http_proxy: Some("proxy.example.com:3128".to_owned()),
            ..Settings::default()
        };
        assert!(Ways::of(&settings).is_ok());
    }
}
