//! Somebody else on this machine who finds the provider's socket, and would be served in Terraform's place.

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512, SerialNumber};
use tempfile::TempDir;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

use crate::harness::{binary, pem};

/// The value by which a plugin knows that a host has started it. It is no secret.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// How HTTP/2 begins: its preface, and settings without a word in them.
const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// The kind of frame by which a server of HTTP/2 answers it.
const SETTINGS: u8 = 4;

/// A certificate as Terraform makes one, and its key.
struct Identity {
    params: CertificateParams,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::OrganizationName, "HashiCorp");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.serial_number = Some(SerialNumber::from(42_u64));
        Self::of(params)
    }

    fn of(params: CertificateParams) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        Self {
            certificate: params.clone().self_signed(&key).unwrap().into(),
            params,
            key,
        }
    }

    /// The same name, number and times, and another key.
    fn alike(&self) -> Self {
        Self::of(self.params.clone())
    }

    fn shown(&self) -> CertifiedKey {
        Self::shown_as(self.certificate.clone(), &self.key)
    }

    fn shown_as(certificate: CertificateDer<'static>, key: &KeyPair) -> CertifiedKey {
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let key = aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key)
            .unwrap();
        CertifiedKey::new(vec![certificate], key)
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

/// The provider, started as Terraform starts it.
struct Plugin {
    process: Child,
    socket: PathBuf,
    certificate: CertificateDer<'static>,
    _folder: TempDir,
}

impl Plugin {
    fn started_by(host: &Identity) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(binary())
            .env_clear()
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5")
            .env("PLUGIN_CLIENT_CERT", pem("CERTIFICATE", &host.certificate))
            .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        let &["1", "5", "unix", socket, "grpc", certificate] = fields.as_slice() else {
            panic!("no handshake: {line:?}");
        };
        Self {
            process,
            socket: socket.into(),
            certificate: BASE64_STANDARD_NO_PAD.decode(certificate).unwrap().into(),
            _folder: folder,
        }
    }

    fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.socket).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Whether somebody who shows that is served. The provider's own certificate is no secret, so the attacker has it, too.
    fn serves(&self, shown: Option<CertifiedKey>, version: &'static SupportedProtocolVersion) -> bool {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Shown(shown.map(Arc::new))));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let tls = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
        greeted(StreamOwned::new(tls, self.connect()))
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Whether a greeting is answered as a server of HTTP/2 answers it.
fn greeted(mut stream: impl Read + Write) -> bool {
    let mut head = [0; 9];
    let answered = stream
        .write_all(GREETING)
        .and_then(|()| stream.flush())
        .and_then(|()| stream.read_exact(&mut head));
    answered.is_ok() && head[3] == SETTINGS
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_but_who_started_the_provider_is_served_whatever_he_shows() {
    let host = Identity::new();
    let plugin = Plugin::started_by(&host);
    for version in [&TLS12, &TLS13] {
        let stranger = Identity::new();
        let attacks = [
            ("no certificate", None),
            ("his own certificate", Some(stranger.shown())),
            (
                "a certificate of the same name and number with another key",
                Some(host.alike().shown()),
            ),
            (
                "the very certificate without its key",
                Some(Identity::shown_as(host.certificate.clone(), &stranger.key)),
            ),
        ];
        for (what, shown) in attacks {
            assert!(!plugin.serves(shown, version), "{what} was enough, over {version:?}");
        }
        assert!(!greeted(plugin.connect()), "plain text was enough");
        assert!(
            plugin.serves(Some(host.shown()), version),
            "the host is served all the while"
        );
    }
}

#[test]
fn no_other_user_of_this_machine_can_enter_the_sockets_folder() {
    let plugin = Plugin::started_by(&Identity::new());
    let folder = plugin.socket.parent().unwrap();
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    let entries: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(
        entries,
        std::slice::from_ref(&plugin.socket),
        "there is nothing else in it"
    );
}
