//! `thatdot_detector_deployment`, as a Terraform user meets it. One file per subject.

mod access;
mod adoption;
mod basic;
mod create_failure;
mod drift;
mod drift_cluster_and_roles;
mod drift_network_and_storage;
mod drift_service;
mod existing_parts;
mod failed_update;
mod guide;
mod hosts;
mod image_pipeline;
mod import;
mod interrupt;
mod load_balancer;
mod missing_parts;
mod odd_state;
mod outdated_plan;
mod persistence;
mod protection;
mod refused_at_plan;
mod refused_at_validate;
mod run_task;
mod shutdown;
mod subnets;
mod tags;
mod together;
mod unknown_inputs;
mod updates;
mod updates_of_container;
mod updates_of_data;
mod updates_of_service;
mod view;

pub use existing_parts::{own_file_system, own_group, own_role};
pub use view::{ADDRESS, REQUIRED, deployment, resource};
