//! What the tests stand on: a local AWS of its own for each test, the real `terraform`, and typed views on what both say.
//!
//! It must never know what a resource of ours looks like: that is the tests' business.

mod account;
mod aws;
mod capture;
pub mod declared;
mod diagnostics;
pub mod guide;
mod interrupt;
mod patience;
mod plan;
mod registry;
mod sandbox;
mod stand_in;
mod state;
mod terraform;
mod website;
mod wire;

pub use aws::{Aws, Wait};
pub use capture::Captured;
pub use diagnostics::{Diagnostic, Severity};
pub use interrupt::Running;
pub use patience::wait_until;
pub use plan::Plan;
pub use registry::{Registry, TestImage};
pub use sandbox::Sandbox;
pub use stand_in::{Fault, StandIn, TaskOutcome, Vpc, binary, checked_by, judged_by};
pub use state::Attributes;
pub use terraform::{Finished, Terraform};
pub use website::{Pages, Website, pem};
pub use wire::Wire;
