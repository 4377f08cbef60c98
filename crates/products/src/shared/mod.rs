//! What the products have in common: each block, role, group and check that more than one of them has, written once.
//!
//! Everything here is told a [`Basis`] and the block at hand, never a whole product's model; what a vendor says of its
//! product stands in the product's own folder.

pub mod admission;
pub mod balancing;
pub mod basis;
pub mod capacity;
pub mod cluster;
pub mod environment;
pub mod existing;
pub mod fargate;
pub mod hardware;
pub mod hosts;
pub mod image_platform;
pub mod load_balancer;
pub mod log_group;
pub mod marketplace;
pub mod mount_targets;
pub mod pipeline;
pub mod recovery;
pub mod roles;
pub mod room;
pub mod schema;
pub mod service;
pub mod site;
pub mod ways_out;

pub use basis::Basis;
pub use existing::Existing;
