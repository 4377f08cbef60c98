//! Mistakes of the provider's authors, told as such.

use super::model::{Fault, ModelError};
use super::rules::Breach;
use protocol::{CodecError, Diagnostic, Path};

/// A mistake of the provider's authors at a place.
pub(super) fn bug(type_name: &str, path: &Path, what: &str) -> Diagnostic {
    let place = if path.steps().is_empty() {
        type_name.to_owned()
    } else {
        format!("{type_name}, {path}")
    };
    let detail = format!(
        "{place}: {what} This is a mistake in the provider and not in your configuration: please report it to the \
         provider's authors, with this message."
    );
    Diagnostic::error("Bug in the provider", detail).at(path.clone())
}

/// A demand of Terraform's that a resource did not meet.
pub(super) fn breach(type_name: &str, breach: &Breach) -> Diagnostic {
    bug(type_name, &breach.path, breach.what)
}

/// A result that is not of the schema's type.
pub(super) fn misfit(type_name: &str, error: &CodecError) -> Diagnostic {
    bug(
        type_name,
        &error.path,
        &format!("The result does not conform to the schema: {}.", error.problem),
    )
}

/// A value that does not fit the model.
pub(super) fn unfit(type_name: &str, error: &ModelError) -> Diagnostic {
    let path = error.path.clone();
    match error.fault {
        Fault::Value => Diagnostic::error(format!("Invalid value of {path}"), error.problem.clone()).at(path),
        Fault::Unknown => {
            let detail = format!(
                "{path} must be known when {type_name} is planned, and it depends on something that is known only after \
                 apply. Apply what it depends on first, with -target, or write it so that it does not depend on it."
            );
            Diagnostic::error(format!("{path} is not known yet"), detail).at(path)
        }
        Fault::Shape => bug(type_name, &error.path, &error.problem),
    }
}
