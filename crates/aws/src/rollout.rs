//! Following the deployment that one create or update of a service started, until it is complete or has failed. Source:
//! Amazon ECS API, `Deployment`: `rolloutState`, `rolloutStateReason`.
//!
//! The service's counts are not enough: after a rollback they look as good as after a success.

use std::sync::{Mutex, PoisonError};

use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service};

use super::Aws;
use super::ask::in_time;
use super::diagnosis;
use super::error::lacking;
use super::wait::{Heard, Pace, wait_until};
use engine::{Call, Error, ErrorKind, Result};

/// How a deployment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// Its tasks run, and those of the deployments before it are gone.
    Complete,
    /// It is under way.
    UnderWay,
    /// It was given up, with AWS's reason.
    Failed(String),
}

/// Waits until the deployment that `started` (the answer of a create or update) shows as the primary one is complete, and
/// answers the service as it is then.
///
/// # Errors
/// Unhealthy, with the explanation why the tasks do not come up, where the deployment fails or the time is up.
pub async fn follow(call: &Call<'_, Aws>, started: &Service) -> Result<Service> {
    let ours = primary(started)
        .ok_or_else(|| lacking(LOOK, "primary deployment"))?
        .to_owned();
    let cluster = started.cluster_arn().unwrap_or_default();
    let name = started.service_name().unwrap_or_default();
    let (told, heard) = (Mutex::default(), Heard::now());
    let look = || async {
        let services = call.world.reads.ecs.services.all(cluster, name);
        let services = in_time(call, LOOK, services).await?;
        heard.again();
        let Some(service) = services.into_iter().next() else {
            return Ok(None);
        };
        tell(call, &service, &ours, &told);
        match standing(&service, &ours) {
            Standing::Complete => Ok(Some(service)),
            Standing::UnderWay => Ok(None),
            Standing::Failed(reason) => Err(Error::new(ErrorKind::Unhealthy, WAITING, reason)),
        }
    };
    if let Standing::Complete = standing(started, &ours) {
        return Ok(started.clone());
    }
    let error = match wait_until(call, Pace::Seconds, "the tasks of the deployment run", look).await {
        Ok(service) => return Ok(service),
        Err(error) => error,
    };
    match error.kind {
        ErrorKind::Unhealthy => Err(diagnosis::explain(call, started, &ours, &error.message).await),
        ErrorKind::TimedOut => {
            let silence = heard.silence(LOOK);
            let reason = format!("the tasks did not come up in the time for this operation{silence}");
            Err(diagnosis::explain(call, started, &ours, &reason).await)
        }
        _ => Err(error),
    }
}

/// The call that tells how a deployment stands.
const LOOK: &str = "ecs:DescribeServices";

/// What is tried while following.
pub const WAITING: &str = "wait until the tasks run";

/// Logs how many of the deployment's tasks run, whenever that has changed.
fn tell(call: &Call<'_, Aws>, service: &Service, ours: &str, told: &Mutex<String>) {
    let Some(deployment) = service.deployments().iter().find(|one| one.id() == Some(ours)) else {
        return;
    };
    let now = format!(
        "{} of {} tasks run, {} pending, {} failed",
        deployment.running_count(),
        deployment.desired_count(),
        deployment.pending_count(),
        deployment.failed_tasks()
    );
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    if *told != now {
        tracing::info!(deployment = call.name, component = %call.key, "{}: {}: {now}", call.name, call.key);
        *told = now;
    }
}

fn primary(service: &Service) -> Option<&str> {
    service
        .deployments()
        .iter()
        .find(|deployment| deployment.status() == Some("PRIMARY"))
        .and_then(Deployment::id)
}

/// Whether ECS has given up the primary deployment: its tasks failed, and there was none before it to go back to.
pub fn is_given_up(service: &Service) -> bool {
    primary(service).is_some_and(|id| matches!(standing(service, id), Standing::Failed(_)))
}

