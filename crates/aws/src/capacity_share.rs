//! One capacity provider's share of tasks, as a service's strategy and a cluster's default one have it.

use aws_sdk_ecs::types::CapacityProviderStrategyItem;

use super::ids::CapacityProviderName;
use engine::{Error, Result};

/// A capacity provider's share of the tasks. Source: Amazon ECS API, `CapacityProviderStrategyItem`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapacityProviderShare {
    /// The provider.
    pub provider: CapacityProviderName,
    /// Its part of the tasks beyond the base, relative to the other providers' weights: 0 to 1000.
    pub weight: i32,
    /// How many tasks it gets first: 0 to 100 000; one provider alone may have a base.
    pub base: i32,
}

impl CapacityProviderShare {
    /// As AWS reports it.
    pub fn told(item: &CapacityProviderStrategyItem) -> Self {
        Self {
            provider: item.capacity_provider().into(),
            weight: item.weight(),
            base: item.base(),
        }
    }

    /// As AWS takes it.
    pub fn sent(&self) -> Result<CapacityProviderStrategyItem> {
        CapacityProviderStrategyItem::builder()
            .capacity_provider(self.provider.as_str())
            .weight(self.weight)
            .base(self.base)
            .build()
            .map_err(|error| Error::bug("describe a capacity provider's share", error.to_string()))
    }
}
