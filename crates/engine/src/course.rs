//! A run under way: starts every task as soon as it may, and keeps the record true after each.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;

use super::change::bring;
use super::component::Identity;
use super::converge::{description, is_unfinished};
use super::decide::Verdict;
use super::error::{Error, ErrorKind, Result};
use super::graph::Graph;
use super::job::{Done, Job};
use super::key::Key;
use super::look::Stepped;
use super::make::make;
use super::object::Object;
use super::outcome::{Failure, Outcome, Step};
use super::outputs::Outputs;
use super::owner::Owner;
use super::record::{Part, Status};
use super::remove::{Removal, removal, remove};
use super::run::Run;
use super::spec::{Field, Rule};
use super::tasks::{Task, Tasks};

/// A run under way.
pub(super) struct Course<'a, W> {
    prior: Option<&'a Graph<W>>,
    wanted: &'a Graph<W>,
    run: &'a Run<W>,
    verdicts: BTreeMap<Key, Verdict>,
    tasks: Tasks,
    /// What stood when the run began.
    objects: BTreeMap<Key, Object>,
    /// The outputs of what this run has brought to what is wanted: those that others may be made from.
    settled: Outputs,
    /// The components whose part in the record this run has written.
    written: BTreeSet<Key>,
    /// The replaced components whose old object was deleted before the new one is made.
    removed: BTreeSet<Key>,
    /// The components that were to be replaced until their inputs turned out to be the same.
    spared: BTreeSet<Key>,
    /// Replaced components → the key under which the old object is recorded.
    old: BTreeMap<Key, Key>,
    outcome: Outcome,
}

/// How a task ended.
enum End {
    Made(Done),
    Removed(Stepped<()>),
    /// There was nothing to do.
    Skipped,
}

type Ending<'a> = BoxFuture<'a, (Task, End)>;

