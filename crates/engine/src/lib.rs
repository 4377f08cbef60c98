//! The engine: components and references become a graph, the graph is compared with what is, the difference becomes
//! steps, and the steps are run: concurrently, with deadlines, cancellable, rolled back where a create fails, and recorded.
//!
//! It knows the trait [`Component`] and nothing of AWS or of Terraform: no SDK type, no schema, no diagnostic may appear
//! here.
//!
//! The way through: a [`Graph`] says what should be, a [`Record`] what is known to be. [`preview`] compares the two on
//! paper. [`converge`] looks at what stands (`look`), decides about each component (`decide`, the preview's own rule),
//! orders the tasks (`tasks`), and runs them (`course`: `make`, `change`, `remove`) into an [`Outcome`]. [`destroy`] and
//! [`undo`] take down, [`survey`] and [`discover`] only look. Whose an object is, its tags tell (`owner`).

mod change;
mod component;
mod converge;
mod course;
mod decide;
mod destroy;
mod error;
mod graph;
mod input;
mod job;
mod key;
mod kinds;
mod look;
mod make;
mod node;
mod notes;
mod object;
mod outcome;
mod outputs;
mod owner;
mod permission;
mod preview;
mod promise;
mod record;
mod remove;
mod run;
mod schedule;
mod spec;
mod tasks;
#[cfg(test)]
mod tests;

pub use component::{Call, Component, Created, Identity, Observed, Replacement, Tags};
pub use converge::converge;
pub use destroy::{destroy, undo};
pub use error::{Error, ErrorKind, Result};
pub use graph::{Edges, Graph, Handle};
pub use input::{AnyInput, Input, Ref, Sameness, Source};
pub use key::{DeploymentId, Key};
pub use kinds::Kinds;
pub use look::{Survey, discover, survey};
pub use notes::{Note, Notes};
pub use object::Object;
pub use outcome::{Failure, Outcome, Step};
pub use outputs::Outputs;
pub use owner::{Owner, TAG_COMPONENT, TAG_DEPLOYMENT, TAG_DEPLOYMENT_ID};
pub use permission::{Need, Permission};
pub use preview::{Action, Preview, preview};
pub use record::{Part, Record, Status};
pub use run::{IgnoreTags, Run};
pub use spec::{Comparison, Field, Rule, Spec};
