//! The trait a resource implements, and what its operations are told and answer.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::model::to_value;
use super::schema::Schema;
use protocol::{Diagnostics, Path, Value};

/// Private state: bytes that Terraform keeps beside a resource and shows nobody.
pub type Private = Vec<u8>;

/// What every operation of a resource is told.
#[derive(Debug)]
pub struct Operation<C> {
    /// The provider's context; absent where Terraform plans or validates with an unconfigured provider.
    pub context: Option<Arc<C>>,
    /// Set when the user stops the run.
    pub cancel: CancellationToken,
}

/// What planning is told. `prior` is absent on create.
#[derive(Debug)]
pub struct Plan<M> {
    /// What the state holds.
    pub prior: Option<M>,
    /// The configuration as written: nulls where the user wrote nothing, unknown where not known yet.
    pub config: M,
    /// The proposal: configuration with defaults applied where the configuration is null; computed attributes hold the
    /// prior value on update, unknown on create; write-only values are null.
    pub proposed: M,
    /// Private state of the prior object.
    pub private: Private,
}

impl<M: Serialize> Plan<M> {
    /// Whether nothing in the configuration is still to be known. So it is in the plan that Terraform makes once more right
    /// before it applies.
    pub fn is_wholly_known(&self) -> bool {
        to_value(&self.config).is_ok_and(|config| config.is_wholly_known())
    }
}

/// A plan.
#[derive(Debug)]
pub struct Planned<M> {
    /// What the object will be.
    pub state: M,
    /// Attributes beyond the schema's own `replaces` that ask for a new object.
    pub requires_replace: Vec<Path>,
    /// Private state for apply.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What creating is told.
#[derive(Debug)]
pub struct Create<M> {
    /// The plan.
    pub planned: M,
    /// The configuration, which alone holds write-only values.
    pub config: M,
    /// Private state from the plan.
    pub private: Private,
}

/// What updating is told.
#[derive(Debug)]
pub struct Update<M> {
    /// What the state holds.
    pub prior: M,
    /// The plan.
    pub planned: M,
    /// The configuration, which alone holds write-only values.
    pub config: M,
    /// Private state from the plan.
    pub private: Private,
}

/// What deleting is told.
#[derive(Debug)]
pub struct Delete<M> {
    /// What the state holds.
    pub prior: M,
    /// Private state from the plan.
    pub private: Private,
}

/// What a create, update or delete leaves.
#[derive(Debug)]
pub struct Applied<M> {
    /// What exists now; `None` when nothing does. With errors it must hold what is really there; unknowns left in it are
    /// nulled by the framework.
    pub state: Option<M>,
    /// Private state to keep.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What reading is told.
#[derive(Debug)]
pub struct Read<M> {
    /// What the state holds.
    pub state: M,
    /// Private state.
    pub private: Private,
}

/// What reading finds.
#[derive(Debug)]
pub struct ReadResult<M> {
    /// What is there; `None` when nothing is.
    pub state: Option<M>,
    /// Private state to keep.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What importing is told.
#[derive(Debug)]
pub struct Import {
    /// The id as the user gave it.
    pub id: String,
}

/// What importing finds; Terraform reads it next.
#[derive(Debug)]
pub struct Imported<M> {
    /// A state that the read that follows can complete.
    pub state: M,
    /// Private state to keep.
    pub private: Private,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

/// A managed resource.
#[async_trait]
pub trait Resource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// Configuration, plan and state.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// The full name: `thatdot_detector_deployment`.
    fn type_name(&self) -> &'static str;

    /// The schema, with defaults, validators and plan rules.
    fn schema(&self) -> Schema;

    /// Checks that span attributes, offline. Unknown values pass.
    fn validate(&self, _config: &Self::Model, _diagnostics: &mut Diagnostics) {}

    /// Plans a create or an update. Called on every plan but a destroy's.
    async fn plan(&self, operation: &Operation<C>, request: Plan<Self::Model>) -> Planned<Self::Model>;

    /// Plans a destroy: an error refuses it.
    async fn plan_destroy(&self, _operation: &Operation<C>, _prior: Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Makes it.
    async fn create(&self, operation: &Operation<C>, request: Create<Self::Model>) -> Applied<Self::Model>;

    /// Reads it.
    async fn read(&self, operation: &Operation<C>, request: Read<Self::Model>) -> ReadResult<Self::Model>;

    /// Changes it in place.
    async fn update(&self, operation: &Operation<C>, request: Update<Self::Model>) -> Applied<Self::Model>;

    /// Deletes it.
    async fn delete(&self, operation: &Operation<C>, request: Delete<Self::Model>) -> Applied<Self::Model>;

    /// Finds an object that exists, by the id the user gives.
    async fn import(&self, operation: &Operation<C>, request: Import) -> Result<Imported<Self::Model>, Diagnostics>;

    /// Is told that Terraform has taken an object out of its state, and is about to do something with it.
    fn taken_up(&self, _operation: &Operation<C>) {}

    /// Brings a state of an older schema version, as plain JSON-like values of no particular type, to the current one.
    ///
    /// # Errors
    /// Where no such version ever was.
    fn upgrade(&self, version: i64, _state: Value) -> Result<Self::Model, Diagnostics> {
        Err(protocol::Diagnostic::error(
            "State of an unknown version",
            format!(
                "The state of this {} has schema version {version}, which this version of the provider does not know. \
                 It was probably written by a newer provider: use that version or a later one.",
                self.type_name()
            ),
        )
        .into())
    }
}
