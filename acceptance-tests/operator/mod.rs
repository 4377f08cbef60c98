//! `thatdot_operator` and `thatdot_operator_policy`, as a Terraform user meets them. One file per subject.

mod basic;
mod destroy;
mod drift;
mod import;
mod policy_document;
mod refused;
mod snippets;
mod updates;
mod view;
