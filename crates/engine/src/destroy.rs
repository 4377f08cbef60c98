//! Deleting a deployment, or what a failed create made of it.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;

use super::error::{Error, ErrorKind, Result};
use super::graph::{Edges, Graph};
use super::job::Job;
use super::key::Key;
use super::look::{Stepped, Target, View, look_well};
use super::outcome::{Failure, Outcome, Step};
use super::owner::Owner;
use super::record::{Part, Record, Status};
use super::remove::{Removal, removal, remove};
use super::run::Run;
use super::schedule::Schedule;

/// Deletes everything recorded, each part once nothing that refers to it stands any more. `graph` is the one that the
/// record was made from.
///
/// # Guarantees
/// - Nothing is deleted whose tags do not say that it is ours; what another deployment owns by now is forgotten.
/// - What cannot be deleted stays in the record, and with it what it refers to, but for what it only names; everything else
///   goes.
///
/// # Errors
/// A bug of ours where the graph is malformed; nothing was done then. Everything else is in the outcome.
pub async fn destroy<W: Send + Sync + 'static>(graph: &Graph<W>, record: &Record, run: &Run<W>) -> Result<Outcome> {
    tear_down(graph, record.clone(), run, true).await
}

/// Deletes what a run made, and only that: neither what it adopted nor what stood before. Give it a run with a deadline
/// of its own ([`Run::until`]), since the one that failed may have used up its own.
///
/// The outcome's record is what stands afterwards, its failures are those of the undoing.
///
/// # Errors
/// A bug of ours where the graph is malformed; nothing was done then. Everything else is in the outcome.
pub async fn undo<W: Send + Sync + 'static>(graph: &Graph<W>, outcome: &Outcome, run: &Run<W>) -> Result<Outcome> {
    let (made, kept): (Record, Record) = outcome
        .record
        .clone()
        .into_iter()
        .partition(|(key, _)| outcome.made.contains(key));
    let mut undone = tear_down(graph, made, run, false).await?;
    let stands = kept.into_iter().filter(|(_, part)| part.id.is_some());
    undone.record.extend(stands);
    undone.outputs = outcome.outputs.clone();
    undone.outputs.retain(|key| undone.record.contains_key(key));
    undone.adopted.clone_from(&outcome.adopted);
    Ok(undone)
}

async fn tear_down<W: Send + Sync + 'static>(
    graph: &Graph<W>,
    record: Record,
    run: &Run<W>,
    respect_retained: bool,
) -> Result<Outcome> {
    let edges = graph.edges()?;
    edges.tell(&run.name);
    let mut targets: BTreeMap<Key, Target<W>> = record
        .iter()
        .filter_map(|(key, part)| {
            let node = graph.node(&key.base())?.clone();
            let identity = part.identity();
            Some((key.clone(), Target { node, identity }))
        })
        .collect();
    let view = look_well(&mut targets, |_| None, &[&edges], run).await;
    let found = targets.iter().filter(|(_, target)| target.identity.is_none());
    let found = found.map(|(key, _)| key.clone()).collect();
    let retained = |key: &Key| respect_retained && graph.is_retained(&key.base());
    let mut along = taken_along(graph, &record, &view, retained);
    let schedule = order(&record, graph, &edges, &mut along);
    let mut teardown = Teardown {
        graph,
        run,
        respect_retained,
        schedule,
        outcome: Outcome {
            record,
            outputs: view.outputs.clone(),
            failures: view.failures.clone(),
            ..Outcome::default()
        },
        view,
        found,
        along,
    };
    teardown.advance().await;
    Ok(teardown.close())
}

/// The parts that go with another one that is to be deleted, by that one.
fn taken_along<W: Send + Sync + 'static>(
    graph: &Graph<W>,
    record: &Record,
    view: &View,
    retained: impl Fn(&Key) -> bool,
) -> BTreeMap<Key, Key> {
    let is_ours = |key: &Key| {
        let object = view.objects.get(key);
        object.is_some_and(|object| object.owner == Owner::Ours) && !retained(key)
    };
    let going = record.keys().filter(|key| is_ours(key));
    let with_whole = going.filter_map(|key| Some((key.clone(), graph.node(key)?.goes_with()?)));
    with_whole
        .filter(|(_, whole)| record.contains_key(whole) && is_ours(whole))
        .collect()
}

