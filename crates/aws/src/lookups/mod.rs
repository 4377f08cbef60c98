//! Typed reads of what is not ours: the network that a deployment stands in, and the parts that users bring. Plan-time
//! checks and data sources ask here; nothing here changes anything. What does not exist is `None`, `false` or left out,
//! never an error.

mod brought;
mod identity;
mod image_platforms;
mod images;
mod instance_types;
mod network;
mod owned;
mod permissions;
mod routes;
mod running;
mod source_image;
mod ways_out;
mod zones;

pub use brought::{
    ClusterCapacity, MountTarget, cluster_capacity, cluster_exists, container_image, log_group_exists, mount_targets,
    role_exists, secret_exists,
};
pub use identity::{DEFAULT_POLICIES_PER_PRINCIPAL, policies_per_role, policies_per_user, policy_exists};
pub use image_platforms::{image_manifest, image_platforms};
pub use images::{Image, ImageFamily, image, recommended};
pub use instance_types::{Architecture, InstanceType, instance_type, offering_zones};
pub use network::{SecurityGroup, Subnet, Vpc, VpcQuery, classified_subnets, security_groups, subnets, vpc};
pub use owned::part_keys;
pub use permissions::{
    Brought, sees, sees_hosts, sees_images, sees_networks, sees_platforms, sees_policies, sees_zones,
};
pub use routes::DefaultRoute;
pub use running::{RunningService, RunningTask, ServiceEvent, TasksOf, running_service, running_tasks};
pub use source_image::source_image;
pub use ways_out::{EndpointService, Route, Surroundings, WayOut, way_out_is_coming};
pub use zones::{Zone, availability_zones, endpoint_services};
