//! One component in hand: its operations, timed and logged, and what working on it came to.

use std::sync::Arc;

use tokio::time::Instant;
use tracing::{info, warn};

use super::component::{Call, Identity, Tags};
use super::error::{Error, Result};
use super::key::Key;
use super::look::{self, Stepped, owner_of_untagged};
use super::node::{GRACE, Node};
use super::object::Object;
use super::outcome::Step;
use super::outputs::{AnyOutput, Outputs};
use super::owner::Owner;
use super::record::{Part, Status};
use super::run::Run;
use super::spec::Field;

/// One component in hand.
pub(super) struct Job<'a, W> {
    /// The component, every reference resolved that can be.
    pub node: Arc<dyn Node<W>>,
    pub key: Key,
    replaced: bool,
    pub run: &'a Run<W>,
    tags: Tags,
    /// The component as the graph has it, and the outputs it was resolved with.
    unresolved: Arc<dyn Node<W>>,
    outputs: Outputs,
}

/// What working on a component came to.
#[derive(Default)]
pub(super) struct Done {
    /// What stands now, as far as can be told; `None` where nothing of ours does.
    pub part: Option<Part>,
    pub output: Option<AnyOutput>,
    /// Whether this work created it, or may have.
    pub made: bool,
    /// Whether this work took it over.
    pub adopted: bool,
    pub failure: Option<(Step, Error)>,
}

impl Done {
    /// A failure that left nothing behind.
    pub fn failed(step: Step, error: Error) -> Self {
        Self {
            failure: Some((step, error)),
            ..Self::default()
        }
    }
}

impl<'a, W: Send + Sync + 'static> Job<'a, W> {
    /// Takes up a component, its references resolved with `outputs`.
    pub fn new(node: &Arc<dyn Node<W>>, key: &Key, run: &'a Run<W>, outputs: &Outputs) -> Result<Self> {
        Ok(Self {
            node: node.resolved(outputs)?,
            key: key.base(),
            replaced: key.is_replaced(),
            run,
            tags: run.tags_of(key),
            unresolved: Arc::clone(node),
            outputs: outputs.clone(),
        })
    }

    /// What the component's operations are told.
    pub fn call(&self) -> Call<'_, W> {
        Call {
            replaced: self.replaced,
            ..self.run.call(&self.key, &self.tags)
        }
    }

    /// Runs one operation. The log tells when it begins and how long it took.
    pub async fn perform<T>(&self, step: Step, work: impl Future<Output = Result<T>>) -> Stepped<T> {
        let (deployment, component, kind) = (self.run.name.as_str(), self.key.as_str(), self.node.kind());
        info!(deployment, component, kind, "{deployment}: {component}: {step}");
        let started = Instant::now();
        let result = work.await;
        let seconds = started.elapsed().as_secs_f64();
        match &result {
            Ok(_) => info!(
                deployment,
                component, kind, "{deployment}: {component}: {step} took {seconds:.1} s"
            ),
            Err(error) => warn!(
                deployment, component, kind, %error,
                "{deployment}: {component}: {step} failed after {seconds:.1} s"
            ),
        }
        result.map_err(|error| (step, error))
    }

    /// The run as looks see it: what an operation has left must be found out also when its time is up.
    fn looking(&self) -> Run<W> {
        self.run.until(self.run.deadline.max(Instant::now() + GRACE))
    }

    /// Looks for the object by name and tags. What the component refers to is ours.
    pub async fn find(&self) -> Stepped<Option<Object>> {
        let Some(sight) = look::find(self.node.as_ref(), &self.key, &self.looking()).await? else {
            return Ok(None);
        };
        let owner = match &sight.tags {
            Some(tags) => Ok(self.run.owner(&self.key, tags)),
            None => owner_of_untagged(self.unresolved.as_ref(), &sight, &self.outputs, |_| Some(Owner::Ours)),
        };
        let owner = owner.map_err(|error| (Step::Find, error))?;
        Ok(Some(Object { sight, owner }))
    }

    /// Reads the object there. One that carries no tags is ours, since we know its address.
    pub async fn read(&self, identity: &Identity) -> Stepped<Option<Object>> {
        let sight = look::read(self.node.as_ref(), &self.key, identity, &self.looking()).await?;
        Ok(sight.map(|sight| Object {
            owner: sight
                .tags
                .as_ref()
                .map_or(Owner::Ours, |tags| self.run.owner(&self.key, tags)),
            sight,
        }))
    }

    /// The fields in which the object differs from what is wanted.
    pub fn differences(&self, object: &Object) -> Result<Vec<Field>> {
        object.differences(&self.key, self.node.as_ref(), &Outputs::default(), self.run)
    }

    /// How the object is recorded.
    pub fn part(&self, object: &Object, unfinished: bool) -> Result<Part> {
        let status = object.status(&self.key, self.node.as_ref(), &Outputs::default(), self.run, unfinished)?;
        Ok(self.standing(object.identity(), status))
    }

    /// An object as a part of that status.
    pub fn standing(&self, identity: &Identity, status: Status) -> Part {
        Part::standing(self.node.kind(), identity, status)
    }
}
