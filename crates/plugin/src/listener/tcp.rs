//! A port of this machine's own address. Others on this machine can reach it: it is TLS that keeps them out.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

use futures::{StreamExt, TryStreamExt};
use tokio_stream::wrappers::TcpListenerStream;

use super::{Address, Listener};
use crate::connection::Connection;
use crate::error::PluginError;

/// The ports that the host lets a plugin choose from. Source: go-plugin's `serverListener_tcp`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ports {
    /// `PLUGIN_MIN_PORT`; without it, any port.
    pub(crate) first: u16,
    /// `PLUGIN_MAX_PORT`.
    pub(crate) last: u16,
}

/// Listens on the first port that is free.
pub(super) fn listen(ports: &Ports) -> Result<Listener, PluginError> {
    let bind = || {
        let listener = free(ports)?;
        listener.set_nonblocking(true)?;
        let address = Address::Tcp(listener.local_addr()?);
        let accepted = TcpListenerStream::new(tokio::net::TcpListener::from_std(listener)?);
        Ok(Listener {
            address,
            accepted: accepted.map_ok(Connection::on).boxed(),
            folder: None,
        })
    };
    bind().map_err(|source| PluginError::Port {
        first: ports.first,
        last: ports.last,
        source,
    })
}

fn free(ports: &Ports) -> io::Result<TcpListener> {
    let mut refusal = io::Error::from(io::ErrorKind::InvalidInput);
    for port in ports.first..=ports.last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(listener: &Listener) -> u16 {
        match listener.address() {
            Address::Tcp(address) => {
                assert!(address.ip().is_loopback(), "{address} is open to other machines");
                address.port()
            }
            Address::Unix(path) => panic!("{}", path.display()),
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_left_to_who_has_it() {
        let taken = port(&listen(&Ports::default()).unwrap()).max(1025);
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).unwrap();
        let only = Ports {
            first: taken,
            last: taken,
        };
        let error = listen(&only).err().expect("a refusal").to_string();
        assert!(
            error.contains(&format!("{taken} to {taken}")) && error.contains("PLUGIN_MIN_PORT"),
            "{error}"
        );
        let more = Ports {
            first: taken,
            last: taken.saturating_add(100),
        };
        assert_ne!(port(&listen(&more).unwrap()), taken);
        drop(holder);
    }

    #[tokio::test]
    async fn no_port_is_between_a_last_one_and_a_first_one() {
        assert!(listen(&Ports { first: 2, last: 1 }).is_err());
    }
}
