//! The managed resources, one file each.

mod detector_deployment;
mod operator;

pub use detector_deployment::detector_deployment;
pub use operator::operator;
