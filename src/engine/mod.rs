//! The engine: components and references become a graph, the graph is compared with what is, the difference becomes
//! steps, and the steps are run: concurrently, with deadlines, cancellable, rolled back where a create fails, and recorded.
//!
//! It knows the trait [`Component`] and nothing of AWS or of Terraform: no SDK type, no attribute, no diagnostic may
//! appear here.

mod component;
mod error;
mod input;
mod key;
mod spec;

pub use component::{Call, Component, Created, Identity, Observed, Replacement, Tags};
pub use error::{Error, ErrorKind, Result};
pub use input::{AnyInput, Input, Ref, Sameness};
pub use key::{DeploymentId, Key};
pub use spec::{Comparison, Field, Rule, Spec};
