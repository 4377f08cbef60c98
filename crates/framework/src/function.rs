//! The trait a function implements, and functions of any types behind one trait.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::any_resource::Output;
use super::model::{Fault, ModelError, from_value, to_value};
use protocol::{FunctionError, Signature, Step, Value};

/// A function: offline, and the same result for the same arguments, which Terraform checks.
pub trait Function: Send + Sync + 'static {
    /// The arguments: a tuple with an element for each parameter, and behind them a `Vec` where the signature has a
    /// variadic one. A nullable parameter's element is an `Option`.
    type Arguments: DeserializeOwned;
    /// The result.
    type Result: Serialize;

    /// The name, behind `provider::thatdot::`.
    fn name(&self) -> &'static str;

    /// What it takes and gives.
    fn signature(&self) -> Signature;

    /// Calls it.
    fn call(&self, arguments: Self::Arguments) -> Result<Self::Result, FunctionError>;
}

/// A function whose types are hidden. Every [`Function`] is one.
pub trait AnyFunction: Send + Sync + 'static {
    /// [`Function::name`]
    fn name(&self) -> &'static str;

    /// [`Function::signature`]
    fn signature(&self) -> Signature;

    /// [`Function::call`], with as many arguments as the signature asks for.
    fn call(&self, arguments: Vec<Value>) -> Result<Output, FunctionError>;
}

impl<F: Function> AnyFunction for F {
    fn name(&self) -> &'static str {
        Function::name(self)
    }

    fn signature(&self) -> Signature {
        Function::signature(self)
    }

    fn call(&self, mut arguments: Vec<Value>) -> Result<Output, FunctionError> {
        let Signature {
            parameters, variadic, ..
        } = Function::signature(self);
        if variadic.is_some() {
            let rest = arguments.split_off(parameters.len().min(arguments.len()));
            arguments.push(Value::List(rest));
        }
        let arguments = from_value(Value::List(arguments))
            .map_err(|error| unfit(Function::name(self), parameters.len(), &error))?;
        Function::call(self, arguments).map(|result| to_value(&result))
    }
}

/// Arguments that do not fit the function's types.
fn unfit(name: &str, parameters: usize, error: &ModelError) -> FunctionError {
    let argument = match error.path.steps() {
        [Step::Index(variadic), Step::Index(index), ..] if *variadic == parameters => Some(variadic + index),
        [Step::Index(index), ..] => Some(*index),
        _ => None,
    };
    let problem = error.problem.trim_end_matches('.');
    let text = match error.fault {
        Fault::Value | Fault::Unknown => problem.to_owned(),
        Fault::Shape => bug(name, problem),
    };
    FunctionError { text, argument }
}

/// A mistake of the provider's authors.
pub(super) fn bug(name: &str, what: &str) -> String {
    format!(
        "{name}: {what}. This is a mistake in the provider and not in your configuration: please report it to the \
         provider's authors, with this message"
    )
}

/// What is wrong with a signature, one sentence each: Terraform would refuse it.
pub(super) fn problems(name: &str, signature: &Signature) -> Vec<String> {
    let mut problems = Vec::new();
    let is_identifier = |text: &str| {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(legal)
    };
    if !is_identifier(name) {
        problems.push(format!("{name} is no name that HCL can write."));
    }
    let parameters: Vec<&str> = signature
        .parameters
        .iter()
        .chain(&signature.variadic)
        .map(|parameter| parameter.name.as_str())
        .collect();
    for (index, parameter) in parameters.iter().enumerate() {
        if !is_identifier(parameter) {
            problems.push(format!("The parameter {parameter} has no name that HCL can write."));
        }
        if parameters[..index].contains(parameter) {
            problems.push(format!("The parameter {parameter} is defined twice."));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameter, Type};
    use protocol::Number;

    struct Join;

    impl Function for Join {
        type Arguments = (Option<String>, Vec<u8>);
        type Result = String;

        fn name(&self) -> &'static str {
            "join"
        }

        fn signature(&self) -> Signature {
            let separator = Parameter::new("separator", Type::String, "What stands between.").nullable();
            let numbers = Parameter::new("numbers", Type::Number, "What is joined.");
            Signature::new("Joins.", "Joins numbers.", vec![separator], Type::String).variadic(numbers)
        }

        fn call(&self, (separator, numbers): Self::Arguments) -> Result<String, FunctionError> {
            if let Some(index) = numbers.iter().position(|number| *number == 13) {
                return Err(FunctionError::of_argument(index + 1, "Not that one"));
            }
            let numbers: Vec<_> = numbers.iter().map(u8::to_string).collect();
            Ok(numbers.join(&separator.unwrap_or_default()))
        }
    }

    fn number(number: i64) -> Value {
        Value::Number(Number::from(number))
    }

    fn call(arguments: Vec<Value>) -> Result<Value, FunctionError> {
        AnyFunction::call(&Join, arguments).map(Result::unwrap)
    }

    #[test]
    fn arguments_come_in_order_and_the_rest_in_a_list() {
        assert_eq!(call(vec!["-".into(), number(1), number(2)]), Ok("1-2".into()));
        assert_eq!(call(vec![Value::Null]), Ok("".into()));
    }

    #[test]
    fn an_argument_that_does_not_fit_is_told_by_its_index() {
        let error = call(vec!["-".into(), number(1), number(256)]).unwrap_err();
        assert_eq!(error.argument, Some(2));
        assert_eq!(error.text, "The value must be a whole number from 0 to 255");
        assert_eq!(call(vec![Value::Unknown]).unwrap_err().argument, Some(0));
        assert_eq!(call(vec![Value::Null, number(13)]).unwrap_err().argument, Some(1));
    }

    #[test]
    fn signatures_that_terraform_would_refuse_are_told() {
        let parameter = |name: &str| Parameter::new(name, Type::Bool, "It.");
        let twice = Signature::new("x", "x", vec![parameter("a"), parameter("a")], Type::Bool).variadic(parameter("B"));
        assert_eq!(problems("bad-name", &twice).len(), 3);
        assert!(problems("join", &Function::signature(&Join)).is_empty());
    }

    #[test]
    fn a_model_that_is_not_as_the_signature_is_the_providers_mistake() {
        let error = call(vec!["-".into(), "x".into()]).unwrap_err();
        assert!(error.text.contains("mistake in the provider"), "{}", error.text);
        assert_eq!(error.argument, Some(1));
    }
}
