//! `thatdot_network`, the resource, as a Terraform user meets it. One file per subject.

mod adoption;
mod basic;
mod boundary;
mod create_failure;
mod destroy_refused;
mod drift;
mod import;
mod missing_parts;
mod protection;
mod refused;
mod tags;
mod together;
mod updates;
mod updates_of_endpoints;
mod updates_of_nat;
mod updates_of_zones;
mod view;
mod with_detector;
