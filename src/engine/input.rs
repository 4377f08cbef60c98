//! The fields of a component's spec: known values, values not known yet, and references to other components' outputs.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::error::{Error, Result};
use super::key::Key;

/// A field of a spec.
#[derive(Clone)]
pub enum Input<T> {
    /// A value that is known now.
    Known(T),
    /// A value that comes from outside and is known only at apply.
    Unknown,
    /// An output of another component; it makes an edge of the graph.
    Ref(Ref<T>),
}

/// The getter of one output out of a component's type-erased output.
type Getter<T> = Arc<dyn Fn(&(dyn Any + Send + Sync)) -> Option<T> + Send + Sync>;

/// A reference to one output of another component.
#[derive(Clone)]
pub struct Ref<T> {
    /// The component it points to.
    pub key: Key,
    /// The output's name, for comparison and messages.
    pub output: &'static str,
    /// Whether the output may change when the component is updated in place (a task's address), or only when it is
    /// replaced (an ARN).
    pub volatile: bool,
    get: Getter<T>,
}

impl<T> Ref<T> {
    /// A reference to `output` of the component `key`, read with `get` from its output of type `O`.
    pub fn new<O: Any>(
        key: Key,
        output: &'static str,
        volatile: bool,
        get: impl Fn(&O) -> T + Send + Sync + 'static,
    ) -> Self {
        Self {
            key,
            output,
            volatile,
            get: Arc::new(move |any| any.downcast_ref::<O>().map(&get)),
        }
    }

    /// The value, out of the component's output.
    ///
    /// # Errors
    /// A bug of ours where the output is of another type than the reference was made for.
    pub fn get(&self, output: &(dyn Any + Send + Sync)) -> Result<T> {
        (self.get)(output).ok_or_else(|| {
            Error::bug(
                format!("resolve {}.{}", self.key, self.output),
                "the output has another type",
            )
        })
    }
}

impl<T> Input<T> {
    /// The value, which must have been resolved.
    ///
    /// # Errors
    /// A bug of ours where it has not.
    pub fn get(&self) -> Result<&T> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unknown => Err(Error::bug("read an input", "a value is still unknown at apply")),
            Self::Ref(r) => Err(Error::bug(
                "read an input",
                format!("the reference to {}.{} was not resolved", r.key, r.output),
            )),
        }
    }

    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: PartialEq> Input<T> {
    /// Compares what is wanted (`self`) with what is there (or was wanted before).
    pub fn sameness(&self, have: &Self) -> Sameness {
        match (self, have) {
            (Self::Known(a), Self::Known(b)) if a == b => Sameness::Same,
            (Self::Ref(a), Self::Ref(b)) if a.key == b.key && a.output == b.output => {
                Sameness::SameRef(a.key.clone(), a.volatile)
            }
            (Self::Unknown, _) | (_, Self::Unknown) => Sameness::Unknown,
            _ => Sameness::Different,
        }
    }
}

/// The result of comparing two inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sameness {
    /// Equal.
    Same,
    /// The same output of the same component (whose key this is; the flag says whether the output is volatile): equal
    /// unless that component changes.
    SameRef(Key, bool),
    /// Cannot be told before apply.
    Unknown,
    /// Not equal.
    Different,
}

impl<T> From<T> for Input<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl From<&str> for Input<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl<T: fmt::Debug> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Unknown => f.write_str("(unknown)"),
            Self::Ref(r) => write!(f, "{}.{}", r.key, r.output),
        }
    }
}

/// An input whatever its type: what the engine needs to draw edges and to resolve references.
pub trait AnyInput {
    /// The component it refers to, where it is a reference.
    fn target(&self) -> Option<&Key>;
    /// Whether it is a value that is not known yet.
    fn is_unknown(&self) -> bool;
    /// Replaces a reference by the value found in its component's output; a known value stays.
    ///
    /// # Errors
    /// A bug of ours where the output is of another type than the reference was made for.
    fn resolve(&mut self, output: &(dyn Any + Send + Sync)) -> Result<()>;
}

impl<T> AnyInput for Input<T> {
    fn target(&self) -> Option<&Key> {
        match self {
            Self::Ref(r) => Some(&r.key),
            _ => None,
        }
    }

    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    fn resolve(&mut self, output: &(dyn Any + Send + Sync)) -> Result<()> {
        if let Self::Ref(r) = self {
            *self = Self::Known(r.get(output)?);
        }
        Ok(())
    }
}
