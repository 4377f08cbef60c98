//! `thatdot_privateai_deployment`, as a user sees it.

mod access;
mod basic;
mod counts;
mod does_not_come_up;
mod existing;
mod guide;
mod hosts;
mod import;
mod refused;
mod subnets;
mod unknown_inputs;
mod updates;
mod view;
