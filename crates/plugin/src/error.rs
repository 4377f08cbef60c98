//! Why the plugin cannot be served.

use std::io;
use std::path::PathBuf;

/// Why the plugin cannot be served. The text is for whoever started the process.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// It was started by hand; the text says how to use it.
    #[error("{0}")]
    StartedByHand(String),
    /// The host speaks only other versions of the protocol.
    #[error(
        "This Terraform speaks the plugin protocol's versions {offered}, and this provider speaks version 5. \
         Use Terraform 1.0 or later, or OpenTofu."
    )]
    ProtocolVersion {
        /// What the host offers.
        offered: String,
    },
    /// The host gave no certificate to know it by.
    #[error(
        "Terraform did not say which certificate it will show (PLUGIN_CLIENT_CERT is not set), so nobody could tell it \
         from another program of this machine. Use Terraform 1.0 or later, or start the provider with --debug."
    )]
    NoClientCertificate,
    /// The host's certificate is none.
    #[error("PLUGIN_CLIENT_CERT is not one certificate in PEM: {0}")]
    ClientCertificate(String),
    /// Our own key or certificate could not be made.
    #[error("Could not make a certificate for this run: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("Could not set up TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The socket could not be made.
    #[error(
        "Could not make a Unix socket in {}: {source}. The folder comes from PLUGIN_UNIX_SOCKET_DIR, else TMPDIR, else \
         the system's temporary directory; its path may have some 80 characters.",
        folder.display()
    )]
    Socket {
        /// The folder that the socket was to be in.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No port could be had.
    #[error(
        "Could not listen on a port of this machine, {first} to {last}: {source}. The ports come from PLUGIN_MIN_PORT and \
         PLUGIN_MAX_PORT."
    )]
    Port {
        /// The first port that it might have been.
        first: u16,
        /// The last one.
        last: u16,
        /// Why.
        source: io::Error,
    },
    /// Standard output does not take the line that the host waits for.
    #[error("Could not tell Terraform where the plugin listens: {0}")]
    Announce(io::Error),
    /// The process cannot listen to signals.
    #[error("Could not listen to signals: {0}")]
    Signals(io::Error),
    /// gRPC ended with an error.
    #[error("Serving ended: {0}")]
    Transport(#[from] tonic::transport::Error),
}