/// Each part waits for those that need it, and not for those that only name it. One that goes with another waits for that,
/// which waits for who needs the one; where that would be a circle, it goes by itself.
fn order<W: Send + Sync + 'static>(
    record: &Record,
    graph: &Graph<W>,
    edges: &Edges,
    along: &mut BTreeMap<Key, Key>,
) -> Schedule<Key> {
    let mut schedule = Schedule::new(record.keys().cloned());
    let needs = |later: &Key, earlier: &Key| {
        let (later, earlier) = (later.base(), earlier.base());
        edges.needs(&later).any(|key| *key == earlier) && !graph.only_names(&later, &earlier)
    };
    for later in record.keys() {
        for earlier in record.keys().filter(|key| needs(later, key)) {
            if along.get(later) != Some(earlier) {
                schedule.after(earlier, later);
            }
        }
    }
    let candidates = along.clone();
    for (part, whole) in &candidates {
        if !schedule.rather_after(part, whole) {
            along.remove(part);
            schedule.after(whole, part);
            continue;
        }
        for user in record.keys().filter(|key| needs(key, part)) {
            if candidates.get(user) != Some(whole) {
                schedule.rather_after(whole, user);
            }
        }
    }
    schedule
}

/// A destruction under way.
struct Teardown<'a, W> {
    graph: &'a Graph<W>,
    run: &'a Run<W>,
    respect_retained: bool,
    schedule: Schedule<Key>,
    view: View,
    /// What was looked for by name and tags: only by these is such an object ours.
    found: BTreeSet<Key>,
    /// What goes with another part, by that part.
    along: BTreeMap<Key, Key>,
    outcome: Outcome,
}

type Ending<'a> = BoxFuture<'a, (Key, Stepped<()>)>;

impl<'a, W: Send + Sync + 'static> Teardown<'a, W> {
    async fn advance(&mut self) {
        let mut running: FuturesUnordered<Ending<'a>> = FuturesUnordered::new();
        loop {
            while let Some(key) = self.next() {
                match self.begin(&key) {
                    Ok(Some(work)) => running.push(work),
                    Ok(None) => self.end(&key, Ok(())),
                    Err(error) => self.end(&key, Err((Step::Delete, error))),
                }
            }
            let Some((key, result)) = running.next().await else {
                break;
            };
            self.end(&key, result);
        }
    }

    /// The next part to delete. One that could not be read stays, since it may be another's by now.
    fn next(&mut self) -> Option<Key> {
        let (view, run) = (&self.view, self.run);
        self.schedule.start(|key| run.may_start() && !view.is_unread(key))
    }

    /// Starts the deletion of a part; `None` where nothing is to be done.
    fn begin(&mut self, key: &Key) -> Result<Option<Ending<'a>>> {
        if let Some(whole) = self.along.get(key) {
            tracing::debug!(deployment = self.run.name, component = %key, "it went with {whole}");
            return Ok(None);
        }
        let Some(node) = self.graph.node(&key.base()) else {
            return Err(Error::bug(
                format!("delete {key}"),
                "it is recorded, but this version of the provider does not know such a component",
            ));
        };
        let job = Job::new(node, key, self.run, &self.outcome.outputs)?;
        let retained = self.respect_retained && self.graph.is_retained(&key.base());
        let is_found = self.found.contains(key);
        let object = self
            .view
            .objects
            .get(key)
            .filter(|object| !is_found || object.owner == Owner::Ours);
        Ok(match removal(&job, object, retained) {
            Removal::Gone => None,
            Removal::Refuse(error) => return Err(error),
            Removal::Leave(reason) => {
                self.outcome.left.insert(key.clone(), reason);
                None
            }
            Removal::Delete(object) => {
                let part = Part::standing(node.kind(), object.identity(), Status::Ready);
                self.outcome
                    .record
                    .entry(key.clone())
                    .and_modify(|known| (known.id, known.arn) = (part.id, part.arn));
                let (key, object) = (key.clone(), object.clone());
                Some(Box::pin(async move { (key, remove(&job, &object).await) }))
            }
        })
    }

    fn end(&mut self, key: &Key, result: Stepped<()>) {
        match result {
            Ok(()) => {
                self.outcome.record.remove(key);
                self.outcome.outputs.remove(key);
                self.schedule.done(key);
            }
            Err((_, error)) if error.kind == ErrorKind::Cancelled && self.run.cancel.is_cancelled() => {
                self.outcome.interrupted = true;
            }
            Err((step, error)) => self.outcome.failures.push(Failure {
                key: key.clone(),
                step,
                error,
            }),
        }
    }

    fn close(mut self) -> Outcome {
        let left: Vec<Key> = self.schedule.waiting().cloned().collect();
        if let Some(first) = left.first() {
            if self.run.cancel.is_cancelled() {
                self.outcome.interrupted = true;
            } else if self.outcome.failures.is_empty() {
                let names: Vec<_> = left.iter().map(Key::to_string).collect();
                self.outcome.failures.push(Failure {
                    key: first.clone(),
                    step: Step::Delete,
                    error: self.run.why_stopped("delete the deployment", &names),
                });
            }
        }
        self.outcome
    }
}
