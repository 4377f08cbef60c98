//! Making a component, and finding out what stands when that went wrong.

use super::change::bring;
use super::component::Identity;
use super::error::{Error, ErrorKind};
use super::job::{Done, Job};
use super::object::{Object, foreign};
use super::outcome::Step;
use super::owner::Owner;
use super::record::{Part, Status};

/// Makes the component. `replaced` are the objects that it replaces and that still stand: never taken for the new one.
pub(super) async fn make<W: Send + Sync + 'static>(job: &Job<'_, W>, replaced: &[Identity]) -> Done {
    let call = job.call();
    match job.perform(Step::Create, job.node.create(&call)).await {
        Ok((identity, _)) if replaced.contains(&identity) => {
            let error = Error::bug(
                format!("create {}", job.key),
                "answered with the object that it is to replace",
            );
            Done::failed(Step::Create, error)
        }
        Ok((identity, output)) => Done {
            part: Some(job.standing(&identity, Status::Ready)),
            output: Some(output),
            made: true,
            ..Done::default()
        },
        Err((_, error)) => rescue(job, error, replaced).await,
    }
}

/// After a create that failed: an object may stand nevertheless, because the answer was lost, because it was there
/// before, or because only its second half was refused.
async fn rescue<W: Send + Sync + 'static>(job: &Job<'_, W>, error: Error, replaced: &[Identity]) -> Done {
    let found = match job.find().await {
        Ok(found) => found.filter(|object| !replaced.contains(object.identity())),
        Err((_, unseen)) => return uncertain(job, error, &unseen),
    };
    let Some(object) = found else {
        return Done::failed(Step::Create, error);
    };
    let exists = error.kind == ErrorKind::AlreadyExists;
    match object.owner {
        Owner::Ours if (exists || is_ambiguous(error.kind)) && job.run.may_start() => Done {
            made: true,
            ..bring(job, &object, true).await
        },
        Owner::Ours => half_made(job, error, &object),
        Owner::Namesake(_) if exists && job.run.adopt && job.run.may_start() => bring(job, &object, true).await,
        _ if exists => Done::failed(
            Step::Create,
            Error {
                code: error.code.clone(),
                request_id: error.request_id.clone(),
                ..foreign(&object, &error.attempted, &job.run.name)
            },
        ),
        _ => Done::failed(
            Step::Create,
            Error {
                message: format!(
                    "{}; {} stands there, and it {}",
                    error.message,
                    object.address(),
                    object.owner
                ),
                ..error
            },
        ),
    }
}

/// Whether work may have been done although the answer is a failure.
fn is_ambiguous(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unreachable | ErrorKind::TimedOut | ErrorKind::Throttled | ErrorKind::Other
    )
}

/// The object stands, but its making was not seen to end.
fn half_made<W: Send + Sync + 'static>(job: &Job<'_, W>, error: Error, object: &Object) -> Done {
    Done {
        part: Some(job.standing(object.identity(), Status::Pending)),
        output: Some(object.sight.output.clone()),
        made: true,
        adopted: false,
        failure: Some((Step::Create, error)),
    }
}

/// Making it did not end well, and looking for it was not answered. Also a plain refusal may have been that of a second
/// call, after the first has made the object.
fn uncertain<W: Send + Sync + 'static>(job: &Job<'_, W>, mut error: Error, unseen: &Error) -> Done {
    error.message = format!(
        "{}; whether anything was made could not be told: {unseen}",
        error.message
    );
    Done {
        part: Some(Part::pending(job.node.kind())),
        output: None,
        made: true,
        adopted: false,
        failure: Some((Step::Create, error)),
    }
}
