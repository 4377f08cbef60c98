//! What is to be done to each wanted component: one rule, used to foretell (`preview`) and to act (`converge`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::Result;
use super::graph::Graph;
use super::key::Key;
use super::node::{AnySpec, Node};
use super::outcome::Step;
use super::record::{Part, Status};
use super::spec::{Field, Rule};

/// The field that stands for an object's tags, which are no part of a spec.
pub(super) const TAGS: Field = Field {
    name: "tags",
    rule: Rule::Update,
};

/// What stands of a component, as far as the one who asks knows.
pub(super) enum Have {
    /// Nothing.
    Nothing {
        /// There was something, and it comes back as it was: see [`Component::RETURNS`](super::Component::RETURNS).
        returns: bool,
    },
    /// An object that differs from what is wanted in these fields.
    Object {
        differs: Vec<Field>,
        /// It was being made or changed, and that was not seen to its end.
        unfinished: bool,
    },
}

impl Have {
    /// Nothing, of a component that is recorded so and was wanted so `before`.
    pub fn nothing<W>(part: Option<&Part>, before: Option<&Arc<dyn Node<W>>>, now: &dyn Node<W>) -> Self {
        let was_lost = part.is_some_and(|part| part.status == Status::Missing);
        let as_it_was = before.is_some_and(|before| now.spec().changes(before.spec()).is_empty());
        Self::Nothing {
            returns: now.returns() && was_lost && as_it_was,
        }
    }
}

/// What is to be done to a wanted component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Create,
    /// Make what was lost again, as it was.
    Restore,
    Keep,
    /// Change these fields; with none, wait until it can be used.
    Update(Vec<&'static str>),
    Replace(Vec<&'static str>),
}

impl Verdict {
    /// The step that carries it out.
    pub fn step(&self) -> Step {
        match self {
            Self::Create | Self::Restore | Self::Replace(_) => Step::Create,
            Self::Update(_) => Step::Update,
            Self::Keep => Step::Read,
        }
    }

    /// Whether an output of the component may be another afterwards.
    fn changes_output(&self, volatile: bool) -> bool {
        match self {
            Self::Create | Self::Replace(_) => true,
            Self::Restore | Self::Update(_) => volatile,
            Self::Keep => false,
        }
    }
}

/// Decides every wanted component in creation order: a reference to something that will be made, replaced or (where the
/// output is volatile) updated counts as a change of its field.
pub(super) fn decide<W: Send + Sync + 'static>(
    wanted: &Graph<W>,
    mut have: impl FnMut(&Key, &dyn Node<W>) -> Result<Have>,
) -> Result<BTreeMap<Key, Verdict>> {
    let mut verdicts: BTreeMap<Key, Verdict> = BTreeMap::new();
    for key in wanted.edges()?.order() {
        let Some(node) = wanted.node(key) else { continue };
        let verdict = match have(key, node.as_ref())? {
            Have::Nothing { returns: true } => Verdict::Restore,
            Have::Nothing { returns: false } => Verdict::Create,
            Have::Object { differs, unfinished } => {
                let mut changed = differs;
                for (field, source) in node.spec().links() {
                    let target = verdicts.get(&source.key);
                    if target.is_some_and(|target| target.changes_output(source.volatile)) {
                        changed.push(field);
                    }
                }
                judge(node.spec(), &changed, unfinished)
            }
        };
        verdicts.insert(key.clone(), verdict);
    }
    Ok(verdicts)
}

/// The verdict on an object that differs in these fields.
pub(super) fn judge(spec: &dyn AnySpec, changed: &[Field], unfinished: bool) -> Verdict {
    let fields = in_order(spec, changed);
    if changed.iter().any(|field| field.rule == Rule::Replace) {
        Verdict::Replace(fields)
    } else if unfinished || !fields.is_empty() {
        Verdict::Update(fields)
    } else {
        Verdict::Keep
    }
}

/// The names of the changed fields, each once, in the spec's order; then those that are not the spec's.
fn in_order(spec: &dyn AnySpec, changed: &[Field]) -> Vec<&'static str> {
    let own = spec
        .fields()
        .iter()
        .filter(|field| changed.contains(field))
        .map(|field| field.name);
    let mut names: Vec<_> = own.collect();
    for field in changed {
        if !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    names
}
