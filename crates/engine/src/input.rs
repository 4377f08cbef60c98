//! The fields of a component's spec: known values, values not known yet, and references to other components' outputs.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::error::{Error, Result};
use super::key::Key;
use super::outputs::Outputs;

/// A field of a spec.
#[derive(Clone)]
pub enum Input<T> {
    /// A value that is known now.
    Known(T),
    /// A value that comes from outside and is known only at apply.
    Unknown,
    /// Made of other components' outputs; it makes edges of the graph.
    Ref(Ref<T>),
}

/// One output of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The component.
    pub key: Key,
    /// The output's name, for comparison and messages.
    pub output: &'static str,
    /// Whether the output may change when the component is updated in place (a task's address), or only when it is
    /// replaced (an ARN).
    pub volatile: bool,
}

/// What turns outputs into the value; `None` while one of them is missing.
type Getter<T> = Arc<dyn Fn(&Outputs) -> Result<Option<T>> + Send + Sync>;

/// A value made of other components' outputs.
#[derive(Clone)]
pub struct Ref<T> {
    /// The outputs it is made of.
    pub sources: Vec<Source>,
    /// What else went into it, so that two references can be compared without being resolved.
    recipe: Vec<Ingredient>,
    get: Getter<T>,
}

/// A named step from outputs to a value, with the known value it used.
#[derive(Clone)]
struct Ingredient {
    name: &'static str,
    with: Arc<dyn Comparable>,
}

/// A value that can be compared with another of a type known only at run time.
trait Comparable: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + Send + Sync + 'static> Comparable for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>().is_some_and(|other| other == self)
    }
}

impl PartialEq for Ingredient {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.with.equals((*other.with).as_any())
    }
}

impl<T: 'static> Ref<T> {
    /// A reference to `output` of the component `key`, read with `get` from its output of type `O`. The getter is a
    /// plain function on purpose: what it captured could not be compared. See [`Input::with`].
    pub fn new<O: Any>(key: Key, output: &'static str, volatile: bool, get: fn(&O) -> T) -> Self {
        let source = key.clone();
        Self {
            sources: vec![Source { key, output, volatile }],
            recipe: Vec::new(),
            get: Arc::new(move |outputs| {
                let Some(any) = outputs.any(&source) else {
                    return Ok(None);
                };
                any.downcast_ref::<O>()
                    .map(get)
                    .map(Some)
                    .ok_or_else(|| Error::bug(format!("resolve {source}.{output}"), "the output is of another type"))
            }),
        }
    }
}

impl<T> Ref<T> {
    /// The value; `None` while a component it is made of has no output.
    ///
    /// # Errors
    /// A bug of ours where an output is of another type than the reference was made for.
    pub fn get(&self, outputs: &Outputs) -> Result<Option<T>> {
        (self.get)(outputs)
    }

    fn describe(&self) -> String {
        let sources: Vec<_> = self.sources.iter().map(|s| format!("{}.{}", s.key, s.output)).collect();
        sources.join(" and ")
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
                format!("the reference to {} was not resolved", r.describe()),
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

impl<T: Clone + PartialEq + Send + Sync + 'static> Input<T> {
    /// The value that `make` builds of this one and of `known`. `name` tells two such functions apart when references
    /// are compared; everything that is not a reference goes through `known`, so that a change of it is seen.
    #[must_use]
    pub fn with<K, U>(self, name: &'static str, known: K, make: fn(T, &K) -> U) -> Input<U>
    where
        K: PartialEq + Send + Sync + 'static,
        U: 'static,
    {
        match self {
            Self::Known(value) => Input::Known(make(value, &known)),
            Self::Unknown => Input::Unknown,
            Self::Ref(mut r) => {
                let known = Arc::new(known);
                r.recipe.push(Ingredient {
                    name,
                    with: known.clone(),
                });
                let get = r.get;
                Input::Ref(Ref {
                    sources: r.sources,
                    recipe: r.recipe,
                    get: Arc::new(move |outputs| Ok(get(outputs)?.map(|value| make(value, &known)))),
                })
            }
        }
    }

    /// Both values, as soon as both are known.
    #[must_use]
    pub fn and<U: Clone + PartialEq + Send + Sync + 'static>(self, other: Input<U>) -> Input<(T, U)> {
        match (self, other) {
            (Self::Unknown, _) | (_, Input::Unknown) => Input::Unknown,
            (Self::Known(a), Input::Known(b)) => Input::Known((a, b)),
            (Self::Ref(a), Input::Known(b)) => Self::Ref(a).with("and known", b, |a, b| (a, b.clone())),
            (Self::Known(a), Input::Ref(b)) => Input::Ref(b).with("known and", a, |b, a| (a.clone(), b)),
            (Self::Ref(a), Input::Ref(b)) => {
                let (get_a, get_b) = (a.get, b.get);
                let boundary = Ingredient {
                    name: "and",
                    with: Arc::new(a.sources.len()),
                };
                Input::Ref(Ref {
                    sources: a.sources.into_iter().chain(b.sources).collect(),
                    recipe: a.recipe.into_iter().chain([boundary]).chain(b.recipe).collect(),
                    get: Arc::new(move |outputs| Ok(get_a(outputs)?.zip(get_b(outputs)?))),
                })
            }
        }
    }
}

impl<T: PartialEq> Input<T> {
    /// Compares what is wanted (`self`) with what is there (or was wanted before). Two references are the same when
    /// they name the same outputs, whatever these are by now.
    pub fn sameness(&self, have: &Self) -> Sameness {
        match (self, have) {
            (Self::Known(a), Self::Known(b)) if a == b => Sameness::Same,
            (Self::Ref(a), Self::Ref(b)) if a.sources == b.sources && a.recipe == b.recipe => Sameness::Same,
            (Self::Unknown, _) | (_, Self::Unknown) => Sameness::Unknown,
            _ => Sameness::Different,
        }
    }
}

/// The result of comparing two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// Equal; of two references: equal unless what they refer to changes.
    Same,
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
            Self::Ref(r) => f.write_str(&r.describe()),
        }
    }
}

/// An input whatever its type: what the engine needs to draw edges and to resolve references.
pub trait AnyInput {
    /// The outputs it is made of; none where it is no reference.
    fn sources(&self) -> &[Source];
    /// Whether it is a value that is not known yet.
    fn is_unknown(&self) -> bool;
    /// Replaces a reference by its value where all outputs it is made of are there.
    ///
    /// # Errors
    /// A bug of ours where an output is of another type than the reference was made for.
    fn resolve(&mut self, outputs: &Outputs) -> Result<()>;
}

impl<T> AnyInput for Input<T> {
    fn sources(&self) -> &[Source] {
        match self {
            Self::Ref(r) => &r.sources,
            _ => &[],
        }
    }

    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    fn resolve(&mut self, outputs: &Outputs) -> Result<()> {
        if let Self::Ref(r) = self
            && let Some(value) = r.get(outputs)?
        {
            *self = Self::Known(value);
        }
        Ok(())
    }
}
