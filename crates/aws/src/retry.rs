//! Calls that AWS refuses for a while: each such condition by its name, how it is recognised, and how long it may last.

pub mod hosts;
pub mod iam;
pub mod vpc;

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::Aws;
use super::pass_role::{self, PROPAGATION};
use super::wait::{Backoff, Pace};
use engine::{Call, Error, ErrorKind, Result};

/// A refusal that ends by itself.
pub struct Condition {
    /// What is waited for; completes "wait until".
    pub ends_when: &'static str,
    /// How long it may last before the refusal is taken at its word.
    pub limit: Duration,
    /// Whether a refusal is this one.
    pub is: fn(&Error) -> bool,
}

/// A role that was just made is not known everywhere yet. Sources: AWS IAM user guide, *Troubleshoot IAM*, "Changes that
/// I make are not always immediately visible"; the texts are those of Amazon ECS.
pub const ROLE_UNKNOWN_YET: Condition = Condition {
    ends_when: "the new role is known everywhere",
    limit: PROPAGATION,
    is: |error| {
        const TEXTS: [&str; 5] = [
            "Unable to assume the service linked role",
            "verify that the ECS service role being passed has the proper permissions",
            "Role is not valid",
            "iam:PassRole",
            "unable to assume the role",
        ];
        matches!(error.kind, ErrorKind::Invalid | ErrorKind::Denied)
            && TEXTS.iter().any(|text| error.message.contains(text))
    },
};

/// Everything that stands, yet is not known to Amazon ECS when a service or a task is started on it.
pub const START_TOO_EARLY: Condition = Condition {
    ends_when: "Amazon ECS knows what the tasks stand on",
    limit: Duration::from_mins(2),
    is: |error| {
        (ROLE_UNKNOWN_YET.is)(error)
            || is_code(error, &["ClusterNotFoundException"])
            || error.message.contains("does not have an associated load balancer")
            || error.message.contains("not associated with the cluster")
    },
};

/// A service of the same name is still going. Source: Amazon ECS API, `CreateService`: a name is free again once its
/// service is `INACTIVE`.
pub const SERVICE_DRAINING: Condition = Condition {
    ends_when: "the old service of that name has drained",
    limit: Duration::from_mins(20),
    is: |error| error.message.contains("still Draining") || is_code(error, &["ServiceNotActiveException"]),
};

/// A deployment must end before its service can go.
pub const DEPLOYMENT_ACTIVE: Condition = Condition {
    ends_when: "the service's deployment has ended",
    limit: Duration::from_mins(20),
    is: |error| error.message.contains("deployments are active"),
};

/// A cluster that still holds something. Source: Amazon ECS API, `DeleteCluster`, *Errors*.
pub const CLUSTER_BUSY: Condition = Condition {
    ends_when: "the cluster is empty",
    limit: Duration::from_mins(10),
    is: |error| {
        is_code(
            error,
            &[
                "ClusterContainsServicesException",
                "ClusterContainsTasksException",
                "ClusterContainsContainerInstancesException",
                "UpdateInProgressException",
            ],
        )
    },
};

/// Something still uses the group. Source: Amazon EC2 API, *Error codes*.
pub const GROUP_IN_USE: Condition = Condition {
    ends_when: "nothing uses the security group any more",
    limit: Duration::from_mins(15),
    is: |error| is_code(error, &["DependencyViolation", "InvalidGroup.InUse"]),
};

/// A group that was just made, or that a rule names, is not known everywhere yet. Source: Amazon EC2 API, *Eventual
/// consistency*.
pub const GROUP_UNKNOWN_YET: Condition = Condition {
    ends_when: "the new security group is known everywhere",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["InvalidGroup.NotFound"]),
};

/// Two changes of one IAM object at once, or of one that was just made. Source: AWS IAM API, *Errors* of its operations.
pub const ROLE_IN_CHANGE: Condition = Condition {
    ends_when: "IAM has finished an earlier change of the role",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["ConcurrentModification", "EntityTemporarilyUnmodifiable"]),
};

/// Something hangs on the role though it was just taken off. Source: AWS IAM API, `DeleteRole`, *Errors*.
pub const ROLE_STILL_HELD: Condition = Condition {
    ends_when: "nothing hangs on the role any more",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["DeleteConflict"]) || (ROLE_IN_CHANGE.is)(error),
};

/// Two changes of one log group at once. Source: Amazon CloudWatch Logs API, *Errors* of its operations.
pub const LOG_GROUP_IN_CHANGE: Condition = Condition {
    ends_when: "an earlier change of the log group has ended",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["OperationAbortedException"]),
};

