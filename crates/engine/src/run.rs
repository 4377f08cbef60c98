//! What every operation of a run is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::component::{Call, Tags};
use super::error::{Error, ErrorKind};
use super::key::{DeploymentId, Key};
use super::notes::Notes;
use super::owner::{Owner, TAG_COMPONENT, TAG_DEPLOYMENT, TAG_DEPLOYMENT_ID};

/// One pass over a deployment: in which world, whose, until when.
pub struct Run<W> {
    /// The world the components live in.
    pub world: Arc<W>,
    /// The deployment's id.
    pub deployment: DeploymentId,
    /// The deployment's name.
    pub name: String,
    /// The tags that the user and the provider's defaults ask for, without the ownership tags.
    pub tags: Tags,
    /// Further tags of single components.
    pub part_tags: BTreeMap<Key, Tags>,
    /// Tags that are somebody else's business: never compared, changed or removed on an object that stands.
    pub ignore_tags: IgnoreTags,
    /// Tags that we set before and that are no longer wanted.
    pub stale_tags: BTreeSet<String>,
    /// Set when the user stops the run.
    pub cancel: CancellationToken,
    /// Past it no step starts and waits end.
    pub deadline: Instant,
    /// Whether objects that carry this deployment's name but another id may be taken over.
    pub adopt: bool,
    /// What the user should know of the steps that went well.
    pub notes: Notes,
}

/// Tags by name or by the beginning of their name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoreTags {
    /// Whole names.
    pub keys: BTreeSet<String>,
    /// Beginnings of names.
    pub prefixes: BTreeSet<String>,
}

impl IgnoreTags {
    /// Whether the tag of that name is ignored.
    pub fn matches(&self, name: &str) -> bool {
        self.keys.contains(name) || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }
}

/// What to do to an object's tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Retag {
    pub set: Tags,
    pub remove: Vec<String>,
}

impl Retag {
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

impl<W> Run<W> {
    /// The same run with another deadline: what a rollback gets after a create used up its own.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self {
            world: Arc::clone(&self.world),
            deployment: self.deployment.clone(),
            name: self.name.clone(),
            tags: self.tags.clone(),
            part_tags: self.part_tags.clone(),
            ignore_tags: self.ignore_tags.clone(),
            stale_tags: self.stale_tags.clone(),
            cancel: self.cancel.clone(),
            deadline,
            adopt: self.adopt,
            notes: self.notes.clone(),
        }
    }

    /// All tags that a component is to carry.
    pub fn tags_of(&self, key: &Key) -> Tags {
        let mut tags = self.tags.clone();
        tags.extend(self.part_tags.get(&key.base()).cloned().unwrap_or_default());
        tags.insert(TAG_DEPLOYMENT_ID.to_owned(), self.deployment.to_string());
        tags.insert(TAG_DEPLOYMENT.to_owned(), self.name.clone());
        tags.insert(TAG_COMPONENT.to_owned(), key.base().to_string());
        tags
    }

    /// Whether a new step may start.
    pub(super) fn may_start(&self) -> bool {
        !self.cancel.is_cancelled() && Instant::now() < self.deadline
    }

    /// Why no step starts any more, with what was still to do.
    pub(super) fn why_stopped(&self, attempted: &str, left: &[String]) -> Error {
        let left = format!("still to do: {}", left.join(", "));
        if self.cancel.is_cancelled() {
            Error::new(ErrorKind::Cancelled, attempted, format!("the run was stopped; {left}"))
        } else if Instant::now() < self.deadline {
            Error::bug(attempted, format!("the steps wait for each other; {left}"))
        } else {
            let late = self.notes.late().map(|step| format!(" ({step})")).unwrap_or_default();
            Error::new(
                ErrorKind::TimedOut,
                attempted,
                format!("the time allowed for it is over{late}; {left}"),
            )
            .with_remedy("run it again to go on where it stopped; raise the timeout if it happens again")
        }
    }

    /// What a component's operation is told.
    pub(super) fn call<'a>(&'a self, key: &'a Key, tags: &'a Tags) -> Call<'a, W> {
        Call {
            world: &self.world,
            key,
            replaced: false,
            deployment: &self.deployment,
            name: &self.name,
            tags,
            deadline: self.deadline,
            cancel: &self.cancel,
            notes: &self.notes,
        }
    }

    /// Whose an object with these tags is, when the component `key` asks.
    pub(super) fn owner(&self, key: &Key, tags: &Tags) -> Owner {
        Owner::of(tags, &self.deployment, &self.name, key)
    }

    /// What it takes to bring an object's tags to what is wanted. Tags of others stay as they are.
    pub(super) fn retag(&self, key: &Key, have: &Tags) -> Retag {
        let wanted = self.tags_of(key);
        let ignored = |name: &str| !Owner::is_tag(name) && self.ignore_tags.matches(name);
        let remove = self
            .stale_tags
            .iter()
            .filter(|name| have.contains_key(*name) && !wanted.contains_key(*name) && !ignored(name))
            .cloned()
            .collect();
        let set = wanted
            .into_iter()
            .filter(|(name, value)| have.get(name) != Some(value) && !ignored(name))
            .collect();
        Retag { set, remove }
    }
}
