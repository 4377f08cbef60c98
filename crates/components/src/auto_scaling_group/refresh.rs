//! Replacing the hosts that run by new ones (Amazon EC2 Auto Scaling API, `StartInstanceRefresh`, `CancelInstanceRefresh`).

use aws_sdk_autoscaling::types::{RefreshPreferences, RefreshStrategy, ScaleInProtectedInstances, StandbyInstances};

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::retry::hosts::REFRESH_UNDER_WAY;
use aws::retry::retry_while;
use engine::{Call, Result};

/// Starts to replace the hosts of an older launch template version, and does not wait: draining tasks off one host after
/// the other may take hours. A refresh to a version before is given up.
pub(super) async fn start(call: &Call<'_, Aws>, group: &str) -> Result<()> {
    let attempt = || {
        let request = call
            .world
            .autoscaling
            .start_instance_refresh()
            .auto_scaling_group_name(group)
            .strategy(RefreshStrategy::Rolling)
            .preferences(gently());
        ask(call, "autoscaling:StartInstanceRefresh", request.send())
    };
    let started = match attempt().await {
        Err(error) if (REFRESH_UNDER_WAY.is)(&error) => {
            let request = call.world.autoscaling.cancel_instance_refresh();
            let request = request.auto_scaling_group_name(group);
            let cancelled = ask(call, "autoscaling:CancelInstanceRefresh", request.send()).await;
            unless_absent(cancelled)?;
            retry_while(call, &REFRESH_UNDER_WAY, attempt).await?
        }
        other => other?,
    };
    let refresh = started.instance_refresh_id().unwrap_or_default();
    tracing::info!(
        group,
        refresh,
        "hosts of an older launch template version are being replaced"
    );
    Ok(())
}

/// A new host comes before an old one goes, so that its tasks have where to go. Hosts with tasks are protected from
/// scale-in, hence they are refreshed in spite of it: managed draining moves the tasks off them first.
fn gently() -> RefreshPreferences {
    RefreshPreferences::builder()
        .min_healthy_percentage(100)
        .max_healthy_percentage(200)
        .skip_matching(true)
        .scale_in_protected_instances(ScaleInProtectedInstances::Refresh)
        .standby_instances(StandbyInstances::Terminate)
        .build()
}
