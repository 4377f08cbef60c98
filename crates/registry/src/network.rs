//! How registries are reached: trust, proxies, patience; the same for all of them.

use std::fmt;
use std::time::Duration;

use oci_client::client::{Certificate, CertificateEncoding, Client, ClientConfig, ClientProtocol};

use super::failure::{Failure, FailureKind};
use super::reference::Address;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a registry that is read may be silent.
const SILENCE: Duration = Duration::from_mins(1);

/// The name we go by.
const USER_AGENT: &str = concat!("terraform-provider-thatdot/", env!("CARGO_PKG_VERSION"));

/// How registries are reached. Proxies may be named with a password, so `Debug` does not show them.
#[derive(Clone, Default)]
pub struct Network {
    /// Certificate authorities to trust beside the system's, in PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// The proxy of plain calls.
    pub http_proxy: Option<String>,
    /// The proxy of TLS calls.
    pub https_proxy: Option<String>,
    /// Hosts that no proxy serves, separated by commas.
    pub no_proxy: String,
    /// How often a call that broke off is tried again.
    pub max_retries: u32,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("no_proxy", &self.no_proxy)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Reading: silence is an error.
    Read,
    /// Sending too: a registry is silent while it is sent a layer.
    Send,
}

impl Network {
    /// A client of the registry at that address.
    pub(super) fn client(&self, address: &Address, purpose: Use) -> Result<Client, Failure> {
        let host = address.host();
        let (plain_proxy, tls_proxy, direct) = self.proxies();
        let config = ClientConfig {
            protocol: if address.is_plain() {
                ClientProtocol::HttpsExcept(vec![host.to_owned()])
            } else {
                ClientProtocol::Https
            },
            // A layer goes in one request: ECR refuses parts of less than 5 MiB, and the client makes smaller ones.
            use_monolithic_push: true,
            extra_root_certificates: self.certificates(),
            platform_resolver: None,
            read_timeout: (purpose == Use::Read).then_some(SILENCE),
            connect_timeout: Some(CONNECT),
            user_agent: USER_AGENT,
            http_proxy: plain_proxy,
            https_proxy: tls_proxy,
            no_proxy: Some(direct),
            ..ClientConfig::default()
        };
        Client::try_from(config).map_err(|error| {
            let mut failure = Failure::of(host, &error);
            failure.kind = FailureKind::Other;
            failure.message = format!(
                "a connection to {host} cannot be made: {} (the system's certificate authorities, the provider's \
                 custom_ca_bundle and its proxies are looked at for it)",
                failure.message
            );
            failure
        })
    }

    fn certificates(&self) -> Vec<Certificate> {
        let pem = self
            .ca_bundle
            .as_deref()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        let end = "-----END CERTIFICATE-----";
        pem.split_inclusive(end)
            .filter(|block| block.contains("-----BEGIN CERTIFICATE-----") && block.contains(end))
            .map(|block| Certificate {
                encoding: CertificateEncoding::Pem,
                data: block.trim().as_bytes().to_vec(),
            })
            .collect()
    }

    /// The proxies of plain and of TLS calls, and what they do not serve. Where there is none, one that serves no host is
    /// named, because the client would look at the environment by itself otherwise.
    fn proxies(&self) -> (Option<String>, Option<String>, String) {
        const NOWHERE: &str = "http://127.0.0.1:9";
        const EVERY_HOST: &str = "*,0.0.0.0/0,::/0";
        match (&self.http_proxy, &self.https_proxy) {
            (None, None) => (Some(NOWHERE.to_owned()), None, EVERY_HOST.to_owned()),
            (http, https) => (http.clone(), https.clone(), self.no_proxy.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::repository::{Credentials, Repository};
    use super::*;

    fn certificate() -> String {
        let certificate = rcgen::generate_simple_self_signed(["ca.example.com".to_owned()]).unwrap();
        let der = base64::engine::general_purpose::STANDARD.encode(certificate.cert.der());
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    }

    #[test]
    fn every_certificate_of_a_bundle_is_trusted() {
        let network = Network {
            ca_bundle: Some(format!("# ours\n{}{}", certificate(), certificate()).into_bytes()),
            ..Network::default()
        };
        assert_eq!(network.certificates().len(), 2);
        assert!(
            network
                .client(&Address::of_host("registry.example.com"), Use::Read)
                .is_ok()
        );
    }

    /// Asks a server of this test for an image, which it does not have, and tells how that went.
    async fn asked(network: &Network) -> FailureKind {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Address::of_url(&format!("http://{}", server.local_addr().unwrap()));
        let answering = async {
            loop {
                let (mut client, _) = server.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = client.read(&mut request).await.unwrap();
                let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                client.write_all(answer.as_bytes()).await.unwrap();
            }
        };
        let repository = Repository::to_read(network, address, "app", &Credentials::Anonymous).unwrap();
        tokio::select! {
            () = answering => unreachable!("it goes on for ever"),
            answer = repository.digest_of("1") => answer.unwrap_err().kind,
        }
    }

    #[tokio::test]
    async fn without_a_proxy_registries_are_asked_themselves() {
        assert_eq!(asked(&Network::default()).await, FailureKind::NotFound);
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_what_it_serves_alone() {
        let nowhere = Network {
            http_proxy: Some("http://127.0.0.1:9".to_owned()),
            ..Network::default()
        };
        assert_eq!(asked(&nowhere).await, FailureKind::Unreachable);
        let direct = Network {
            no_proxy: "localhost,127.0.0.0/8".to_owned(),
            ..nowhere
        };
        assert_eq!(asked(&direct).await, FailureKind::NotFound);
    }
}
