//! The calls about data sources.

use std::sync::Arc;

use super::{about_type, diagnostics, value};
use framework::Server;
use protocol::Diagnostics;
use protocol::wire::{read_data_source, validate_data_source_config};

/// Checks a data block.
pub(super) async fn validate(
    server: Arc<Server>,
    request: validate_data_source_config::Request,
) -> Result<validate_data_source_config::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let config = value::decode("configuration", request.config, server.data_source_type(&type_name)?)?;
    let diagnostics = diagnostics::to_wire(server.validate_data_source(&type_name, config));
    Ok(validate_data_source_config::Response { diagnostics })
}

/// Reads.
pub(super) async fn read(
    server: Arc<Server>,
    request: read_data_source::Request,
) -> Result<read_data_source::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.data_source_type(&type_name)?;
    let config = value::decode("configuration", request.config, ty)?;
    let (state, diagnostics) = server.read_data_source(&type_name, config).await;
    Ok(read_data_source::Response {
        state: value::encode("result", &state, ty)?,
        diagnostics: diagnostics::to_wire(diagnostics),
        deferred: None,
    })
}
