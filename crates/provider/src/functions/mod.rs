//! The functions, one file each.

mod fargate_size;
mod image_uri;
mod privateai_hosts;

pub use fargate_size::FargateSize;
pub use image_uri::ImageUri;
pub use privateai_hosts::PrivateaiHosts;
