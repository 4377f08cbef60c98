//! The calls about a change of a resource: checking, planning, applying.

use std::sync::Arc;

use super::{about_type, diagnostics, value};
use framework::Server;
use protocol::Diagnostics;
use protocol::wire::{self, apply_resource_change, plan_resource_change};

/// Checks a resource block.
pub(super) async fn validate(
    server: Arc<Server>,
    request: wire::validate_resource_type_config::Request,
) -> Result<wire::validate_resource_type_config::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let config = value::decode("configuration", request.config, server.resource_type(&type_name)?)?;
    let diagnostics = diagnostics::to_wire(server.validate_resource(&type_name, config));
    Ok(wire::validate_resource_type_config::Response { diagnostics })
}

/// Plans.
pub(super) async fn plan(
    server: Arc<Server>,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.resource_type(&type_name)?;
    let prior = value::decode("prior state", request.prior_state, ty)?;
    let proposed = value::decode("proposed state", request.proposed_new_state, ty)?;
    let config = value::decode("configuration", request.config, ty)?;
    let reply = server
        .plan(&type_name, prior, proposed, config, request.prior_private)
        .await;
    Ok(plan_resource_change::Response {
        planned_state: value::encode("planned state", &reply.state, ty)?,
        requires_replace: reply.requires_replace.iter().map(diagnostics::path_to_wire).collect(),
        planned_private: reply.private,
        diagnostics: diagnostics::to_wire(reply.diagnostics),
        ..plan_resource_change::Response::default()
    })
}

/// Applies.
pub(super) async fn apply(
    server: Arc<Server>,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostics> {
    let type_name = request.type_name;
    about_type(&type_name);
    let ty = server.resource_type(&type_name)?;
    let prior = value::decode("prior state", request.prior_state, ty)?;
    let planned = value::decode("planned state", request.planned_state, ty)?;
    let config = value::decode("configuration", request.config, ty)?;
    let reply = server
        .apply(&type_name, prior, planned, config, request.planned_private)
        .await;
    Ok(apply_resource_change::Response {
        new_state: value::encode("new state", &reply.state, ty)?,
        private: reply.private,
        diagnostics: diagnostics::to_wire(reply.diagnostics),
        ..apply_resource_change::Response::default()
    })
}
