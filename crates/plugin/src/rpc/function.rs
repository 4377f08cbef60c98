//! The calls about functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{about_type, diagnostics, value};
use framework::Server;
use protocol::wire::function::{Parameter as WireParameter, Return};
use protocol::wire::{self, DynamicValue, Function, StringKind, call_function, get_functions};
use protocol::{Diagnostics, FunctionError, Parameter, Signature, Value};

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

#[cfg(test)]
mod tests {
    use tonic::transport::Channel;

    use super::*;
    use crate::testing::Host;
    use protocol::wire::provider_client::ProviderClient;
    use protocol::{Type, msgpack};

    /// What the function answers to these texts.
    async fn longest(provider: &mut ProviderClient<Channel>, texts: &[&[u8]]) -> Result<String, wire::FunctionError> {
        let argument = |json: &&[u8]| DynamicValue {
            msgpack: Vec::new(),
            json: json.to_vec(),
        };
        let request = call_function::Request {
            name: "longest".to_owned(),
            arguments: texts.iter().map(argument).collect(),
        };
        let answer = provider.call_function(request).await.unwrap().into_inner();
        match answer.error {
            Some(error) => Err(error),
            None => match msgpack::decode(&answer.result.unwrap().msgpack, &Type::String).unwrap() {
                Value::String(text) => Ok(text),
                other => panic!("{other:?} is no text"),
            },
        }
    }

    #[tokio::test]
    async fn a_function_is_told_and_called_without_configuration() {
        let host = Host::start();
        let mut provider = host.provider().await;
        let told = provider
            .get_functions(get_functions::Request {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(told.diagnostics, []);
        let variadic = told.functions["longest"].variadic_parameter.clone().unwrap();
        assert_eq!(
            (variadic.name.as_str(), variadic.r#type.as_slice()),
            ("texts", &b"\"string\""[..])
        );
        let schema = provider
            .get_schema(wire::get_provider_schema::Request {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(schema.functions, told.functions);

        assert_eq!(
            longest(&mut provider, &[b"\"a\"", b"\"bb\""]).await,
            Ok("bb".to_owned())
        );
    }

    #[tokio::test]
    async fn a_function_that_fails_names_the_argument() {
        let host = Host::start();
        let mut provider = host.provider().await;
        let error = longest(&mut provider, &[b"\"a\"", b"\"much too long\""])
            .await
            .unwrap_err();
        assert_eq!(
            (error.text.as_str(), error.function_argument),
            ("It is too long", Some(1))
        );
        let error = longest(&mut provider, &[b"[7]"]).await.unwrap_err();
        assert_eq!(error.function_argument, Some(0), "{}", error.text);
        let error = longest(&mut provider, &[]).await.unwrap_err();
        assert!(
            error.text.contains("Bug in the provider") && error.text.contains("a text"),
            "{}",
            error.text
        );
        assert_eq!(error.function_argument, None);
    }
}
