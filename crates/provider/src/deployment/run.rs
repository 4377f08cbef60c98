//! What the engine is told of a run: whose, with which tags, until when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Context;
use aws::Aws;
use engine::{DeploymentId, Notes, Run, Tags};
use framework::{Attr, Timeouts};
use products::container_image::STORED;
use products::{CLUSTER, Product, SETTINGS, SUBNETS};

/// The operations that have a time limit, with the limit that holds where the user sets none.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// `timeouts.create`
    Create,
    /// `timeouts.read`
    Read,
    /// `timeouts.update`
    Update,
    /// `timeouts.delete`
    Delete,
}

impl Limit {
    fn of(self, timeouts: Option<&Timeouts>) -> Duration {
        let (name, minutes) = match self {
            Self::Create => ("create", 30),
            Self::Read => ("read", 5),
            Self::Update => ("update", 30),
            Self::Delete => ("delete", 30),
        };
        let default = Duration::from_secs(minutes * 60);
        timeouts.and_then(|timeouts| timeouts.get(name)).unwrap_or(default)
    }
}

/// A run on a deployment.
pub fn run<P: Product>(
    product: &P,
    context: &Context,
    model: &mut P::Model,
    limit: Limit,
    cancel: &CancellationToken,
    mut stale_tags: BTreeSet<String>,
) -> Run<Aws> {
    let part_tags = product.part_tags(model);
    let common = product.common(model);
    stale_tags.extend([SETTINGS, CLUSTER, SUBNETS].map(str::to_owned));
    stale_tags.extend(STORED.map(str::to_owned));
    Run {
        world: context.aws.clone(),
        deployment: DeploymentId::from_text(common.id.known().map_or("", String::as_str)),
        name: common.name.known().cloned().unwrap_or_default(),
        tags: known_tags(common.tags_all),
        part_tags,
        ignore_tags: context.ignore_tags.clone(),
        stale_tags,
        cancel: cancel.clone(),
        deadline: Instant::now() + limit.of(common.timeouts.as_ref()),
        adopt: common.adopt_existing.known() == Some(&true),
        notes: Notes::default(),
    }
}

/// The tags of a map, where they are known.
pub fn known_tags(tags: &Attr<BTreeMap<String, Attr<String>>>) -> Tags {
    let entries = tags.known().into_iter().flatten();
    entries
        .filter_map(|(name, value)| Some((name.clone(), value.known()?.clone())))
        .collect()
}

/// The resource's tags over the provider's.
pub fn tags_all(
    context: &Context,
    tags: &Attr<BTreeMap<String, Attr<String>>>,
) -> Attr<BTreeMap<String, Attr<String>>> {
    if tags.is_unknown() {
        return Attr::Unknown;
    }
    let defaults = context
        .default_tags
        .iter()
        .map(|(name, value)| (name.clone(), Attr::Known(value.clone())));
    let own = tags
        .known()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()));
    Attr::Known(defaults.chain(own).filter(|(_, value)| !value.is_null()).collect())
}
