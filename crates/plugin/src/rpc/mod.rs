//! The Provider service: one file for each family of calls, each decode, call the framework, encode, and nothing more.

mod absent;
mod change;
mod data_source;
mod diagnostics;
mod function;
mod provider;
mod reply;
mod schema;
mod state;
mod value;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures::Stream;
use tonic::{Request, Response, Status};
use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::panic::{Guarded, guard};
use framework::Server;
use protocol::Diagnostics;
use protocol::wire::{self, provider_server::Provider};
use reply::Reply;

/// The service over a provider.
pub(super) struct Service {
    server: Arc<Server>,
}

/// A stream of answers.
type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Service {
    /// Serves `server`.
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server }
    }

    /// Answers a call. What cannot be decoded, and a panic, is an error in the answer: a gRPC status would tell the user
    /// less.
    async fn answer<Q, R, F>(
        &self,
        rpc: &'static str,
        request: Request<Q>,
        call: impl FnOnce(Arc<Server>, Q) -> F + Send,
    ) -> Result<Response<R>, Status>
    where
        Q: Send,
        R: Reply,
        F: Future<Output = Result<R, Diagnostics>> + Send,
    {
        let span = info_span!("rpc", tf_rpc = rpc, tf_req_id = %chance::uuid(), tf_type = Empty);
        let (server, request) = (Arc::clone(&self.server), request.into_inner());
        let answer = async move {
            tracing::trace!("called");
            // Called within the guard, so that a panic before the first await is caught, too.
            let Guarded { answer, panic } = guard(async move { call(server, request).await }).await;
            let mut reply = answer.map_or_else(R::default, |answer| answer.unwrap_or_else(R::failed));
            if let Some(panic) = panic {
                tracing::error!("panicked: {panic:#}");
                reply.add_panic(rpc, &panic);
            }
            tracing::trace!("answered");
            reply
        };
        Ok(Response::new(answer.instrument(span).await))
    }
}

/// Says in the log which resource or data source the call is about.
fn about_type(name: &str) {
    tracing::Span::current().record("tf_type", name);
}

/// The service as a table: method, module of its messages, name, and who answers.
macro_rules! provider_service {
    ($($method:ident($messages:ident), $rpc:literal => $call:path;)*) => {
        #[tonic::async_trait]
        impl Provider for Service {
            $(
                async fn $method(
                    &self,
                    request: Request<wire::$messages::Request>,
                ) -> Result<Response<wire::$messages::Response>, Status> {
                    self.answer($rpc, request, $call).await
                }
            )*

            type ListResourceStream = Events<wire::list_resource::Event>;

            async fn list_resource(
                &self,
                request: Request<wire::list_resource::Request>,
            ) -> Result<Response<Self::ListResourceStream>, Status> {
                Ok(Response::new(absent::list(&request.into_inner())))
            }

            type InvokeActionStream = Events<wire::invoke_action::Event>;

            async fn invoke_action(
                &self,
                request: Request<wire::invoke_action::Request>,
            ) -> Result<Response<Self::InvokeActionStream>, Status> {
                Ok(Response::new(absent::action(&request.into_inner())))
            }
        }
    };
}

provider_service! {
    get_metadata(get_metadata), "GetMetadata" => provider::metadata;
    get_schema(get_provider_schema), "GetSchema" => provider::schema;
    prepare_provider_config(prepare_provider_config), "PrepareProviderConfig" => provider::prepare;
    configure(configure), "Configure" => provider::configure;
    stop(stop), "Stop" => provider::stop;

    validate_resource_type_config(validate_resource_type_config), "ValidateResourceTypeConfig" => change::validate;
    plan_resource_change(plan_resource_change), "PlanResourceChange" => change::plan;
    apply_resource_change(apply_resource_change), "ApplyResourceChange" => change::apply;

    upgrade_resource_state(upgrade_resource_state), "UpgradeResourceState" => state::upgrade;
    read_resource(read_resource), "ReadResource" => state::read;
    import_resource_state(import_resource_state), "ImportResourceState" => state::import;
    move_resource_state(move_resource_state), "MoveResourceState" => state::move_from;

    validate_data_source_config(validate_data_source_config), "ValidateDataSourceConfig" => data_source::validate;
    read_data_source(read_data_source), "ReadDataSource" => data_source::read;

    get_functions(get_functions), "GetFunctions" => function::signatures;
    call_function(call_function), "CallFunction" => function::call;

    get_resource_identity_schemas(get_resource_identity_schemas), "GetResourceIdentitySchemas" => absent::identities;
    upgrade_resource_identity(upgrade_resource_identity), "UpgradeResourceIdentity" => absent::identity;
    generate_resource_config(generate_resource_config), "GenerateResourceConfig" => absent::generation;
    validate_ephemeral_resource_config(validate_ephemeral_resource_config), "ValidateEphemeralResourceConfig" =>
        absent::ephemeral_validation;
    open_ephemeral_resource(open_ephemeral_resource), "OpenEphemeralResource" => absent::ephemeral_opening;
    renew_ephemeral_resource(renew_ephemeral_resource), "RenewEphemeralResource" => absent::ephemeral_renewal;
    close_ephemeral_resource(close_ephemeral_resource), "CloseEphemeralResource" => absent::ephemeral_closing;
    validate_list_resource_config(validate_list_resource_config), "ValidateListResourceConfig" =>
        absent::list_validation;
    validate_action_config(validate_action_config), "ValidateActionConfig" => absent::action_validation;
    plan_action(plan_action), "PlanAction" => absent::action_plan;
}

#[cfg(test)]
mod tests;
