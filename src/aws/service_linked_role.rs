//! The roles that AWS services make for themselves in an account, once, when they are first used there. Source: AWS IAM
//! API, `CreateServiceLinkedRole`.

use super::Aws;
use super::error::ask;
use crate::engine::Call;

/// Sees to it that a service has its role before it is first asked for something. `service` is the name by which IAM
/// knows it: `autoscaling.amazonaws.com`.
///
/// It never fails: most services make their role themselves where the caller may, so whoever lacks the permission
/// learns from the service itself whether the role was needed.
pub(super) async fn ensure(call: &Call<'_, Aws>, service: &'static str) {
    let request = call.world.iam.create_service_linked_role().aws_service_name(service);
    if let Err(error) = ask(call, "iam:CreateServiceLinkedRole", request.send()).await {
        tracing::debug!(%error, service, "the service-linked role was not made");
    }
}
