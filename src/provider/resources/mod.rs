//! The managed resources, one file each.

mod detector_deployment;

pub use detector_deployment::detector_deployment;
