//! The data sources, one file each.

mod deployer_policy;
mod deployment_status;
mod marketplace_metering;
mod network;
mod operator_policy;

pub use deployer_policy::DeployerPolicy;
pub use deployment_status::DeploymentStatus;
pub use marketplace_metering::MarketplaceMetering;
pub use network::Network;
pub use operator_policy::OperatorPolicy;
