//! What AWS refuses for a while about hosts: their profiles, groups, capacity providers, and the scaling of services.

use std::time::Duration;

use super::{Condition, is_code};
use engine::ErrorKind;

/// An instance profile that was just made, or has just got its role, is not known to Amazon EC2 yet. Sources: AWS IAM
/// user guide, *Troubleshoot IAM*, "Changes that I make are not always immediately visible"; the texts are those of Amazon
/// EC2, which Amazon EC2 Auto Scaling passes on.
pub const PROFILE_UNKNOWN_YET: Condition = Condition {
    ends_when: "the new instance profile is known to Amazon EC2",
    limit: Duration::from_mins(2),
    is: |error| {
        const TEXTS: [&str; 2] = ["Invalid IAM Instance Profile", "has no associated IAM Roles"];
        error.kind == ErrorKind::Invalid && TEXTS.iter().any(|text| error.message.contains(text))
    },
};

/// A profile still counts the role that was just taken out of it, and it holds one at most; or it, or the role, was made
/// a moment ago. Source: AWS IAM API, `AddRoleToInstanceProfile`, *Errors*.
pub const PROFILE_FULL: Condition = Condition {
    ends_when: "the instance profile can take the role",
    limit: Duration::from_mins(1),
    is: |error| {
        is_code(error, &["LimitExceeded"]) && error.message.contains("PerInstanceProfile")
            || is_code(
                error,
                &[
                    "NoSuchEntity",
                    "EntityTemporarilyUnmodifiable",
                    "ConcurrentModification",
                ],
            )
    },
};

/// A launch template, or a version of it, that was just made is not known everywhere yet. Sources: Amazon EC2 API, *Eventual
/// consistency*; the text is that of Amazon EC2 Auto Scaling.
pub const TEMPLATE_UNKNOWN_YET: Condition = Condition {
    ends_when: "the new launch template is known everywhere",
    limit: Duration::from_mins(1),
    is: |error| {
        const CODES: [&str; 2] = [
            "InvalidLaunchTemplateId.NotFound",
            "InvalidLaunchTemplateId.VersionNotFound",
        ];
        is_code(error, &CODES)
            || is_code(error, &["ValidationError"])
                && error.message.contains("The specified launch template")
                && error.message.contains("does not exist")
    },
};

/// Another change of the auto scaling group is under way. Source: Amazon EC2 Auto Scaling API, *Errors* of its operations.
pub const AUTO_SCALING_GROUP_IN_CHANGE: Condition = Condition {
    ends_when: "the auto scaling group has finished an earlier change",
    limit: Duration::from_mins(5),
    is: |error| is_code(error, &["ScalingActivityInProgress", "ResourceContention"]),
};

/// The auto scaling group still has hosts, or is about to start or end some. Source: Amazon EC2 Auto Scaling API,
/// `DeleteAutoScalingGroup`, *Errors*.
pub const AUTO_SCALING_GROUP_BUSY: Condition = Condition {
    ends_when: "the auto scaling group is at rest",
    limit: Duration::from_mins(10),
    is: |error| is_code(error, &["ResourceInUse"]) || (AUTO_SCALING_GROUP_IN_CHANGE.is)(error),
};

/// An earlier instance refresh still runs, or is still being cancelled. Source: Amazon EC2 Auto Scaling API,
/// `StartInstanceRefresh`, *Errors*.
pub const REFRESH_UNDER_WAY: Condition = Condition {
    ends_when: "the earlier instance refresh has ended",
    limit: Duration::from_mins(15),
    is: |error| is_code(error, &["InstanceRefreshInProgress", "InstanceRefreshInProgressFault"]),
};

/// The group's earlier capacity provider is on its way out, or Amazon ECS does not see yet that the group protects its
/// hosts. The texts are those of Amazon ECS.
pub const GROUP_NOT_FREE_YET: Condition = Condition {
    ends_when: "Amazon ECS sees the auto scaling group as it is",
    limit: Duration::from_mins(5),
    is: |error| {
        const TEXTS: [&str; 2] = [
            "is already being used by another capacity provider",
            "the Auto Scaling group must have instance protection from scale in enabled",
        ];
        error.kind == ErrorKind::Invalid && TEXTS.iter().any(|text| error.message.contains(text))
            || (CAPACITY_IN_CHANGE.is)(error)
    },
};

/// Another change of a cluster's capacity providers is under way. Source: Amazon ECS API, `PutClusterCapacityProviders`,
/// `UpdateCapacityProvider`, *Errors*.
pub const CAPACITY_IN_CHANGE: Condition = Condition {
    ends_when: "an earlier change of the capacity providers has ended",
    limit: Duration::from_mins(10),
    is: |error| is_code(error, &["UpdateInProgressException"]),
};

/// A service that has just drained still counts as using the capacity provider. Source: Amazon ECS API,
/// `PutClusterCapacityProviders`, `ResourceInUseException`.
pub const CAPACITY_IN_USE: Condition = Condition {
    ends_when: "no service uses the capacity provider any more",
    limit: Duration::from_mins(20),
    is: |error| is_code(error, &["ResourceInUseException"]) || (CAPACITY_IN_CHANGE.is)(error),
};

/// A cluster that was just made is not known everywhere yet. Short, since it may as well have been deleted.
pub const CLUSTER_UNKNOWN_YET: Condition = Condition {
    ends_when: "the cluster is known everywhere",
    limit: Duration::from_mins(1),
    is: |error| error.kind == ErrorKind::NotFound,
};

