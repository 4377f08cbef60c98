//! `thatdot_privateai_deployment`, as a user sees it.

mod basic;
mod drift;
mod drift_of_data;
mod drift_of_front;
mod drift_of_hosts;
mod every_attribute;
mod failures;
mod guide;
mod import;
mod missing_parts;
mod moves;
mod refused;
mod subnets;
mod tags;
mod updates;
mod view;
mod whole;
