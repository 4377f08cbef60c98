//! `thatdot_privateai_deployment`, as a user sees it.

mod basic;
mod import;
mod refused;
mod updates;
mod view;
