//! Resources of any model behind one trait: values in, values out.

use std::sync::Arc;

use async_trait::async_trait;

use super::model::{ModelError, from_value, to_value};
use super::resource::{Applied, Create, Delete, Import, Imported, Plan, Planned, Read, ReadResult, Resource, Update};
use super::schema::Schema;
use super::session::Session;
use protocol::{Diagnostics, Value};

/// A resource whose model is hidden. Every [`Resource`] is one.
pub trait AnyResource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// The resource with the session that its operations run in, over values.
    fn bind(self: Box<Self>, session: Arc<Session<C>>) -> Box<dyn BoundResource>;
}

impl<C: Send + Sync + 'static, R: Resource<C>> AnyResource<C> for R {
    fn bind(self: Box<Self>, session: Arc<Session<C>>) -> Box<dyn BoundResource> {
        Box::new(Bound {
            resource: *self,
            session,
        })
    }
}

/// A result as a value, or why the model is none.
pub type Output = Result<Value, ModelError>;

/// A [`Resource`] over values. An error of a method itself means that a value did not fit the model, and that the
/// resource was not called.
#[async_trait]
pub trait BoundResource: Send + Sync {
    /// The full name.
    fn type_name(&self) -> &'static str;

    /// The schema.
    fn schema(&self) -> Schema;

    /// Whether operations that need a context can run.
    fn is_configured(&self) -> bool;

    /// [`Resource::validate`]
    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError>;

    /// [`Resource::plan`]
    async fn plan(&self, request: Plan<Value>) -> Result<Planned<Output>, ModelError>;

    /// [`Resource::plan_destroy`]
    async fn plan_destroy(&self, prior: Value) -> Result<Diagnostics, ModelError>;

    /// [`Resource::create`]
    async fn create(&self, request: Create<Value>) -> Result<Applied<Output>, ModelError>;

    /// [`Resource::read`]
    async fn read(&self, request: Read<Value>) -> Result<ReadResult<Output>, ModelError>;

    /// [`Resource::update`]
    async fn update(&self, request: Update<Value>) -> Result<Applied<Output>, ModelError>;

    /// [`Resource::delete`]
    async fn delete(&self, request: Delete<Value>) -> Result<Applied<Output>, ModelError>;

    /// [`Resource::import`]
    async fn import(&self, request: Import) -> Result<Imported<Output>, Diagnostics>;

    /// [`Resource::taken_up`]
    fn taken_up(&self);

    /// [`Resource::upgrade`]
    fn upgrade(&self, version: i64, state: Value) -> Result<Output, Diagnostics>;
}

struct Bound<R, C> {
    resource: R,
    session: Arc<Session<C>>,
}

#[async_trait]
impl<C: Send + Sync + 'static, R: Resource<C>> BoundResource for Bound<R, C> {
    fn type_name(&self) -> &'static str {
        self.resource.type_name()
    }

    fn schema(&self) -> Schema {
        self.resource.schema()
    }

    fn is_configured(&self) -> bool {
        self.session.context().is_some()
    }

    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError> {
        self.resource.validate(&from_value(config)?, diagnostics);
        Ok(())
    }

    async fn plan(&self, request: Plan<Value>) -> Result<Planned<Output>, ModelError> {
        let Plan {
            prior,
            config,
            proposed,
            private,
        } = request;
        let prior = prior.map(from_value).transpose()?;
        let request = Plan {
            prior,
            config: from_value(config)?,
            proposed: from_value(proposed)?,
            private,
        };
        let Planned {
            state,
            requires_replace,
            private,
            diagnostics,
        } = self.resource.plan(&self.session.operation(), request).await;
        Ok(Planned {
            state: to_value(&state),
            requires_replace,
            private,
            diagnostics,
        })
    }

    async fn plan_destroy(&self, prior: Value) -> Result<Diagnostics, ModelError> {
        let prior = from_value(prior)?;
        Ok(self.resource.plan_destroy(&self.session.operation(), prior).await)
    }

    async fn create(&self, request: Create<Value>) -> Result<Applied<Output>, ModelError> {
        let Create {
            planned,
            config,
            private,
        } = request;
        let request = Create {
            planned: from_value(planned)?,
            config: from_value(config)?,
            private,
        };
        Ok(applied(self.resource.create(&self.session.operation(), request).await))
    }

    async fn read(&self, request: Read<Value>) -> Result<ReadResult<Output>, ModelError> {
        let request = Read {
            state: from_value(request.state)?,
            private: request.private,
        };
        let ReadResult {
            state,
            private,
            diagnostics,
        } = self.resource.read(&self.session.operation(), request).await;
        Ok(ReadResult {
            state: state.map(|state| to_value(&state)),
            private,
            diagnostics,
        })
    }

    async fn update(&self, request: Update<Value>) -> Result<Applied<Output>, ModelError> {
        let Update {
            prior,
            planned,
            config,
            private,
        } = request;
        let request = Update {
            prior: from_value(prior)?,
            planned: from_value(planned)?,
            config: from_value(config)?,
            private,
        };
        Ok(applied(self.resource.update(&self.session.operation(), request).await))
    }

    async fn delete(&self, request: Delete<Value>) -> Result<Applied<Output>, ModelError> {
        let request = Delete {
            prior: from_value(request.prior)?,
            private: request.private,
        };
        Ok(applied(self.resource.delete(&self.session.operation(), request).await))
    }

    async fn import(&self, request: Import) -> Result<Imported<Output>, Diagnostics> {
        let Imported {
            state,
            private,
            diagnostics,
        } = self.resource.import(&self.session.operation(), request).await?;
        Ok(Imported {
            state: to_value(&state),
            private,
            diagnostics,
        })
    }

    fn taken_up(&self) {
        self.resource.taken_up(&self.session.operation());
    }

    fn upgrade(&self, version: i64, state: Value) -> Result<Output, Diagnostics> {
        self.resource.upgrade(version, state).map(|model| to_value(&model))
    }
}

fn applied<M: serde::Serialize>(applied: Applied<M>) -> Applied<Output> {
    let Applied {
        state,
        private,
        diagnostics,
    } = applied;
    Applied {
        state: state.map(|state| to_value(&state)),
        private,
        diagnostics,
    }
}
