//! The kinds of components there are, for parts that are recorded and that no description mentions any more: an update that
//! failed leaves a state with the new configuration and with parts of the old one.

use std::sync::Arc;

use super::component::Component;
use super::component::{Call, Identity};
use super::error::{Error, Result};
use super::node::{Node, Typed};

/// Every kind of a world, in an order in which they can be made: one may refer to kinds before it.
pub struct Kinds<W>(Vec<Arc<dyn Node<W>>>);

impl<W: Send + Sync + 'static> Kinds<W> {
    /// No kind.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// With another kind, after all others.
    #[must_use]
    pub fn then<C: Component<W>>(mut self) -> Self {
        self.0.push(Arc::new(Typed(C::blank())));
        self
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|node| node.kind())
    }

    /// What the object of that identity turns out to be, seen by a component of that kind of which nothing else is known.
    pub async fn sees(&self, kind: &str, call: &Call<'_, W>, identity: &Identity) -> Result<Option<Identity>> {
        match self.blank(kind) {
            Some((_, node)) => Ok(node.read(call, identity).await?.map(|sight| sight.identity)),
            None => Err(Error::bug("look at an object", format!("there is no kind {kind}"))),
        }
    }

    /// A component of that kind of which nothing else is known, and its place in the order.
    pub(super) fn blank(&self, kind: &str) -> Option<(usize, Arc<dyn Node<W>>)> {
        let place = self.0.iter().position(|node| node.kind() == kind)?;
        Some((place, Arc::clone(&self.0[place])))
    }
}

impl<W: Send + Sync + 'static> Default for Kinds<W> {
    fn default() -> Self {
        Self::new()
    }
}
