//! The roles that AWS services make for themselves in an account, once, when they are first used there. Source: AWS IAM
//! API, `CreateServiceLinkedRole`; AWS IAM user guide, *Create a service-linked role*.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Aws;
use super::ask::ask;
use engine::{Call, ErrorKind};

/// The services whose roles need not be asked for again: they stand, or we may not make them.
#[derive(Debug, Clone, Default)]
pub struct LinkedRoles(Arc<Mutex<BTreeSet<&'static str>>>);

impl LinkedRoles {
    fn knows(&self, service: &'static str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(service)
    }

    fn learn(&self, service: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(service);
    }
}

/// How long IAM may take over what the service most often does itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sees to it that a service has its role before it is first asked for something; one call per service and connection.
/// `service` is the name by which IAM knows it: `elasticloadbalancing.amazonaws.com`.
///
/// It never fails: most services make their role themselves where the caller may, so whoever lacks the permission, or
/// cannot reach IAM, learns from the service itself whether the role was needed.
pub async fn ensure(call: &Call<'_, Aws>, service: &'static str) {
    let known = &call.world.linked_roles;
    if known.knows(service) {
        return;
    }
    let brief = Call {
        deadline: call.deadline.min(Instant::now() + PATIENCE),
        ..*call
    };
    let request = call.world.iam.create_service_linked_role().aws_service_name(service);
    match ask(&brief, "iam:CreateServiceLinkedRole", request.send()).await {
        Ok(_) => {
            tracing::info!(service, "made the service-linked role");
            known.learn(service);
        }
        Err(error) if error.message.contains("has been taken") || error.kind == ErrorKind::Denied => {
            known.learn(service);
        }
        Err(error) => tracing::debug!(%error, "the service-linked role could not be seen to"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    const LOAD_BALANCING: &str = "elasticloadbalancing.amazonaws.com";
    const TAKEN: &str = "Service role name AWSServiceRoleForElasticLoadBalancing has been taken in this account, please \
                         try a different suffix.";

    #[tokio::test]
    async fn a_role_that_stands_is_asked_for_once() {
        let stage = Stage::answering(|_| Answer::refused_xml("InvalidInput", TAKEN));
        ensure(&stage.call(), LOAD_BALANCING).await;
        ensure(&stage.call(), LOAD_BALANCING).await;
        ensure(&stage.call(), "ecs.amazonaws.com").await;
        let asked = stage.asked();
        assert_eq!(asked.len(), 2);
        assert!(
            asked[0]
                .body
                .contains("AWSServiceName=elasticloadbalancing.amazonaws.com")
        );
        assert!(asked[1].body.contains("AWSServiceName=ecs.amazonaws.com"));
    }

    #[tokio::test(start_paused = true)]
    async fn iam_that_says_nothing_is_not_waited_for_to_the_end() {
        let stage = Stage::answering(|_| Answer::Never);
        let begun = Instant::now();
        let call = Call {
            deadline: begun + PATIENCE * 20,
            ..stage.call()
        };
        ensure(&call, LOAD_BALANCING).await;
        assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
    }

    #[tokio::test]
    async fn who_may_not_make_it_goes_on_and_does_not_ask_again() {
        let stage = Stage::answering(|_| Answer::refused_xml("AccessDenied", "not authorized"));
        ensure(&stage.call(), LOAD_BALANCING).await;
        ensure(&stage.call(), LOAD_BALANCING).await;
        assert_eq!(stage.asked().len(), 1);
    }

    #[tokio::test]
    async fn an_answer_that_was_lost_is_asked_for_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        ensure(&stage.call(), LOAD_BALANCING).await;
        ensure(&stage.call(), LOAD_BALANCING).await;
        assert_eq!(stage.asked().len(), 2);
    }
}
