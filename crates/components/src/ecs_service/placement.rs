//! How a service's tasks are placed on hosts.

use aws_sdk_ecs::types::{self as sdk, AvailabilityZoneRebalancing, PlacementStrategyType};

use aws::choice;

choice! {
    /// The ways to choose a host.
    pub enum PlacementKind {
        /// Evenly over the values of a field.
        Spread = "spread",
        /// On the host that has least left of a field.
        Binpack = "binpack",
        /// On any.
        Random = "random",
    }
}

/// One rule by which hosts are chosen. Source: Amazon ECS API, `PlacementStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementStrategy {
    kind: PlacementKind,
    field: Option<String>,
}

/// The attribute that holds a host's zone.
const ZONE: &str = "attribute:ecs.availability-zone";

impl PlacementStrategy {
    /// A rule: `spread` over `instanceId` (or `host`, which is the same) or `attribute:NAME`; `binpack` on `cpu` or
    /// `memory`; `random` without a field. Words that AWS takes in any case, or under two names, are kept under one.
    pub fn new(kind: PlacementKind, field: Option<&str>) -> Self {
        let field = field.filter(|field| !field.is_empty() && kind != PlacementKind::Random);
        let field = field.map(|field| match field.to_ascii_lowercase().as_str() {
            "host" | "instanceid" => "instanceId".to_owned(),
            known @ ("cpu" | "memory") => known.to_owned(),
            _ => field.to_owned(),
        });
        Self { kind, field }
    }

    /// How the rule chooses.
    pub fn kind(&self) -> &PlacementKind {
        &self.kind
    }

    /// What it looks at.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    fn spreads_over_zones(&self) -> bool {
        self.kind == PlacementKind::Spread && self.field() == Some(ZONE)
    }

    pub(super) fn sent(&self) -> sdk::PlacementStrategy {
        sdk::PlacementStrategy::builder()
            .r#type(PlacementStrategyType::from(self.kind.as_str()))
            .set_field(self.field.clone())
            .build()
    }

    pub(super) fn reported(found: &sdk::PlacementStrategy) -> Self {
        let kind = found.r#type().map_or("", PlacementStrategyType::as_str);
        Self::new(PlacementKind::from(kind), found.field())
    }
}

/// Whether ECS may move tasks until they are spread over the zones. It starts one more before it stops one, so it needs
/// room for one; and it is refused where tasks are placed by another rule than the zones' first. Source: Amazon ECS
/// developer guide, *Balancing an Amazon ECS service across Availability Zones*.
pub(super) fn zone_rebalancing(maximum_percent: i32, strategies: &[PlacementStrategy]) -> AvailabilityZoneRebalancing {
    let spreads = strategies.first().is_none_or(PlacementStrategy::spreads_over_zones);
    if maximum_percent > 100 && spreads {
        AvailabilityZoneRebalancing::Enabled
    } else {
        AvailabilityZoneRebalancing::Disabled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(field: &str) -> PlacementStrategy {
        PlacementStrategy::new(PlacementKind::Spread, Some(field))
    }

    #[test]
    fn words_with_the_same_meaning_are_the_same() {
        assert_eq!(spread("host"), spread("instanceId"));
        let binpack = |field| PlacementStrategy::new(PlacementKind::Binpack, Some(field));
        assert_eq!(binpack("MEMORY"), binpack("memory"));
        assert_eq!(
            PlacementStrategy::new(PlacementKind::Random, Some("")),
            PlacementStrategy::new(PlacementKind::Random, None)
        );
        assert_ne!(spread("instanceId"), spread(ZONE));
    }

    #[test]
    fn a_rule_is_read_back_as_it_was_sent() {
        for rule in [spread(ZONE), PlacementStrategy::new(PlacementKind::Random, None)] {
            assert_eq!(PlacementStrategy::reported(&rule.sent()), rule);
        }
    }

    #[test]
    fn zones_are_rebalanced_only_with_room_and_where_no_other_rule_comes_first() {
        use AvailabilityZoneRebalancing::{Disabled, Enabled};
        assert_eq!(zone_rebalancing(200, &[]), Enabled);
        assert_eq!(zone_rebalancing(100, &[]), Disabled);
        assert_eq!(zone_rebalancing(200, &[spread(ZONE), spread("instanceId")]), Enabled);
        assert_eq!(zone_rebalancing(200, &[spread("instanceId"), spread(ZONE)]), Disabled);
    }
}
