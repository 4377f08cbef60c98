//! A host: it runs the plugin within the test, and connects to it as Terraform does.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::TLS13;
use tonic::transport::{Channel, Endpoint};

use super::{HostIdentity, note_panics, server};
use crate::connection::Connection;
use crate::ending::Ending;
use crate::environment::Environment;
use crate::error::PluginError;
use crate::listener::{Address, Listener};
use crate::serving;
use crate::tls::{Identity, acceptor};
use protocol::wire::provider_client::ProviderClient;

/// A host with its plugin.
pub(crate) struct Host {
    /// What ends the plugin.
    pub(crate) ending: Ending,
    folder: TempDir,
    address: Address,
    plugin: JoinHandle<Result<(), PluginError>>,
    tls: Option<(HostIdentity, CertificateDer<'static>)>,
}

impl Host {
    /// Starts the plugin as Terraform does.
    pub(crate) fn start() -> Self {
        Self::run(Ending::new, Some(identities()), Listener::bind)
    }

    /// Starts the plugin as Terraform does on Windows.
    pub(crate) fn start_on_a_port() -> Self {
        Self::run(Ending::new, Some(identities()), |environment| {
            Listener::on_port(&environment.ports)
        })
    }

    /// Starts the plugin in debug mode.
    pub(crate) fn debug() -> Self {
        Self::run(Ending::of_debugging, None, Listener::bind)
    }

    fn run(
        ending: impl Fn(Box<dyn Fn() + Send + Sync>) -> Ending,
        tls: Option<(HostIdentity, Identity)>,
        bind: impl Fn(&Environment) -> Result<Listener, PluginError>,
    ) -> Self {
        note_panics();
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment {
            socket_dir: Some(folder.path().to_owned()),
            ..Environment::default()
        };
        let listener = bind(&environment).unwrap();
        let address = listener.address().clone();
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
            address,
            plugin,
            tls,
        }
    }

    /// Connects as Terraform does: past TLS where there is any.
    pub(crate) async fn connect(&self) -> Channel {
        match &self.tls {
            Some((host, plugin)) => {
                let config = HostIdentity::client_config(plugin, Some(host.certified_key()), &TLS13);
                let socket = self.folder.path().join(PAST_TLS);
                if !socket.exists() {
                    let entrance = UnixListener::bind(&socket).unwrap();
                    tokio::spawn(pass_tls(
                        entrance,
                        self.address.clone(),
                        TlsConnector::from(Arc::new(config)),
                    ));
                }
                channel(&Address::Unix(socket)).await.unwrap()
            }
            None => self.connect_in_plain_text().await.unwrap(),
        }
    }

    /// Connects without TLS.
    pub(crate) async fn connect_in_plain_text(&self) -> Result<Channel, tonic::transport::Error> {
        channel(&self.address).await
    }

    /// The provider, over a connection of its own.
    pub(crate) async fn provider(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.connect().await).max_encoding_message_size(usize::MAX)
    }

    /// Waits until the plugin has ended, which must be well within Terraform's patience of two seconds, and leave nothing.
    pub(crate) async fn ended(self) {
        let Self { plugin, folder, .. } = self;
        timeout(Duration::from_millis(1800), plugin)
            .await
            .expect("the plugin runs on")
            .unwrap()
            .unwrap();
        let left: Vec<_> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(left.iter().all(|name| name == PAST_TLS), "{left:?} is left");
    }
}

/// The socket by which a host's own calls go through TLS.
const PAST_TLS: &str = "past-tls";

fn identities() -> (HostIdentity, Identity) {
    (HostIdentity::generate(), Identity::generate().unwrap())
}

async fn channel(address: &Address) -> Result<Channel, tonic::transport::Error> {
    let scheme = match address {
        Address::Unix(_) => "unix:",
        Address::Tcp(_) => "http://",
    };
    Endpoint::try_from(format!("{scheme}{address}"))
        .unwrap()
        .connect()
        .await
}

/// Brings each connection to the plugin, through TLS.
async fn pass_tls(entrance: UnixListener, plugin: Address, tls: TlsConnector) {
    while let Ok((mut near, _)) = entrance.accept().await {
        let (plugin, tls) = (plugin.clone(), tls.clone());
        tokio::spawn(async move {
            let far = match plugin {
                Address::Unix(path) => Connection::on(UnixStream::connect(path).await?),
                Address::Tcp(address) => Connection::on(TcpStream::connect(address).await?),
            };
            let mut far = tls.connect(ServerName::try_from("localhost").unwrap(), far).await?;
            copy_bidirectional(&mut near, &mut far).await
        });
    }
}
