//! The server: what the calls of Terraform ask of a provider, over values, with Terraform's own rules kept on the way in
//! and checked on the way out.
//!
//! It takes values of the types that it tells, and answers with such values, whatever a provider does: what a provider
//! gets wrong becomes a diagnostic that says so, and the object stays in the state.

mod apply;
mod call;
mod offer;
mod plan;
mod read;
mod validate;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::any_provider::{AnyProvider, Hosted};
use super::provider::Provider;
use super::resource::Private;
use offer::{Offer, Told};
use protocol::{self, Diagnostic, Diagnostics, FunctionError, Path, Signature, Type, Value};

/// What reading a resource answers.
pub struct ReadReply {
    /// What is there; null when nothing is.
    pub state: Value,
    /// Private state.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What planning answers.
pub struct PlanReply {
    /// The planned state; null for a destroy.
    pub state: Value,
    /// Attributes that ask for a new object.
    pub requires_replace: Vec<Path>,
    /// Private state for apply.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What applying answers.
pub struct ApplyReply {
    /// What exists now; null when nothing does.
    pub state: Value,
    /// Private state.
    pub private: Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What importing answers.
pub struct ImportReply {
    /// A state that the read that follows completes.
    pub state: Value,
    /// Private state.
    pub private: Private,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

/// Serves one provider. Every value that goes in is of the type that [`Server::provider_type`],
/// [`Server::resource_type`] or [`Server::data_source_type`] tells; any other is answered with an error.
pub struct Server {
    provider: Box<dyn AnyProvider>,
    offer: OnceLock<Offer>,
    told: OnceLock<Told>,
}

impl Server {
    /// A server of a provider. Schemas are built when they are first asked for.
    pub fn new(provider: impl Provider) -> Self {
        Self {
            provider: Box::new(Hosted::new(provider)),
            offer: OnceLock::new(),
            told: OnceLock::new(),
        }
    }

    fn offer(&self) -> &Offer {
        self.offer.get_or_init(|| Offer::of(self.provider.as_ref()))
    }

    fn told(&self) -> &Told {
        self.told.get_or_init(|| self.offer().told())
    }

    /// The provider block's schema.
    pub fn provider_schema(&self) -> &protocol::Schema {
        &self.told().provider
    }

    /// Every resource's schema by its type's name.
    pub fn resource_schemas(&self) -> &BTreeMap<String, protocol::Schema> {
        &self.told().resources
    }

    /// Every data source's schema by its type's name.
    pub fn data_source_schemas(&self) -> &BTreeMap<String, protocol::Schema> {
        &self.told().data_sources
    }

    /// Every function's signature by its name.
    pub fn function_signatures(&self) -> &BTreeMap<String, Signature> {
        &self.told().signatures
    }

    /// What is wrong with the schemas and signatures: mistakes of the provider's authors.
    pub fn schema_diagnostics(&self) -> Diagnostics {
        self.told().problems.clone()
    }

    /// The type of the provider block.
    pub fn provider_type(&self) -> &Type {
        &self.offer().provider.ty
    }

    /// The type of a resource.
    pub fn resource_type(&self, type_name: &str) -> Result<&Type, Diagnostic> {
        Ok(&self.offer().resource(type_name)?.shape.ty)
    }

    /// The type of a data source.
    pub fn data_source_type(&self, type_name: &str) -> Result<&Type, Diagnostic> {
        Ok(&self.offer().data_source(type_name)?.shape.ty)
    }

    /// Checks a provider block; Terraform goes on with the block as it came.
    pub fn validate_provider(&self, config: Value) -> Diagnostics {
        validate::provider(self.provider.as_ref(), &self.offer().provider, config)
    }

    /// Makes the provider's context.
    pub async fn configure(&self, terraform_version: &str, config: Value) -> Diagnostics {
        validate::configure(
            self.provider.as_ref(),
            &self.offer().provider,
            terraform_version,
            config,
        )
        .await
    }

