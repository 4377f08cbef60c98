//! Connections as they come in, past TLS where there is any.

use std::future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::server::Connected;

/// So many clients may be in the middle of their TLS handshake; the next waits.
const HANDSHAKES: usize = 64;
/// So long may a client's handshake take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(30);
/// So long a pause follows a failed accept, which is mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A client's connection.
#[derive(Debug)]
pub(super) enum Connection {
    /// As Terraform makes it.
    Tls(Box<TlsStream<UnixStream>>),
    /// In debug mode.
    Plain(UnixStream),
}

/// The connections that `listener` accepts, each as soon as its own handshake is done. Those refused are logged.
pub(super) fn connections(
    listener: UnixListener,
    tls: Option<TlsAcceptor>,
) -> impl Stream<Item = io::Result<Connection>> {
    UnixListenerStream::new(listener)
        .map(move |accepted| establish(accepted, tls.clone()))
        .buffer_unordered(HANDSHAKES)
        .filter_map(|connection| future::ready(connection.map(Ok)))
}

async fn establish(accepted: io::Result<UnixStream>, tls: Option<TlsAcceptor>) -> Option<Connection> {
    let stream = match accepted {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "could not accept a connection");
            sleep(ACCEPT_PAUSE).await;
            return None;
        }
    };
    let Some(tls) = tls else {
        return Some(Connection::Plain(stream));
    };
    match timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Connection::Tls(Box::new(stream))),
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

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
