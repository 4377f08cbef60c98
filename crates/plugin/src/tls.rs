//! Mutual TLS: a certificate of our own for each run, and a client that must show the one certificate the host named.
//!
//! Terraform's client certificate is self-signed, on P-521, and marked as a certificate authority, which the usual
//! verification refuses as a leaf. As the host hands us that very certificate, no chain is needed: the client's must be
//! the same, byte for byte, and TLS has the client prove that it holds the key.

use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName as RootHint, Error, ServerConfig, SignatureScheme,
};

use super::environment::Environment;
use super::error::PluginError;

/// Our certificate and key, for one run.
pub(super) struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Identity {
    /// Makes a new one, on P-256. Hosts verify it for the name `localhost` with itself as the authority.
    pub(super) fn generate() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate: certificate.into(),
            key: key.serialize_der().into(),
        })
    }

    /// The certificate, for the handshake line.
    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }
}

/// The certificate that the host will show.
///
/// # Errors
/// Where the host named none: serving then would mean serving whoever can open the socket.
pub(super) fn client_certificate(environment: &Environment) -> Result<CertificateDer<'static>, PluginError> {
    let pem = environment
        .client_certificate
        .as_deref()
        .ok_or(PluginError::NoClientCertificate)?;
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| PluginError::ClientCertificate(error.to_string()))
}

/// Accepts connections, TLS 1.2 or 1.3, of the client with `client`'s certificate alone.
pub(super) fn acceptor(identity: &Identity, client: &CertificateDer<'static>) -> Result<TlsAcceptor, Error> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let verifier = Arc::new(Pinned {
        client: client.clone(),
        crypto: Arc::clone(&crypto),
    });
    let mut config = ServerConfig::builder_with_provider(crypto)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![identity.certificate.clone()],
            PrivateKeyDer::Pkcs8(identity.key.clone_key()),
        )?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Lets in who shows, and holds the key of, one certificate.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    crypto: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[RootHint] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.client {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
