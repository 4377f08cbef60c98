//! Where the plugin listens: on a Unix socket, or on Windows, where Terraform takes none, on a port of this machine's own
//! address, as go-plugin does there.

#[cfg(any(windows, test))]
mod tcp;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use futures::stream::BoxStream;

use super::connection::Connection;
use super::environment::Environment;
use super::error::PluginError;

#[cfg(any(windows, test))]
pub(super) use tcp::Ports;

/// Where somebody listens, in the words of Go's `net`.
#[allow(dead_code, reason = "each kind of machine has its own")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A port.
    Tcp(SocketAddr),
}

impl Address {
    /// The kind of address.
    pub(super) fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => path.display().fmt(f),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

/// Something that listens. Dropping it leaves nothing of it.
pub(super) struct Listener {
    address: Address,
    accepted: BoxStream<'static, io::Result<Connection>>,
    /// What must outlive the socket in it.
    folder: Option<Box<dyn Send + Sync>>,
}

impl Listener {
    /// Listens as the host wants it on this kind of machine.
    #[cfg(unix)]
    pub(super) fn bind(environment: &Environment) -> Result<Self, PluginError> {
        unix::listen(environment.socket_dir.as_deref())
    }

    /// Listens as the host wants it on this kind of machine.
    #[cfg(windows)]
    pub(super) fn bind(environment: &Environment) -> Result<Self, PluginError> {
        tcp::listen(&environment.ports)
    }

    /// Listens on a port.
    #[cfg(test)]
    pub(super) fn on_port(ports: &Ports) -> Result<Self, PluginError> {
        tcp::listen(ports)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The clients, and what must live as long as they are to come.
    pub(super) fn into_parts(self) -> (BoxStream<'static, io::Result<Connection>>, impl Sized) {
        (self.accepted, self.folder)
    }
}
