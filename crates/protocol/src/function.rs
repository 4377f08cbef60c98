//! Functions as Terraform is told them, and why a call of one fails.

use super::ty::Type;

/// What a function takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What it does, in one line.
    pub summary: String,
    /// What it does, in Markdown.
    pub description: String,
    /// What it takes, in order.
    pub parameters: Vec<Parameter>,
    /// What it takes any number of, behind the others.
    pub variadic: Option<Parameter>,
    /// What it gives.
    pub result: Type,
    /// Why not to use it any more, where that is so.
    pub deprecation: Option<String>,
}

/// What a function takes. An argument that is not known yet never reaches it: Terraform then takes the result as unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, which only documentation and errors use.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What it is, in Markdown.
    pub description: String,
    /// Whether null may be given.
    pub nullable: bool,
}

impl Parameter {
    /// A parameter that null may not be given for.
    pub fn new(name: impl Into<String>, ty: Type, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            description: description.into(),
            nullable: false,
        }
    }

    /// Null may be given, too.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

impl Signature {
    /// A signature without a variadic parameter.
    pub fn new(
        summary: impl Into<String>,
        description: impl Into<String>,
        parameters: Vec<Parameter>,
        result: Type,
    ) -> Self {
        Self {
            summary: summary.into(),
            description: description.into(),
            parameters,
            variadic: None,
            result,
            deprecation: None,
        }
    }

    /// The function takes any number of these, behind the others.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// The parameter that the argument at that index, from 0, is for.
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }
}

/// Why a call failed. Terraform writes the name of function and parameter before the text and a full stop behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong.
    pub text: String,
    /// The index, from 0, of the argument that is to blame, where one is.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error of the call as a whole.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// An error of the argument at that index, from 0.
    pub fn of_argument(index: usize, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: Some(index),
        }
    }
}
