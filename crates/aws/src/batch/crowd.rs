//! How many ask at once for objects of a kind: those of many deployments, which Terraform reads one after the other, ten at
//! once. Those who are answered together ask again together, but for what their other calls took; so they are waited for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::locked;

/// How many at once are those of many deployments: one asks for less of a kind.
const CROWD: usize = 8;
/// How long as many are waited for as asked at once before: as long as it takes those that are behind by a call or two.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
/// For how long a crowd is remembered.
pub(super) const MEMORY: Duration = Duration::from_secs(1);

/// Those who ask at once, by the group of what one call tells.
#[derive(Debug)]
pub(super) struct Crowds<G>(Arc<Mutex<BTreeMap<G, Crowd>>>);

#[derive(Debug)]
struct Crowd {
    /// Those for whom a call is under way.
    asked: usize,
    /// The most of late, with those who waited for the next call, and when that was.
    most: usize,
    at: Instant,
}

impl Crowd {
    fn nobody() -> Self {
        Self {
            asked: 0,
            most: 0,
            at: Instant::now(),
        }
    }
}

impl<G> Default for Crowds<G> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<G> Clone for Crowds<G> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<G: Clone + Ord> Crowds<G> {
    /// So many wait for the next call.
    pub(super) fn wait(&self, group: &G, keys: usize) {
        let mut crowds = locked(&self.0);
        let crowd = crowds.entry(group.clone()).or_insert_with(Crowd::nobody);
        let all = crowd.asked + keys;
        if all >= crowd.most || crowd.at.elapsed() >= MEMORY {
            (crowd.most, crowd.at) = (all, Instant::now());
        }
    }

    /// How many will ask together for the next call, by those who did of late; none where they were few.
    pub(super) fn expected(&self, group: &G) -> usize {
        let crowds = locked(&self.0);
        let crowd = crowds.get(group);
        let crowd = crowd.filter(|crowd| crowd.most >= CROWD && crowd.at.elapsed() < MEMORY);
        crowd.map_or(0, |crowd| crowd.most)
    }

    /// A call for so many is under way, for as long as the answer is kept.
    pub(super) fn ask(&self, group: &G, keys: usize) -> Asked<G> {
        let mut crowds = locked(&self.0);
        crowds.entry(group.clone()).or_insert_with(Crowd::nobody).asked += keys;
        Asked {
            crowds: self.clone(),
            group: group.clone(),
            keys,
        }
    }
}

/// Those for whom a call is under way.
#[derive(Debug)]
pub(super) struct Asked<G: Ord> {
    crowds: Crowds<G>,
    group: G,
    keys: usize,
}

impl<G: Ord> Drop for Asked<G> {
    fn drop(&mut self) {
        if let Some(crowd) = locked(&self.crowds.0).get_mut(&self.group) {
            crowd.asked -= self.keys;
        }
    }
}
