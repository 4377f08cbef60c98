//! Typed reads of what is not ours: the network that a deployment stands in, and the parts that users bring. Plan-time
//! checks and data sources ask here; nothing here changes anything. What does not exist is `None`, `false` or left out,
//! never an error.

mod brought;
mod network;
mod owned;
mod routes;
mod zones;

pub use brought::{MountTarget, cluster_exists, container_image, log_group_exists, mount_targets, role_exists};
pub use network::{SecurityGroup, Subnet, Vpc, VpcQuery, classified_subnets, security_groups, subnets, vpc};
pub use owned::part_keys;
pub use zones::{Zone, availability_zones, endpoint_services};
