//! `thatdot_privateai_deployment`, as a user sees it.

mod basic;
mod does_not_come_up;
mod guide;
mod import;
mod refused;
mod subnets;
mod updates;
mod view;
