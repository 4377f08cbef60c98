//! Steps that wait for each other: which may start now, which are done, which are left.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Started,
    Done,
}

/// Steps of type `S`, each waiting for some of the others. There are no levels: a step may start as soon as what it
/// waits for is done.
#[derive(Debug)]
pub(super) struct Schedule<S> {
    graph: DiGraph<(S, Stage), ()>,
    index: BTreeMap<S, NodeIndex>,
}

impl<S: Ord + Clone> Schedule<S> {
    pub fn new(steps: impl IntoIterator<Item = S>) -> Self {
        let mut schedule = Self {
            graph: DiGraph::new(),
            index: BTreeMap::new(),
        };
        for step in steps {
            let node = schedule.graph.add_node((step.clone(), Stage::Waiting));
            schedule.index.insert(step, node);
        }
        schedule
    }

    /// Lets `later` wait for `earlier`, where both are steps of this schedule.
    pub fn after(&mut self, later: &S, earlier: &S) {
        if let Some((earlier, later)) = self.pair(earlier, later) {
            self.graph.update_edge(earlier, later, ());
        }
    }

    /// Lets `later` wait for `earlier` unless `earlier` already waits for `later`; whether it does.
    pub fn rather_after(&mut self, later: &S, earlier: &S) -> bool {
        match self.pair(earlier, later) {
            Some((earlier, later)) if !has_path_connecting(&self.graph, later, earlier, None) => {
                self.graph.update_edge(earlier, later, ());
                true
            }
            _ => false,
        }
    }

    fn pair(&self, earlier: &S, later: &S) -> Option<(NodeIndex, NodeIndex)> {
        Some((*self.index.get(earlier)?, *self.index.get(later)?))
    }

    /// Starts a step that waits for nothing any more and that `may` start.
    pub fn start(&mut self, may: impl Fn(&S) -> bool) -> Option<S> {
        let ready = self.index.iter().find(|(step, node)| {
            self.graph[**node].1 == Stage::Waiting
                && self
                    .graph
                    .neighbors_directed(**node, Direction::Incoming)
                    .all(|earlier| self.graph[earlier].1 == Stage::Done)
                && may(step)
        });
        let (step, node) = ready.map(|(step, node)| (step.clone(), *node))?;
        self.graph[node].1 = Stage::Started;
        Some(step)
    }

    /// Lets what waited for the step go on.
    pub fn done(&mut self, step: &S) {
        if let Some(node) = self.index.get(step) {
            self.graph[*node].1 = Stage::Done;
        }
    }

    /// The steps that never started.
    pub fn waiting(&self) -> impl Iterator<Item = &S> {
        let waiting = self
            .index
            .iter()
            .filter(|(_, node)| self.graph[**node].1 == Stage::Waiting);
        waiting.map(|(step, _)| step)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn a_step_starts_once_what_it_waits_for_is_done() {
        let mut schedule = Schedule::new(["role", "service", "cluster"]);
        schedule.after(&"service", &"cluster");
        schedule.after(&"service", &"role");
        assert_eq!(schedule.start(|_| true), Some("cluster"));
        assert_eq!(schedule.start(|_| true), Some("role"));
        assert_eq!(schedule.start(|_| true), None);
        schedule.done(&"role");
        assert_eq!(schedule.start(|_| true), None);
        schedule.done(&"cluster");
        assert_eq!(schedule.start(|step| *step != "service"), None);
        assert_eq!(schedule.start(|_| true), Some("service"));
        assert_eq!(schedule.waiting().count(), 0);
    }

    #[test]
    fn a_wish_that_would_close_a_circle_is_dropped() {
        let mut schedule = Schedule::new(["a", "b", "c"]);
        schedule.after(&"b", &"a");
        schedule.rather_after(&"c", &"b");
        schedule.rather_after(&"a", &"c");
        schedule.rather_after(&"a", &"a");
        assert_eq!(schedule.start(|_| true), Some("a"));
        schedule.done(&"a");
        assert_eq!(schedule.start(|_| true), Some("b"));
        assert_eq!(schedule.waiting().collect::<Vec<_>>(), [&"c"]);
    }
}
