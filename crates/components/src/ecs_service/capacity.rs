//! On what a service's tasks run, and how many there are.

use aws_sdk_ecs::types::{self as sdk, CapacityProviderStrategyItem};

use aws::ask::in_time;
use aws::ids::ClusterArn;
use aws::launch::Launch;
use aws::{Aws, CapacityProviderShare};
use engine::{Call, Result};

/// The strategy by which a service moves to this. No call names a launch type to move to: an empty strategy goes back to
/// the one that the service was made with, if there was one. So a service moves to Fargate by Fargate's own provider where
/// its cluster has it.
pub(super) async fn to_move_by(
    launch: &Launch,
    call: &Call<'_, Aws>,
    cluster: &ClusterArn,
) -> Result<Vec<CapacityProviderStrategyItem>> {
    if matches!(launch, Launch::Fargate) && has_fargate(call, cluster).await? {
        return Launch::only(Launch::FARGATE.into()).strategy();
    }
    launch.strategy()
}

/// What a service runs on.
pub(super) fn reported(wanted: Option<&Launch>, found: &sdk::Service) -> Launch {
    let strategy = found.capacity_provider_strategy().iter();
    let shares = strategy.map(CapacityProviderShare::told).collect();
    Launch::told(wanted, shares, found.launch_type())
}

/// Whether the cluster is associated with Fargate's provider.
async fn has_fargate(call: &Call<'_, Aws>, cluster: &ClusterArn) -> Result<bool> {
    let found = call.world.reads.ecs.clusters.one((), cluster.as_str());
    let found = in_time(call, "ecs:DescribeClusters", found).await?;
    let mut providers = found.iter().flat_map(sdk::Cluster::capacity_providers);
    Ok(providers.any(|name| name == Launch::FARGATE))
}

/// How many tasks run.
#[derive(Debug, Clone, Copy)]
pub enum DesiredCount {
    /// This many, always.
    Fixed(i32),
    /// This many at first; from then on the count is scaled by others, and no count is a difference.
    Initial(i32),
}

impl DesiredCount {
    /// The number.
    pub fn number(self) -> i32 {
        match self {
            Self::Fixed(count) | Self::Initial(count) => count,
        }
    }

    /// The number where it is ours to set at any time.
    pub(super) fn fixed(self) -> Option<i32> {
        match self {
            Self::Fixed(count) => Some(count),
            Self::Initial(_) => None,
        }
    }

    /// The count that is reported, in the way in which one is wanted.
    pub(super) fn reported(wanted: Option<&Self>, count: i32) -> Self {
        match wanted {
            Some(Self::Initial(_)) => Self::Initial(count),
            _ => Self::Fixed(count),
        }
    }
}

impl PartialEq for DesiredCount {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fixed(a), Self::Fixed(b)) => a == b,
            (Self::Initial(_), Self::Initial(_)) => true,
            _ => false,
        }
    }
}

impl Eq for DesiredCount {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_others_scale_is_no_difference() {
        let wanted = DesiredCount::Initial(1);
        assert_eq!(DesiredCount::reported(Some(&wanted), 7), wanted);
        let wanted = DesiredCount::Fixed(1);
        assert_ne!(DesiredCount::reported(Some(&wanted), 7), wanted);
        assert_ne!(DesiredCount::Fixed(1), DesiredCount::Initial(1));
    }
}
