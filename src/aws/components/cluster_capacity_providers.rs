//! Which capacity providers a cluster may place tasks on. Sources: Amazon ECS API, `PutClusterCapacityProviders`,
//! `DescribeClusters`, `DescribeCapacityProviders`.

use std::collections::BTreeSet;

use crate::aws::ids::{CapacityProviderName, ClusterArn};

crate::spec! {
    /// The association of capacity providers with a cluster. It adds and takes away its own alone: providers that others
    /// associated, with a cluster that a user brings above all, stay as they are.
    pub struct ClusterCapacityProviders {
        /// The cluster.
        replace cluster: ClusterArn,
        /// The providers, `FARGATE` and `FARGATE_SPOT` among them where they are wanted. A provider that is replaced must
        /// leave the cluster before it goes, hence `replace`.
        replace providers: BTreeSet<CapacityProviderName>,
        /// Where tasks go that name no provider; `None`: as it is, because it is the cluster owner's to say.
        update default_strategy: Option<BTreeSet<Share>>,
    }
}

/// One capacity provider's share of the tasks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// The provider.
    pub provider: CapacityProviderName,
    /// Its part of the tasks beyond all bases, relative to the others': 0 to 1000.
    pub weight: i32,
    /// How many tasks it gets before weights count: 0 to 100000, and more than 0 for one provider at most.
    pub base: i32,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCapacityProvidersOutput {
    /// The cluster, once tasks can be placed on the providers: who needs them refers to this.
    pub cluster: ClusterArn,
}
