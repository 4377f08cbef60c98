//! One file per kind of AWS object. A component knows the clients and this room's helpers, and no other component.

mod ecs_cluster;
mod iam_role;
mod log_group;
mod security_group;

pub use ecs_cluster::{ContainerInsights, EcsCluster};
pub use iam_role::{IamRole, OUR_INLINE_POLICIES};
pub use log_group::LogGroup;
pub use security_group::{Peer, Protocol, Rule, SecurityGroup};
