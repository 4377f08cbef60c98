//! What tests of this room share: a host as Terraform is one, and a provider to serve it.

mod host;
mod identity;
mod provider;

pub(super) use host::Host;
pub(super) use identity::HostIdentity;
pub(super) use provider::server;
