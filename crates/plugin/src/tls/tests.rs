//! Who gets past TLS, on each version of it.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::SupportedProtocolVersion;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::CertifiedKey;

use super::*;
use crate::testing::HostIdentity;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// What the server says to a client that shows `shown` where `expected`'s certificate is the one to show.
async fn admission(
    expected: &HostIdentity,
    shown: Option<CertifiedKey>,
    version: &'static SupportedProtocolVersion,
) -> io::Result<()> {
    let identity = Identity::generate().unwrap();
    let config = HostIdentity::client_config(identity.certificate(), shown, version);
    let connector = TlsConnector::from(Arc::new(config));
    let client = async move |stream: DuplexStream| {
        let mut stream = connector
            .connect(ServerName::try_from("localhost").unwrap(), stream)
            .await?;
        stream.write_all(b"hello").await?;
        stream.shutdown().await?;
        stream.read_to_end(&mut Vec::new()).await.map(drop)
    };
    greeted(&identity, expected, client).await
}

/// What the server says to `client`, whose first word should be `hello`.
async fn greeted(
    identity: &Identity,
    expected: &HostIdentity,
    client: impl AsyncFnOnce(DuplexStream) -> io::Result<()>,
) -> io::Result<()> {
    let acceptor = acceptor(identity, &expected.certificate).unwrap();
    let (ours, theirs) = duplex(64 * 1024);
    let server = async move {
        let mut word = String::new();
        let mut stream = acceptor.accept(ours).await?;
        stream.read_to_string(&mut word).await?;
        assert_eq!(word, "hello");
        stream.shutdown().await
    };
    tokio::join!(server, client(theirs)).0
}

#[tokio::test]
async fn the_host_is_let_in() {
    for version in VERSIONS {
        let host = HostIdentity::generate();
        admission(&host, Some(host.certified_key()), version).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_without_a_certificate_is_refused() {
    for version in VERSIONS {
        let error = admission(&HostIdentity::generate(), None, version).await.unwrap_err();
        assert!(error.to_string().contains("no certificates"), "{error}");
    }
}

#[tokio::test]
async fn a_client_with_another_certificate_is_refused() {
    for version in VERSIONS {
        let shown = HostIdentity::generate().certified_key();
        let error = admission(&HostIdentity::generate(), Some(shown), version)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_of_the_same_name_and_number_with_another_key_is_refused() {
    for version in VERSIONS {
        let host = HostIdentity::generate();
        let error = admission(&host, Some(host.alike().certified_key()), version)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn the_certificate_without_its_key_is_refused() {
    for version in VERSIONS {
        let host = HostIdentity::generate();
        let mut shown = HostIdentity::generate().certified_key();
        shown.cert = vec![host.certificate.clone()];
        let error = admission(&host, Some(shown), version).await.unwrap_err();
        assert!(error.to_string().contains("BadSignature"), "{error}");
    }
}

#[tokio::test]
async fn plain_text_is_refused() {
    let client = async |mut stream: DuplexStream| stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let (identity, host) = (Identity::generate().unwrap(), HostIdentity::generate());
    greeted(&identity, &host, client).await.unwrap_err();
}

#[test]
fn a_host_must_name_its_certificate() {
    let environment = |pem: Option<String>| Environment {
        client_certificate: pem,
        ..Environment::default()
    };
    let host = HostIdentity::generate();
    assert_eq!(
        client_certificate(&environment(Some(host.pem()))).unwrap(),
        host.certificate
    );
    let error = client_certificate(&environment(None)).unwrap_err();
    assert!(matches!(error, PluginError::NoClientCertificate), "{error}");
    let error = client_certificate(&environment(Some("nonsense".to_owned()))).unwrap_err();
    assert!(matches!(error, PluginError::ClientCertificate(_)), "{error}");
}
