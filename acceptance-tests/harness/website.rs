//! A web server on this machine, by HTTPS, with a certificate of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server of pages that do not change. It serves until the test process ends.
pub struct Website {
    host: String,
    certificate: String,
}

/// The pages, by their paths: `/a/b`.
pub type Pages = BTreeMap<String, Vec<u8>>;

impl Website {
    /// Serves these pages.
    pub fn of(pages: Pages) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .expect("the key is the certificate's");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (config, pages) = (Arc::new(config), Arc::new(pages));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (config, pages) = (config.clone(), pages.clone());
                // A client that goes away is its own business.
                thread::spawn(move || answer(client, config, &pages).ok());
            }
        });
        Self {
            host: format!("localhost:{port}"),
            certificate: pem("CERTIFICATE", &certificate),
        }
    }

    /// Its name and port: `localhost:PORT`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

fn answer(client: TcpStream, config: Arc<ServerConfig>, pages: &Pages) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, client);
    let mut lines = BufReader::new(&mut stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, page) = match pages.get(path) {
        Some(page) => ("200 OK", page.as_slice()),
        None => ("404 Not Found", &[][..]),
    };
    let kind = if page.starts_with(b"{") {
        "application/json"
    } else {
        "application/octet-stream"
    };
    let length = page.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(page)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// The text form of a key or certificate.
pub fn pem(kind: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}
