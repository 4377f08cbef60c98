//! `thatdot_privateai_deployment`, as a user sees it.

mod access;
mod basic;
mod counts;
mod does_not_come_up;
mod drift;
mod drift_of_data;
mod drift_of_front;
mod drift_of_hosts;
mod every_attribute;
mod existing;
mod failures;
mod guide;
mod hosts;
mod import;
mod missing_parts;
mod moves;
mod refused;
mod replacements;
mod subnets;
mod tags;
mod unknown_inputs;
mod updates;
mod view;
mod whole;

pub use view::{ADDRESS, LICENSED, deployment};
