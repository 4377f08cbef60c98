//! The one resource implementation that all products share: between Terraform's plan and apply on one side, and the
//! engine's preview and run on the other.

mod apply;
mod components;
mod handover;
mod home;
mod import;
mod leftovers;
mod plan;
mod preflight;
mod read;
mod report;
mod run;

#[cfg(any(test, fuzzing))]
pub use import::name_of;

use std::sync::Arc;

use async_trait::async_trait;

use super::Context;
use framework::{
    Applied, Create, Delete, Diagnostic, Diagnostics, Import, Imported, Operation, Plan, Planned, Read, ReadResult,
    Resource, Schema, Update,
};
use products::Product;

/// The resource of a product.
pub struct Deployment<P> {
    product: P,
}

impl<P: Product> Deployment<P> {
    /// The resource of that product.
    pub fn new(product: P) -> Self {
        Self { product }
    }

    fn context(&self, operation: &Operation<Context>) -> Result<Arc<Context>, Diagnostic> {
        operation.context.clone().ok_or_else(|| {
            Diagnostic::error(
                "Provider not configured",
                format!(
                    "{} was to be worked on before the provider was configured.",
                    self.product.type_name()
                ),
            )
        })
    }
}

#[async_trait]
impl<P: Product> Resource<Context> for Deployment<P> {
    type Model = P::Model;

    fn type_name(&self) -> &'static str {
        self.product.type_name()
    }

    fn schema(&self) -> Schema {
        self.product.schema()
    }

    fn validate(&self, config: &P::Model, diagnostics: &mut Diagnostics) {
        self.product.validate(config, diagnostics);
    }

    async fn plan(&self, operation: &Operation<Context>, request: Plan<P::Model>) -> Planned<P::Model> {
        let context = operation.context.as_deref();
        let work = plan::plan(&self.product, context, request);
        match context {
            Some(context) => context.aws.arrivals.begin(work).await,
            None => work.await,
        }
    }

    async fn plan_destroy(&self, _operation: &Operation<Context>, mut prior: P::Model) -> Diagnostics {
        plan::destroy(&self.product, &mut prior)
    }

    async fn create(&self, operation: &Operation<Context>, request: Create<P::Model>) -> Applied<P::Model> {
        match self.context(operation) {
            Ok(context) => {
                let work = apply::create(&self.product, &context, &operation.cancel, request);
                let work = apply::timed("create", self.product.type_name(), work);
                context.aws.arrivals.begin(work).await
            }
            Err(error) => Applied {
                state: None,
                private: request.private,
                diagnostics: error.into(),
            },
        }
    }

    async fn read(&self, operation: &Operation<Context>, request: Read<P::Model>) -> ReadResult<P::Model> {
        match self.context(operation) {
            Ok(context) => {
                let work = read::read(&self.product, &context, &operation.cancel, request);
                context.aws.arrivals.begin(work).await
            }
            Err(error) => ReadResult {
                state: Some(request.state),
                private: request.private,
                diagnostics: error.into(),
            },
        }
    }

    async fn update(&self, operation: &Operation<Context>, request: Update<P::Model>) -> Applied<P::Model> {
        match self.context(operation) {
            Ok(context) => {
                let work = apply::update(&self.product, &context, &operation.cancel, request);
                let work = apply::timed("update", self.product.type_name(), work);
                context.aws.arrivals.begin(work).await
            }
            Err(error) => Applied {
                state: Some(request.prior),
                private: request.private,
                diagnostics: error.into(),
            },
        }
    }

    async fn delete(&self, operation: &Operation<Context>, request: Delete<P::Model>) -> Applied<P::Model> {
        match self.context(operation) {
            Ok(context) => {
                let work = apply::delete(&self.product, &context, &operation.cancel, request);
                let work = apply::timed("delete", self.product.type_name(), work);
                context.aws.arrivals.begin(work).await
            }
            Err(error) => Applied {
                state: Some(request.prior),
                private: request.private,
                diagnostics: error.into(),
            },
        }
    }

    fn taken_up(&self, operation: &Operation<Context>) {
        if let Some(context) = &operation.context {
            context.aws.arrivals.announce();
        }
    }

    async fn import(&self, operation: &Operation<Context>, request: Import) -> Result<Imported<P::Model>, Diagnostics> {
        let context = self.context(operation)?;
        import::import(&self.product, &context, &request.id).await
    }
}
