//! What a plan has promised: that a component's object stays. Where it vanished since, or changed so that it would have to
//! be replaced, nothing may be done that the plan did not show.

use std::collections::BTreeMap;

use super::decide::Verdict;
use super::error::{Error, ErrorKind, Result};
use super::graph::Graph;
use super::key::Key;
use super::object::Object;
use super::outcome::{Failure, Outcome, Step};
use super::record::Status;
use super::run::Run;
use super::spec::Rule;

/// The promises that cannot be kept, as failures. `outcome` is as it is before anything is done.
pub(super) fn broken<W: Send + Sync + 'static>(
    wanted: &Graph<W>,
    verdicts: &BTreeMap<Key, Verdict>,
    objects: &BTreeMap<Key, Object>,
    outcome: &Outcome,
    run: &Run<W>,
) -> Result<Vec<Failure>> {
    let mut failures = Vec::new();
    for key in wanted.promised() {
        let Some(node) = wanted.node(key) else { continue };
        let what = match (verdicts.get(key), outcome.record.get(key), objects.get(key)) {
            (Some(Verdict::Create | Verdict::Restore), Some(part), None) if part.status == Status::Missing => {
                let id = part.arn.as_ref().or(part.id.as_ref()).map_or("", String::as_str);
                format!("{id} has vanished")
            }
            (Some(Verdict::Replace(_)), _, Some(object)) => {
                let differs = object.differences(key, node.as_ref(), &outcome.outputs, run)?;
                let fixed = differs.iter().filter(|field| field.rule == Rule::Replace);
                let fixed: Vec<_> = fixed.map(|field| field.name).collect();
                if fixed.is_empty() {
                    continue;
                }
                let fields = fixed.join(", ");
                format!(
                    "{} has another {fields} now, which asks for its replacement",
                    object.address()
                )
            }
            _ => continue,
        };
        let message = format!("{what}; the plan, made before, would have left it standing. Nothing was changed");
        failures.push(Failure {
            key: key.clone(),
            step: Step::Read,
            error: Error::new(ErrorKind::Outdated, format!("keep {key}"), message)
                .with_remedy("Plan again: the new plan shows what is to be done about it."),
        });
    }
    Ok(failures)
}
