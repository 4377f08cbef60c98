//! The causes that are known, and what to do about each. The tests hold AWS's words whole, each with its source.

use crate::diagnosis::BY_HAND;
use crate::diagnosis::hosts::STAY_AWAY;

/// A cause: the words that tell of it, and what to do. `…` stands for anything within the line.
pub(super) struct Cause {
    /// Words of AWS: of a stopped task, an event, a host or a target.
    pub(super) aws: &'static [&'static str],
    /// Words of the container's log, in lower case. What a product logs may say anything: only what is telling counts.
    pub(super) log: &'static [&'static str],
    pub(super) remedy: &'static str,
}

/// The causes, the more telling first: what follows from another cause comes after it.
pub(super) const CAUSES: &[Cause] = &[
    Cause {
        aws: &[],
        log: &["customernotentitled"],
        remedy: "The account is not subscribed to the product. Subscribe to it in the AWS Marketplace, then apply again.",
    },
    Cause {
        aws: &[],
        log: &["platformnotsupported", "disabledapiexception"],
        remedy: "The product does not meter on this platform. Run it on Amazon ECS in a region that AWS Marketplace supports.",
    },
    Cause {
        aws: &[],
        log: &["not authorized to perform: aws-marketplace:"],
        remedy: "The product may not meter its use. The task role needs the managed policy AWSMarketplaceMeteringFullAccess or \
                 AWSMarketplaceMeteringRegisterUsage: attach it to the role of your own, or leave it out and let one be made.",
    },
    Cause {
        aws: &[],
        log: &[
            "metering.marketplace.…timed out",
            "metering.marketplace.…connection refused",
            "unknownhostexception: metering.marketplace.",
            "endpoint url: \"https://metering.marketplace.",
        ],
        remedy: "The product cannot reach the AWS Marketplace to meter its use. In a public subnet set assign_public_ip = true; in \
                 a private one add a NAT gateway.",
    },
    Cause {
        aws: &["Failed to resolve \"fs-"],
        log: &[],
        remedy: "The task cannot mount the file system, whose name does not resolve. Check that the task's zone has a mount target, \
                 and that DNS resolution and DNS host names are on in the VPC.",
    },
    Cause {
        aws: &["mount.nfs4: access denied"],
        log: &[],
        remedy: "The task cannot mount the file system, which denies it. Check that the file system's policy admits the task role, \
                 and that the role's own policies do not deny it.",
    },
    Cause {
        aws: &["mount.nfs4…reason given by server: No such file or directory"],
        log: &[],
        remedy: "The task cannot mount the file system, which has no such folder. Make the folder, mount `/`, or use an access_point, \
                 which makes its folder.",
    },
    Cause {
        aws: &[
            "failed to invoke EFS utils",
            "mount.nfs4",
            "VolumeDriver.Create: mounting volume failed",
        ],
        log: &[],
        remedy: "The task cannot mount the file system. Check that its zone has a mount target whose security group admits port 2049 \
                 from the task, and that the task's own group lets it out to there.",
    },
    Cause {
        aws: &["can't find the specified secret"],
        log: &[],
        remedy: "A secret that the task starts with does not exist. Check the ARNs in `secrets` and of the licence, and that none of \
                 them was deleted.",
    },
    Cause {
        aws: &[
            "retrieve secret from asm…RequestCanceled",
            "retrieve secret from asm…deadline exceeded",
            "retrieve secret from asm…i/o timeout",
            "retrieve secrets from ssm…RequestCanceled",
            "retrieve secrets from ssm…i/o timeout",
            "Fetching secret data from…RequestError",
        ],
        log: &[],
        remedy: "The task has no route to where its secrets are. In a public subnet set assign_public_ip = true; in a private one add a \
                 NAT gateway, or an endpoint for Secrets Manager (or SSM).",
    },
    Cause {
        aws: &[
            "retrieve secret from asm",
            "retrieve secrets from ssm",
            "Fetching secret data from",
            "from secrets manager",
            "secretsmanager:",
            "ssm:GetParameters",
        ],
        log: &[],
        remedy: "A secret could not be fetched. Check the ARNs of the secrets, that none of them was deleted, that the execution role \
                 may read them and use their KMS keys, and that the subnet has a route to Secrets Manager or SSM.",
    },
    Cause {
        aws: &["failed to validate logger", "failed to initialize logging driver"],
        log: &[],
        remedy: "The log group cannot be written to. Check that it exists, that the execution role may write to it, and that the subnet \
                 has a route to CloudWatch Logs.",
    },
    Cause {
        aws: &["descriptor matching platform"],
        log: &["exec format error"],
        remedy: "The image is for another CPU architecture. Use an image for x86-64 (linux/amd64).",
    },
    Cause {
        aws: &[
            "dial tcp",
            "i/o timeout",
            "request canceled",
            "Client.Timeout",
            "retrieve ecr registry auth…RequestError",
            "There is a connection issue between the task and",
        ],
        log: &[],
        remedy: "The task has no route to the registry. In a public subnet set assign_public_ip = true; in a private one add a NAT \
                 gateway, or endpoints for ECR, S3 and CloudWatch Logs.",
    },
    Cause {
        aws: &[
            "not authorized to perform: ecr",
            "pull access denied",
            "no basic auth credentials",
            "403 Forbidden",
            "insufficient_scope",
            "has the permissions to pull images",
        ],
        log: &[],
        remedy: "The image may not be pulled, or its repository does not exist. Check `image`, that the account is subscribed to the \
                 product in the AWS Marketplace, and that the execution role may pull from the registry.",
    },
    Cause {
        aws: &["401 Unauthorized", "failed to authorize"],
        log: &[],
        remedy: "The registry does not let the task pull the image without credentials, and tasks have none but those of the execution \
                 role, for Amazon ECR. Copy the image into ECR with thatdot_container_image, which takes the registry's user name \
                 and password, and use it from there.",
    },
    Cause {
        aws: &["toomanyrequests", "pull rate limit"],
        log: &[],
        remedy: "The registry limits how often it is pulled from. Copy the image into a registry of your own with \
                 thatdot_container_image, and use it from there.",
    },
    Cause {
        aws: &["no space left on device"],
        log: &["no space left on device"],
        remedy: "The disk is full. Give the task more with ephemeral_storage_gib, or its hosts larger volumes.",
    },
    Cause {
        aws: &[
            "failed to resolve ref",
            "manifest unknown",
            "not found: manifest",
            "repository does not exist",
        ],
        log: &[],
        remedy: "The image was not found. Check `image`, its tag and its registry; a Marketplace image needs a subscription.",
    },
    Cause {
        aws: &[STAY_AWAY],
        log: &[],
        remedy: "The hosts run but do not join the cluster. Check that their subnets have a way out to ECS (a NAT gateway, or endpoints \
                 for ecs, ecs-agent and ecs-telemetry), that their role has AmazonEC2ContainerServiceforEC2Role, that their image is an \
                 ECS-optimised one, and that their user data names the cluster.",
    },
    Cause {
        aws: &[
            "reached the limit on the number of",
            "configuration is above your limit",
        ],
        log: &[],
        remedy: "The account's quota of Fargate is used up. Ask for a higher one in the Service Quotas console (AWS Fargate, Fargate \
                 On-Demand vCPU resource count), or give the task less `cpu`.",
    },
    Cause {
        aws: &["vCPU limit"],
        log: &[],
        remedy: "The account's quota of vCPUs is used up, so no host can be launched. Ask for a higher one in the Service Quotas \
                 console (Running On-Demand Standard instances, or the quota of Spot requests), or choose a smaller `instance_type`.",
    },
    Cause {
        aws: &[
            "do not have sufficient",
            "InsufficientInstanceCapacity",
            "no Spot capacity available",
            "UnfulfillableCapacity",
        ],
        log: &[],
        remedy: "AWS has no instances of this type left in these zones at the moment. Apply again later, or choose another \
                 `instance_type` or subnets in other zones.",
    },
    Cause {
        aws: &["is not supported in your requested Availability Zone"],
        log: &[],
        remedy: "The instance type is not offered in the zone of one of the subnets. Choose another `instance_type`, or subnets in the \
                 zones that AWS names.",
    },
    Cause {
        aws: &["The key pair '"],
        log: &[],
        remedy: "The key pair does not exist in this region. Correct `key_name`, or leave it out: AWS Systems Manager needs none.",
    },
    Cause {
        aws: &["Client.InternalError", "InvalidKMSKey"],
        log: &[],
        remedy: "The host's volume cannot be encrypted. Check that its KMS key is enabled and that its policy admits the role \
                 AWSServiceRoleForAutoScaling.",
    },
    Cause {
        aws: &["RESOURCE:ENI", "to unused device index"],
        log: &[],
        remedy: "No host has a network interface left: each task takes one, and an instance type has few. Choose a larger \
                 `instance_type`, raise `max_size`, or turn on the ECS account setting awsvpcTrunking for types that have it.",
    },
    Cause {
        aws: &[
            "InsufficientFreeAddresses",
            "enough free addresses",
            "NetworkInterfaceLimitExceeded",
            "etwork interface provision",
            "Create Network Interface",
        ],
        log: &[],
        remedy: "The task got no network interface. Check that the subnets have free addresses, and the account's quota of network \
                 interfaces; where AWS only took too long, apply again.",
    },
    Cause {
        aws: &[
            "insufficient memory",
            "insufficient CPU",
            "RESOURCE:MEMORY",
            "RESOURCE:CPU",
            "RESOURCE:GPU",
        ],
        log: &[],
        remedy: "No host has room for the task. A host gives a little less memory than its type has, and a new task is started beside \
                 the old one. Raise `max_size`, choose a larger `instance_type`, lower the task's `memory` or `cpu`, or let the old \
                 task go first with deployment_minimum_healthy_percent = 0.",
    },
    Cause {
        aws: &[
            "missing an attribute required by your task",
            "TaskFailedToStart: ATTRIBUTE",
        ],
        log: &[],
        remedy: "The hosts lack something that the task asks for. Check that the image's CPU architecture is that of `instance_type`, \
                 and that the hosts' image is a recent ECS-optimised one.",
    },
    Cause {
        aws: &["agent connected", "error \"AGENT\"", "TaskFailedToStart: AGENT"],
        log: &[],
        remedy: "The ECS agent of the hosts has lost its connection. Check that their subnets have a way out to ECS; then replace the \
                 hosts, or restart their agents.",
    },
    Cause {
        aws: &[
            "No Container Instances were found",
            "EMPTY CAPACITY PROVIDER",
            "NO ACTIVE INSTANCES",
        ],
        log: &[],
        remedy: "There is no host to run the task on. Look at the activities of the auto scaling group, and whether `max_size` allows \
                 a host.",
    },
    Cause {
        aws: &["Capacity is unavailable"],
        log: &[],
        remedy: "Fargate has no capacity in these zones at the moment. Apply again later, or add subnets in other zones.",
    },
    Cause {
        aws: &["unable to place a task. Reason: Internal error"],
        log: &[],
        remedy: "Fargate is not offered in the zone of one of the subnets. Choose subnets in other zones.",
    },
    Cause {
        aws: &["was unable to assume the role"],
        log: &[],
        remedy: "ECS cannot assume a role of the task. Check the role's trust policy: it must admit ecs-tasks.amazonaws.com.",
    },
    Cause {
        aws: &["OutOfMemory"],
        log: &["outofmemory", "cannot allocate memory", "memoryerror"],
        remedy: "The container ran out of memory. Raise `memory` (and `cpu`, where Fargate's pairs ask for it).",
    },
    Cause {
        aws: &["Spot Task was interrupted"],
        log: &[],
        remedy: "AWS took back the spare capacity that the task ran on. Apply again; where the task must stay, run it on capacity that \
                 is not spare.",
    },
    Cause {
        aws: &[BY_HAND],
        log: &[],
        remedy: "Somebody, or some other tool, stopped the task. See who called StopTask in AWS CloudTrail, then apply again.",
    },
    Cause {
        aws: &[],
        log: &[
            "license…not found",
            "license…no such file",
            "license…missing",
            "license…does not exist",
            "no such file…license",
            "missing…license",
            "no license",
        ],
        remedy: "The product finds no licence. Give it one in the `license` block; a Marketplace image has its own.",
    },
    Cause {
        aws: &[],
        log: &[
            "license…expired",
            "license…invalid",
            "license…not valid",
            "license…refused",
            "license…denied",
            "license…failed",
            "expired…license",
            "invalid…license",
            "failed…license",
        ],
        remedy: "The product does not accept its licence. Check that it is whole and has not expired; write the right one into the \
                 `license` block and raise content_wo_version.",
    },
    Cause {
        aws: &[", which never started"],
        log: &[],
        remedy: "The container that prepares the task failed. Look at its exit code and the log lines above.",
    },
    Cause {
        aws: &["(reason Request timed out)", "Target.Timeout"],
        log: &[],
        remedy: "The load balancer gets no answer from the container. Check that the task's security group admits the port from the \
                 load balancer's, and give a container that is slow to start more time with health_check_grace_period_seconds.",
    },
    Cause {
        aws: &["Health checks failed with these codes", "Target.ResponseCodeMismatch"],
        log: &[],
        remedy: "The container answers the load balancer's health check with an error. Look at the log lines above; give a container \
                 that is slow to start more time with health_check_grace_period_seconds.",
    },
    Cause {
        aws: &[
            "failed container health checks",
            "failed ELB health checks",
            "unhealthy",
            "UNHEALTHY",
        ],
        log: &[],
        remedy: "The container runs but fails its health check. Look at the log lines above.",
    },
    Cause {
        // Whoever kills a container leaves this code, the kernel out of memory and ECS after `stop_timeout` alike.
        aws: &["exit code 137"],
        log: &[],
        remedy: "The container was killed, most often because it ran out of memory. Where its log above breaks off in the middle of \
                 its work, raise `memory` (and `cpu`, where Fargate's pairs ask for it); where it tells of an orderly end, see what \
                 asked it to end.",
    },
    Cause {
        aws: &["Essential container in task exited"],
        log: &[],
        remedy: "The container ended by itself. Look at its exit code and the log lines above.",
    },
    Cause {
        aws: &[": PENDING", ": PROVISIONING", ": ACTIVATING"],
        log: &[],
        remedy: "The task was still being started: its image pulled, its volumes mounted, its interface attached. Where that is a \
                 matter of time, give the operation more in `timeouts`.",
    },
];
