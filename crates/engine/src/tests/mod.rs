//! The engine against a cloud of its own: no product, no network, a clock that stands still while nobody waits.

mod adoption;
mod cloud;
mod destroying;
mod failing;
mod kinds;
mod orderings;
mod previewing;
mod promising;
mod properties;
mod random;
mod replacing;
mod running;
mod surveying;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{DeploymentId, Graph, IgnoreTags, Key, Notes, Record, Run, Status, Tags, converge};
use cloud::Cloud;

/// A run of the deployment `demo`, an hour long.
fn run_as(cloud: &Arc<Cloud>, id: &str) -> Run<Cloud> {
    Run {
        world: Arc::clone(cloud),
        deployment: DeploymentId::from_text(id),
        name: "demo".to_owned(),
        tags: Tags::from([("team".to_owned(), "fraud".to_owned())]),
        part_tags: BTreeMap::new(),
        ignore_tags: IgnoreTags::default(),
        stale_tags: BTreeSet::new(),
        cancel: CancellationToken::new(),
        deadline: Instant::now() + Duration::from_hours(1),
        adopt: false,
        notes: Notes::default(),
    }
}

fn run(cloud: &Arc<Cloud>) -> Run<Cloud> {
    run_as(cloud, "ours")
}

fn key(text: &str) -> Key {
    Key::new(text)
}

/// The statuses of a record, as the user sees them.
fn statuses(record: &Record) -> Vec<(String, String)> {
    let pairs = record
        .iter()
        .map(|(key, part)| (key.to_string(), part.status.to_string()));
    pairs.collect()
}

/// The record names exactly the objects of the deployment that stand in the cloud.
fn assert_true_record(cloud: &Cloud, record: &Record, id: &str) {
    let recorded: BTreeSet<String> = record
        .values()
        .filter(|part| !matches!(part.status, Status::Missing | Status::Foreign(_)))
        .filter_map(|part| part.id.clone())
        .collect();
    assert_eq!(
        recorded,
        cloud.ids_of(id),
        "the record does not say what stands: {record:#?}"
    );
}

/// Brings the graph up and forgets what happened.
async fn up(cloud: &Arc<Cloud>, graph: &Graph<Cloud>) -> Record {
    let outcome = converge(None, graph, &Record::new(), &run(cloud)).await.unwrap();
    assert!(outcome.is_complete(), "{:#?}", outcome.failures);
    cloud.take_events();
    outcome.record
}

/// The same pairs, owned.
fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}
