//! What AWS refuses because of how things stand at the moment: each such condition with the call that it befalls, its code
//! and AWS's words. Sources: the *Errors* of the operations in each service's API reference; where people report what the
//! service itself says, its own words, with where they were seen beside them (repositories are on github.com).

use serde::{Deserialize, Serialize};

use super::fault::Refusal;

macro_rules! conditions {
    ($($(#[doc = $doc:literal])* $name:ident: $ends:ident, $calls:expr, $status:literal, $code:literal, $message:literal;)*) => {
        /// A condition.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Condition {
            $($(#[doc = $doc])* $name,)*
        }

        impl Condition {
            /// All of them.
            const ALL: &[Self] = &[$(Self::$name),*];

            /// The calls that it befalls.
            fn calls(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &$calls,)*
                }
            }

            /// Whether it may end by itself.
            pub fn ends(self) -> bool {
                match self {
                    $(Self::$name => conditions!(@ends $ends),)*
                }
            }

            /// What AWS answers.
            pub fn refusal(self) -> Refusal {
                match self {
                    $(Self::$name => Refusal { status: $status, code: $code, message: $message },)*
                }
            }
        }
    };
    (@ends ends) => { true };
    (@ends stays) => { false };
}

impl Condition {
    /// Those that befall an operation of AWS.
    pub fn of(operation: &str) -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(move |condition| condition.calls().contains(&operation))
    }
}

