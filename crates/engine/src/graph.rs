//! What a deployment should be: components by key, and the edges between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use petgraph::algo::toposort;
use petgraph::graphmap::DiGraphMap;
use tracing::debug;

use super::component::Component;
use super::error::{Error, Result};
use super::input::{Input, Ref};
use super::key::Key;
use super::kinds::Kinds;
use super::node::{Node, Typed};
use super::permission::Permission;
use super::record::Record;

/// The components of a deployment in a world `W`. Edges come from the specs' references; only what data does not show
/// is named by hand.
pub struct Graph<W> {
    nodes: BTreeMap<Key, Arc<dyn Node<W>>>,
    named: Vec<NamedEdge>,
    successions: Vec<(Key, Key)>,
    retained: BTreeSet<Key>,
    promised: BTreeSet<Key>,
    twice: Vec<Key>,
    undetermined: bool,
    unguarded: bool,
}

/// An order that no reference shows.
#[derive(Debug, Clone)]
struct NamedEdge {
    later: Key,
    earlier: Key,
    reason: &'static str,
}

/// A component within its graph: what others refer to.
pub struct Handle<C> {
    key: Key,
    component: PhantomData<fn() -> C>,
}

impl<C> Handle<C> {
    /// The component's key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// A reference to an output that changes only when the component is replaced.
    pub fn output<W, T>(&self, name: &'static str, get: fn(&C::Output) -> T) -> Input<T>
    where
        C: Component<W>,
        W: Send + Sync + 'static,
        T: 'static,
    {
        Input::Ref(Ref::new(self.key.clone(), name, false, get))
    }

    /// A reference to an output that may also change when the component is updated in place.
    pub fn volatile<W, T>(&self, name: &'static str, get: fn(&C::Output) -> T) -> Input<T>
    where
        C: Component<W>,
        W: Send + Sync + 'static,
        T: 'static,
    {
        Input::Ref(Ref::new(self.key.clone(), name, true, get))
    }
}

impl<C> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self {
            key: self.key.clone(),
            component: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Handle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.key).finish()
    }
}

