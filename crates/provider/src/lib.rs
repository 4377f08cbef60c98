//! The provider `thatdot`: its block becomes a [`Context`], and this is the list of everything it offers.
//!
//! Glue only: what a product is made of stands in `products`, how AWS is called in `aws`, how a run goes in `engine`.

mod data_sources;
mod deployment;
mod functions;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod model;
mod schema;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use aws::Aws;
use engine::{IgnoreTags, Tags};
use framework::{AnyDataSource, AnyFunction, AnyResource, Configure, Diagnostics, Provider, Schema, Server};
use products::{self, Product, Visitor};

use deployment::Deployment;
#[cfg(any(test, fuzzing))]
pub use deployment::name_of;
use model::ProviderModel;

/// What resources and data sources work with.
pub struct Context {
    /// AWS, as the provider block says.
    pub aws: Arc<Aws>,
    /// Tags of everything.
    pub default_tags: Tags,
    /// Tags that others manage.
    pub ignore_tags: IgnoreTags,
    /// Whether IAM is asked for every permission before the first write.
    pub preflight: bool,
}

/// The provider.
#[derive(Debug, Clone, Default)]
pub struct Thatdot {
    /// What calls of AWS go over; `None`: what the provider block says.
    over: Option<SharedHttpClient>,
}

/// A resource for each product.
struct Resources(Vec<Box<dyn AnyResource<Context>>>);

impl Visitor for Resources {
    fn visit<P: Product>(&mut self, product: P) {
        self.0.push(Box::new(Deployment::new(product)));
    }
}

/// The provider, ready to be served.
pub fn server() -> Server {
    Server::new(Thatdot::default())
}

/// The provider, whose calls of AWS go over that HTTP client.
pub fn server_over(http: SharedHttpClient) -> Server {
    Server::new(Thatdot { over: Some(http) })
}

#[async_trait]
impl Provider for Thatdot {
    type Model = ProviderModel;
    type Context = Context;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, config: &ProviderModel, diagnostics: &mut Diagnostics) {
        settings::validate(config, diagnostics);
    }

    async fn configure(&self, request: Configure<ProviderModel>) -> Result<Context, Diagnostics> {
        settings::configure(&request.config, &request.terraform_version, self.over.clone()).await
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Context>>> {
        let mut resources = Resources(Vec::new());
        products::visit(&mut resources);
        resources.0
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Context>>> {
        vec![
            Box::new(data_sources::DeployerPolicy),
            Box::new(data_sources::DeploymentStatus),
            Box::new(data_sources::MarketplaceMetering),
            Box::new(data_sources::Network),
            Box::new(data_sources::OperatorPolicy),
        ]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![
            Box::new(functions::FargateSize),
            Box::new(functions::ImageUri),
            Box::new(functions::PrivateaiHosts),
        ]
    }
}
