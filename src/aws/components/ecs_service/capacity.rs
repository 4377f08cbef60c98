//! On what a service's tasks run, and how many there are.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{self as sdk, CapacityProviderStrategyItem, LaunchType};

use crate::aws::error::ask;
use crate::aws::ids::ClusterArn;
use crate::aws::{Aws, CapacityProviderShare};
use crate::engine::{Call, Result};

/// On what tasks run. AWS moves a service from any of these to any other in place, with a new deployment. Source: Amazon
/// ECS API, `UpdateService`, `capacityProviderStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launch {
    /// Fargate, on demand.
    Fargate,
    /// Capacity providers: hosts of our own, or Fargate's `FARGATE` and `FARGATE_SPOT`; all of them must be associated with
    /// the cluster. Reported without any, it is the EC2 launch type, which we never ask for.
    CapacityProviders(BTreeSet<CapacityProviderShare>),
}

impl Launch {
    /// Whether tasks run on Fargate alone, which is what platform versions are for.
    pub fn is_fargate(&self) -> bool {
        match self {
            Self::Fargate => true,
            Self::CapacityProviders(shares) => {
                !shares.is_empty()
                    && shares
                        .iter()
                        .all(|share| share.provider.as_str().starts_with("FARGATE"))
            }
        }
    }

    /// The launch type as a create takes it.
    pub(super) fn launch_type(&self) -> Option<LaunchType> {
        matches!(self, Self::Fargate).then_some(LaunchType::Fargate)
    }

    /// The strategy; empty for the launch type.
    pub(super) fn strategy(&self) -> Result<Vec<CapacityProviderStrategyItem>> {
        let Self::CapacityProviders(shares) = self else {
            return Ok(Vec::new());
        };
        shares.iter().map(CapacityProviderShare::sent).collect()
    }

    /// The strategy by which a service moves to this. No call names a launch type to move to: an empty strategy goes back
    /// to the one that the service was made with, if there was one. So a service moves to Fargate by Fargate's own provider
    /// where its cluster has it.
    pub(super) async fn to_move_by(
        &self,
        call: &Call<'_, Aws>,
        cluster: &ClusterArn,
    ) -> Result<Vec<CapacityProviderStrategyItem>> {
        if matches!(self, Self::Fargate) && has_fargate(call, cluster).await? {
            return fargate_alone().strategy();
        }
        self.strategy()
    }

    /// What a service runs on. Its launch type is left out, or out of date, where it has a strategy. Fargate's own provider
    /// alone is Fargate, however a service came to it, where that is wanted.
    pub(super) fn reported(wanted: Option<&Self>, found: &sdk::Service) -> Self {
        let shares = found
            .capacity_provider_strategy()
            .iter()
            .map(CapacityProviderShare::told);
        let shares: BTreeSet<_> = shares.collect();
        let on_demand = shares.iter().all(|share| share.provider.as_str() == FARGATE) && !shares.is_empty();
        if on_demand && wanted == Some(&Self::Fargate)
            || shares.is_empty() && found.launch_type() == Some(&LaunchType::Fargate)
        {
            Self::Fargate
        } else {
            Self::CapacityProviders(shares)
        }
    }
}

/// The provider of what the launch type of the same name gives.
const FARGATE: &str = "FARGATE";

fn fargate_alone() -> Launch {
    let share = CapacityProviderShare {
        provider: FARGATE.into(),
        weight: 1,
        base: 0,
    };
    Launch::CapacityProviders(BTreeSet::from([share]))
}

/// Whether the cluster is associated with Fargate's provider.
async fn has_fargate(call: &Call<'_, Aws>, cluster: &ClusterArn) -> Result<bool> {
    let request = call.world.ecs.describe_clusters().clusters(cluster.as_str());
    let answer = ask(call, "ecs:DescribeClusters", request.send()).await?;
    let mut providers = answer.clusters().iter().flat_map(sdk::Cluster::capacity_providers);
    Ok(providers.any(|name| name == FARGATE))
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

    fn share(provider: &str, weight: i32, base: i32) -> CapacityProviderShare {
        CapacityProviderShare {
            provider: provider.into(),
            weight,
            base,
        }
    }

    fn reported(strategy: Vec<CapacityProviderStrategyItem>, launch_type: Option<LaunchType>) -> Launch {
        let service = sdk::Service::builder()
            .set_capacity_provider_strategy(Some(strategy))
            .set_launch_type(launch_type);
        Launch::reported(None, &service.build())
    }

    #[test]
    fn a_strategy_is_read_back_as_it_was_sent_whatever_its_order() {
        let wanted = Launch::CapacityProviders([share("hosts", 1, 2), share("spot", 3, 0)].into());
        let mut sent = wanted.strategy().unwrap();
        sent.reverse();
        assert_eq!(reported(sent.clone(), None), wanted);
        // A service that was made with a launch type may go on naming it.
        assert_eq!(reported(sent, Some(LaunchType::Fargate)), wanted);
    }

    #[test]
    fn a_launch_type_counts_where_there_is_no_strategy() {
        assert_eq!(reported(Vec::new(), Some(LaunchType::Fargate)), Launch::Fargate);
        assert_eq!(
            reported(Vec::new(), Some(LaunchType::Ec2)),
            Launch::CapacityProviders(BTreeSet::new())
        );
        assert!(Launch::Fargate.strategy().unwrap().is_empty());
    }

    #[test]
    fn fargates_own_provider_alone_is_fargate_where_that_is_wanted() {
        let service = |launch: &Launch| {
            let strategy = launch.strategy().unwrap();
            sdk::Service::builder()
                .set_capacity_provider_strategy(Some(strategy))
                .build()
        };
        let moved = service(&fargate_alone());
        assert_eq!(Launch::reported(Some(&Launch::Fargate), &moved), Launch::Fargate);
        assert_eq!(Launch::reported(Some(&fargate_alone()), &moved), fargate_alone());
        let spot = Launch::CapacityProviders([share("FARGATE", 1, 0), share("FARGATE_SPOT", 1, 0)].into());
        assert_eq!(Launch::reported(Some(&Launch::Fargate), &service(&spot)), spot);
    }

    #[test]
    fn only_fargates_own_providers_are_fargate() {
        assert!(Launch::CapacityProviders([share("FARGATE_SPOT", 1, 0)].into()).is_fargate());
        assert!(!Launch::CapacityProviders([share("hosts", 1, 0)].into()).is_fargate());
        assert!(!Launch::CapacityProviders(BTreeSet::new()).is_fargate());
    }

    #[test]
    fn a_count_that_others_scale_is_no_difference() {
        let wanted = DesiredCount::Initial(1);
        assert_eq!(DesiredCount::reported(Some(&wanted), 7), wanted);
        let wanted = DesiredCount::Fixed(1);
        assert_ne!(DesiredCount::reported(Some(&wanted), 7), wanted);
        assert_ne!(DesiredCount::Fixed(1), DesiredCount::Initial(1));
    }
}
