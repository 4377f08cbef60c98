//! The data sources, one file each.

mod deployment_status;
mod network;
mod operator_policy;

pub use deployment_status::DeploymentStatus;
pub use network::Network;
pub use operator_policy::OperatorPolicy;