/// A capacity provider, or the cluster, that was just made or changed is not known as active everywhere yet. The texts are
/// those of Amazon ECS. Seen: github.com/hashicorp/terraform-provider-aws, pull request 45567 and issue 11285.
pub const NOT_ACTIVE_YET: Condition = Condition {
    ends_when: "the cluster and the capacity provider are known as active everywhere",
    limit: Duration::from_mins(2),
    is: |error| {
        const TEXTS: [&str; 2] = ["is not in an ACTIVE state", "Cluster was not ACTIVE"];
        TEXTS.iter().any(|text| error.message.contains(text))
    },
};

/// A cluster that has just let go of the capacity provider still counts as having it. Short, because a cluster that has
/// it for good says the same. The text is that of Amazon ECS, in `updateStatusReason`.
pub const ASSOCIATION_LINGERS: Condition = Condition {
    ends_when: "the cluster has let go of the capacity provider",
    limit: Duration::from_mins(2),
    is: |error| error.message.contains("associated with") || (CAPACITY_IN_USE.is)(error),
};

/// A service, or its registration for scaling, that was just made is not known to Application Auto Scaling yet, nor its
/// role; or two changes come at once. Source: Application Auto Scaling API, *Errors* of `RegisterScalableTarget` and
/// `PutScalingPolicy`.
pub const SCALING_TOO_EARLY: Condition = Condition {
    ends_when: "Application Auto Scaling knows the service",
    limit: Duration::from_mins(2),
    is: |error| {
        const TEXTS: [&str; 3] = [
            "ECS service doesn't exist",
            "Unable to assume IAM role",
            "unable to assume role",
        ];
        is_code(
            error,
            &[
                "ConcurrentUpdateException",
                "FailedResourceAccessException",
                "ObjectNotFoundException",
            ],
        ) || is_code(error, &["ValidationException"]) && TEXTS.iter().any(|text| error.message.contains(text))
    },
};

/// Two changes of one registration for scaling at once. Source: Application Auto Scaling API, `ConcurrentUpdateException`.
pub const SCALING_IN_CHANGE: Condition = Condition {
    ends_when: "an earlier change of the service's scaling has ended",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["ConcurrentUpdateException"]),
};

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Error;

    fn refused(code: &str, kind: ErrorKind, message: &str) -> Error {
        let mut error = Error::new(kind, "tried", message);
        error.code = Some(code.to_owned());
        error
    }

    #[test]
    fn conditions_are_told_by_awss_own_texts() {
        let template = "You must use a valid fully-formed launch template. Value (arn:aws:iam::1:instance-profile/demo) for \
                        parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN";
        assert!((PROFILE_UNKNOWN_YET.is)(&refused(
            "ValidationError",
            ErrorKind::Invalid,
            template
        )));
        let roles = "IAM Instance Profile \"arn:aws:iam::1:instance-profile/demo\" has no associated IAM Roles";
        assert!((PROFILE_UNKNOWN_YET.is)(&refused(
            "InvalidParameterValue",
            ErrorKind::Invalid,
            roles
        )));
        let image = "You must use a valid fully-formed launch template. The image id '[ami-1]' does not exist";
        assert!(!(PROFILE_UNKNOWN_YET.is)(&refused(
            "ValidationError",
            ErrorKind::Invalid,
            image
        )));

        let full = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
        assert!((PROFILE_FULL.is)(&refused(
            "LimitExceeded",
            ErrorKind::LimitExceeded,
            full
        )));
        let profiles = "Cannot exceed quota for InstanceProfilesPerAccount: 1000";
        assert!(!(PROFILE_FULL.is)(&refused(
            "LimitExceeded",
            ErrorKind::LimitExceeded,
            profiles
        )));

        let hosts = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) \
                     still in the group.";
        assert!((AUTO_SCALING_GROUP_BUSY.is)(&refused(
            "ResourceInUse",
            ErrorKind::Conflict,
            hosts
        )));
        let scaling =
            "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.";
        assert!((AUTO_SCALING_GROUP_BUSY.is)(&refused(
            "ScalingActivityInProgress",
            ErrorKind::Conflict,
            scaling
        )));

        let taken = "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a \
                     unique Auto Scaling group ARN and try again.";
        assert!((GROUP_NOT_FREE_YET.is)(&refused(
            "ClientException",
            ErrorKind::Invalid,
            taken
        )));
        let exists = "The specified capacity provider already exists. To change the configuration of an existing capacity \
                      provider, update the capacity provider.";
        assert!(!(GROUP_NOT_FREE_YET.is)(&refused(
            "ClientException",
            ErrorKind::Invalid,
            exists
        )));

        let used = "The specified capacity provider is in use and cannot be removed.";
        assert!((CAPACITY_IN_USE.is)(&refused(
            "ResourceInUseException",
            ErrorKind::Conflict,
            used
        )));

        let service = "ECS service doesn't exist: service/demo/demo";
        assert!((SCALING_TOO_EARLY.is)(&refused(
            "ValidationException",
            ErrorKind::Invalid,
            service
        )));
        let role = "Unable to assume IAM role: arn:aws:iam::1:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/x";
        assert!((SCALING_TOO_EARLY.is)(&refused(
            "ValidationException",
            ErrorKind::Invalid,
            role
        )));
        let bounds = "Maximum capacity cannot be less than minimum capacity";
        assert!(!(SCALING_TOO_EARLY.is)(&refused(
            "ValidationException",
            ErrorKind::Invalid,
            bounds
        )));
    }
}
