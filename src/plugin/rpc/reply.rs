//! Answers that can say that a call failed.

use super::diagnostics;
use crate::protocol::Diagnostics;
use crate::protocol::wire;

/// An answer that is nothing but errors where a call failed. In the answers that would hold a state, Terraform then
/// keeps the one it has.
pub(super) trait Reply: Default {
    /// The answer with `diagnostics` alone.
    fn failed(diagnostics: Diagnostics) -> Self;
}

macro_rules! replies {
    ($($call:ident,)*) => {$(
        impl Reply for wire::$call::Response {
            // Some of these answers hold nothing else.
            #[allow(clippy::needless_update)]
            fn failed(diagnostics: Diagnostics) -> Self {
                Self { diagnostics: diagnostics::to_wire(diagnostics), ..Self::default() }
            }
        }
    )*};
}

replies! {
    get_metadata,
    get_provider_schema,
    prepare_provider_config,
    configure,
    validate_resource_type_config,
    plan_resource_change,
    apply_resource_change,
    upgrade_resource_state,
    read_resource,
    import_resource_state,
    move_resource_state,
    generate_resource_config,
    validate_data_source_config,
    read_data_source,
    get_resource_identity_schemas,
    upgrade_resource_identity,
    get_functions,
    validate_ephemeral_resource_config,
    open_ephemeral_resource,
    renew_ephemeral_resource,
    close_ephemeral_resource,
    validate_list_resource_config,
    validate_action_config,
    plan_action,
}

impl Reply for wire::stop::Response {
    fn failed(diagnostics: Diagnostics) -> Self {
        Self {
            error: diagnostics::to_text(&diagnostics),
        }
    }
}

impl Reply for wire::call_function::Response {
    fn failed(diagnostics: Diagnostics) -> Self {
        let error = wire::FunctionError {
            text: diagnostics::to_text(&diagnostics),
            function_argument: None,
        };
        Self {
            result: None,
            error: Some(error),
        }
    }
}
