//! Creating and updating, which are one thing: see what stands, decide, and run the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::course::Course;
use super::decide::{Have, decide};
use super::error::Result;
use super::graph::Graph;
use super::key::Key;
use super::look::{Target, View, look_well};
use super::node::Node;
use super::object::{Object, foreign};
use super::outcome::{Failure, Outcome, Step};
use super::outputs::Outputs;
use super::owner::Owner;
use super::promise;
use super::record::{Part, Record, Status};
use super::run::Run;
use super::spec::Field;
use super::tasks::arrange;

/// Brings a deployment from what is recorded to what is wanted. `prior` is the graph that the record was made from,
/// where it is known: what cannot be read back counts as being as it was wanted there.
///
/// # Guarantees
/// - A component is made or changed once everything it refers to is, and deleted once nothing refers to it any more; what
///   does not wait for each other runs at once.
/// - Nothing is changed or deleted whose tags do not say that it is ours.
/// - The outcome's record holds what exists, whatever failed, panicked or was interrupted.
/// - Where what stands is no longer what a promised component was planned for, nothing is done.
/// - After the first failure only replacements are finished whose old object is deleted already; calls in flight end.
///
/// # Errors
/// A bug of ours where a graph is malformed; nothing was done then. Everything else is in the outcome.
pub async fn converge<W: Send + Sync + 'static>(
    prior: Option<&Graph<W>>,
    wanted: &Graph<W>,
    record: &Record,
    run: &Run<W>,
) -> Result<Outcome> {
    let now = wanted.edges()?;
    now.tell(&run.name);
    let before = match prior {
        Some(prior) => prior.edges()?,
        None => now.clone(),
    };
    let mut targets = targets(prior, wanted, record, run);
    let as_wanted = |key: &Key| wanted.node(key).cloned();
    let view = look_well(&mut targets, as_wanted, &[&before, &now], run).await;
    let (mut outcome, objects) = orient(&targets, wanted, record, view, run);
    let verdicts = decide(wanted, |key, node| {
        Ok(match objects.get(key) {
            Some(object) => Have::Object {
                differs: [
                    object.differences(key, node, &outcome.outputs, run)?,
                    refers_anew(prior.and_then(|prior| prior.node(key)), node, &outcome.outputs)?,
                ]
                .concat(),
                unfinished: is_unfinished(record.get(key), object),
            },
            None => Have::nothing(outcome.record.get(key), prior.and_then(|prior| prior.node(key)), node),
        })
    })?;
    let broken = promise::broken(wanted, &verdicts, &objects, &outcome, run)?;
    outcome.failures.extend(broken);
    let doomed: BTreeSet<Key> = outcome
        .record
        .keys()
        .filter(|key| wanted.node(key).is_none())
        .cloned()
        .collect();
    let tasks = arrange(wanted, &now, &before, &verdicts, &doomed);
    let mut course = Course::new(prior, wanted, run, verdicts, tasks, objects, outcome)?;
    course.advance().await;
    Ok(course.close())
}

/// The fields that refer to what does not stand yet, so that they cannot be compared with the object, and that did not refer
/// to it before. Where what is lost comes back as it was, nothing else tells that they change.
fn refers_anew<W: Send + Sync + 'static>(
    before: Option<&Arc<dyn Node<W>>>,
    now: &dyn Node<W>,
    outputs: &Outputs,
) -> Result<Vec<Field>> {
    let Some(before) = before else { return Ok(Vec::new()) };
    let open: Vec<Field> = now
        .spec()
        .resolved(outputs)?
        .links()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let changes = now.spec().changes(before.spec()).into_iter().map(|(field, _)| field);
    Ok(changes.filter(|field| open.contains(field)).collect())
}

/// Whether the object was being made or changed, by us or by whoever left it behind, and not seen to its end.
pub(super) fn is_unfinished(part: Option<&Part>, object: &Object) -> bool {
    part.is_some_and(|part| part.status.is_unfinished()) || matches!(object.owner, Owner::Namesake(_))
}

