//! What the components of a deployment offer to each other and to the outside, by key.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::error::Result;
use super::input::Input;
use super::key::Key;

/// A component's output whose type only the component knows.
pub(super) type AnyOutput = Arc<dyn Any + Send + Sync>;

/// Key → output, of every component that is known to stand.
#[derive(Clone, Default)]
pub struct Outputs(BTreeMap<Key, AnyOutput>);

impl Outputs {
    /// The value of an input: its own where it is known, or out of the outputs it refers to. `None` where it is unknown
    /// or a component it refers to does not stand.
    ///
    /// # Errors
    /// A bug of ours where an output is of another type than the reference was made for.
    pub fn resolve<T: Clone>(&self, input: &Input<T>) -> Result<Option<T>> {
        match input {
            Input::Known(value) => Ok(Some(value.clone())),
            Input::Unknown => Ok(None),
            Input::Ref(r) => r.get(self),
        }
    }

    /// Whether the component has an output.
    pub fn contains(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn any(&self, key: &Key) -> Option<&(dyn Any + Send + Sync)> {
        self.0.get(key).map(AsRef::as_ref)
    }

    pub(super) fn insert(&mut self, key: Key, output: AnyOutput) {
        self.0.insert(key, output);
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Key) -> bool) {
        self.0.retain(|key, _| keep(key));
    }

    pub(super) fn remove(&mut self, key: &Key) {
        self.0.remove(key);
    }
}

impl fmt::Debug for Outputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
