//! What the vendor says about its product. Source: thatDot, *Anomaly Detector Configuration Guide*, unless a line names
//! another.

use std::time::Duration;

use crate::shared::capacity::Standard;
use aws::Shutdown;

/// The image, from the guide's task definition.
pub const IMAGE: &str = "117940112483.dkr.ecr.us-east-1.amazonaws.com/759ec6c5-b08e-4d5b-b461-191ccda296a0/cg-1139974230/novelty:v0.9-latest";

/// The image's address without its tag. The AWS Marketplace has its registry in one region, from which every other one
/// pulls.
pub fn repository() -> &'static str {
    IMAGE.rsplit_once(':').map_or(IMAGE, |(repository, _)| repository)
}

/// The container's name, from the guide's task definition.
pub const CONTAINER: &str = "service";

/// The volume's name within the task definition, from the guide's.
pub const VOLUME: &str = "efs-drive";

/// Where the detector keeps its state, from the guide's task definition.
pub const STATE_PATH: &str = "/var/thatdot";

/// CPU units, from the guide's task definition.
pub const CPU: i64 = 2048;

/// Memory in MiB, from the guide's task definition.
pub const MEMORY: i64 = 6144;

/// The hosts. Ours: the smallest kind of general use that has room for one task of the guide's size.
pub const HOSTS: Standard = Standard {
    instance_type: "m5.large",
    of_types: ", which has room for one task of the default size",
    ssh_from: "none",
    of_ssh: "",
};

/// What tells a load balancer whether it is well: the user interface, from the guide's last step.
pub const HEALTH_PATH: &str = "/";

/// The port of user interface and API, from the guide's last step.
pub const PORT: u16 = 8080;

/// Where the API's documentation is, from the guide's last step.
pub const DOCS_PATH: &str = "/docs";

/// The call that makes the detector save its state and end; stopped without it, it may lose data. Source: the API's
/// documentation in the detector itself, `POST /api/v1/admin/shutdown`. How long it takes is not said; past a minute the
/// task is stopped all the same, which leaves the detector its `stop_timeout`.
pub const SHUTDOWN: Shutdown = Shutdown {
    port: PORT,
    path: "/api/v1/admin/shutdown",
    limit: Duration::from_mins(1),
};
