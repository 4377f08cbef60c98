//! A host: it runs the plugin within the test, and connects to it as Terraform does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::TLS13;
use tonic::transport::{Channel, Endpoint};

use super::{HostIdentity, note_panics, server};
use crate::plugin::ending::Ending;
use crate::plugin::error::PluginError;
use crate::plugin::listener::Listener;
use crate::plugin::serving;
use crate::plugin::tls::{Identity, acceptor};
use crate::protocol::wire::provider_client::ProviderClient;

/// A host with its plugin.
pub(in crate::plugin) struct Host {
    /// What ends the plugin.
    pub(in crate::plugin) ending: Ending,
    folder: TempDir,
    socket: PathBuf,
    plugin: JoinHandle<Result<(), PluginError>>,
    tls: Option<(HostIdentity, CertificateDer<'static>)>,
}

impl Host {
    /// Starts the plugin as Terraform does.
    pub(in crate::plugin) fn start() -> Self {
        let (host, plugin) = (HostIdentity::generate(), Identity::generate().unwrap());
        Self::run(Ending::new, Some((host, plugin)))
    }

    /// Starts the plugin in debug mode.
    pub(in crate::plugin) fn debug() -> Self {
        Self::run(Ending::of_debugging, None)
    }

    fn run(ending: impl Fn(Box<dyn Fn() + Send + Sync>) -> Ending, tls: Option<(HostIdentity, Identity)>) -> Self {
        note_panics();
        let folder = tempfile::tempdir().unwrap();
        let listener = Listener::bind(Some(folder.path())).unwrap();
        let socket = listener.path().to_owned();
        let server = server();
        let stopped = Arc::clone(&server);
        let ending = ending(Box::new(move || stopped.stop()));
        let acceptor = tls
            .as_ref()
            .map(|(host, plugin)| acceptor(plugin, &host.certificate).unwrap());
        let plugin = tokio::spawn(serving::serve(server, listener, acceptor, ending.clone()));
        let tls = tls.map(|(host, plugin)| (host, plugin.certificate().clone()));
        Self {
            ending,
            folder,
            socket,
            plugin,
            tls,
        }
    }

    /// Connects as Terraform does: past TLS where there is any.
    pub(in crate::plugin) async fn connect(&self) -> Channel {
        match &self.tls {
            Some((host, plugin)) => {
                let config = HostIdentity::client_config(plugin, Some(host.certified_key()), &TLS13);
                let socket = self.folder.path().join("past-tls");
                if !socket.exists() {
                    let entrance = UnixListener::bind(&socket).unwrap();
                    tokio::spawn(pass_tls(
                        entrance,
                        self.socket.clone(),
                        TlsConnector::from(Arc::new(config)),
                    ));
                }
                channel(&socket).await.unwrap()
            }
            None => self.connect_in_plain_text().await.unwrap(),
        }
    }

    /// Connects without TLS.
    pub(in crate::plugin) async fn connect_in_plain_text(&self) -> Result<Channel, tonic::transport::Error> {
        channel(&self.socket).await
    }

    /// The provider, over a connection of its own.
    pub(in crate::plugin) async fn provider(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.connect().await).max_encoding_message_size(usize::MAX)
    }

    /// Waits until the plugin has ended, which must be well within Terraform's patience of two seconds, and leave nothing.
    pub(in crate::plugin) async fn ended(self) {
        let Self { plugin, socket, .. } = self;
        timeout(Duration::from_millis(1800), plugin)
            .await
            .expect("the plugin runs on")
            .unwrap()
            .unwrap();
        assert!(!socket.parent().unwrap().exists(), "the socket's folder is left");
    }
}

async fn channel(socket: &Path) -> Result<Channel, tonic::transport::Error> {
    Endpoint::try_from(format!("unix:{}", socket.display()))
        .unwrap()
        .connect()
        .await
}

/// Brings each connection to the plugin, through TLS.
async fn pass_tls(entrance: UnixListener, plugin: PathBuf, tls: TlsConnector) {
    while let Ok((mut near, _)) = entrance.accept().await {
        let (plugin, tls) = (plugin.clone(), tls.clone());
        tokio::spawn(async move {
            let far = UnixStream::connect(plugin).await?;
            let mut far = tls.connect(ServerName::try_from("localhost").unwrap(), far).await?;
            copy_bidirectional(&mut near, &mut far).await
        });
    }
}
