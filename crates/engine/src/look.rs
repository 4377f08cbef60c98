//! Reading what is there, all at once: of what the record knows, by identity; of what it does not, by name and tags.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::component::Identity;
use super::error::{Error, Result};
use super::graph::{Edges, Graph};
use super::key::Key;
use super::node::{Node, Sight};
use super::object::Object;
use super::outcome::{Failure, Step};
use super::outputs::Outputs;
use super::owner::Owner;
use super::record::{Part, Record, Status};
use super::run::Run;
use super::schedule::Schedule;
use super::spec::Rule;

/// One object to be looked at.
pub(super) struct Target<W> {
    /// Through which description.
    pub node: Arc<dyn Node<W>>,
    /// Where; without it, the object is looked for.
    pub identity: Option<Identity>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct View {
    pub objects: BTreeMap<Key, Object>,
    pub outputs: Outputs,
    pub failures: Vec<Failure>,
    /// What was not looked at because the run was to stop.
    pub unseen: Vec<Key>,
    /// What was looked for and not found, and may stand all the same: what it would be found by could not be read.
    pub hidden: BTreeSet<Key>,
}

impl View {
    /// Whether it is not known what stands of a component.
    pub fn is_unread(&self, key: &Key) -> bool {
        let failed = self.failures.iter().any(|failure| failure.key == *key);
        failed || self.unseen.contains(key) || self.hidden.contains(key)
    }

    /// An object with its owner.
    fn own<W>(&self, key: &Key, target: &Target<W>, sight: Sight, run: &Run<W>) -> Result<Object> {
        let owner_of = |key: &Key| self.objects.get(key).map(|object| object.owner.clone());
        let owner = match (&sight.tags, &target.identity) {
            (Some(tags), _) => run.owner(key, tags),
            (None, Some(_)) => Owner::Ours,
            (None, None) => owner_of_untagged(target.node.as_ref(), &sight, &self.outputs, owner_of)?,
        };
        Ok(Object { sight, owner })
    }
}

impl View {
    /// What carries no tags goes with what it is a part of: whoever adopted that has it too.
    fn disown_parts_of_others<W>(&mut self, targets: &BTreeMap<Key, Target<W>>) {
        let untagged = self.objects.iter().filter(|(_, object)| object.sight.tags.is_none());
        let others: Vec<(Key, Owner)> = untagged
            .filter_map(|(key, _)| {
                let links = targets.get(key)?.node.spec().links();
                let wholes = links.iter().filter(|(field, _)| field.rule == Rule::Replace);
                let mut owners = wholes.filter_map(|(_, source)| Some(&self.objects.get(&source.key)?.owner));
                Some((key.clone(), owners.find(|owner| **owner != Owner::Ours)?.clone()))
            })
            .collect();
        for (key, owner) in others {
            if let Some(object) = self.objects.get_mut(&key) {
                object.owner = owner;
            }
        }
    }
}

/// Looks at all targets, and then by name and tags for those that are no longer where they are recorded: a run that was
/// killed after it had made another left nobody who knows of it. Their targets lose the identity. `now` is how such a one
/// is looked for, where that is not how it was made.
pub(super) async fn look_well<W: Send + Sync + 'static>(
    targets: &mut BTreeMap<Key, Target<W>>,
    now: impl Fn(&Key) -> Option<Arc<dyn Node<W>>>,
    edges: &[&Edges],
    run: &Run<W>,
) -> View {
    let mut view = look(targets, edges, run).await;
    let mut lost = BTreeMap::new();
    for (key, target) in targets.iter_mut() {
        let is_known = view.objects.contains_key(key) || view.is_unread(key);
        if is_known || target.identity.is_none() || key.is_replaced() {
            continue;
        }
        target.identity = None;
        let node = now(key).unwrap_or_else(|| target.node.clone());
        target.node = node.clone();
        lost.insert(key.clone(), Target { node, identity: None });
    }
    look_on(&mut view, &lost, edges, run).await;
    view
}

/// Looks at all targets. Those with an identity are read at once; those without are looked for as soon as what they
/// refer to (by the edges of one graph or of several) was looked at, so that their references are resolved.
pub(super) async fn look<W: Send + Sync + 'static>(
    targets: &BTreeMap<Key, Target<W>>,
    edges: &[&Edges],
    run: &Run<W>,
) -> View {
    let mut view = View::default();
    look_on(&mut view, targets, edges, run).await;
    view
}

