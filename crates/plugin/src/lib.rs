//! How Terraform reaches us: the process that Terraform starts, as go-plugin wants it (magic cookie, handshake line,
//! mutual TLS over a Unix socket, on Windows over TCP, the stdio, controller, broker and health services, logs on stderr, a prompt and clean
//! end), and the Provider service, which decodes each call, hands it to [`framework::Server`]
//! and encodes the answer.
//!
//! It must never know what a resource is for: no resource, product, AWS call or engine step. Nothing but the handshake
//! (and, in debug mode, its stand-in) writes to stdout.

mod broker;
mod connection;
mod controller;
mod cookie;
mod ending;
mod environment;
mod error;
mod go_plugin;
mod handshake;
mod incoming;
mod listener;
mod logging;
mod panic;
mod reattach;
mod rpc;
mod serving;
mod stdio;
#[cfg(test)]
mod testing;
mod tls;

use std::sync::Arc;

use ending::Ending;
use environment::Environment;
use framework::Server;
use listener::Listener;
use tls::Identity;

pub use error::PluginError;

/// Who the plugin is.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The program's file name: `terraform-provider-thatdot`.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The provider's source address, as users write it: `thatdot/thatdot`. Terraform and OpenTofu each add their own
    /// registry's host.
    pub source: &'static str,
}

impl About {
    /// The provider's local name, the source's last part.
    fn provider(&self) -> &'static str {
        self.source.rsplit('/').next().unwrap_or(self.source)
    }
}

/// Serves Terraform, which has started this process, until it says that it is done.
///
/// Does nothing before the handshake line is out but what the line needs: `server` must not work when it is made.
///
/// # Errors
/// Where Terraform did not start the process, or not in a way that can be served; nothing has been written to stdout then.
pub async fn serve(about: About, server: Arc<Server>) -> Result<(), PluginError> {
    let environment = Environment::of_process();
    cookie::check(&environment, about)?;
    handshake::check_versions(&environment)?;
    panic::install_hook();
    logging::start(logging::Threshold::of(&environment, about.provider()));

    let identity = Identity::generate()?;
    let tls = tls::acceptor(&identity, &tls::client_certificate(&environment)?)?;
    let ending = Ending::new(stopping(&server));
    ending.on_signals()?;
    ending.when_parent_is_gone();
    let listener = Listener::bind(&environment)?;
    handshake::announce(&handshake::line(
        &environment,
        listener.address(),
        identity.certificate(),
    ))?;
    tracing::debug!(version = about.version, "serving");
    serving::serve(server, listener, Some(tls), ending).await
}

/// Serves any Terraform that is told how to find this process (`TF_REATTACH_PROVIDERS`), until it is interrupted.
/// The user starts it so, under a debugger for instance: no cookie, no TLS, no handshake line.
///
/// # Errors
/// Where the socket cannot be made or served.
pub async fn debug(about: About, server: Arc<Server>) -> Result<(), PluginError> {
    let environment = Environment::of_process();
    panic::install_hook();
    logging::start(logging::Threshold::of(&environment, about.provider()));

    let ending = Ending::of_debugging(stopping(&server));
    ending.on_signals()?;
    let listener = Listener::bind(&environment)?;
    reattach::announce(about, listener.address())?;
    serving::serve(server, listener, None, ending).await
}

fn stopping(server: &Arc<Server>) -> impl Fn() + Send + Sync + 'static {
    let server = Arc::clone(server);
    move || server.stop()
}