fn standing(service: &Service, ours: &str) -> Standing {
    let Some(deployment) = service
        .deployments()
        .iter()
        .find(|deployment| deployment.id() == Some(ours))
    else {
        return Standing::Failed(given_up(service, ours).unwrap_or_else(|| {
            "another deployment has taken the place of the one that this apply started".to_owned()
        }));
    };
    match deployment.rollout_state() {
        // A change of the number alone starts no deployment: its tasks are added to one that is complete already.
        Some(DeploymentRolloutState::Completed)
            if deployment.status() == Some("PRIMARY") && deployment.running_count() >= deployment.desired_count() =>
        {
            Standing::Complete
        }
        Some(DeploymentRolloutState::Failed) => Standing::Failed(
            deployment
                .rollout_state_reason()
                .unwrap_or("ECS gave the deployment up")
                .to_owned(),
        ),
        // Services without rollout states (of other deployment controllers) are judged by their counts.
        None if deployment.running_count() == deployment.desired_count() && service.deployments().len() == 1 => {
            Standing::Complete
        }
        _ => Standing::UnderWay,
    }
}

/// What the service's events say of a deployment that ECS gave up and then, rolled back, lists no more. Source: Amazon ECS
/// developer guide, *Amazon ECS service event messages*: "(service …) (deployment …) deployment failed: tasks failed to
/// start."
fn given_up(service: &Service, ours: &str) -> Option<String> {
    let of_ours = format!("(deployment {ours}) deployment failed: ");
    let messages = service.events().iter().filter_map(|event| event.message());
    let reasons = messages.filter_map(|message| message.split_once(&of_ours));
    reasons
        .map(|(_, reason)| format!("ECS gave the deployment up, and went back to the one before: {reason}"))
        .next()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use aws_sdk_ecs::types::{LoadBalancer, ServiceEvent};
    use serde_json::{Value, json};
    use tokio::time::Instant;

    use super::*;
    use crate::testing::{Answer, Asked, Stage};

    fn deployment(id: &str, status: &str, state: DeploymentRolloutState) -> Deployment {
        Deployment::builder()
            .id(id)
            .status(status)
            .rollout_state(state)
            .rollout_state_reason("ECS deployment circuit breaker: tasks failed to start.")
            .build()
    }

    fn service(deployments: Vec<Deployment>) -> Service {
        Service::builder().set_deployments(Some(deployments)).build()
    }

    #[test]
    fn a_deployment_that_rolled_back_is_no_success() {
        let rolled_back = service(vec![
            deployment("old", "PRIMARY", DeploymentRolloutState::Completed),
            deployment("ours", "ACTIVE", DeploymentRolloutState::Failed),
        ]);
        let Standing::Failed(reason) = standing(&rolled_back, "ours") else {
            panic!("taken for a success")
        };
        assert!(reason.contains("circuit breaker"), "{reason}");
    }

    #[test]
    fn a_deployment_that_another_one_replaced_is_no_success() {
        let replaced = service(vec![deployment("theirs", "PRIMARY", DeploymentRolloutState::Completed)]);
        assert!(matches!(standing(&replaced, "ours"), Standing::Failed(_)));
    }

    #[test]
    fn a_deployment_that_is_listed_no_more_after_a_rollback_is_told_by_the_events() {
        let mut replaced = service(vec![deployment("theirs", "PRIMARY", DeploymentRolloutState::Completed)]);
        let event = |message: &str| ServiceEvent::builder().message(message).build();
        replaced.events = Some(vec![
            event("(service detector) has started 1 tasks: (task 1)."),
            event("(service detector) (deployment ours) deployment failed: tasks failed to start."),
        ]);
        let Standing::Failed(reason) = standing(&replaced, "ours") else {
            panic!("taken for a success")
        };
        assert!(reason.contains("tasks failed to start"), "{reason}");
    }

    #[test]
    fn a_deployment_is_complete_when_ecs_says_so() {
        let under_way = service(vec![deployment("ours", "PRIMARY", DeploymentRolloutState::InProgress)]);
        assert_eq!(standing(&under_way, "ours"), Standing::UnderWay);
        let complete = service(vec![deployment("ours", "PRIMARY", DeploymentRolloutState::Completed)]);
        assert_eq!(standing(&complete, "ours"), Standing::Complete);
    }

    #[test]
    fn tasks_that_only_their_number_adds_are_waited_for() {
        let counting = |running| {
            let mut scaled = deployment("ours", "PRIMARY", DeploymentRolloutState::Completed);
            (scaled.running_count, scaled.desired_count) = (running, 2);
            standing(&service(vec![scaled]), "ours")
        };
        assert_eq!(counting(1), Standing::UnderWay);
        assert_eq!(counting(2), Standing::Complete);
    }

    const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
    const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:service/demo/demo";
    const TASK: &str = "arn:aws:ecs:us-east-1:123456789012:task/demo/0123";

    /// What `follow` comes to, and after what time, where the deployment is under way for ever and `explains` answers what is
    /// asked beside the service.
    async fn followed_for_ever(explains: fn(&Asked) -> Answer) -> (Error, Duration) {
        followed(u32::MAX, explains).await
    }

    /// The same, where so many looks at the service are answered and no more.
    async fn followed(looks: u32, explains: fn(&Asked) -> Answer) -> (Error, Duration) {
        let left = AtomicU32::new(looks);
        let stage = Stage::answering(move |asked| {
            match asked.operation.as_str() {
            "DescribeServices" if left.fetch_sub(1, Ordering::Relaxed) == 0 => {
                left.store(0, Ordering::Relaxed);
                Answer::Never
            }
            "DescribeServices" => Answer::json(
                json!({"services": [{
                    "serviceName": "demo", "serviceArn": ARN, "clusterArn": CLUSTER, "status": "ACTIVE",
                    "deployments": [{"id": "ours", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "desiredCount": 1}],
                    "events": [{"message": "(service demo) has started 1 tasks: (task 0123)."}],
                }]})
                .to_string(),
            ),
            _ => explains(asked),
        }
        });
        let started = Service::builder()
            .service_name("demo")
            .service_arn(ARN)
            .cluster_arn(CLUSTER)
            .deployments(deployment("ours", "PRIMARY", DeploymentRolloutState::InProgress))
            .load_balancers(LoadBalancer::builder().target_group_arn("group").build())
            .build();
        let begun = Instant::now();
        let error = Box::pin(follow(&stage.call(), &started)).await.unwrap_err();
        (error, begun.elapsed())
    }

    /// The time that a stage's call may last.
    const LIMIT: Duration = Duration::from_mins(10);

    #[tokio::test(start_paused = true)]
    async fn a_deployment_that_is_under_way_when_the_time_is_up_is_explained() {
        let (error, took) = followed_for_ever(|asked| {
            let request: Value = serde_json::from_str(&asked.body).unwrap_or_default();
            match asked.operation.as_str() {
                "ListTasks" if request["desiredStatus"] == "RUNNING" => {
                    Answer::json(json!({"taskArns": [TASK]}).to_string())
                }
                "ListTasks" => Answer::json("{}"),
                "DescribeTasks" => Answer::json(
                    json!({"tasks": [{"taskArn": TASK, "startedBy": "ours", "lastStatus": "PENDING"}]}).to_string(),
                ),
                "DescribeTargetHealth" => Answer::xml(
                    "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>\
                     <member><Target><Id>10.0.0.5</Id></Target><TargetHealth><State>initial</State>\
                     <Reason>Elb.InitialHealthChecking</Reason></TargetHealth></member>\
                     </TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>",
                ),
                other => panic!("{other}"),
            }
        })
        .await;
        assert_eq!((error.kind, error.attempted.as_str()), (ErrorKind::Unhealthy, WAITING));
        assert_eq!(
            error.message,
            "the tasks did not come up in the time for this operation\n\n\
             Tasks that have not come up:\n  0123: PENDING\n\n\
             The service's last events:\n  (service demo) has started 1 tasks: (task 0123).\n\n\
             The load balancer's targets:\n  10.0.0.5: initial (Elb.InitialHealthChecking)"
        );
        assert!(error.remedy.unwrap().contains("still being started"));
        assert!(took.abs_diff(LIMIT) < Duration::from_secs(1), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_is_not_answered_any_more_is_told_and_for_how_long() {
        let (error, _) = followed(3, |_| Answer::json("{}")).await;
        assert!(
            error
                .message
                .contains("in the time for this operation; ecs:DescribeServices was last answered 59"),
            "{}",
            error.message
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_explanation_that_aws_does_not_give_is_waited_for_no_longer_than_half_a_minute() {
        let (error, took) = followed_for_ever(|_| Answer::Never).await;
        assert_eq!(error.kind, ErrorKind::Unhealthy);
        assert!(error.message.contains("(task 0123)"), "{}", error.message);
        let most = LIMIT + Duration::from_secs(30);
        assert!(took.abs_diff(most) < Duration::from_secs(1), "{took:?}");
    }
}
