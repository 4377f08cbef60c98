//! Deleting an object, and when not to.

use super::error::{Error, ErrorKind};
use super::job::Job;
use super::look::Stepped;
use super::object::{Object, foreign};
use super::outcome::Step;
use super::owner::Owner;

/// What is to be done about an object that is no longer wanted.
pub(super) enum Removal<'a> {
    /// Nothing: it is gone.
    Gone,
    /// Forget it and leave it standing, for this reason.
    Leave(String),
    /// Delete it.
    Delete(&'a Object),
    /// Keep it in the record and say why it is not touched.
    Refuse(Error),
}

/// Decides about an object: only what is ours is ever deleted.
pub(super) fn removal<'a, W: Send + Sync + 'static>(
    job: &Job<'_, W>,
    object: Option<&'a Object>,
    retained: bool,
) -> Removal<'a> {
    let Some(object) = object else {
        return Removal::Gone;
    };
    match object.owner {
        Owner::Ours if retained => Removal::Leave(format!("{} is to be retained", object.address())),
        Owner::Ours => Removal::Delete(object),
        Owner::Namesake(_) | Owner::Other { .. } => Removal::Leave(format!("it {}", object.owner)),
        Owner::Nobody => Removal::Refuse(foreign(object, &format!("delete {}", job.key), &job.run.name)),
    }
}

/// Deletes the object and waits until it is gone. A failure that left nothing standing is none.
pub(super) async fn remove<W: Send + Sync + 'static>(job: &Job<'_, W>, object: &Object) -> Stepped<()> {
    let identity = object.identity();
    let call = job.call();
    let deleted = job.perform(Step::Delete, job.node.delete(&call, &object.sight)).await;
    match deleted {
        Err(failure) if !matches!(job.read(identity).await, Ok(None)) => Err(failure),
        Err((step, error)) if error.kind == ErrorKind::TimedOut => {
            job.run.notes.took_the_time(format!("{step} {}: {error}", job.key));
            Ok(())
        }
        _ => Ok(()),
    }
}
