//! Container registries: naming an image, reading what it is made of, and copying it from one registry to another, by
//! digest and without a container engine. Speaks the OCI distribution protocol through `oci-client`.
//!
//! It knows neither AWS (whoever calls brings credentials), nor the engine, nor Terraform.

mod blob;
mod copy;
mod digest;
mod download;
mod failure;
mod image;
mod manifest;
mod network;
mod patience;
mod platform;
mod progress;
mod reference;
mod repository;

pub use copy::{Copied, copy};
pub use digest::Digest;
pub use failure::{Failure, FailureKind};
pub use image::{Resolved, resolve};
pub use manifest::{MEDIA_TYPES, RunsOn, children, is_index, runs_on};
pub use network::Network;
pub use patience::Patience;
pub use platform::Platform;
pub use reference::{Address, ImageReference};
pub use repository::{Credentials, Repository};
