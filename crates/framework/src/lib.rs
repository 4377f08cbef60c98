//! What a provider is written against: traits for providers, resources, data sources and functions, a schema that carries
//! defaults, validators and plan rules, typed models through serde, private state and write-only values, and the server
//! that keeps Terraform's own rules and reports a breach as a bug in the provider.
//!
//! It knows nothing of AWS, of a product, of the engine, or of how Terraform reaches us (that is `plugin`).

mod any_data_source;
mod any_provider;
mod any_resource;
mod attr;
mod bug;
mod data_source;
mod function;
mod model;
mod provider;
mod resource;
mod rules;
mod schema;
mod server;
mod session;
mod timeouts;
pub mod validators;

pub use any_data_source::AnyDataSource;
pub use any_resource::AnyResource;
pub use attr::Attr;
pub use data_source::{DataSource, ReadData};
pub use function::{AnyFunction, Function};
pub use provider::{Configure, Provider};
pub use resource::{
    Applied, Create, Delete, Import, Imported, Operation, Plan, Planned, Private, Read, ReadResult, Resource, Update,
};
pub use schema::{Attribute, Block, Schema};
pub use server::{ApplyReply, ImportReply, PlanReply, ReadReply, Server};
pub use timeouts::{Timeouts, parse_duration};

pub use protocol::{
    Diagnostic, Diagnostics, FunctionError, Number, Parameter, Path, Severity, Signature, Step, Type, Value,
};