    /// Checks a resource's configuration.
    pub fn validate_resource(&self, type_name: &str, config: Value) -> Diagnostics {
        match self.offer().resource(type_name) {
            Ok(resource) => resource.validate(config),
            Err(unknown) => unknown.into(),
        }
    }

    /// Checks a data source's configuration.
    pub fn validate_data_source(&self, type_name: &str, config: Value) -> Diagnostics {
        match self.offer().data_source(type_name) {
            Ok(source) => source.validate(config),
            Err(unknown) => unknown.into(),
        }
    }

    /// Brings a stored state (Terraform's JSON form) to the current schema. A state of the current version may lack
    /// attributes, which are then null, and have others, which are dropped.
    pub fn upgrade(&self, type_name: &str, version: i64, json: &[u8]) -> Result<Value, Diagnostics> {
        self.offer().resource(type_name)?.upgrade(version, json)
    }

    /// Reads a resource.
    pub async fn read(&self, type_name: &str, state: Value, private: Private) -> ReadReply {
        match self.offer().resource(type_name) {
            Ok(resource) => resource.read(state, private).await,
            Err(unknown) => ReadReply {
                state,
                private,
                diagnostics: unknown.into(),
            },
        }
    }

    /// Plans a resource. `prior` is null on create, `proposed` and `config` on destroy.
    pub async fn plan(
        &self,
        type_name: &str,
        prior: Value,
        proposed: Value,
        config: Value,
        private: Private,
    ) -> PlanReply {
        match self.offer().resource(type_name) {
            Ok(resource) => resource.plan(prior, proposed, config, private).await,
            Err(unknown) => PlanReply {
                state: proposed,
                requires_replace: Vec::new(),
                private,
                diagnostics: unknown.into(),
            },
        }
    }

    /// Creates, updates or deletes a resource. `prior` is null on create, `planned` and `config` on delete.
    pub async fn apply(
        &self,
        type_name: &str,
        prior: Value,
        planned: Value,
        config: Value,
        private: Private,
    ) -> ApplyReply {
        match self.offer().resource(type_name) {
            Ok(resource) => resource.apply(prior, planned, config, private).await,
            Err(unknown) => ApplyReply {
                state: prior,
                private,
                diagnostics: unknown.into(),
            },
        }
    }

    /// Finds an object that exists by the id the user gives.
    pub async fn import(&self, type_name: &str, id: &str) -> Result<ImportReply, Diagnostics> {
        self.offer().resource(type_name)?.import(id).await
    }

    /// Refuses to turn an object of another type, or of another provider's, into one of ours.
    pub fn move_state(&self, source_provider: &str, source_type: &str, target_type: &str) -> Diagnostic {
        let detail = format!(
            "A {source_type} of {source_provider} cannot become a {target_type}: only moves within one type are possible. \
             Remove the moved block, take the old object out of the state with a removed block, and import the new one."
        );
        Diagnostic::error("Move not possible", detail)
    }

    /// Reads a data source. The value is null where the diagnostics hold an error.
    pub async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        match self.offer().data_source(type_name) {
            Ok(source) => source.read(config).await,
            Err(unknown) => (Value::Null, unknown.into()),
        }
    }

    /// The signature of a function.
    pub fn function_signature(&self, name: &str) -> Result<&Signature, Diagnostic> {
        Ok(&self.offer().function(name)?.signature)
    }

    /// Calls a function. Every argument is of its parameter's type.
    pub fn call_function(&self, name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        match self.offer().function(name) {
            Ok(function) => function.call(arguments),
            Err(unknown) => Err(FunctionError::new(unknown.detail.trim_end_matches('.'))),
        }
    }

    /// Asks every operation that runs, and every later one, to finish soon.
    pub fn stop(&self) {
        self.provider.stop();
    }
}

#[cfg(test)]
mod tests;
