//! On what tasks run, of a service or by themselves.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{CapacityProviderStrategyItem, LaunchType};

use super::CapacityProviderShare;
use super::ids::CapacityProviderName;
use engine::Result;

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
    /// The provider of what the launch type of the same name gives.
    pub const FARGATE: &'static str = "FARGATE";
    /// The provider of Fargate's spare capacity.
    pub const FARGATE_SPOT: &'static str = "FARGATE_SPOT";

    /// All tasks by that provider.
    pub fn only(provider: CapacityProviderName) -> Self {
        Self::CapacityProviders(BTreeSet::from([CapacityProviderShare {
            provider,
            weight: 1,
            base: 0,
        }]))
    }

    /// Whether tasks run on Fargate alone, which is what platform versions are for.
    pub fn is_fargate(&self) -> bool {
        match self {
            Self::Fargate => true,
            Self::CapacityProviders(shares) => {
                !shares.is_empty()
                    && shares
                        .iter()
                        .all(|share| share.provider.as_str().starts_with(Self::FARGATE))
            }
        }
    }

    /// The launch type as a create takes it.
    pub fn launch_type(&self) -> Option<LaunchType> {
        matches!(self, Self::Fargate).then_some(LaunchType::Fargate)
    }

    /// The strategy; empty for the launch type.
    pub fn strategy(&self) -> Result<Vec<CapacityProviderStrategyItem>> {
        let Self::CapacityProviders(shares) = self else {
            return Ok(Vec::new());
        };
        shares.iter().map(CapacityProviderShare::sent).collect()
    }

    /// What AWS reports. The launch type is left out, or out of date, where there is a strategy. Fargate's own provider
    /// alone is Fargate, however it came to that, where that is wanted.
    pub fn told(
        wanted: Option<&Self>,
        shares: BTreeSet<CapacityProviderShare>,
        launch_type: Option<&LaunchType>,
    ) -> Self {
        let on_demand = shares.iter().all(|share| share.provider.as_str() == Self::FARGATE) && !shares.is_empty();
        if on_demand && wanted == Some(&Self::Fargate) || shares.is_empty() && launch_type == Some(&LaunchType::Fargate)
        {
            Self::Fargate
        } else {
            Self::CapacityProviders(shares)
        }
    }
}

/// A list as a create takes it: one that is empty is left out.
pub fn some_if_any<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

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

    fn told(wanted: &Launch, launch: &Launch) -> Launch {
        let strategy = launch.strategy().unwrap();
        let shares = strategy.iter().rev().map(CapacityProviderShare::told).collect();
        // What was made with a launch type may go on naming it.
        Launch::told(Some(wanted), shares, Some(&LaunchType::Fargate))
    }

    #[test]
    fn a_strategy_is_read_back_as_it_was_sent_whatever_its_order() {
        let wanted = Launch::CapacityProviders([share("hosts", 1, 2), share("spot", 3, 0)].into());
        assert_eq!(told(&wanted, &wanted), wanted);
    }

    #[test]
    fn a_launch_type_counts_where_there_is_no_strategy() {
        let none = BTreeSet::new;
        let told = |launch_type| Launch::told(None, none(), Some(&launch_type));
        assert_eq!(told(LaunchType::Fargate), Launch::Fargate);
        assert_eq!(told(LaunchType::Ec2), Launch::CapacityProviders(none()));
        assert!(Launch::Fargate.strategy().unwrap().is_empty());
    }

    #[test]
    fn fargates_own_provider_alone_is_fargate_where_that_is_wanted() {
        let moved = Launch::only(Launch::FARGATE.into());
        assert_eq!(told(&Launch::Fargate, &moved), Launch::Fargate);
        assert_eq!(told(&moved, &moved), moved);
        let spot = Launch::CapacityProviders([share("FARGATE", 1, 0), share("FARGATE_SPOT", 1, 0)].into());
        assert_eq!(told(&Launch::Fargate, &spot), spot);
    }

    #[test]
    fn only_fargates_own_providers_are_fargate() {
        assert!(Launch::only("FARGATE_SPOT".into()).is_fargate());
        assert!(!Launch::only("hosts".into()).is_fargate());
        assert!(!Launch::CapacityProviders(BTreeSet::new()).is_fargate());
    }
}