/// What a recorded part was made from: the prior description, or the wanted one where only that is of its kind.
pub(super) fn description<'a, W: Send + Sync + 'static>(
    prior: Option<&'a Graph<W>>,
    wanted: &'a Graph<W>,
    key: &Key,
    kind: &str,
) -> Option<&'a Arc<dyn Node<W>>> {
    let base = key.base();
    let known = [prior.and_then(|prior| prior.node(&base)), wanted.node(&base)];
    let mut known = known.into_iter().flatten();
    known.clone().find(|node| node.kind() == kind).or_else(|| known.next())
}

/// What to look at: what is recorded by its identity, through the spec it was made from; by name and tags what may
/// stand without being recorded. Of a deployment of which nothing is recorded nothing stands, since its id is new; but
/// another of its name may, which nothing else would tell.
fn targets<W: Send + Sync + 'static>(
    prior: Option<&Graph<W>>,
    wanted: &Graph<W>,
    record: &Record,
    run: &Run<W>,
) -> BTreeMap<Key, Target<W>> {
    let mut targets = BTreeMap::new();
    for (key, part) in record {
        let identity = part.identity();
        let node = description(prior, wanted, key, &part.kind);
        if let Some(node) = node.filter(|_| identity.is_some() || part.status == Status::Pending) {
            let node = node.clone();
            targets.insert(key.clone(), Target { node, identity });
        }
    }
    let may_stand = run.adopt || !record.is_empty() || wanted.is_unguarded();
    for key in wanted.keys().filter(|key| may_stand && !record.contains_key(key)) {
        if let Some(node) = wanted.node(key) {
            let node = node.clone();
            targets.insert(key.clone(), Target { node, identity: None });
        }
    }
    targets
}

/// The outcome as it is before anything is done: the record brought in line with what was seen. With it, the objects
/// that this run works on.
fn orient<W: Send + Sync + 'static>(
    targets: &BTreeMap<Key, Target<W>>,
    wanted: &Graph<W>,
    record: &Record,
    view: View,
    run: &Run<W>,
) -> (Outcome, BTreeMap<Key, Object>) {
    let recorded: Vec<_> = record.values().filter_map(Part::identity).collect();
    let mut outcome = Outcome {
        record: record.clone(),
        ..Outcome::default()
    };
    for (key, part) in &mut outcome.record {
        if part.id.is_some() && targets.contains_key(key) && !view.is_unread(key) && !view.objects.contains_key(key) {
            part.status = Status::Missing;
        }
    }
    outcome.failures = view.failures;
    let mut objects = BTreeMap::new();
    for (key, object) in view.objects {
        let Some(target) = targets.get(&key) else { continue };
        let found = target.identity.is_none();
        if found && (recorded.contains(object.identity()) || !object.is_within_reach(run)) {
            // Another part of ours, or a stranger of that name: of this component, nothing stands.
            if record.is_empty() && object.owner.is_namesake() {
                outcome.failures.push(Failure {
                    step: Step::Create,
                    error: foreign(&object, &format!("create {key}"), &run.name),
                    key: key.clone(),
                });
            }
            if let Some(part) = outcome.record.get_mut(&key).filter(|part| part.id.is_some()) {
                part.status = Status::Missing;
            }
            continue;
        }
        if found && object.owner == Owner::Ours {
            let part = Part::standing(target.node.kind(), object.identity(), Status::Pending);
            outcome.record.insert(key.clone(), part);
        }
        if !found && !object.is_within_reach(run) {
            if let Some(part) = outcome.record.get_mut(&key) {
                part.status = Status::Foreign(object.owner.to_string());
            }
            if wanted.node(&key).is_some() {
                outcome.failures.push(Failure {
                    step: Step::Read,
                    error: foreign(&object, &format!("bring {key} to what is wanted"), &run.name),
                    key: key.clone(),
                });
            }
        }
        outcome.outputs.insert(key.clone(), object.sight.output.clone());
        objects.insert(key, object);
    }
    (outcome, objects)
}
