//! The calls about kinds of things that this provider has none of: identities, ephemeral resources, lists, actions,
//! generated configuration. Whoever asks what there is learns that there is nothing; whoever asks for a
//! certain one is refused.

use std::sync::Arc;

use futures::{StreamExt, stream};

use super::Events;
use super::diagnostics::{of_absent, to_wire};
use framework::Server;
use protocol::Diagnostics;
use protocol::wire::{
    close_ephemeral_resource, generate_resource_config, get_resource_identity_schemas, invoke_action, list_resource,
    open_ephemeral_resource, plan_action, renew_ephemeral_resource, upgrade_resource_identity, validate_action_config,
    validate_ephemeral_resource_config, validate_list_resource_config,
};

const IDENTITY: &str = "identity for the resource type";
const GENERATION: &str = "generator of configuration for the resource type";
const EPHEMERAL: &str = "ephemeral resource";
const LIST: &str = "list resource";
const ACTION: &str = "action";

/// No resource has an identity.
pub(super) async fn identities(
    _server: Arc<Server>,
    _request: get_resource_identity_schemas::Request,
) -> Result<get_resource_identity_schemas::Response, Diagnostics> {
    Ok(get_resource_identity_schemas::Response::default())
}

/// No resource has an identity to upgrade.
pub(super) async fn identity(
    _server: Arc<Server>,
    request: upgrade_resource_identity::Request,
) -> Result<upgrade_resource_identity::Response, Diagnostics> {
    Err(of_absent(IDENTITY, &request.type_name).into())
}

/// Terraform makes configuration of a state by itself, as long as a provider does not claim to know better.
pub(super) async fn generation(
    _server: Arc<Server>,
    request: generate_resource_config::Request,
) -> Result<generate_resource_config::Response, Diagnostics> {
    Err(of_absent(GENERATION, &request.type_name).into())
}

/// No such ephemeral resource to check.
pub(super) async fn ephemeral_validation(
    _server: Arc<Server>,
    request: validate_ephemeral_resource_config::Request,
) -> Result<validate_ephemeral_resource_config::Response, Diagnostics> {
    Err(of_absent(EPHEMERAL, &request.type_name).into())
}

/// No such ephemeral resource to open.
pub(super) async fn ephemeral_opening(
    _server: Arc<Server>,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Diagnostics> {
    Err(of_absent(EPHEMERAL, &request.type_name).into())
}

/// No such ephemeral resource to renew.
pub(super) async fn ephemeral_renewal(
    _server: Arc<Server>,
    request: renew_ephemeral_resource::Request,
) -> Result<renew_ephemeral_resource::Response, Diagnostics> {
    Err(of_absent(EPHEMERAL, &request.type_name).into())
}

/// No such ephemeral resource to close.
pub(super) async fn ephemeral_closing(
    _server: Arc<Server>,
    request: close_ephemeral_resource::Request,
) -> Result<close_ephemeral_resource::Response, Diagnostics> {
    Err(of_absent(EPHEMERAL, &request.type_name).into())
}

/// No such list to check.
pub(super) async fn list_validation(
    _server: Arc<Server>,
    request: validate_list_resource_config::Request,
) -> Result<validate_list_resource_config::Response, Diagnostics> {
    Err(of_absent(LIST, &request.type_name).into())
}

/// No such list.
pub(super) fn list(request: &list_resource::Request) -> Events<list_resource::Event> {
    let diagnostic = to_wire(of_absent(LIST, &request.type_name).into());
    once(list_resource::Event {
        diagnostic,
        ..list_resource::Event::default()
    })
}

/// No such action to check.
pub(super) async fn action_validation(
    _server: Arc<Server>,
    request: validate_action_config::Request,
) -> Result<validate_action_config::Response, Diagnostics> {
    Err(of_absent(ACTION, &request.action_type).into())
}

/// No such action to plan.
pub(super) async fn action_plan(
    _server: Arc<Server>,
    request: plan_action::Request,
) -> Result<plan_action::Response, Diagnostics> {
    Err(of_absent(ACTION, &request.action_type).into())
}

/// No such action to run.
pub(super) fn action(request: &invoke_action::Request) -> Events<invoke_action::Event> {
    let diagnostics = to_wire(of_absent(ACTION, &request.action_type).into());
    let completed = invoke_action::event::Completed { diagnostics };
    once(invoke_action::Event {
        r#type: Some(invoke_action::event::Type::Completed(completed)),
    })
}

fn once<T: Send + 'static>(event: T) -> Events<T> {
    stream::iter([Ok(event)]).boxed()
}
