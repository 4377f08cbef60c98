//! A Terraform provider that turns one resource into a whole, running vendor deployment on AWS.
//!
//! The way through the house: HCL → `plugin` → `framework` → `provider` → `products` → `engine` → `aws`, and back.

pub mod aws;
pub mod chance;
pub mod engine;
pub mod framework;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod plugin;
pub mod products;
pub mod protocol;
pub mod provider;
pub mod registry;

#[cfg(test)]
mod arrows;
