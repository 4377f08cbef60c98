//! The server before a small provider whose resource does what a test says.

mod applying;
mod configuring;
mod fake;
mod odd_input;
mod planning;
mod reading;
mod sets;
mod values;
