//! Where containers write what they print: a log group of ours or the user's.

use super::Basis;
use crate::wiring::input;
use aws::Aws;
use aws::ids::LogGroupName;
use components::LogGroup;
use engine::{Graph, Input, Key};

/// The key of the log group, which is the lock on a deployment's name.
pub const LOG_GROUP: &str = "log_group";

/// The log group of the containers; adds one where the user brings none.
pub fn log_group(graph: &mut Graph<Aws>, basis: &Basis<'_>) -> Input<LogGroupName> {
    match basis.brought(|existing| &existing.log_group_name) {
        Some(name) => name,
        None => add(graph, basis, LOG_GROUP, ""),
    }
}

/// Adds the log group `/thatdot/NAME` with an ending.
pub fn add(graph: &mut Graph<Aws>, basis: &Basis<'_>, key: &str, ending: &str) -> Input<LogGroupName> {
    let handle = graph.add(
        Key::new(key),
        LogGroup {
            name: input(basis.name, |name| format!("/thatdot/{name}{ending}").into(), "".into()),
            retention_in_days: input(
                basis.log_retention_in_days,
                |days| i32::try_from(days).ok().filter(|days| *days > 0),
                None,
            ),
        },
    );
    handle.output("name", Clone::clone)
}