impl<'a, W: Send + Sync + 'static> Course<'a, W> {
    pub fn new(
        prior: Option<&'a Graph<W>>,
        wanted: &'a Graph<W>,
        run: &'a Run<W>,
        verdicts: BTreeMap<Key, Verdict>,
        tasks: Tasks,
        objects: BTreeMap<Key, Object>,
        outcome: Outcome,
    ) -> Result<Self> {
        let mut course = Self {
            prior,
            wanted,
            run,
            verdicts,
            tasks,
            objects,
            settled: Outputs::default(),
            written: BTreeSet::new(),
            removed: BTreeSet::new(),
            spared: BTreeSet::new(),
            old: BTreeMap::new(),
            outcome,
        };
        course.refuse_what_would_destroy()?;
        Ok(course)
    }

    /// Refuses, before anything is done, to replace what is being adopted or is to be retained and would have to go.
    fn refuse_what_would_destroy(&mut self) -> Result<()> {
        for (key, verdict) in &self.verdicts {
            let (Verdict::Replace(_), Some(object)) = (verdict, self.objects.get(key)) else {
                continue;
            };
            let Some(node) = self.wanted.node(key) else { continue };
            let differs = object.differences(key, node.as_ref(), &self.outcome.outputs, self.run)?;
            let fixed = fixed(&differs);
            let adopted = !fixed.is_empty() && matches!(object.owner, Owner::Namesake(_));
            if adopted || (self.tasks.delete_first.contains(key) && self.retains(key)) {
                self.outcome.failures.push(Failure {
                    key: key.clone(),
                    step: Step::Update,
                    error: no_replacement(key, object, &fixed),
                });
            }
        }
        Ok(())
    }

    /// Runs the tasks until none is left that may start.
    pub async fn advance(&mut self) {
        let mut running: FuturesUnordered<Ending<'a>> = FuturesUnordered::new();
        loop {
            while let Some(task) = self.next() {
                match self.begin(&task) {
                    Ok(Ok(work)) => running.push(work),
                    Ok(Err(end)) => self.end(&task, end),
                    Err(failure) => self.fail(task.key(), failure),
                }
            }
            let Some((task, end)) = running.next().await else { break };
            self.end(&task, end);
        }
    }

    /// The next task that may start. After a failure only what was taken away is put back; what needs no work is always
    /// seen to its end.
    fn next(&mut self) -> Option<Task> {
        let Self {
            tasks,
            verdicts,
            removed,
            outcome,
            run,
            ..
        } = self;
        let unharmed = outcome.failures.is_empty();
        tasks.schedule.start(|task| match task {
            Task::Make(key) if verdicts.get(key) == Some(&Verdict::Keep) => true,
            Task::Make(key) if removed.contains(key) => run.may_start(),
            _ => unharmed && run.may_start(),
        })
    }

    /// Starts a task: the work, or how it ends at once.
    fn begin(&mut self, task: &Task) -> Stepped<std::result::Result<Ending<'a>, End>> {
        match task {
            Task::Make(key) => self.begin_make(key).map_err(|error| (Step::Create, error)),
            Task::Remove(key) => self.begin_remove(key).map_err(|error| (Step::Delete, error)),
        }
    }

    fn begin_make(&mut self, key: &Key) -> Result<std::result::Result<Ending<'a>, End>> {
        let Some(node) = self.wanted.node(key) else {
            return Err(unknown(key));
        };
        let job = Job::new(node, key, self.run, &self.settled)?;
        let task = Task::Make(key.clone());
        let replaced = self.standing_replaced(key);
        let object = self.objects.get(key).filter(|_| !self.removed.contains(key)).cloned();
        let Some(object) = object else {
            return Ok(Ok(Box::pin(
                async move { (task, End::Made(make(&job, &replaced).await)) },
            )));
        };
        let unfinished = is_unfinished(self.outcome.record.get(key), &object);
        match self.verdicts.get(key) {
            Some(Verdict::Keep) => Ok(Err(End::Made(Done {
                part: Some(job.standing(object.identity(), Status::Ready)),
                output: Some(object.sight.output.clone()),
                ..Done::default()
            }))),
            Some(Verdict::Replace(_)) if !self.spared.contains(key) && must_replace(&job, &object)? => {
                if object.owner != Owner::Ours {
                    return Err(no_replacement(key, &object, &[]));
                }
                let make = async move { (task, End::Made(make(&job, &replaced).await)) };
                Ok(Ok(Box::pin(make)))
            }
            verdict => {
                if matches!(verdict, Some(Verdict::Replace(_))) {
                    self.spared.insert(key.clone());
                }
                let bring = async move { (task, End::Made(bring(&job, &object, unfinished).await)) };
                Ok(Ok(Box::pin(bring)))
            }
        }
    }

    fn begin_remove(&mut self, key: &Key) -> Result<std::result::Result<Ending<'a>, End>> {
        let object = self.objects.get(key);
        let early = self.tasks.delete_first.contains(key);
        if let (true, Some(object), Some(node)) = (early, object, self.wanted.node(key)) {
            let job = Job::new(node, key, self.run, &self.settled)?;
            if job.node.spec().links().is_empty() && !must_replace(&job, object)? {
                self.spared.insert(key.clone());
            }
        }
        let is_wanted = self.wanted.node(key).is_some();
        if self.spared.contains(key) {
            return Ok(Err(End::Skipped));
        }
        if let Some(object) = object.filter(|object| is_wanted && object.owner != Owner::Ours) {
            return Err(no_replacement(key, object, &[]));
        }
        let part = self.outcome.record.get(self.old.get(key).unwrap_or(key));
        let kind = part.map_or("", |part| part.kind.as_str());
        let Some(node) = description(self.prior, self.wanted, key, kind) else {
            return Err(unknown(key));
        };
        let job = Job::new(node, key, self.run, &self.outcome.outputs)?;
        match removal(&job, object, self.retains(key)) {
            Removal::Gone => Ok(Err(End::Removed(Ok(())))),
            Removal::Refuse(error) => Err(error),
            Removal::Leave(reason) => {
                let slot = self.old.get(key).unwrap_or(key).clone();
                self.outcome.left.insert(slot, reason);
                Ok(Err(End::Removed(Ok(()))))
            }
            Removal::Delete(object) => {
                let (task, object) = (Task::Remove(key.clone()), object.clone());
                Ok(Ok(Box::pin(async move {
                    (task, End::Removed(remove(&job, &object).await))
                })))
            }
        }
    }

    /// The objects of the component that a new one replaces and that still stand: a create must not find these.
    fn standing_replaced(&self, key: &Key) -> Vec<Identity> {
        let of_component = self
            .objects
            .iter()
            .filter(|(other, _)| other.base() == *key && !self.removed.contains(*other));
        of_component.map(|(_, object)| object.identity().clone()).collect()
    }

    fn retains(&self, key: &Key) -> bool {
        let base = key.base();
        self.prior.is_some_and(|prior| prior.is_retained(&base)) || self.wanted.is_retained(&base)
    }

    /// Records how a task ended and lets those that waited for it go on.
    fn end(&mut self, task: &Task, end: End) {
        let failure = match end {
            End::Made(done) => self.record_made(task.key(), done),
            End::Removed(Ok(())) => {
                self.record_removed(task.key());
                None
            }
            End::Removed(Err(failure)) => Some(failure),
            End::Skipped => None,
        };
        match failure {
            Some(failure) => self.fail(task.key(), failure),
            None => self.tasks.schedule.done(task),
        }
    }

    fn record_made(&mut self, key: &Key, done: Done) -> Option<(Step, Error)> {
        if let Some(part) = done.part {
            let replaced = self
                .outcome
                .record
                .get(key)
                .filter(|old| old.id.is_some() && old.id != part.id);
            let stands = self.objects.contains_key(key) && !self.removed.contains(key);
            if let Some(old) = replaced.filter(|_| stands).cloned() {
                let slot = self.free_slot(key);
                let status = Status::Ready;
                self.outcome.record.insert(slot.clone(), Part { status, ..old });
                self.old.insert(key.clone(), slot);
            }
            self.outcome.record.insert(key.clone(), part);
            self.written.insert(key.clone());
        }
        if let Some(output) = done.output {
            self.outcome.outputs.insert(key.clone(), output.clone());
            if done.failure.is_none() {
                self.settled.insert(key.clone(), output);
            }
        }
        if done.failure.is_none() {
            self.outcome.settled.insert(key.clone());
        }
        if done.made {
            self.outcome.made.insert(key.clone());
        }
        if done.adopted {
            self.outcome.adopted.insert(key.clone());
        }
        done.failure
    }

    fn record_removed(&mut self, key: &Key) {
        if let Some(slot) = self.old.get(key) {
            self.outcome.record.remove(slot);
        } else if let Some(node) = self.wanted.node(key) {
            self.outcome.record.insert(key.clone(), Part::pending(node.kind()));
            self.outcome.outputs.remove(key);
            self.removed.insert(key.clone());
            self.written.insert(key.clone());
        } else {
            self.outcome.record.remove(key);
            self.outcome.outputs.remove(key);
        }
    }

    /// A key under which the old object of a replaced component can be recorded.
    fn free_slot(&self, key: &Key) -> Key {
        let mut number = 1;
        while self.outcome.record.contains_key(&key.replaced(number)) {
            number += 1;
        }
        key.replaced(number)
    }

    fn fail(&mut self, key: &Key, (step, error): (Step, Error)) {
        if error.kind == ErrorKind::Cancelled && self.run.cancel.is_cancelled() {
            self.outcome.interrupted = true;
        } else {
            let key = key.clone();
            self.outcome.failures.push(Failure { key, step, error });
        }
    }

    /// Ends the run: tells what was not done, and how what was not reached compares with what is wanted.
    pub fn close(mut self) -> Outcome {
        let waiting = self.tasks.schedule.waiting().cloned();
        let left: BTreeSet<Key> = waiting.map(|task| task.key().clone()).collect();
        if let Some(first) = left.first() {
            if self.run.cancel.is_cancelled() {
                self.outcome.interrupted = true;
            } else if self.outcome.failures.is_empty() {
                let names: Vec<_> = left.iter().map(Key::to_string).collect();
                self.outcome.failures.push(Failure {
                    key: first.clone(),
                    step: self.verdicts.get(first).map_or(Step::Delete, Verdict::step),
                    error: self.run.why_stopped("finish the run", &names),
                });
            }
        }
        for key in self.wanted.keys().filter(|key| !self.written.contains(*key)) {
            let Some(node) = self.wanted.node(key) else { continue };
            match (self.outcome.record.get_mut(key), self.objects.get(key)) {
                (Some(part), Some(object)) => {
                    let unfinished = is_unfinished(Some(part), object);
                    if let Ok(status) = object.status(key, node.as_ref(), &self.outcome.outputs, self.run, unfinished) {
                        part.status = status;
                    }
                }
                (None, _) if self.outcome.interrupted => {
                    self.outcome.record.insert(key.clone(), Part::pending(node.kind()));
                }
                _ => {}
            }
        }
        self.outcome
    }
}

