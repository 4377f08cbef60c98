//! The trait a provider implements.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::any_data_source::AnyDataSource;
use super::any_resource::AnyResource;
use super::function::AnyFunction;
use super::schema::Schema;
use protocol::Diagnostics;

/// What configuring a provider is told.
#[derive(Debug)]
pub struct Configure<M> {
    /// The provider block.
    pub config: M,
    /// The version of the Terraform that calls.
    pub terraform_version: String,
}

/// A provider: its configuration, the context made of it, and what it offers.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The provider block.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync;
    /// What resources and data sources work with.
    type Context: Send + Sync + 'static;

    /// The provider block's schema.
    fn schema(&self) -> Schema;

    /// Checks that span attributes, offline.
    fn validate(&self, _config: &Self::Model, _diagnostics: &mut Diagnostics) {}

    /// Makes the context. An unknown value in the configuration is the provider's to report.
    async fn configure(&self, request: Configure<Self::Model>) -> Result<Self::Context, Diagnostics>;

    /// The resources.
    fn resources(&self) -> Vec<Box<dyn AnyResource<Self::Context>>>;

    /// The data sources.
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Self::Context>>>;

    /// The functions, which work without a context: Terraform calls them before it configures the provider.
    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        Vec::new()
    }
}