conditions! {
    /// A role's copies are not everywhere yet.
    ServiceLinkedRoleUnknown: ends, ["ecs:CreateService"], 400, "InvalidParameterException",
        "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
    /// The same, of a service's role. Seen: hashicorp/terraform-provider-aws#3414.
    ServiceRoleNotAssumable: ends, ["ecs:CreateService"], 400, "InvalidParameterException",
        "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed \
         has the proper permissions.";
    /// The same, of a role that tasks take. Source: Amazon ECS developer guide, *Stopped tasks error messages*.
    RoleNotAssumable: ends, ["ecs:CreateService", "ecs:RunTask"], 400, "ClientException",
        "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/new' that was provided for this task. Please verify \
         that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions \
         to pass this role.";
    /// The same, of a role that is handed over.
    RoleNotPassable: ends, ["ecs:RegisterTaskDefinition"], 400, "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: \
         arn:aws:iam::123456789012:role/new because no identity-based policy allows the iam:PassRole action";
    /// A cluster that was just made.
    ClusterUnknown: ends, ["ecs:CreateService", "ecs:RunTask"], 400, "ClusterNotFoundException", "Cluster not found.";
    /// A listener that was just made.
    NoLoadBalancerYet: ends, ["ecs:CreateService"], 400, "InvalidParameterException",
        "The target group with targetGroupArn arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/deid/1 does \
         not have an associated load balancer.";
    /// The service of that name before.
    ServiceDraining: ends, ["ecs:CreateService"], 400, "InvalidParameterException",
        "Unable to Start a service that is still Draining.";
    /// Another service of that name.
    ServiceNotIdempotent: stays, ["ecs:CreateService"], 400, "InvalidParameterException",
        "Creation of service was not idempotent.";
    /// A deployment that has not ended.
    DeploymentActive: ends, ["ecs:DeleteService"], 400, "InvalidParameterException",
        "The service cannot be stopped while deployments are active.";
    /// A service that is still going.
    ClusterContainsServices: ends, ["ecs:DeleteCluster"], 400, "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.";
    /// Tasks that are still going.
    ClusterContainsTasks: ends, ["ecs:DeleteCluster"], 400, "ClusterContainsTasksException",
        "The Cluster cannot be deleted while Tasks are active.";
    /// Hosts that are still going.
    ClusterContainsHosts: ends, ["ecs:DeleteCluster"], 400, "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.";
    /// Capacity providers that are still changing.
    ClusterInChange: ends, ["ecs:DeleteCluster", "ecs:PutClusterCapacityProviders"], 400, "UpdateInProgressException",
        "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state \
         before they can be updated. Wait and try again.";
    /// A service that has just drained.
    CapacityInUse: ends, ["ecs:PutClusterCapacityProviders"], 400, "ResourceInUseException",
        "The specified capacity provider is in use and cannot be removed.";
    /// A capacity provider that was just made. Seen: hashicorp/terraform-provider-aws#45567.
    ProviderNotActive: ends, ["ecs:PutClusterCapacityProviders"], 400, "InvalidParameterException",
        "The specified capacity provider 'deid' is not in an ACTIVE state. Specify a valid capacity provider and try again.";
    /// A cluster that is still changing. Seen: hashicorp/terraform-provider-aws#11285.
    ClusterNotActive: ends, ["ecs:PutClusterCapacityProviders"], 400, "ClientException", "Cluster was not ACTIVE.";
    /// The capacity provider before.
    GroupHasProvider: ends, ["ecs:CreateCapacityProvider"], 400, "ClientException",
        "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto \
         Scaling group ARN and try again.";
    /// Hosts that are still going. Seen: cloud-custodian/cloud-custodian#1686.
    GroupHasHosts: ends, ["autoscaling:DeleteAutoScalingGroup"], 400, "ResourceInUse",
        "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the \
         group.";
    /// Hosts that are on their way. Seen: cloud-custodian/cloud-custodian#1689.
    GroupIsScaling: ends, ["autoscaling:DeleteAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"], 400,
        "ScalingActivityInProgress",
        "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.";
    /// An instance profile that was just made.
    ProfileUnknown: ends, ["autoscaling:CreateAutoScalingGroup"], 400, "ValidationError",
        "You must use a valid fully-formed launch template. Value (deid) for parameter iamInstanceProfile.name is invalid. \
         Invalid IAM Instance Profile name";
    /// The same, of a single instance.
    InstanceProfileUnknown: ends, ["ec2:RunInstances"], 400, "InvalidParameterValue",
        "Value (deid) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name";
    /// Interfaces that linger.
    DependencyViolation: ends, ["ec2:DeleteSecurityGroup"], 400, "DependencyViolation",
        "resource sg-0123456789abcdef0 has a dependent object";
    /// The same, as EC2 has it for groups that others name.
    SecurityGroupInUse: ends, ["ec2:DeleteSecurityGroup"], 400, "InvalidGroup.InUse",
        "The specified security group can't be deleted because it's in use by another security group.";
    /// A group that was just made.
    SecurityGroupUnknown: ends, ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"], 400,
        "InvalidGroup.NotFound", "The security group 'sg-0123456789abcdef0' does not exist";
    /// A file system that is on its way.
    FileSystemNotAvailable: ends, [
        "efs:CreateMountTarget", "efs:PutBackupPolicy", "efs:PutFileSystemPolicy", "efs:PutLifecycleConfiguration",
        "efs:UpdateFileSystem",
    ], 409, "IncorrectFileSystemLifeCycleState", "Returned if the file system's lifecycle state is not \"available\".";
    /// Another file system of that token. Seen: hashicorp/nomad#7352.
    FileSystemAlreadyExists: stays, ["efs:CreateFileSystem"], 409, "FileSystemAlreadyExists",
        "File system 'fs-0123456789abcdef0' already exists with creation token 'thatdot-fraud'";
    /// Mount targets that linger. Seen: rebuy-de/aws-nuke#1203.
    FileSystemInUse: ends, ["efs:DeleteFileSystem"], 409, "FileSystemInUse",
        "The file system 'fs-0123456789abcdef0' cannot be deleted because it has mount targets. You must delete the mount \
         targets, and then try again.";
    /// A mount target that is on its way.
    MountTargetInChange: ends, ["efs:ModifyMountTargetSecurityGroups"], 409, "IncorrectMountTargetState",
        "Returned if the mount target is not in the correct state for the operation.";
    /// Another mount target in that zone.
    MountTargetConflict: stays, ["efs:CreateMountTarget"], 409, "MountTargetConflict",
        "mount target already exists in this AZ";
    /// Another change of a log group.
    LogGroupInChange: ends, ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"], 400,
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource. Please try again.";
    /// Another change of a role.
    RoleInChange: ends, [
        "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
        "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
    ], 409, "ConcurrentModification", "The request was rejected because multiple requests to change this object were \
         submitted simultaneously. Wait a few minutes and submit your request again.";
    /// What was just taken off a role.
    RoleStillHeld: ends, ["iam:DeleteRole"], 409, "DeleteConflict",
        "Cannot delete entity, must detach all policies first.";
    /// The service-linked role is there, whoever made it.
    ServiceLinkedRoleTaken: stays, ["iam:CreateServiceLinkedRole"], 400, "InvalidInput",
        "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.";
    /// A VPC link that was just deleted.
    LoadBalancerInUse: ends, ["elbv2:DeleteLoadBalancer"], 400, "ResourceInUse",
        "Load balancer 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/deid/1' cannot be deleted because \
         it is currently associated with another service";
    /// Somebody protects it.
    LoadBalancerProtected: stays, ["elbv2:DeleteLoadBalancer"], 400, "OperationNotPermitted",
        "Load balancer 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/deid/1' cannot be deleted because \
         deletion protection is enabled";
    /// A listener that was just deleted. Seen: hashicorp/terraform-provider-aws#16889.
    TargetGroupInUse: ends, ["elbv2:DeleteTargetGroup"], 400, "ResourceInUse",
        "Target group 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/deid/1' is currently in use by a \
         listener or a rule";
    /// An integration that was just deleted. Seen: hashicorp/terraform-provider-aws#12195.
    VpcLinkReferenced: ends, ["apigatewayv2:DeleteVpcLink"], 400, "BadRequestException",
        "Cannot delete vpc link. Vpc link 'l-1', is referenced in [GET:a:b] in format of [Method:Resource:Stage].";
    /// Another change of an HTTP API.
    ApiInChange: ends, [
        "apigatewayv2:CreateIntegration", "apigatewayv2:CreateRoute", "apigatewayv2:CreateStage", "apigatewayv2:DeleteApi",
        "apigatewayv2:DeleteIntegration", "apigatewayv2:DeleteRoute", "apigatewayv2:DeleteStage",
    ], 409, "ConflictException", "Unable to complete operation due to concurrent modification. Please try again later.";
    /// A service that was just made.
    ScalingKnowsNoService: ends, ["application-autoscaling:RegisterScalableTarget"], 400, "ValidationException",
        "ECS service doesn't exist: service/deid/deid";
    /// A role that was just made.
    ScalingRoleUnknown: ends, [
        "application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget",
    ], 400, "ValidationException",
        "Unable to assume IAM role: arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/x";
    /// Another change of a service's scaling.
    ScalingInChange: ends, [
        "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget",
    ], 400, "ConcurrentUpdateException",
        "Concurrent updates caused an exception, for example, if you request an update to an Application Auto Scaling resource \
         that already has a pending update.";
    /// The secret of that name before.
    SecretGoing: ends, ["secretsmanager:CreateSecret"], 400, "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.";
}