/// Looks at further targets, which may refer to what was seen.
async fn look_on<W: Send + Sync + 'static>(
    view: &mut View,
    targets: &BTreeMap<Key, Target<W>>,
    edges: &[&Edges],
    run: &Run<W>,
) {
    let mut schedule = Schedule::new(targets.keys().cloned());
    for (key, _) in targets.iter().filter(|(_, target)| target.identity.is_none()) {
        for earlier in edges.iter().flat_map(|edges| edges.needs(key)) {
            schedule.rather_after(key, earlier);
        }
    }
    let mut running = FuturesUnordered::new();
    loop {
        while let Some(key) = schedule.start(|_| run.may_start()) {
            let Some(target) = targets.get(&key) else { continue };
            let node = target.node.resolved(&view.outputs);
            running.push(async move {
                let sight = match (node, &target.identity) {
                    (Err(error), _) => Err((Step::Find, error)),
                    (Ok(node), Some(identity)) => read(node.as_ref(), &key, identity, run).await,
                    (Ok(node), None) => find(node.as_ref(), &key, run).await,
                };
                (key, target, sight)
            });
        }
        let Some((key, target, sight)) = running.next().await else {
            break;
        };
        let seen = sight.and_then(|sight| {
            sight
                .map(|sight| view.own(&key, target, sight, run))
                .transpose()
                .map_err(|error| (Step::Find, error))
        });
        match seen {
            Ok(Some(object)) => {
                view.outputs.insert(key.clone(), object.sight.output.clone());
                view.objects.insert(key.clone(), object);
            }
            Ok(None) => {
                let links = target.node.spec().links();
                if target.identity.is_none() && links.iter().any(|(_, source)| view.is_unread(&source.key)) {
                    view.hidden.insert(key.clone());
                }
            }
            Err((step, error)) => view.failures.push(Failure {
                key: key.clone(),
                step,
                error,
            }),
        }
        schedule.done(&key);
    }
    view.unseen.extend(schedule.waiting().cloned());
    view.disown_parts_of_others(targets);
    for (key, object) in &mut view.objects {
        match object.sight.spec.resolved(&view.outputs) {
            Ok(spec) => object.sight.spec = spec,
            Err(error) => view.failures.push(Failure {
                key: key.clone(),
                step: Step::Read,
                error,
            }),
        }
    }
}

/// What a step answers: the step that failed is told with the error.
pub(super) type Stepped<T> = std::result::Result<T, (Step, Error)>;

/// Reads an object.
pub(super) async fn read<W>(
    node: &dyn Node<W>,
    key: &Key,
    identity: &Identity,
    run: &Run<W>,
) -> Stepped<Option<Sight>> {
    let (key, tags) = (key.base(), run.tags_of(key));
    node.read(&run.call(&key, &tags), identity)
        .await
        .map_err(|error| (Step::Read, error))
}

/// Looks for an object and reads it.
pub(super) async fn find<W>(node: &dyn Node<W>, key: &Key, run: &Run<W>) -> Stepped<Option<Sight>> {
    let tags = run.tags_of(key);
    let found = node
        .find(&run.call(key, &tags))
        .await
        .map_err(|error| (Step::Find, error))?;
    match found {
        Some(identity) => read(node, key, &identity, run).await,
        None => Ok(None),
    }
}

/// Whose an object is that carries no tags and was found: whoever owns what it is a part of, which is what its fields
/// refer to that cannot change. `node` is unresolved, `owner_of` knows the owners of what it refers to.
pub(super) fn owner_of_untagged<W>(
    node: &dyn Node<W>,
    sight: &Sight,
    outputs: &Outputs,
    owner_of: impl Fn(&Key) -> Option<Owner>,
) -> Result<Owner> {
    let anchors: Vec<_> = node
        .spec()
        .links()
        .into_iter()
        .filter(|(field, _)| field.rule == Rule::Replace)
        .collect();
    let wanted = node.spec().resolved(outputs)?;
    let strays = wanted.changes(sight.spec.as_ref());
    if strays
        .iter()
        .any(|(field, _)| anchors.iter().any(|(anchor, _)| anchor == field))
    {
        return Ok(Owner::Nobody);
    }
    let mut owners = anchors
        .iter()
        .map(|(_, source)| owner_of(&source.key).unwrap_or(Owner::Nobody));
    let first = owners.next().unwrap_or(Owner::Nobody);
    Ok(if owners.all(|owner| owner == first) {
        first
    } else {
        Owner::Nobody
    })
}