impl<W: Send + Sync + 'static> Graph<W> {
    /// A graph without components.
    pub fn new() -> Self {
        Self {
            nodes: BTreeMap::new(),
            named: Vec::new(),
            successions: Vec::new(),
            retained: BTreeSet::new(),
            promised: BTreeSet::new(),
            twice: Vec::new(),
            undetermined: false,
            unguarded: false,
        }
    }

    /// Adds a component. A key that is there already is a defect, reported when the graph is first used.
    pub fn add<C: Component<W>>(&mut self, key: Key, spec: C) -> Handle<C> {
        let handle = Handle {
            key: key.clone(),
            component: PhantomData,
        };
        if self.nodes.insert(key.clone(), Arc::new(Typed(spec))).is_some() {
            self.twice.push(key);
        }
        handle
    }

    /// Describes, by their kind alone, the recorded parts that neither this graph nor `other` knows, so that they can be
    /// deleted: in the order of their kinds, since what they refer to is not known any more.
    pub fn recall(&mut self, record: &Record, other: Option<&Self>, kinds: &Kinds<W>) {
        let mut recalled: Vec<(usize, Key)> = Vec::new();
        for (key, part) in record {
            let base = key.base();
            if self.nodes.contains_key(&base) || other.is_some_and(|other| other.nodes.contains_key(&base)) {
                continue;
            }
            if let Some((place, node)) = kinds.blank(&part.kind) {
                self.nodes.insert(base.clone(), node);
                recalled.push((place, base));
            }
        }
        for (place, later) in &recalled {
            for (_, earlier) in recalled.iter().filter(|(before, _)| before < place) {
                self.after(later, earlier, "the later kind may refer to the earlier one");
            }
        }
    }

    /// An order that no reference shows, with its reason: `later` is made after `earlier` and deleted before it.
    pub fn after(&mut self, later: &Key, earlier: &Key, reason: &'static str) {
        self.named.push(NamedEdge {
            later: later.clone(),
            earlier: earlier.clone(),
            reason,
        });
    }

    /// Lets a component wait until another one, which is no longer wanted but may still stand, is deleted: both cannot
    /// stand at once (two writers of one volume, two mount targets in one zone).
    pub fn succeeds(&mut self, newer: &Key, older: Key) {
        self.successions.push((newer.clone(), older));
    }

    /// Leaves the component standing when it is no longer wanted: on destroy, on removal from the graph, and when it is
    /// replaced.
    pub fn retain(&mut self, key: &Key) {
        self.retained.insert(key.clone());
    }

    /// States that the plan keeps the component's object: a run that would have to make it anew refuses to do anything.
    pub fn promise(&mut self, key: &Key) {
        self.promised.insert(key.clone());
    }

    /// States that further keys depend on inputs that are unknown yet. Those that are there will be there whatever these
    /// turn out to be.
    pub fn mark_undetermined(&mut self) {
        self.undetermined = true;
    }

    /// Whether further keys depend on inputs that are unknown yet.
    pub fn is_undetermined(&self) -> bool {
        self.undetermined
    }

    /// States that no component refuses a second creator of the deployment's name. Whoever creates it looks first whether
    /// one of that name stands.
    pub fn mark_unguarded(&mut self) {
        self.unguarded = true;
    }

    /// Whether no component refuses a second creator of the deployment's name.
    pub fn is_unguarded(&self) -> bool {
        self.unguarded
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.nodes.keys()
    }

    /// The kind of a component, as in `components[*].type`.
    pub fn kind(&self, key: &Key) -> Option<&'static str> {
        self.nodes.get(key).map(|node| node.kind())
    }

    /// What the caller must be allowed for the whole life of a deployment of that name, by the component that needs it.
    pub fn permissions(&self, world: &W, deployment: &str) -> Vec<(&Key, Permission)> {
        let all = self.nodes.iter().flat_map(|(key, node)| {
            let permissions = node.permissions(world, deployment).into_iter();
            permissions.map(move |permission| (key, permission))
        });
        all.collect()
    }

    /// Whether the component refers to another one.
    pub fn refers(&self, key: &Key) -> bool {
        self.nodes.get(key).is_some_and(|node| !node.spec().links().is_empty())
    }

    pub(super) fn node(&self, key: &Key) -> Option<&Arc<dyn Node<W>>> {
        self.nodes.get(key)
    }

    /// Pairs of a component and the one that must be deleted before it is made.
    pub(super) fn successions(&self) -> impl Iterator<Item = (&Key, &Key)> {
        self.successions.iter().map(|(newer, older)| (newer, older))
    }

    /// Whether the component is left standing when it is no longer wanted.
    pub fn is_retained(&self, key: &Key) -> bool {
        self.retained.contains(key)
    }

    /// The components whose object the plan keeps.
    pub(super) fn promised(&self) -> impl Iterator<Item = &Key> {
        self.promised.iter()
    }

    /// The graph's edges, checked.
    ///
    /// # Errors
    /// A bug of ours where a key is used twice, a reference or a named edge points nowhere, or there is a cycle.
    pub fn edges(&self) -> Result<Edges> {
        let bug = |message: String| Err(Error::bug("build the graph", message));
        if let Some(key) = self.twice.first() {
            return bug(format!("{key} was added twice"));
        }
        let mut pairs = BTreeSet::new();
        for (key, node) in &self.nodes {
            for (field, source) in node.spec().links() {
                if !self.nodes.contains_key(&source.key) {
                    return bug(format!(
                        "{key}.{} refers to {}, which is not there",
                        field.name, source.key
                    ));
                }
                pairs.insert((key.clone(), source.key));
            }
        }
        for edge in &self.named {
            if !self.nodes.contains_key(&edge.later) || !self.nodes.contains_key(&edge.earlier) {
                return bug(format!(
                    "{} comes after {} ({}), but one of them is not there",
                    edge.later, edge.earlier, edge.reason
                ));
            }
            pairs.insert((edge.later.clone(), edge.earlier.clone()));
        }
        Edges::new(self.nodes.keys(), pairs)
            .map_err(|key| Error::bug("build the graph", format!("{key} is in a cycle")))
    }

    /// Whether a component may stand for a while although one that it comes after is gone: it only names that one.
    pub(super) fn only_names(&self, later: &Key, earlier: &Key) -> bool {
        let is_named = |edge: &NamedEdge| edge.later == *later && edge.earlier == *earlier;
        let names = self.nodes.get(later).is_some_and(|node| node.only_names(earlier));
        names && !self.named.iter().any(is_named)
    }
}

impl<W: Send + Sync + 'static> Default for Graph<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<W> fmt::Debug for Graph<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.nodes.iter().map(|(key, node)| (key, node.kind())))
            .finish()
    }
}

/// Who needs whom, without cycles.
#[derive(Debug, Clone, Default)]
pub struct Edges {
    earlier: BTreeMap<Key, BTreeSet<Key>>,
    later: BTreeMap<Key, BTreeSet<Key>>,
    order: Vec<Key>,
}

impl Edges {
    /// Sorts `keys` by `pairs` of (later, earlier); answers a key of a cycle where there is one.
    fn new<'a>(keys: impl Iterator<Item = &'a Key>, pairs: BTreeSet<(Key, Key)>) -> std::result::Result<Self, Key> {
        let mut graph = DiGraphMap::<&Key, ()>::new();
        for key in keys {
            graph.add_node(key);
        }
        for (later, earlier) in &pairs {
            graph.add_edge(earlier, later, ());
        }
        let order = toposort(&graph, None).map_err(|cycle| cycle.node_id().clone())?;
        let mut edges = Self {
            order: order.into_iter().cloned().collect(),
            ..Self::default()
        };
        for (later, earlier) in pairs {
            edges.earlier.entry(later.clone()).or_default().insert(earlier.clone());
            edges.later.entry(earlier).or_default().insert(later);
        }
        Ok(edges)
    }

    /// Says in the log what each component of that deployment needs.
    pub(super) fn tell(&self, deployment: &str) {
        for component in &self.order {
            let needs: Vec<&str> = self.needs(component).map(Key::as_str).collect();
            let needs = needs.join(" ");
            debug!(deployment, %component, needs, "{deployment}: {component} needs [{needs}]");
        }
    }

    /// All keys in creation order.
    pub fn order(&self) -> &[Key] {
        &self.order
    }

    /// What a component directly needs.
    pub fn needs(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.earlier.get(key).into_iter().flatten()
    }

    /// What directly needs a component.
    pub fn needed_by(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.later.get(key).into_iter().flatten()
    }
}
