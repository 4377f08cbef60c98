//! The managed resources, one file each.

mod container_image;
mod detector_deployment;
mod network;
mod operator;
mod privateai_deployment;

pub use container_image::container_image;
pub use detector_deployment::detector_deployment;
pub use network::network;
pub use operator::operator;
pub use privateai_deployment::privateai_deployment;
