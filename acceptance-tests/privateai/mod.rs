//! `thatdot_privateai_deployment`, as a user meets it.

mod guide;
mod view;