/// The file system is on its way to `available`. Source: Amazon EFS API, *Errors* of its operations.
pub const FILE_SYSTEM_NOT_AVAILABLE: Condition = Condition {
    ends_when: "the file system is available",
    limit: Duration::from_mins(10),
    is: |error| is_code(error, &["IncorrectFileSystemLifeCycleState"]),
};

/// Something is still attached to the file system. Source: Amazon EFS API, `DeleteFileSystem`: mount targets may be
/// reported for a while after they are gone.
pub const FILE_SYSTEM_IN_USE: Condition = Condition {
    ends_when: "nothing is attached to the file system any more",
    limit: Duration::from_mins(10),
    is: |error| is_code(error, &["FileSystemInUse", "IncorrectFileSystemLifeCycleState"]),
};

/// The mount target is on its way to `available`.
pub const MOUNT_TARGET_IN_CHANGE: Condition = Condition {
    ends_when: "the mount target has finished changing",
    limit: Duration::from_mins(10),
    is: |error| is_code(error, &["IncorrectMountTargetState"]),
};

/// A secret of that name was deleted for good a moment ago. Source: AWS Secrets Manager API, `DeleteSecret`,
/// `ForceDeleteWithoutRecovery`: the name is free again after a short delay.
pub const SECRET_GOING: Condition = Condition {
    ends_when: "the deleted secret of that name is gone",
    limit: Duration::from_mins(2),
    is: |error| {
        is_code(error, &["InvalidRequestException"])
            && ["scheduled for deletion", "marked for deletion"]
                .iter()
                .any(|words| error.message.contains(words))
    },
};

/// An earlier change of an HTTP API, or what refers to one of its parts, is still under way. Source: Amazon API Gateway V2
/// API, *Errors*; a second object of a name that is taken is refused with the same code.
pub const API_IN_CHANGE: Condition = Condition {
    ends_when: "an earlier change of the HTTP API has ended",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["ConflictException"]) && !error.message.contains("already exists"),
};

/// An integration, though it was just deleted, still counts. Source: Amazon API Gateway V2 API, `DeleteVpcLink`, *Errors*.
pub const VPC_LINK_REFERENCED: Condition = Condition {
    ends_when: "no integration refers to the VPC link any more",
    limit: Duration::from_mins(10),
    is: |error| error.message.contains("Cannot delete vpc link") || (API_IN_CHANGE.is)(error),
};

/// A VPC link still leads to the load balancer. Source: Elastic Load Balancing API, `DeleteLoadBalancer`, *Errors*.
pub const LOAD_BALANCER_IN_USE: Condition = Condition {
    ends_when: "nothing is associated with the load balancer any more",
    limit: Duration::from_mins(15),
    is: |error| is_code(error, &["ResourceInUse"]),
};

/// A listener that was just deleted still counts. Source: Elastic Load Balancing API, `DeleteTargetGroup`, *Errors*.
pub const TARGET_GROUP_IN_USE: Condition = Condition {
    ends_when: "no listener sends to the target group any more",
    limit: Duration::from_mins(5),
    is: |error| is_code(error, &["ResourceInUse"]),
};

/// A load balancer that was just made is not known to AWS WAF yet. Source: AWS WAF API, `AssociateWebACL`, *Errors*.
pub const WAF_UNKNOWN_YET: Condition = Condition {
    ends_when: "AWS WAF knows the load balancer",
    limit: Duration::from_mins(5),
    is: |error| is_code(error, &["WAFUnavailableEntityException"]),
};

fn is_code(error: &Error, codes: &[&str]) -> bool {
    error.code.as_deref().is_some_and(|code| codes.contains(&code))
}

