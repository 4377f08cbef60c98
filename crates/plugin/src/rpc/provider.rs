//! The calls about the provider as a whole.

use std::sync::Arc;

use super::{diagnostics, function, schema as schemas, value};
use framework::Server;
use protocol::Diagnostics;
use protocol::wire::{self, ServerCapabilities, get_metadata};

/// Destroys are planned, so that they can be refused; schemas need no fetching before every use; moves are answered.
const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

/// What there is, by name.
pub(super) async fn metadata(
    server: Arc<Server>,
    _request: get_metadata::Request,
) -> Result<get_metadata::Response, Diagnostics> {
    let resources = server.resource_schemas().keys().cloned();
    let data_sources = server.data_source_schemas().keys().cloned();
    let functions = server.function_signatures().keys().cloned();
    Ok(get_metadata::Response {
        server_capabilities: Some(CAPABILITIES),
        diagnostics: diagnostics::to_wire(server.schema_diagnostics()),
        resources: resources
            .map(|type_name| get_metadata::ResourceMetadata { type_name })
            .collect(),
        data_sources: data_sources
            .map(|type_name| get_metadata::DataSourceMetadata { type_name })
            .collect(),
        functions: functions.map(|name| get_metadata::FunctionMetadata { name }).collect(),
        ..get_metadata::Response::default()
    })
}

/// What there is, with its schemas.
pub(super) async fn schema(
    server: Arc<Server>,
    _request: wire::get_provider_schema::Request,
) -> Result<wire::get_provider_schema::Response, Diagnostics> {
    Ok(wire::get_provider_schema::Response {
        provider: Some(schemas::to_wire(server.provider_schema())),
        resource_schemas: schemas::all_to_wire(server.resource_schemas()),
        data_source_schemas: schemas::all_to_wire(server.data_source_schemas()),
        functions: function::all_to_wire(server.function_signatures()),
        diagnostics: diagnostics::to_wire(server.schema_diagnostics()),
        server_capabilities: Some(CAPABILITIES),
        ..wire::get_provider_schema::Response::default()
    })
}

/// Checks the provider block; Terraform goes on with it as it is.
pub(super) async fn prepare(
    server: Arc<Server>,
    request: wire::prepare_provider_config::Request,
) -> Result<wire::prepare_provider_config::Response, Diagnostics> {
    let config = value::decode("provider configuration", request.config.clone(), server.provider_type())?;
    Ok(wire::prepare_provider_config::Response {
        prepared_config: request.config,
        diagnostics: diagnostics::to_wire(server.validate_provider(config)),
    })
}

/// Takes the provider block.
pub(super) async fn configure(
    server: Arc<Server>,
    request: wire::configure::Request,
) -> Result<wire::configure::Response, Diagnostics> {
    let config = value::decode("provider configuration", request.config, server.provider_type())?;
    let diagnostics = server.configure(&request.terraform_version, config).await;
    Ok(wire::configure::Response {
        diagnostics: diagnostics::to_wire(diagnostics),
    })
}

/// Asks what is under way to end soon.
pub(super) async fn stop(
    server: Arc<Server>,
    _request: wire::stop::Request,
) -> Result<wire::stop::Response, Diagnostics> {
    server.stop();
    Ok(wire::stop::Response::default())
}
