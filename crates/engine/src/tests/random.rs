//! Random deployments: which components, of what kinds, with which fields and references.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::cloud::Cloud;
use super::kinds::{Blue, Grey, Plain, Red, addresses, ids};
use crate::{Graph, Input, Key, Spec};

/// How many components there can be.
const MOST: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Blue,
    Grey,
    Red,
    Plain,
}

/// One component, its references by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    pub color: u8,
    pub size: u8,
    pub hidden: u8,
    pub base: Vec<usize>,
    pub peers: Vec<usize>,
    pub watches: Vec<usize>,
    pub after: Vec<usize>,
}

/// A deployment: index → component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(pub BTreeMap<usize, Item>);

/// A component as it is drawn: its references as bits, before those are dropped that would close a circle.
#[derive(Debug, Clone)]
struct Draft {
    kind: Kind,
    fields: [u8; 3],
    bits: [u8; 4],
}

pub fn name(index: usize) -> String {
    format!("k{index}")
}

impl Plan {
    fn new(drafts: &[Option<Draft>], reversed: bool) -> Self {
        let items = drafts.iter().enumerate().filter_map(|(index, draft)| {
            let draft = draft.as_ref()?;
            let targets = |bits: u8| -> Vec<usize> {
                (0..drafts.len())
                    .filter(|other| bits >> other & 1 == 1 && drafts[*other].is_some())
                    .filter(|other| if reversed { *other > index } else { *other < index })
                    .collect()
            };
            let [base, peers, watches, after] = draft.bits.map(targets);
            let [color, size, hidden] = draft.fields;
            let item = Item {
                // What carries no tags is known to be ours only by what it is a part of.
                kind: if draft.kind == Kind::Plain && base.is_empty() {
                    Kind::Blue
                } else {
                    draft.kind
                },
                color,
                size,
                hidden,
                base,
                peers,
                watches,
                after,
            };
            Some((index, item))
        });
        Self(items.collect())
    }

    /// The graph of it.
    pub fn graph(&self) -> Graph<Cloud> {
        let mut graph = Graph::new();
        for (index, item) in &self.0 {
            let key = Key::new(name(*index));
            match item.kind {
                Kind::Blue => add(&mut graph, key, item, Blue::new()),
                Kind::Grey => add(&mut graph, key, item, Grey::new()),
                Kind::Red => add(&mut graph, key, item, Red::new()),
                Kind::Plain => add(&mut graph, key, item, Plain::new()),
            }
        }
        for (index, item) in &self.0 {
            for earlier in &item.after {
                graph.after(&Key::new(name(*index)), &Key::new(name(*earlier)), "the test says so");
            }
        }
        graph
    }
}

/// The fields that all kinds have.
trait Fill: Spec {
    fn fill(&mut self, item: &Item);
}

macro_rules! fill {
    ($($kind:ident)*) => { $(
        impl Fill for $kind {
            fn fill(&mut self, item: &Item) {
                let names = |list: &[usize]| list.iter().copied().map(name).collect::<Vec<_>>();
                let (base, peers, watches) = (names(&item.base), names(&item.peers), names(&item.watches));
                let strs = |list: &[String], make: fn(&[&str]) -> Input<Vec<String>>| {
                    make(&list.iter().map(String::as_str).collect::<Vec<_>>())
                };
                self.color = item.color.into();
                self.size = item.size.into();
                self.hidden = item.hidden.into();
                self.base = strs(&base, ids);
                self.peers = strs(&peers, ids);
                self.watches = strs(&watches, addresses);
            }
        }
    )* };
}

fill!(Blue Grey Red Plain);

fn add<C: Fill + crate::Component<Cloud>>(graph: &mut Graph<Cloud>, key: Key, item: &Item, mut spec: C) {
    spec.fill(item);
    graph.add(key, spec);
}

fn draft() -> impl Strategy<Value = Draft> {
    let kind = prop_oneof![Just(Kind::Blue), Just(Kind::Grey), Just(Kind::Red), Just(Kind::Plain)];
    let sparse = || (any::<u8>(), any::<u8>()).prop_map(|(a, b)| a & b);
    let rare = (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(a, b, c)| a & b & c);
    (kind, [0..3u8, 0..3u8, 0..3u8], sparse(), sparse(), sparse(), rare).prop_map(|(kind, fields, a, b, c, d)| Draft {
        kind,
        fields,
        bits: [a, b, c, d],
    })
}

/// A deployment of any kinds.
pub fn plan() -> impl Strategy<Value = Plan> {
    pair().prop_map(|(first, _)| first)
}

/// A deployment and what it is to become.
pub fn pair() -> impl Strategy<Value = (Plan, Plan)> {
    let drafts = || prop::collection::vec(prop::option::weighted(0.85, draft()), 1..=MOST);
    let choices = prop::collection::vec(0..10u8, MOST);
    (drafts(), drafts(), choices, prop::bool::weighted(0.2)).prop_map(|(first, other, choices, reversed)| {
        let second: Vec<Option<Draft>> = (0..first.len())
            .map(|index| {
                let mut draft = first[index].clone();
                let change = other.get(index).cloned().flatten();
                match (choices[index], &mut draft, change) {
                    (0, _, change) => return change,
                    (1, _, _) => return None,
                    (2, Some(draft), Some(change)) => draft.fields[0] = change.fields[0],
                    (3, Some(draft), Some(change)) => draft.fields[1] = change.fields[1],
                    (4, Some(draft), Some(change)) => draft.fields[2] = change.fields[2],
                    (5, Some(draft), Some(change)) => draft.bits = change.bits,
                    _ => {}
                }
                draft
            })
            .collect();
        (Plan::new(&first, false), Plan::new(&second, reversed))
    })
}

/// The same, all of one kind.
pub fn pair_of(kind: Kind) -> impl Strategy<Value = (Plan, Plan)> {
    pair().prop_map(move |(mut first, mut second)| {
        for item in first.0.values_mut().chain(second.0.values_mut()) {
            item.kind = kind;
        }
        (first, second)
    })
}

/// The same, of kinds that carry tags.
pub fn tagged_pair() -> impl Strategy<Value = (Plan, Plan)> {
    pair().prop_map(|(mut first, mut second)| {
        for item in first.0.values_mut().chain(second.0.values_mut()) {
            item.kind = if item.kind == Kind::Plain { Kind::Red } else { item.kind };
        }
        (first, second)
    })
}

impl Plan {
    /// The plan with those of its components that `moved` picks under another key each, and (new index, old index) of
    /// those.
    pub fn moved(&self, moved: u8) -> (Self, Vec<(usize, usize)>) {
        let to = |index: usize| if moved >> index & 1 == 1 { index + MOST } else { index };
        let all = |list: &[usize]| list.iter().copied().map(to).collect();
        let items = self.0.iter().map(|(index, item)| {
            let item = Item {
                base: all(&item.base),
                peers: all(&item.peers),
                watches: all(&item.watches),
                after: all(&item.after),
                ..item.clone()
            };
            (to(*index), item)
        });
        let pairs = self.0.keys().map(|index| (to(*index), *index));
        (Self(items.collect()), pairs.filter(|(new, old)| new != old).collect())
    }
}
