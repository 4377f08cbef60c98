//! The calls about a resource's state: upgrading what was stored, refreshing, importing, moving.

use std::sync::Arc;

use super::{about_type, diagnostics, value};
use framework::Server;
use protocol::wire::{self, import_resource_state, read_resource, upgrade_resource_state};
use protocol::{Diagnostic, Diagnostics};

/// Brings a stored state to the current schema.
pub(super) async fn upgrade(
    server: Arc<Server>,
    request: upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.resource_type(&type_name)?;
    let stored = request.raw_state.unwrap_or_default();
    if stored.json.is_empty() {
        return Err(Diagnostic::error(
            "State of an unknown form",
            format!(
                "The stored state of this {type_name} is not JSON. Only Terraform before 0.12 wrote such states, and \
                 this provider is younger: it did not make this state."
            ),
        )
        .into());
    }
    let state = server.upgrade(&type_name, request.version, &stored.json)?;
    Ok(upgrade_resource_state::Response {
        upgraded_state: value::encode("upgraded state", &state, ty)?,
        diagnostics: Vec::new(),
    })
}

/// Compares a state with what is there.
pub(super) async fn read(
    server: Arc<Server>,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.resource_type(&type_name)?;
    let state = value::decode("state", request.current_state, ty)?;
    let reply = server.read(&type_name, state, request.private).await;
    Ok(read_resource::Response {
        new_state: value::encode("new state", &reply.state, ty)?,
        diagnostics: diagnostics::to_wire(reply.diagnostics),
        private: reply.private,
        ..read_resource::Response::default()
    })
}

/// Finds what is there by its id.
pub(super) async fn import(
    server: Arc<Server>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.resource_type(&type_name)?;
    let reply = server.import(&type_name, &request.id).await?;
    let imported = import_resource_state::ImportedResource {
        state: value::encode("imported state", &reply.state, ty)?,
        private: reply.private,
        type_name,
        identity: None,
    };
    Ok(import_resource_state::Response {
        imported_resources: vec![imported],
        diagnostics: diagnostics::to_wire(reply.diagnostics),
        deferred: None,
    })
}

/// Makes a state of another type's.
pub(super) async fn move_from(
    server: Arc<Server>,
    request: wire::move_resource_state::Request,
) -> Result<wire::move_resource_state::Response, Diagnostics> {
    about_type(&request.target_type_name);
    let refusal = server.move_state(
        &request.source_provider_address,
        &request.source_type_name,
        &request.target_type_name,
    );
    Err(refusal.into())
}
