//! What tests of this room share: a host as Terraform is one, and a provider to serve it.

mod host;
mod identity;
mod provider;

use std::panic::{set_hook, take_hook};
use std::sync::Once;

use super::panic::note;

pub(super) use host::Host;
pub(super) use identity::HostIdentity;
pub(super) use provider::server;

/// From now on, panics within a guard are noted as in a plugin's process; others are the test harness's as before.
pub(super) fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let harness = take_hook();
        set_hook(Box::new(move |info| {
            if !note(info) {
                harness(info);
            }
        }));
    });
}
