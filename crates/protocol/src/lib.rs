//! What Terraform and we speak: values and their types, schemas, signatures, attribute paths, diagnostics, and the generated
//! messages of tfplugin5.
//!
//! Words only: nothing here calls any other room, knows a resource, or does input and output.

mod codec_error;
mod conform;
mod diagnostic;
mod function;
pub mod json;
pub mod msgpack;
mod number;
mod path;
mod schema;
mod ty;
mod value;
pub mod wire;

pub use codec_error::CodecError;
pub use conform::{NonConforming, conform};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use function::{FunctionError, Parameter, Signature};
pub use number::{NotANumber, Number};
pub use path::{Path, Step};
pub use schema::{Attribute, Block, Mode, NestedBlock, Nesting, Schema};
pub use ty::Type;
pub use value::Value;

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
#[cfg(test)]
mod codec_tests;
