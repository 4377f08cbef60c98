//! What a user sees: the real `terraform` with the provider under test, against a local stand-in for AWS.
//!
//! Each test has an AWS, a folder and names of its own, so tests run at once and in any order. `README.md` beside this
//! file tells how to run one and how to look into one that fails.

#![allow(
    clippy::print_stderr,
    clippy::struct_field_names,
    clippy::needless_pass_by_value,
    reason = "a test tells where its folder is, uses AWS's names, and reads best with values in place"
)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helper fails the test by panicking, which is what a failed expectation is"
)]

mod arrows;
#[cfg(unix)]
mod attacker;
mod checkers;
mod commands;
mod components;
mod container_image;
mod contributing;
mod defaults;
mod deployer_policy;
mod detector;
mod docs;
mod drift;
mod ecs;
mod examples;
mod functions;
mod harness;
mod install;
mod interrupted;
#[cfg(target_os = "linux")]
mod layout;
mod looks;
mod marketplace_metering;
mod modules;
mod network;
mod network_resource;
mod operator;
mod own;
mod privateai;
mod provider_block;
mod real_account;
mod release;
mod schema_golden;
mod secrets;
mod status;
