//! Diagnostics and paths on their way to the wire, and the diagnostics that only this room makes.

use std::fmt;

use crate::panic::Panic;
use protocol::wire::attribute_path::step::Selector;
use protocol::wire::diagnostic::Severity as WireSeverity;
use protocol::wire::{self, attribute_path};
use protocol::{Diagnostic, Diagnostics, Path, Severity, Step};

/// For the wire.
pub(super) fn to_wire(diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics.into_iter().map(one_to_wire).collect()
}

fn one_to_wire(diagnostic: Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => WireSeverity::Error,
        Severity::Warning => WireSeverity::Warning,
    };
    wire::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: diagnostic.path.as_ref().map(path_to_wire),
    }
}

/// A path for the wire.
pub(super) fn path_to_wire(path: &Path) -> wire::AttributePath {
    let steps = path.steps().iter().map(|step| match step {
        Step::Attribute(name) => Selector::AttributeName(name.clone()),
        Step::Key(key) => Selector::ElementKeyString(key.clone()),
        Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
    });
    wire::AttributePath {
        steps: steps
            .map(|selector| attribute_path::Step {
                selector: Some(selector),
            })
            .collect(),
    }
}

/// The summary of what is a mistake of ours, here and in the rooms below.
const BUG: &str = "Bug in the provider";

/// Adds to what is told of a mistake of ours, by whoever has survived it, what the panic said and where. False where
/// nobody has told of one.
pub(super) fn complete(told: &mut [wire::Diagnostic], panic: &Panic) -> bool {
    let is_bug = |one: &&mut wire::Diagnostic| one.severity() == WireSeverity::Error && one.summary == BUG;
    let Some(bug) = told.iter_mut().find(is_bug) else {
        return false;
    };
    bug.detail = format!("{}\n\n{panic}", bug.detail);
    true
}

/// Of a panic in a call.
pub(super) fn of_panic(rpc: &str, panic: &Panic) -> Diagnostic {
    Diagnostic::error(
        BUG,
        format!(
            "The provider panicked in the call {rpc}. This is a bug in the provider, not in your configuration; please \
             report it with this text and the log that TF_LOG_PROVIDER=TRACE gives.\n\n{panic}"
        ),
    )
}

/// Of a value that does not follow the protocol; `what` says which.
pub(super) fn of_malformed(what: &str, error: &dyn fmt::Display) -> Diagnostic {
    Diagnostic::error(
        format!("Malformed {what}"),
        format!(
            "Terraform sent a {what} that does not fit the schema this provider has told it: {error}. This is a bug in \
             Terraform or in the provider, not in your configuration; please report it to the provider."
        ),
    )
}

/// Of an answer of our own that does not follow the protocol.
pub(super) fn of_unspeakable(what: &str, error: &dyn fmt::Display) -> Diagnostic {
    Diagnostic::error(
        "Bug in the provider",
        format!(
            "The provider made a {what} that does not fit its own schema: {error}. This is a bug in the provider, not \
             in your configuration; please report it."
        ),
    )
}

/// Of a call for something that this provider does not have.
pub(super) fn of_absent(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Unknown {kind}"),
        format!("This provider has no {kind} {name:?}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_is_told_where_in_the_configuration() {
        let path = Path::of(["ingress"]).index(1).attribute("tags").key("a b");
        let wire = to_wire(Diagnostic::warning("Odd", "Very odd.").at(path).into());
        assert_eq!(wire[0].severity(), WireSeverity::Warning);
        let steps: Vec<_> = wire[0]
            .attribute
            .clone()
            .unwrap()
            .steps
            .into_iter()
            .filter_map(|step| step.selector)
            .collect();
        assert_eq!(
            steps,
            [
                Selector::AttributeName("ingress".to_owned()),
                Selector::ElementKeyInt(1),
                Selector::AttributeName("tags".to_owned()),
                Selector::ElementKeyString("a b".to_owned()),
            ]
        );
    }
}
