//! `thatdot_container_image`, as its users see it: between two real registries.

mod basic;
mod broken;
mod credentials;
mod drift;
mod example;
mod import;
mod moved;
mod platforms;
mod removal;
mod view;

pub use view::{SOURCE, World, small};
