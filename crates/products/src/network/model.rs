//! The typed configuration and state of a `thatdot_network`.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::parts::Part;
use crate::wiring::known_list;
use framework::{Attr, Timeouts};

/// Everything the resource holds: what the user wrote and what the provider computed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Network {
    /// The network's name, from which every AWS name is derived.
    pub name: Attr<String>,
    /// The VPC's range.
    pub cidr_block: Attr<String>,
    /// The zones that it has subnets in.
    pub availability_zones: Attr<Vec<Attr<String>>>,
    /// How many zones.
    pub az_count: Attr<i64>,
    /// `none`, `single` or `per_az`.
    pub nat: Attr<String>,
    /// The permissions boundary of the role that writes the flow logs.
    pub permissions_boundary: Attr<String>,
    /// The user's tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Whether a destroy or a replacement is refused.
    pub deletion_protection: Attr<bool>,
    /// `auto`, `rollback` or `keep`.
    pub on_create_failure: Attr<String>,
    /// Whether parts that a lost state left behind are taken over.
    pub adopt_existing: Attr<bool>,
    /// What is written down of the traffic.
    pub flow_logs: Option<FlowLogs>,
    /// Ways to AWS's services that need no NAT gateway.
    pub endpoints: Option<Endpoints>,
    /// How long operations may take.
    pub timeouts: Option<Timeouts>,

    /// The deployment's own id.
    pub id: Attr<String>,
    /// The VPC's id.
    pub vpc_id: Attr<String>,
    /// The VPC's range.
    pub vpc_cidr_block: Attr<String>,
    /// The public subnets' ranges, in the zones' order.
    pub public_subnet_cidr_blocks: Attr<Vec<Attr<String>>>,
    /// The private subnets' ranges, in the zones' order.
    pub private_subnet_cidr_blocks: Attr<Vec<Attr<String>>>,
    /// The public subnets' ids, in the zones' order.
    pub public_subnet_ids: Attr<Vec<Attr<String>>>,
    /// The private subnets' ids, in the zones' order.
    pub private_subnet_ids: Attr<Vec<Attr<String>>>,
    /// The zones that have a NAT gateway.
    pub nat_availability_zones: Attr<Vec<Attr<String>>>,
    /// The addresses that the world sees, in the order of those zones.
    pub nat_public_ips: Attr<Vec<Attr<String>>>,
    /// The user's tags and the provider's default ones.
    pub tags_all: Attr<BTreeMap<String, Attr<String>>>,
    /// The AWS objects the network is made of.
    pub components: Attr<BTreeMap<String, Attr<Part>>>,
}

/// `flow_logs {}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FlowLogs {
    /// How long they are kept, in days; 0 for ever.
    pub retention_in_days: Attr<i64>,
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic_type: Attr<String>,
}

/// `endpoints {}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Endpoints {
    /// The services, by their short names.
    pub services: Attr<Vec<Attr<String>>>,
}

impl Network {
    /// The zones in order, where they are known.
    pub fn zones(&self) -> Option<BTreeSet<String>> {
        known_set(&self.availability_zones)
    }

    /// The zones with a NAT gateway in order, where they are known.
    pub fn nat_zones(&self) -> Option<Vec<String>> {
        match &self.nat_availability_zones {
            Attr::Null | Attr::Unknown => None,
            Attr::Known(_) => known_list(&self.nat_availability_zones),
        }
    }

    /// The VPC's range, where it is known and one.
    pub fn range(&self) -> Option<Ipv4Net> {
        self.cidr_block.known()?.parse().ok()
    }

    /// The services that have endpoints, where they are known; none without the block.
    pub fn services(&self) -> Option<BTreeSet<String>> {
        match &self.endpoints {
            None => Some(BTreeSet::new()),
            Some(endpoints) => known_set(&endpoints.services),
        }
    }
}

/// The elements of a set, where it and they are known.
fn known_set(attr: &Attr<Vec<Attr<String>>>) -> Option<BTreeSet<String>> {
    match attr {
        Attr::Null | Attr::Unknown => None,
        Attr::Known(_) => Some(known_list(attr)?.into_iter().collect()),
    }
}
