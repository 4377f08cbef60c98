//! Calling functions.

use super::offer::OfferedFunction;
use crate::function::bug;
use protocol::{FunctionError, Value, conform};

impl OfferedFunction {
    /// The function's result, of the signature's type.
    pub fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let signature = &self.signature;
        let (given, wanted) = (arguments.len(), signature.parameters.len());
        if given < wanted || (given > wanted && signature.variadic.is_none()) {
            return Err(FunctionError::new(format!(
                "There are {given} arguments instead of {wanted}"
            )));
        }
        let admit = |(index, argument): (usize, Value)| {
            let Some(parameter) = signature.parameter(index) else {
                return Ok(argument);
            };
            if argument.is_null() && !parameter.nullable {
                return Err(FunctionError::of_argument(index, "The value must not be null"));
            }
            conform(argument, &parameter.ty)
                .map_err(|error| FunctionError::of_argument(index, format!("The value does not conform: {error}")))
        };
        let arguments = arguments.into_iter().enumerate().map(admit).collect::<Result<_, _>>()?;
        let name = self.implementation.name();
        let result = self.implementation.call(arguments)?;
        let result = result.map_err(|error| FunctionError::new(bug(name, error.problem.trim_end_matches('.'))))?;
        conform(result, &signature.result).map_err(|error| {
            FunctionError::new(bug(name, &format!("the result does not conform to the type: {error}")))
        })
    }
}
