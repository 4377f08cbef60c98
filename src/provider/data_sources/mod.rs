//! The data sources, one file each.

mod network;

pub use network::Network;