/// What is there of a deployment.
#[derive(Debug)]
pub struct Survey {
    /// The record, with what is true now. Nothing that was recorded is dropped.
    pub record: Record,
    /// What the components that stand offer.
    pub outputs: Outputs,
    /// The objects as they were read.
    pub objects: BTreeMap<Key, Object>,
    /// What could not be read; its record is as it was.
    pub failures: Vec<Failure>,
}

impl Survey {
    /// The ids of other deployments of the same name among the owners of what was found. One: it is the deployment that
    /// was looked for. Several: the name was used more than once.
    pub fn namesakes(&self) -> BTreeSet<super::key::DeploymentId> {
        let owners = self.objects.values().filter_map(|object| match &object.owner {
            Owner::Namesake(id) => Some(id.clone()),
            _ => None,
        });
        owners.collect()
    }
}

/// Reads everything recorded and compares it with what was wanted, the graph that the record was made from.
///
/// # Errors
/// A bug of ours where the graph is malformed.
pub async fn survey<W: Send + Sync + 'static>(graph: &Graph<W>, record: &Record, run: &Run<W>) -> Result<Survey> {
    let edges = graph.edges()?;
    let mut targets = BTreeMap::new();
    for (key, part) in record {
        if let (Some(node), Some(identity)) = (graph.node(&key.base()), part.identity()) {
            let identity = Some(identity);
            targets.insert(
                key.clone(),
                Target {
                    node: node.clone(),
                    identity,
                },
            );
        }
    }
    let view = look(&targets, &[&edges], run).await;
    let mut record = record.clone();
    for (key, part) in &mut record {
        let Some(target) = targets.get(key).filter(|_| !view.is_unread(key)) else {
            continue;
        };
        match view.objects.get(key) {
            None => part.status = Status::Missing,
            Some(object) => {
                let status = if key.is_replaced() && object.owner == Owner::Ours {
                    Status::Ready
                } else {
                    let unfinished = part.status.is_unfinished();
                    object.status(key, target.node.as_ref(), &view.outputs, run, unfinished)?
                };
                *part = Part::standing(target.node.kind(), object.identity(), status);
            }
        }
    }
    Ok(finish(record, view, run))
}

/// Looks for every component of the graph by name and tags, with no record to go by, and tells what stands and whose it
/// is: for import, and to find what an earlier create left behind.
///
/// # Errors
/// A bug of ours where the graph is malformed.
pub async fn discover<W: Send + Sync + 'static>(graph: &Graph<W>, run: &Run<W>) -> Result<Survey> {
    let edges = graph.edges()?;
    let mut targets = BTreeMap::new();
    for key in graph.keys() {
        if let Some(node) = graph.node(key) {
            let node = node.clone();
            targets.insert(key.clone(), Target { node, identity: None });
        }
    }
    let view = look(&targets, &[&edges], run).await;
    let mut record = Record::new();
    for (key, object) in &view.objects {
        let Some(node) = graph.node(key) else { continue };
        let status = object.status(key, node.as_ref(), &view.outputs, run, false)?;
        record.insert(key.clone(), Part::standing(node.kind(), object.identity(), status));
    }
    Ok(finish(record, view, run))
}

fn finish<W>(record: Record, mut view: View, run: &Run<W>) -> Survey {
    if let Some(key) = view.unseen.first() {
        view.failures.push(Failure {
            key: key.clone(),
            step: Step::Read,
            error: run.why_stopped(
                "read the deployment",
                &view.unseen.iter().map(Key::to_string).collect::<Vec<_>>(),
            ),
        });
    }
    Survey {
        record,
        outputs: view.outputs,
        objects: view.objects,
        failures: view.failures,
    }
}
