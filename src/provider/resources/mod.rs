//! The managed resources, one file each.

mod detector_deployment;
mod network;

pub use detector_deployment::detector_deployment;
pub use network::network;
