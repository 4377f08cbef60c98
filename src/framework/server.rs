//! The server: what an RPC asks of a provider, over values.

use std::collections::BTreeMap;

use super::provider::Provider;
use super::resource::Private;
use crate::protocol::{self, Diagnostic, Diagnostics, Path, Type, Value};

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

/// Serves one provider. Every value that comes in is of the type that [`Server::provider_type`],
/// [`Server::resource_type`] or [`Server::data_source_type`] tells.
pub struct Server {
    provider_type: Type,
    schema: protocol::Schema,
    schemas: BTreeMap<String, protocol::Schema>,
}

#[allow(clippy::unused_async, clippy::too_many_arguments)]
impl Server {
    /// A server of a provider. Schemas are built when they are first asked for.
    pub fn new(provider: impl Provider) -> Self {
        let schema = provider.schema().to_protocol();
        Self {
            provider_type: schema.block.ty(),
            schema,
            schemas: BTreeMap::new(),
        }
    }

    /// The provider block's schema.
    pub fn provider_schema(&self) -> &protocol::Schema {
        &self.schema
    }

    /// Every resource's schema by its type's name.
    pub fn resource_schemas(&self) -> &BTreeMap<String, protocol::Schema> {
        &self.schemas
    }

    /// Every data source's schema by its type's name.
    pub fn data_source_schemas(&self) -> &BTreeMap<String, protocol::Schema> {
        &self.schemas
    }

    /// What is wrong with the schemas: mistakes of the provider's authors.
    pub fn schema_diagnostics(&self) -> Diagnostics {
        Diagnostics::new()
    }

    /// The type of the provider block.
    pub fn provider_type(&self) -> &Type {
        &self.provider_type
    }

    /// The type of a resource.
    pub fn resource_type(&self, type_name: &str) -> Result<&Type, Diagnostic> {
        Err(unknown(type_name))
    }

    /// The type of a data source.
    pub fn data_source_type(&self, type_name: &str) -> Result<&Type, Diagnostic> {
        Err(unknown(type_name))
    }

    /// Checks a provider block; Terraform goes on with the block as it came.
    pub fn validate_provider(&self, _config: Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// Makes the provider's context.
    pub async fn configure(&self, _terraform_version: &str, _config: Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// Checks a resource's configuration.
    pub fn validate_resource(&self, type_name: &str, _config: Value) -> Diagnostics {
        unknown(type_name).into()
    }

    /// Checks a data source's configuration.
    pub fn validate_data_source(&self, type_name: &str, _config: Value) -> Diagnostics {
        unknown(type_name).into()
    }

    /// Brings a stored state (Terraform's JSON form) to the current schema.
    pub fn upgrade(&self, type_name: &str, _version: i64, _json: &[u8]) -> Result<Value, Diagnostics> {
        Err(unknown(type_name).into())
    }

    /// Reads a resource.
    pub async fn read(&self, type_name: &str, state: Value, private: Private) -> ReadReply {
        ReadReply {
            state,
            private,
            diagnostics: unknown(type_name).into(),
        }
    }

    /// Plans a resource. `prior` is null on create, `proposed` and `config` on destroy.
    pub async fn plan(
        &self,
        type_name: &str,
        _prior: Value,
        proposed: Value,
        _config: Value,
        private: Private,
    ) -> PlanReply {
        PlanReply {
            state: proposed,
            requires_replace: Vec::new(),
            private,
            diagnostics: unknown(type_name).into(),
        }
    }

    /// Creates, updates or deletes a resource. `prior` is null on create, `planned` and `config` on delete.
    pub async fn apply(
        &self,
        type_name: &str,
        prior: Value,
        _planned: Value,
        _config: Value,
        private: Private,
    ) -> ApplyReply {
        ApplyReply {
            state: prior,
            private,
            diagnostics: unknown(type_name).into(),
        }
    }

    /// Finds an object that exists by the id the user gives.
    pub async fn import(&self, type_name: &str, _id: &str) -> Result<ImportReply, Diagnostics> {
        Err(unknown(type_name).into())
    }

    /// Refuses to turn another provider's or type's object into one of ours.
    pub fn move_state(&self, _source_provider: &str, _source_type: &str, target_type: &str) -> Diagnostic {
        unknown(target_type)
    }

    /// Reads a data source. The value is null where the diagnostics hold an error.
    pub async fn read_data_source(&self, type_name: &str, _config: Value) -> (Value, Diagnostics) {
        (Value::Null, unknown(type_name).into())
    }

    /// Asks every operation that runs, and every later one, to finish soon.
    pub fn stop(&self) {}
}

fn unknown(type_name: &str) -> Diagnostic {
    Diagnostic::error("Unknown type", format!("This provider has no {type_name}."))
}
