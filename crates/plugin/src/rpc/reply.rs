//! Answers that can say that a call failed.

use super::diagnostics;
use crate::panic::Panic;
use protocol::Diagnostics;
use protocol::wire;

/// An answer. In those that would hold a state, none means that Terraform keeps the one it has.
pub(super) trait Reply: Default {
    /// Says this, too.
    fn add(&mut self, diagnostics: Diagnostics);

    /// Says that the call `rpc` has panicked, once: an answer that tells of it already gets the details.
    fn add_panic(&mut self, rpc: &str, panic: &Panic) {
        self.add(diagnostics::of_panic(rpc, panic).into());
    }

    /// The answer that holds `diagnostics` alone.
    fn failed(diagnostics: Diagnostics) -> Self {
        let mut reply = Self::default();
        reply.add(diagnostics);
        reply
    }
}

macro_rules! replies {
    ($($call:ident,)*) => {$(
        impl Reply for wire::$call::Response {
            fn add(&mut self, diagnostics: Diagnostics) {
                self.diagnostics.extend(diagnostics::to_wire(diagnostics));
            }

            fn add_panic(&mut self, rpc: &str, panic: &Panic) {
                if !diagnostics::complete(&mut self.diagnostics, panic) {
                    self.add(diagnostics::of_panic(rpc, panic).into());
                }
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
    fn add(&mut self, diagnostics: Diagnostics) {
        self.error = join(&self.error, &diagnostics);
    }
}

impl Reply for wire::call_function::Response {
    fn add(&mut self, diagnostics: Diagnostics) {
        let error = self.error.get_or_insert_default();
        error.text = join(&error.text, &diagnostics);
    }
}

/// For the answers that have room for a text alone.
fn join(text: &str, diagnostics: &Diagnostics) -> String {
    let texts = diagnostics.iter().map(|one| format!("{}: {}", one.summary, one.detail));
    let all: Vec<_> = Some(text.to_owned())
        .filter(|text| !text.is_empty())
        .into_iter()
        .chain(texts)
        .collect();
    all.join("\n\n")
}
