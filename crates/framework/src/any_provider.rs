//! Providers of any model and context behind one trait: values in, values out.

use std::sync::Arc;

use async_trait::async_trait;

use super::any_data_source::BoundDataSource;
use super::any_resource::BoundResource;
use super::function::AnyFunction;
use super::model::{ModelError, from_value};
use super::provider::{Configure, Provider};
use super::schema::Schema;
use super::session::Session;
use protocol::{Diagnostics, Value};

/// A [`Provider`] over values. An error of a method itself means that a value did not fit the model.
#[async_trait]
pub(super) trait AnyProvider: Send + Sync {
    /// [`Provider::schema`]
    fn schema(&self) -> Schema;

    /// [`Provider::validate`]
    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError>;

    /// [`Provider::configure`]
    async fn configure(&self, request: Configure<Value>) -> Result<Diagnostics, ModelError>;

    /// [`Provider::resources`], in the provider's session.
    fn resources(&self) -> Vec<Box<dyn BoundResource>>;

    /// [`Provider::data_sources`], in the provider's session.
    fn data_sources(&self) -> Vec<Box<dyn BoundDataSource>>;

    /// [`Provider::functions`]
    fn functions(&self) -> Vec<Box<dyn AnyFunction>>;

    /// Tells operations to end.
    fn stop(&self);
}

pub(super) struct Hosted<P: Provider> {
    provider: P,
    session: Arc<Session<P::Context>>,
}

impl<P: Provider> Hosted<P> {
    pub fn new(provider: P) -> Self {
        Self {
            provider,
            session: Arc::new(Session::new()),
        }
    }
}

#[async_trait]
impl<P: Provider> AnyProvider for Hosted<P> {
    fn schema(&self) -> Schema {
        self.provider.schema()
    }

    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError> {
        self.provider.validate(&from_value(config)?, diagnostics);
        Ok(())
    }

    async fn configure(&self, request: Configure<Value>) -> Result<Diagnostics, ModelError> {
        let Configure {
            config,
            terraform_version,
        } = request;
        let request = Configure {
            config: from_value(config)?,
            terraform_version,
        };
        self.session.begin();
        Ok(match self.provider.configure(request).await {
            Ok(context) => {
                self.session.configure(context);
                Diagnostics::new()
            }
            Err(diagnostics) => diagnostics,
        })
    }

    fn resources(&self) -> Vec<Box<dyn BoundResource>> {
        self.provider
            .resources()
            .into_iter()
            .map(|resource| resource.bind(self.session.clone()))
            .collect()
    }

    fn data_sources(&self) -> Vec<Box<dyn BoundDataSource>> {
        self.provider
            .data_sources()
            .into_iter()
            .map(|source| source.bind(self.session.clone()))
            .collect()
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        self.provider.functions()
    }

    fn stop(&self) {
        self.session.stop();
    }
}