/// Tries until AWS's refusal is another one than the condition's, or the condition has lasted too long. A refusal to pass
/// a role is given no longer than that role may need to become known.
///
/// # Errors
/// The last refusal; cancelled.
pub async fn retry_while<T, F, Attempt>(call: &Call<'_, Aws>, condition: &Condition, mut attempt: F) -> Result<T>
where
    F: FnMut() -> Attempt,
    Attempt: Future<Output = Result<T>>,
{
    let mut until = Instant::now() + condition.limit;
    let mut patience = None;
    let mut backoff = Backoff::at(Pace::Seconds);
    loop {
        let error = match attempt().await {
            Err(error) if (condition.is)(&error) => error,
            other => return other,
        };
        if patience.is_none() && pass_role::is_refusal(&error) {
            let more = pass_role::patience(call, &error).await;
            until = until.min(Instant::now() + more);
            patience = Some(more);
        }
        tracing::debug!(component = %call.key, %error, "trying again until {}", condition.ends_when);
        let what = format!("wait until {}", condition.ends_when);
        if !backoff.rest(call, until, &what).await? {
            return Err(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::testing::{Answer, Stage};

    fn refused(code: &str, kind: ErrorKind, message: &str) -> Error {
        let mut error = Error::new(kind, "ecs:CreateService", message);
        error.code = Some(code.to_owned());
        error
    }

    #[test]
    fn conditions_are_told_by_awss_own_texts() {
        let invalid = |text| refused("InvalidParameterException", ErrorKind::Invalid, text);
        assert!((START_TOO_EARLY.is)(&invalid(
            "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
        )));
        assert!((START_TOO_EARLY.is)(&invalid(
            "The target group with targetGroupArn arn:… does not have an associated load balancer."
        )));
        assert!((START_TOO_EARLY.is)(&refused(
            "ClusterNotFoundException",
            ErrorKind::NotFound,
            "Cluster not found."
        )));
        assert!(!(START_TOO_EARLY.is)(&invalid(
            "No Fargate configuration exists for given values."
        )));
        assert!((SERVICE_DRAINING.is)(&invalid(
            "Unable to Start a service that is still Draining."
        )));
        assert!((DEPLOYMENT_ACTIVE.is)(&invalid(
            "The service cannot be stopped while deployments are active."
        )));
        assert!((GROUP_IN_USE.is)(&refused(
            "DependencyViolation",
            ErrorKind::Conflict,
            "resource sg-1 has a dependent object"
        )));
        let conflict = |text| refused("ConflictException", ErrorKind::Conflict, text);
        assert!((API_IN_CHANGE.is)(&conflict(
            "Unable to complete operation due to concurrent modification. Please try again later."
        )));
        assert!(!(API_IN_CHANGE.is)(&conflict(
            "Route with key $default already exists for this API"
        )));
        assert!((VPC_LINK_REFERENCED.is)(&refused(
            "BadRequestException",
            ErrorKind::Invalid,
            "Cannot delete vpc link. Vpc link 'l-1', is referenced in [GET:a:b] in format of [Method:Resource:Stage]."
        )));
        assert!((LOAD_BALANCER_IN_USE.is)(&refused(
            "ResourceInUse",
            ErrorKind::Conflict,
            "Load balancer 'arn:…' cannot be deleted because it is currently associated with another service"
        )));
        assert!((TARGET_GROUP_IN_USE.is)(&refused(
            "ResourceInUse",
            ErrorKind::Conflict,
            "Target group 'arn:…' is currently in use by a listener or a rule"
        )));
        let pass_role = "User: arn:… is not authorized to perform: iam:PassRole on resource: arn:…";
        assert!((ROLE_UNKNOWN_YET.is)(&refused(
            "AccessDeniedException",
            ErrorKind::Denied,
            pass_role
        )));
        let other = "User: arn:… is not authorized to perform: ecs:CreateService on resource: arn:…";
        assert!(!(ROLE_UNKNOWN_YET.is)(&refused(
            "AccessDeniedException",
            ErrorKind::Denied,
            other
        )));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_until_the_condition_has_ended() {
        let stage = Stage::answering(|_| Answer::Lost);
        let attempts = Cell::new(0);
        let call = stage.call();
        let done = retry_while(&call, &GROUP_IN_USE, || async {
            attempts.set(attempts.get() + 1);
            if attempts.get() < 5 {
                Err(refused("DependencyViolation", ErrorKind::Conflict, "in use"))
            } else {
                Ok(())
            }
        });
        assert_eq!(done.await, Ok(()));
        assert_eq!(attempts.get(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_when_the_condition_lasts_too_long_with_awss_words() {
        let stage = Stage::answering(|_| Answer::Lost);
        let refusal = refused("ConcurrentModification", ErrorKind::Conflict, "busy");
        let begun = Instant::now();
        let call = stage.call();
        let done = retry_while(&call, &ROLE_IN_CHANGE, || async { Err::<(), _>(refusal.clone()) });
        assert_eq!(done.await, Err(refusal.clone()));
        assert!(begun.elapsed().abs_diff(ROLE_IN_CHANGE.limit) < Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn another_refusal_is_not_tried_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        let attempts = Cell::new(0);
        let call = stage.call();
        let done = retry_while(&call, &GROUP_IN_USE, || async {
            attempts.set(attempts.get() + 1);
            Err::<(), _>(refused("UnauthorizedOperation", ErrorKind::Denied, "no"))
        });
        assert_eq!(done.await.unwrap_err().kind, ErrorKind::Denied);
        assert_eq!(attempts.get(), 1);
    }
}
