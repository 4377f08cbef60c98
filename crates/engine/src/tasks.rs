//! The order of a run's tasks: who is made after whom, and when what is no longer wanted may go.

use std::collections::{BTreeMap, BTreeSet};

use super::component::Replacement;
use super::decide::Verdict;
use super::graph::{Edges, Graph};
use super::key::Key;
use super::schedule::Schedule;

/// One task of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// Bring a wanted component to what is wanted: make it, change it, or find that nothing is to be done.
    Make(Key),
    /// Delete what was recorded under this key when the run began: unwanted, or replaced.
    Remove(Key),
}

impl Task {
    /// The key it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Make(key) | Self::Remove(key) => key,
        }
    }
}

/// The tasks of a run, in order.
pub(super) struct Tasks {
    pub schedule: Schedule<Task>,
    /// The replaced components whose old object goes before the new one is made.
    pub delete_first: BTreeSet<Key>,
}

/// Orders the tasks. `doomed` is what is recorded and no longer wanted. `before` are the edges among what stands, `now`
/// those among what is wanted.
pub(super) fn arrange<W: Send + Sync + 'static>(
    wanted: &Graph<W>,
    now: &Edges,
    before: &Edges,
    verdicts: &BTreeMap<Key, Verdict>,
    doomed: &BTreeSet<Key>,
) -> Tasks {
    let replaced: Vec<&Key> = verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Replace(_)))
        .map(|(key, _)| key)
        .collect();
    let delete_first = delete_first(wanted, before, &replaced, doomed);
    let makes = verdicts.keys().cloned().map(Task::Make);
    let removes = replaced.iter().copied().chain(doomed).cloned().map(Task::Remove);
    let mut schedule = Schedule::new(makes.chain(removes));

    // What must be.
    for key in verdicts.keys() {
        for earlier in now.needs(key) {
            schedule.after(&Task::Make(key.clone()), &Task::Make(earlier.clone()));
        }
    }
    for key in &replaced {
        let (make, remove) = (Task::Make((*key).clone()), Task::Remove((*key).clone()));
        if delete_first.contains(*key) {
            schedule.after(&make, &remove);
        } else {
            schedule.after(&remove, &make);
        }
    }
    for (newer, older) in wanted.successions().filter(|(_, older)| doomed.contains(older)) {
        schedule.after(&Task::Make(newer.clone()), &Task::Remove(older.clone()));
    }
    let going: Vec<&Key> = replaced.iter().copied().chain(doomed).collect();
    for later in &going {
        for earlier in going
            .iter()
            .filter(|earlier| before.needs(&later.base()).any(|k| *k == earlier.base()))
        {
            schedule.after(&Task::Remove((*earlier).clone()), &Task::Remove((*later).clone()));
        }
    }

    // What is better. An old object goes only when nobody refers to it any more ...
    for old in going.iter().filter(|old| !delete_first.contains(**old)) {
        let base = old.base();
        for later in before.needed_by(&base).chain(now.needed_by(&base)) {
            schedule.rather_after(&Task::Remove((*old).clone()), &Task::Make(later.clone()));
        }
        schedule.rather_after(&Task::Remove((*old).clone()), &Task::Make(base));
    }
    // ... and one that has to make way for its successor stands until what the successor needs is there.
    for key in &delete_first {
        for earlier in now.needs(key) {
            schedule.rather_after(&Task::Remove(key.clone()), &Task::Make(earlier.clone()));
        }
    }
    Tasks { schedule, delete_first }
}

/// The replaced components whose old object goes before the new one is made: those of a kind that wants it, and those
/// that need something that itself has to go early.
fn delete_first<W: Send + Sync + 'static>(
    wanted: &Graph<W>,
    before: &Edges,
    replaced: &[&Key],
    doomed: &BTreeSet<Key>,
) -> BTreeSet<Key> {
    let going: BTreeSet<Key> = replaced.iter().copied().chain(doomed).map(Key::base).collect();
    let makes_way = |key: &Key| {
        wanted
            .successions()
            .any(|(_, older)| older == key && doomed.contains(key))
    };
    let deletes_first = |key: &Key| {
        let node = wanted.node(key).filter(|_| replaced.contains(&key));
        node.is_some_and(|node| node.replacement() == Replacement::DeleteFirst)
    };
    let unordered = going.iter().filter(|key| !before.order().contains(key));
    let mut early = BTreeSet::new();
    for key in before.order().iter().chain(unordered).filter(|key| going.contains(key)) {
        if deletes_first(key) || makes_way(key) || before.needs(key).any(|earlier| early.contains(earlier)) {
            early.insert(key.clone());
        }
    }
    early.retain(|key| replaced.contains(&key));
    early
}
