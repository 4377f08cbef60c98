//! The cluster that the tasks run in: ours or the user's.

use super::Basis;
use crate::wiring::input;
use aws::Aws;
use aws::ids::ClusterArn;
use components::{ContainerInsights, EcsCluster};
use engine::{Graph, Input, Key};

/// The key of a cluster of ours.
pub const CLUSTER: &str = "ecs_cluster";

/// The cluster; adds one where the user brings none.
pub fn cluster(graph: &mut Graph<Aws>, basis: &Basis<'_>) -> Input<ClusterArn> {
    if let Some(arn) = basis.brought(|existing| &existing.cluster_arn) {
        return arn;
    }
    let insights = |on| {
        if on {
            ContainerInsights::Enabled
        } else {
            ContainerInsights::Disabled
        }
    };
    let handle = graph.add(
        Key::new(CLUSTER),
        EcsCluster {
            name: input(basis.name, |name| name, String::new()),
            container_insights: input(basis.container_insights, insights, ContainerInsights::Disabled),
        },
    );
    handle.output("arn", Clone::clone)
}
