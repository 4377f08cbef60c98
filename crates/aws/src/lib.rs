//! AWS: the clients, the classes of its errors, its names and policy documents, reads that are joined, waits. What the
//! components stand on.
//!
//! Here and in the components, and nowhere else, SDK types are spoken. Nothing of Terraform (attributes, diagnostics) and
//! nothing of a product (ports, paths, images) may appear here.

pub mod apigateway;
mod arrivals;
pub mod ask;
mod attempts;
mod batch;
mod capacity_share;
mod choice;
mod clients;
pub mod connect;
pub mod diagnosis;
pub mod ec2;
pub mod ecr_token;
pub mod ecs_tags;
pub mod efs;
pub mod elb;
pub mod error;
pub mod grant;
pub mod host;
pub mod ids;
mod image_source;
pub mod instance_type;
pub mod launch;
pub mod lookups;
pub mod metering;
mod on_demand;
pub mod once;
pub mod pages;
mod partition;
mod pass_role;
pub mod permissions;
pub mod policy;
mod reads;
pub mod retry;
pub mod rollout;
mod sealed;
pub mod security_rules;
pub mod service_linked_role;
pub mod shutdown;
pub mod simulation;
pub mod tags;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod unordered;
pub mod vacancy;
pub mod wait;
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
