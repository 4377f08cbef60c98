//! The calls about functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{about_type, diagnostics, value};
use crate::framework::Server;
use crate::protocol::wire::function::{Parameter as WireParameter, Return};
use crate::protocol::wire::{self, DynamicValue, Function, StringKind, call_function, get_functions};
use crate::protocol::{Diagnostics, FunctionError, Parameter, Signature, Value};

/// What there is, with its signatures.
pub(super) async fn signatures(
    server: Arc<Server>,
    _request: get_functions::Request,
) -> Result<get_functions::Response, Diagnostics> {
    Ok(get_functions::Response {
        functions: all_to_wire(server.function_signatures()),
        diagnostics: diagnostics::to_wire(server.schema_diagnostics()),
    })
}

/// Calls one.
pub(super) async fn call(
    server: Arc<Server>,
    request: call_function::Request,
) -> Result<call_function::Response, Diagnostics> {
    let name = request.name;
    about_type(&name);
    let signature = server.function_signature(&name)?;
    let arguments = decode(signature, request.arguments);
    let response = match arguments.and_then(|arguments| server.call_function(&name, arguments)) {
        Ok(result) => call_function::Response {
            result: value::encode("result", &result, &signature.result)?,
            error: None,
        },
        Err(error) => call_function::Response {
            result: None,
            error: Some(error_to_wire(error)),
        },
    };
    Ok(response)
}

/// The arguments; one too many is decoded by nothing, and only its place is kept, for the server to refuse.
fn decode(signature: &Signature, arguments: Vec<DynamicValue>) -> Result<Vec<Value>, FunctionError> {
    let one = |(index, argument)| match signature.parameter(index) {
        Some(parameter) => value::decode("argument", Some(argument), &parameter.ty)
            .map_err(|error| FunctionError::of_argument(index, error.detail.trim_end_matches('.'))),
        None => Ok(Value::Null),
    };
    arguments.into_iter().enumerate().map(one).collect()
}

fn error_to_wire(error: FunctionError) -> wire::FunctionError {
    wire::FunctionError {
        text: error.text,
        function_argument: error.argument.and_then(|index| i64::try_from(index).ok()),
    }
}

/// Signatures by name for the wire.
pub(super) fn all_to_wire(signatures: &BTreeMap<String, Signature>) -> BTreeMap<String, Function> {
    signatures
        .iter()
        .map(|(name, signature)| (name.clone(), to_wire(signature)))
        .collect()
}

fn to_wire(signature: &Signature) -> Function {
    Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(Return {
            r#type: signature.result.to_json(),
        }),
        summary: signature.summary.clone(),
        description: signature.description.clone(),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: signature.deprecation.clone().unwrap_or_default(),
    }
}

fn parameter(parameter: &Parameter) -> WireParameter {
    WireParameter {
        name: parameter.name.clone(),
        r#type: parameter.ty.to_json(),
        allow_null_value: parameter.nullable,
        allow_unknown_values: false,
        description: parameter.description.clone(),
        description_kind: StringKind::Markdown.into(),
    }
}