/// Whether the object differs from what is wanted in a way that cannot be changed in place.
fn must_replace<W: Send + Sync + 'static>(job: &Job<'_, W>, object: &Object) -> Result<bool> {
    Ok(!fixed(&job.differences(object)?).is_empty())
}

/// The names of the fields that cannot be changed in place.
fn fixed(fields: &[Field]) -> Vec<&'static str> {
    let fixed = fields.iter().filter(|field| field.rule == Rule::Replace);
    fixed.map(|field| field.name).collect()
}

/// The refusal to replace an object that is being adopted, or that is to be retained and would have to go first.
fn no_replacement(key: &Key, object: &Object, fields: &[&str]) -> Error {
    let why = match object.owner {
        Owner::Ours => "is to be retained",
        _ => "is to be adopted",
    };
    let what = match fields {
        [] => "what it refers to changes, which asks for its replacement".to_owned(),
        fields => format!("another {} asks for its replacement", fields.join(", ")),
    };
    Error::new(
        ErrorKind::Conflict,
        format!("replace {key}"),
        format!("{} {why}, but {what}", object.address()),
    )
    .with_remedy("bring the configuration in line with it, or delete it yourself")
}

fn unknown(key: &Key) -> Error {
    Error::bug(
        format!("delete {key}"),
        "it is recorded, but this version of the provider does not know such a component",
    )
}
