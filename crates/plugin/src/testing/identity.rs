//! A certificate as Terraform has one, and clients that show it or something else.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512, SerialNumber};
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};

/// A certificate like Terraform's: self-signed, on P-521, an authority.
pub(crate) struct HostIdentity {
    pub(crate) certificate: CertificateDer<'static>,
    params: CertificateParams,
    key: KeyPair,
}

impl HostIdentity {
    pub(crate) fn generate() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.serial_number = Some(SerialNumber::from(42_u64));
        Self {
            certificate: params.clone().self_signed(&key).unwrap().into(),
            params,
            key,
        }
    }

    /// Somebody's who gave his certificate the same name, number and times, and has another key.
    pub(crate) fn alike(&self) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        Self {
            certificate: self.params.clone().self_signed(&key).unwrap().into(),
            params: self.params.clone(),
            key,
        }
    }

    pub(crate) fn pem(&self) -> String {
        let body = STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    pub(crate) fn certified_key(&self) -> CertifiedKey {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let key = aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key)
            .unwrap();
        CertifiedKey::new(vec![self.certificate.clone()], key)
    }

    /// A client that knows the server by `server` and shows `shown`.
    pub(crate) fn client_config(
        server: &CertificateDer<'static>,
        shown: Option<CertifiedKey>,
        version: &'static SupportedProtocolVersion,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(server.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Shown(shown.map(Arc::new))));
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

/// Shows what it was told to, fitting or not.
#[derive(Debug)]
struct Shown(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}
