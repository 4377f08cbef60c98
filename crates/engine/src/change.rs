//! Bringing an object that stands to what is wanted, without making it anew.

use super::decide::TAGS;
use super::error::{Error, ErrorKind};
use super::job::{Done, Job};
use super::look::Stepped;
use super::node::Sight;
use super::object::Object;
use super::outcome::Step;
use super::outputs::AnyOutput;
use super::owner::Owner;
use super::record::Status;
use super::spec::Rule;

/// Brings an object within our reach to what is wanted: takes it over where it carries another deployment's id and
/// changes what differs. Where nothing does, it is waited for if it is `unfinished` and not touched otherwise: a change
/// waits by itself, and it may be the very remedy for what cannot come up as it is.
pub(super) async fn bring<W: Send + Sync + 'static>(job: &Job<'_, W>, object: &Object, unfinished: bool) -> Done {
    let adopted = matches!(object.owner, Owner::Namesake(_));
    match steps(job, object, unfinished).await {
        Ok(output) => Done {
            part: Some(job.standing(object.identity(), Status::Ready)),
            output: Some(output),
            made: false,
            adopted,
            failure: None,
        },
        Err(failure) => after_failure(job, object, unfinished, failure).await,
    }
}

async fn steps<W: Send + Sync + 'static>(job: &Job<'_, W>, object: &Object, unfinished: bool) -> Stepped<AnyOutput> {
    let differs = job.differences(object).map_err(|error| (Step::Update, error))?;
    let fixed: Vec<_> = differs
        .iter()
        .filter(|f| f.rule == Rule::Replace)
        .map(|f| f.name)
        .collect();
    if !fixed.is_empty() {
        return Err((Step::Update, cannot_change(job, object, &fixed)));
    }
    if let Some(tags) = object.tags() {
        let retag = job.run.retag(&job.key, tags);
        if !retag.is_empty() {
            let step = if object.owner == Owner::Ours {
                Step::Tag
            } else {
                Step::Adopt
            };
            let call = job.call();
            let tag = job.node.retag(&call, object.identity(), &retag.set, &retag.remove);
            job.perform(step, tag).await?;
        }
    }
    let fields: Vec<_> = differs.iter().filter(|f| **f != TAGS).map(|f| f.name).collect();
    let call = job.call();
    if !fields.is_empty() {
        let update = job.node.update(&call, &object.sight, &fields);
        return job.perform(Step::Update, update).await;
    }
    if unfinished {
        let settle = job.node.settle(&call, object.identity());
        job.perform(Step::Settle, settle).await?;
        // What was read before it settled may be incomplete.
        return match job.read(object.identity()).await? {
            Some(now) => Ok(now.sight.output),
            None => Err((Step::Read, gone(job, &object.sight))),
        };
    }
    Ok(object.sight.output.clone())
}

/// What stands after a failed change is read again: the record must not say what was hoped for.
async fn after_failure<W: Send + Sync + 'static>(
    job: &Job<'_, W>,
    object: &Object,
    unfinished: bool,
    failure: (Step, Error),
) -> Done {
    let unfinished = unfinished || leaves_unfinished(failure.1.kind);
    let now = match job.read(object.identity()).await {
        Ok(Some(now)) => now,
        Ok(None) => {
            return Done {
                part: Some(job.standing(object.identity(), Status::Missing)),
                failure: Some(failure),
                ..Done::default()
            };
        }
        Err(_) => object.clone(),
    };
    let ours = now.owner == Owner::Ours;
    let part = match job.part(&now, unfinished) {
        Ok(part) => part,
        Err(_) => job.standing(now.identity(), Status::Pending),
    };
    Done {
        part: ours.then_some(part),
        output: Some(now.sight.output.clone()),
        made: false,
        adopted: ours && object.owner != Owner::Ours,
        failure: Some(failure),
    }
}

/// Whether a change that failed so may be under way still, so that the next run has to wait for it.
fn leaves_unfinished(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unhealthy | ErrorKind::TimedOut | ErrorKind::Cancelled)
}

fn cannot_change<W>(job: &Job<'_, W>, object: &Object, fields: &[&str]) -> Error {
    Error::new(
        ErrorKind::Conflict,
        format!("bring {} to what is wanted", job.key),
        format!(
            "{} stands with another {}, which cannot be changed in place",
            object.address(),
            fields.join(", ")
        ),
    )
    .with_remedy("plan again: the plan then shows its replacement; or bring the configuration in line with it")
}

fn gone<W>(job: &Job<'_, W>, sight: &Sight) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("read {}", job.key),
        format!("{} disappeared while it was waited for", sight.identity.id),
    )
    .with_remedy("run it again: it is then made anew")
}
