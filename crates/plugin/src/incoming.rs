//! Connections as they come in, past TLS where there is any.

use std::future;
use std::io;
use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::connection::Connection;

/// So many clients may be in the middle of their TLS handshake; the next waits.
const HANDSHAKES: usize = 64;
/// So long may a client's handshake take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(30);
/// So long a pause follows a failed accept, which is mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connections that are `accepted`, each as soon as its own handshake is done. Those refused are logged.
pub(super) fn connections(
    accepted: impl Stream<Item = io::Result<Connection>>,
    tls: Option<TlsAcceptor>,
) -> impl Stream<Item = io::Result<Connection>> {
    accepted
        .map(move |accepted| establish(accepted, tls.clone()))
        .buffer_unordered(HANDSHAKES)
        .filter_map(|connection| future::ready(connection.map(Ok)))
}

async fn establish(accepted: io::Result<Connection>, tls: Option<TlsAcceptor>) -> Option<Connection> {
    let stream = match accepted {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "could not accept a connection");
            sleep(ACCEPT_PAUSE).await;
            return None;
        }
    };
    let Some(tls) = tls else {
        return Some(stream);
    };
    match timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Connection::on(stream)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "refused a client");
            None
        }
        Err(_) => {
            tracing::warn!("refused a client whose TLS handshake took too long");
            None
        }
    }
}
