//! An object as it was read: whose it is, and how it differs from what is wanted.

use std::fmt;

use super::component::{Identity, Tags};
use super::decide::TAGS;
use super::error::{Error, ErrorKind, Result};
use super::input::Sameness;
use super::key::Key;
use super::node::{Node, Sight};
use super::outputs::Outputs;
use super::owner::Owner;
use super::record::Status;
use super::run::Run;
use super::spec::{Field, Spec};

/// An object as it was read.
#[derive(Clone)]
pub struct Object {
    pub(super) sight: Sight,
    pub(super) owner: Owner,
}

impl Object {
    /// Its address.
    pub fn identity(&self) -> &Identity {
        &self.sight.identity
    }

    /// Its ARN, or its id where it has none.
    pub fn address(&self) -> &str {
        self.sight.identity.arn.as_ref().unwrap_or(&self.sight.identity.id)
    }

    /// Whose it is.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Its tags, unfiltered; `None` where its kind carries none.
    pub fn tags(&self) -> Option<&Tags> {
        self.sight.tags.as_ref()
    }

    /// The spec that would describe it; `None` where it is of another kind than `S`.
    pub fn spec<S: Spec>(&self) -> Option<&S> {
        self.sight.spec.as_any().downcast_ref()
    }

    /// Whether this run may change and delete it: it is ours, or it may be adopted.
    pub(super) fn is_within_reach<W>(&self, run: &Run<W>) -> bool {
        match self.owner {
            Owner::Ours => true,
            Owner::Namesake(_) => run.adopt,
            Owner::Other { .. } | Owner::Nobody => false,
        }
    }

    /// The fields in which it differs for certain from what `node` wants. References that `outputs` cannot resolve are
    /// not compared.
    pub(super) fn differences<W>(
        &self,
        key: &Key,
        node: &dyn Node<W>,
        outputs: &Outputs,
        run: &Run<W>,
    ) -> Result<Vec<Field>> {
        let wanted = node.spec().resolved(outputs)?;
        let open: Vec<Field> = wanted.links().into_iter().map(|(field, _)| field).collect();
        let mut differs: Vec<Field> = wanted
            .changes(self.sight.spec.as_ref())
            .into_iter()
            .filter(|(field, sameness)| *sameness == Sameness::Different && !open.contains(field))
            .map(|(field, _)| field)
            .collect();
        if self.tags().is_some_and(|tags| !run.retag(key, tags).is_empty()) {
            differs.push(TAGS);
        }
        Ok(differs)
    }

    /// How it compares with what `node` wants. `unfinished`: it was being made or changed, and that was not
    /// seen to its end.
    pub(super) fn status<W>(
        &self,
        key: &Key,
        node: &dyn Node<W>,
        outputs: &Outputs,
        run: &Run<W>,
        unfinished: bool,
    ) -> Result<Status> {
        if self.owner != Owner::Ours {
            return Ok(Status::Foreign(self.owner.to_string()));
        }
        let differs = self.differences(key, node, outputs, run)?;
        Ok(Status::of(&differs, unfinished))
    }
}

/// The refusal to touch what is not ours, met by the deployment `name`.
pub(super) fn foreign(object: &Object, attempted: &str, name: &str) -> Error {
    let remedy = match object.owner {
        Owner::Namesake(_) => format!(
            "if it is left over from an earlier attempt, take it over: `terraform import` with the name `{name}`, or \
             `adopt_existing = true`; otherwise choose another name"
        ),
        Owner::Other { .. } => "choose another name, or destroy the deployment that owns it".to_owned(),
        Owner::Nobody | Owner::Ours => {
            "choose another name, or delete it; if its ownership tags were removed by mistake, put them back".to_owned()
        }
    };
    let message = format!("{} stands there and is not ours: it {}", object.address(), object.owner);
    Error::new(ErrorKind::Foreign, attempted, message).with_remedy(remedy)
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("identity", &self.sight.identity)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}
