//! What a network puts out.

use super::design::Wiring;
use super::keys;
use super::layout::{self, Tier};
use super::model::Network;
use crate::parts::Part;
use crate::wiring::Resolver;
use aws::ids::SubnetId;
use engine::{Input, Key, Status};
use framework::Attr;

type List = Attr<Vec<Attr<String>>>;

/// Sets the computed attributes. The components must have been set before.
pub fn publish(wiring: &Wiring, model: &mut Network, resolver: &Resolver<'_>) {
    resolver.set(&mut model.vpc_id, &wiring.vpc_id);
    model.vpc_cidr_block = model.cidr_block.clone();
    model.public_subnet_cidr_blocks = ranges(model, Tier::Public);
    model.private_subnet_cidr_blocks = ranges(model, Tier::Private);
    model.public_subnet_ids = ids(model, Tier::Public).unwrap_or_else(|| {
        let ids = model.public_subnet_ids.clone();
        staying(model, ids, &wiring.public_subnet_ids, resolver)
    });
    model.private_subnet_ids = ids(model, Tier::Private).unwrap_or_else(|| {
        let ids = model.private_subnet_ids.clone();
        staying(model, ids, &wiring.private_subnet_ids, resolver)
    });
    resolver.set_with(&mut model.nat_public_ips, &wiring.nat_public_ips, |addresses| {
        addresses.iter().cloned().map(Attr::Known).collect()
    });
}

/// The subnets' ranges, which are told as soon as the VPC's and the zones are.
fn ranges(model: &Network, tier: Tier) -> List {
    let (Some(range), Some(zones)) = (model.range(), model.zones()) else {
        return Attr::Unknown;
    };
    let subnets = zones.iter().filter_map(|zone| layout::subnet(range, tier, zone));
    Attr::Known(subnets.map(|subnet| Attr::Known(subnet.to_string())).collect())
}

/// The subnets' ids, as the components tell them: at plan, those that stay are known, and those to be made are not. `None` where
/// they tell nothing.
fn ids(model: &Network, tier: Tier) -> Option<List> {
    let (zones, parts) = (model.zones()?, model.components.known()?);
    let standing = zones.iter().filter_map(|zone| {
        let key: Key = keys::subnet(tier, zone);
        match parts.get(key.as_str())? {
            Attr::Known(part) => id(part),
            Attr::Unknown => Some(Attr::Unknown),
            Attr::Null => None,
        }
    });
    Some(Attr::Known(standing.collect()))
}

/// The subnets' ids while the map of components is open: as they were, where all of them stay and no other comes.
fn staying(model: &Network, mut ids: List, wired: &Input<Vec<SubnetId>>, resolver: &Resolver<'_>) -> List {
    let Some(zones) = model.zones() else {
        return Attr::Unknown;
    };
    resolver.set_with(&mut ids, wired, |ids| {
        ids.iter().map(|id| Attr::Known(id.to_string())).collect()
    });
    if ids.known().is_some_and(|ids| ids.len() == zones.len()) {
        ids
    } else {
        Attr::Unknown
    }
}

/// A part's id; none where nothing stands.
fn id(part: &Part) -> Option<Attr<String>> {
    let is_missing = part
        .status
        .known()
        .is_some_and(|status| *status == Status::Missing.to_string());
    match &part.id {
        Attr::Null => None,
        Attr::Known(_) if is_missing => None,
        id => Some(id.clone()),
    }
}
