//! The metrics of a group itself (Amazon EC2 Auto Scaling API, `EnableMetricsCollection`, `DisableMetricsCollection`).

use aws_sdk_autoscaling::types::EnabledMetric;

use aws::Aws;
use aws::ask::ask;
use engine::{Call, Result};

/// What is collected: all that says how many hosts there are and in what state. Those of warm pools and of weighted
/// capacity say nothing about a group that has neither.
const METRICS: [&str; 8] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
];

/// Whether the metrics are collected; where only some are, the opposite of what is wanted, so that it shows.
pub(super) fn collected(wanted: Option<&bool>, enabled: &[EnabledMetric]) -> bool {
    let is_on = |name: &&str| enabled.iter().any(|metric| metric.metric() == Some(name));
    match METRICS.iter().filter(|name| is_on(name)).count() {
        0 => false,
        n if n == METRICS.len() => true,
        _ => !wanted.copied().unwrap_or_default(),
    }
}

/// Collects the metrics every minute; AWS knows no other period.
pub(super) async fn collect(call: &Call<'_, Aws>, group: &str) -> Result<()> {
    let request = call
        .world
        .autoscaling
        .enable_metrics_collection()
        .auto_scaling_group_name(group)
        .granularity("1Minute")
        .set_metrics(Some(METRICS.map(str::to_owned).to_vec()));
    ask(call, "autoscaling:EnableMetricsCollection", request.send())
        .await
        .map(drop)
}

/// Collects none any more.
pub(super) async fn stop(call: &Call<'_, Aws>, group: &str) -> Result<()> {
    let request = call.world.autoscaling.disable_metrics_collection();
    let request = request.auto_scaling_group_name(group);
    ask(call, "autoscaling:DisableMetricsCollection", request.send())
        .await
        .map(drop)
}
