//! AWS: the clients, the classes of its errors, its names and policy documents, and one component per kind of object that
//! a deployment is made of, each an [engine `Component`](crate::engine::Component).
//!
//! Here, and nowhere else, SDK types are spoken. Nothing of Terraform (attributes, diagnostics) and nothing of a product
//! (ports, paths, images) may appear here, and no component knows another: they meet through references only.

mod apigateway;
mod arrivals;
mod attempts;
mod batch;
mod capacity_share;
mod choice;
mod clients;
pub mod components;
pub mod connect;
mod diagnosis;
mod ec2;
mod ecr_token;
mod ecs_tags;
mod efs;
mod elb;
mod error;
pub mod grant;
mod host;
pub mod ids;
mod image_source;
pub mod instance_type;
mod launch;
pub mod lookups;
pub mod metering;
mod on_demand;
mod once;
mod pages;
mod partition;
mod pass_role;
mod permissions;
pub mod policy;
mod reads;
mod retry;
mod rollout;
mod sealed;
mod security_rules;
mod service_linked_role;
mod shutdown;
pub mod simulation;
mod tags;
mod tasks;
#[cfg(test)]
pub(crate) mod testing;
mod unordered;
mod vacancy;
mod wait;
mod web;

pub use capacity_share::CapacityProviderShare;
pub use clients::{Aws, Endpoints};
pub use host::{InstanceMetadata, RootVolume};
pub use image_source::ImageSource;
pub use on_demand::OnDemand;
pub use partition::{ManagedPolicy, Partition};
pub use sealed::Sealed;
pub use security_rules::{Peer, Protocol, Rule};
pub use shutdown::Shutdown;
pub use unordered::Unordered;
pub use web::{Web, WebAnswer};
