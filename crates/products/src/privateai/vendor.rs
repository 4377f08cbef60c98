//! What the vendor says about its product. Source: Private AI, *AWS ECS Manual Deployment Guide*, unless a line names
//! another.

use crate::shared::capacity::Standard;

/// What the product is called in descriptions.
pub const TITLE: &str = "Private AI de-identification";

/// The container's name: ours, as the guide leaves it open.
pub const CONTAINER: &str = "private-ai";

/// The container that puts the licence in its place before the product starts. Ours.
pub const LICENSE_CONTAINER: &str = "license";

/// The name of the volume that holds the licence, within the task definition. Ours.
pub const VOLUME: &str = "license";

/// The port of the API, from *Create ECS Task Definition*.
pub const PORT: u16 = 8080;

/// What tells whether it is well, from *Create EC2 Target Group*.
pub const HEALTH_PATH: &str = "/healthz";

/// CPU units, from *Create ECS Task Definition*.
pub const CPU: i64 = 1024;

/// CPU units on Fargate, which has no task of one vCPU with that much memory. Source: Amazon ECS developer guide, *Task CPU
/// and memory*.
pub const FARGATE_CPU: i64 = 2048;

/// Memory in MiB, from *Create ECS Task Definition*.
pub const MEMORY: i64 = 14336;

/// The hosts: their kind is from *Create EC2 Launch Template*.
pub const HOSTS: Standard = Standard {
    instance_type: "m5zn.xlarge",
    of_types: ". GPU types get the GPU image, and the task asks for the GPU",
    ssh_from: "bastion",
    of_ssh: "; nowhere without the block",
};

/// The kind of bastion, from *Create Bastion and Create License*.
pub const BASTION_TYPE: &str = "t2.micro";

/// The folder that the licence is in, from *Create ECS Task Definition*.
pub const LICENSE_FOLDER: &str = "/app/license";

/// The licence's file, from *Create Bastion and Create License*.
pub const LICENSE_FILE: &str = "license.json";

/// Where a bastion has the file system, from *Create Bastion and Create License*.
pub const BASTION_MOUNT: &str = "/mnt/efs/fs1";
