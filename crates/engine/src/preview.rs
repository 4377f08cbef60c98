//! What a run would do, foretold without asking the cloud.

use super::decide::{Have, TAGS, Verdict, decide};
use super::error::Result;
use super::graph::Graph;
use super::key::Key;
use super::node::Node;
use super::record::{Part, Record, Status};
use super::spec::Field;

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Whether these are all the components there will be. Where that depends on inputs that are unknown yet, more may
    /// come, and of a recorded one that is not named it is not known whether it stays.
    pub is_whole: bool,
    /// Per component, what would be done: the wanted ones in the order of creation, then the others in the order of
    /// deletion.
    pub actions: Vec<(Key, Action)>,
}

impl Preview {
    /// What would be done to the component; `None` where that is not known yet, or there is no such component.
    pub fn action(&self, key: &Key) -> Option<&Action> {
        self.actions
            .iter()
            .find(|(each, _)| each == key)
            .map(|(_, action)| action)
    }

    /// The components whose object stays, changed in place or not.
    pub fn kept(&self) -> impl Iterator<Item = &Key> {
        let kept = |action: &Action| matches!(action, Action::Keep | Action::Update { .. });
        self.actions
            .iter()
            .filter(move |(_, action)| kept(action))
            .map(|(key, _)| key)
    }
}

/// What would be done to a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create {
        /// It was made before and is gone.
        missing: bool,
    },
    /// It was made before and is gone; it is made again as it was, and whoever refers to it stays.
    Restore,
    /// It is changed in place. Where no field is named, what was begun before is waited for.
    Update {
        /// The fields that change, or may.
        fields: Vec<&'static str>,
    },
    /// It is made anew, and the old one is deleted.
    Replace {
        /// The fields that change, or may.
        fields: Vec<&'static str>,
    },
    /// It is deleted.
    Delete,
    /// It is forgotten and left standing.
    Leave,
    /// Nothing.
    Keep,
}

impl Action {
    /// Whether nothing is done.
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// Foretells what [`converge`](super::converge) would do with these arguments: from the record with its statuses, from
/// what was wanted before (`prior`, where it is known) and from what is wanted now. Unknown inputs count as changes.
/// `tags_change` says that the wanted tags differ from those asked for before, or are not known yet.
///
/// # Guarantees
/// What it says is kept, `converge` does not touch, unless the cloud changed since the record was made. What it says is
/// changed or replaced may turn out to need less.
///
/// # Errors
/// A bug of ours where a graph is malformed.
pub fn preview<W: Send + Sync + 'static>(
    record: &Record,
    prior: Option<&Graph<W>>,
    wanted: &Graph<W>,
    tags_change: bool,
) -> Result<Preview> {
    let edges = wanted.edges()?;
    let mut verdicts = decide(wanted, |key, node| {
        Ok(match record.get(key) {
            Some(part) if stands(part) => Have::Object {
                differs: differences(part, prior.and_then(|prior| prior.node(key)), node, tags_change),
                unfinished: part.status.is_unfinished(),
            },
            part => Have::nothing(part, prior.and_then(|prior| prior.node(key)), node),
        })
    })?;
    let mut actions = Vec::new();
    for key in edges.order() {
        let missing = record.get(key).is_some_and(|part| part.status == Status::Missing);
        let action = match verdicts.remove(key) {
            Some(Verdict::Create) => Action::Create { missing },
            Some(Verdict::Restore) => Action::Restore,
            Some(Verdict::Update(fields)) => Action::Update { fields },
            Some(Verdict::Replace(fields)) => Action::Replace { fields },
            Some(Verdict::Keep) | None => Action::Keep,
        };
        actions.push((key.clone(), action));
    }
    let is_whole = !wanted.is_undetermined();
    let unwanted = if is_whole {
        deletion_order(record, prior, wanted)?
    } else {
        Vec::new()
    };
    for key in unwanted {
        let retained = prior.is_some_and(|prior| prior.is_retained(&key.base()));
        actions.push((key, if retained { Action::Leave } else { Action::Delete }));
    }
    Ok(Preview { is_whole, actions })
}

fn stands(part: &Part) -> bool {
    part.id.is_some() && part.status != Status::Missing
}

/// The fields that differ, or may: what drifted, and what is wanted otherwise than before.
fn differences<W>(
    part: &Part,
    before: Option<&std::sync::Arc<dyn Node<W>>>,
    now: &dyn Node<W>,
    tags_change: bool,
) -> Vec<Field> {
    let mut differs: Vec<Field> = match before {
        Some(before) => now
            .spec()
            .changes(before.spec())
            .into_iter()
            .map(|(field, _)| field)
            .collect(),
        None => now.spec().unknown(),
    };
    if let Status::Drifted(drifted) = &part.status {
        let known = now.spec().fields().iter().copied().chain([TAGS]);
        differs.extend(known.filter(|field| drifted.iter().any(|name| name == field.name)));
    }
    if tags_change && now.tagged() {
        differs.push(TAGS);
    }
    differs
}

/// What is recorded and not wanted, each before what it needed.
fn deletion_order<W: Send + Sync + 'static>(
    record: &Record,
    prior: Option<&Graph<W>>,
    wanted: &Graph<W>,
) -> Result<Vec<Key>> {
    let order = match prior {
        Some(prior) => prior.edges()?.order().to_vec(),
        None => wanted.edges()?.order().to_vec(),
    };
    let position = |key: &Key| order.iter().position(|k| *k == key.base());
    let mut unwanted: Vec<Key> = record
        .keys()
        .filter(|key| wanted.node(key).is_none())
        .cloned()
        .collect();
    unwanted.sort_by_key(|key| std::cmp::Reverse(position(key)));
    Ok(unwanted)
}
