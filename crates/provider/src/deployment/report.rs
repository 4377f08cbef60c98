//! Failures of a run as diagnostics: which component, what was tried, what AWS said, and what to do next.

use engine::{Error, ErrorKind, Failure, Key, Note, Notes, Outcome, Record, Status};
use framework::{Diagnostic, Diagnostics};

/// One diagnostic for each failure.
pub fn failures(failures: &[Failure]) -> Diagnostics {
    failures.iter().map(failure).collect()
}

fn failure(failure: &Failure) -> Diagnostic {
    let Failure { key, step, error } = failure;
    if error.kind == ErrorKind::Bug {
        return bug(error);
    }
    let summary = match error.kind {
        ErrorKind::Denied => format!("Not allowed to {step} {key}"),
        ErrorKind::Throttled => format!("AWS throttled us while trying to {step} {key}"),
        ErrorKind::LimitExceeded => format!("A quota is used up: could not {step} {key}"),
        ErrorKind::Unreachable => format!("No answer while trying to {step} {key}"),
        ErrorKind::TimedOut => format!("Out of time while trying to {step} {key}"),
        ErrorKind::Unhealthy => format!("{key} does not come up"),
        ErrorKind::Foreign => format!("{key} belongs to another deployment"),
        ErrorKind::Invalid => format!("AWS refused to {step} {key}"),
        ErrorKind::Outdated => format!("{key} is not what the plan was made for any more"),
        _ => format!("Could not {step} {key}"),
    };
    Diagnostic::error(summary, error.explained())
}

/// A defect of ours.
pub fn bug(error: &Error) -> Diagnostic {
    Diagnostic::error(
        "Bug in the provider",
        format!(
            "{}\n\nThis is a defect of the provider, not of your configuration: please report it.",
            error.explained()
        ),
    )
}

/// What a failed create left standing, on purpose.
pub fn kept(outcome: &Outcome) -> Diagnostic {
    Diagnostic::warning(
        "The deployment is incomplete and was kept",
        format!(
            "These parts exist and are in the state, which Terraform marks as tainted: {}.\n\nTo go on in place after \
             mending the cause, run `terraform untaint` on the resource and apply again. Without that, the next apply \
             destroys and makes it anew.",
            standing(&outcome.record)
        ),
    )
}

/// What a rollback could not undo.
pub fn undo_failures(outcome: &Outcome) -> Diagnostics {
    let mut diagnostics = failures(&outcome.failures);
    diagnostics.push(Diagnostic::warning(
        "The rollback is incomplete",
        format!(
            "These parts of the failed create could not be deleted again and stay in the state: {}. `terraform destroy` \
             tries again.",
            standing_or_unseen(&outcome.record)
        ),
    ));
    diagnostics
}

/// What an interrupted create or update left to do.
pub fn interrupted(outcome: &Outcome) -> Diagnostic {
    let pending: Vec<&str> = outcome
        .record
        .iter()
        .filter(|(_, part)| part.status != Status::Ready)
        .map(|(key, _)| key.as_str())
        .collect();
    Diagnostic::warning(
        "Interrupted",
        format!(
            "The run was stopped. What exists is in the state; still to do: {}. The next apply goes on from here.",
            if pending.is_empty() {
                "nothing".to_owned()
            } else {
                pending.join(", ")
            }
        ),
    )
}

/// What an interrupted destroy left.
pub fn interrupted_destroy(record: &Record) -> Diagnostic {
    Diagnostic::error(
        "Interrupted",
        format!(
            "The run was stopped. Not deleted yet, and still in the state: {}.",
            standing(record)
        ),
    )
}

/// A warning that a deployment is gone.
pub fn gone(type_name: &str, name: &str) -> Diagnostic {
    Diagnostic::warning(
        "The deployment is gone",
        format!(
            "Nothing of {type_name} {name} exists any more, so it is taken out of the state. The next apply makes it anew."
        ),
    )
}

/// What was adopted and stays although the create failed.
pub fn still_adopted(keys: &[Key]) -> Diagnostic {
    let keys: Vec<&str> = keys.iter().map(Key::as_str).collect();
    Diagnostic::warning(
        "Adopted parts were left standing",
        format!(
            "These parts stood before this create, which therefore did not delete them: {}. With adopt_existing = true the \
             next apply takes them over again.",
            keys.join(", ")
        ),
    )
}

/// What a destroy did not delete, on purpose.
pub fn left(outcome: &Outcome) -> Option<Diagnostic> {
    if outcome.left.is_empty() {
        return None;
    }
    let lines: Vec<String> = outcome
        .left
        .iter()
        .map(|(key, reason)| format!("  {key}: {reason}"))
        .collect();
    Some(Diagnostic::warning(
        "Parts were left standing",
        format!(
            "They are in no state any more:\n{}\n\nWhat is to be retained carries the tags of this deployment. The next create \
             of the same name takes it over, with all that it holds, where adopt_existing = true; without that it is refused.",
            lines.join("\n")
        ),
    ))
}

/// What the user should know of steps that went well.
pub fn notes(notes: &Notes) -> Diagnostics {
    let warning = |note: Note| Diagnostic::warning(format!("{}: {}", note.key, note.title), note.text);
    notes.list().into_iter().map(warning).collect()
}

/// A warning where parts were changed or deleted by others.
pub fn changed_outside(name: &str, before: &Record, now: &Record) -> Diagnostics {
    let news: Vec<String> = now
        .iter()
        .filter(|(key, part)| {
            part.status != Status::Ready && before.get(key).is_none_or(|old| old.status != part.status)
        })
        .filter(|(_, part)| part.status != Status::Pending)
        .map(|(key, part)| format!("  {key}: {}", part.status))
        .collect();
    if news.is_empty() {
        return Diagnostics::new();
    }
    Diagnostic::warning(
        "Parts of the deployment were changed outside of Terraform",
        format!(
            "{name}:\n{}\n\nAn apply brings them back to the configuration.",
            news.join("\n")
        ),
    )
    .into()
}

fn standing(record: &Record) -> String {
    let parts = record.iter().filter(|(_, part)| part.id.is_some());
    let named = parts.map(|(key, part)| format!("{key} ({})", part.id.as_deref().unwrap_or_default()));
    named.collect::<Vec<_>>().join(", ")
}

/// What a rollback left, also what it could not look for.
fn standing_or_unseen(record: &Record) -> String {
    let unseen = record.iter().filter(|(_, part)| part.id.is_none());
    let unseen = unseen.map(|(key, _)| format!("{key} (whether it exists could not be told)"));
    let standing = Some(standing(record)).filter(|parts| !parts.is_empty());
    standing.into_iter().chain(unseen).collect::<Vec<_>>().join(", ")
}
