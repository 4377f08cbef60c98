//! The likely cause of what AWS says, and what to do about it.

/// AWS's words by the cause they tell, the more telling first, with what to do. Source of the words: Amazon ECS developer
/// guide, *Stopped tasks error messages*; AWS Marketplace Metering Service API, `RegisterUsage`, *Errors*.
const CAUSES: &[(&[&str], &str)] = &[
    (
        &["CustomerNotEntitledException", "not subscribed", "not entitled"],
        "The account is not subscribed to the product. Subscribe to it in the AWS Marketplace, then apply again.",
    ),
    (
        &["PlatformNotSupportedException"],
        "The product does not meter on this platform. Run it on Amazon ECS in a region that AWS Marketplace supports.",
    ),
    (
        &[
            "failed to invoke EFS utils",
            "Failed to resolve \"fs-",
            "Failed to resolve fs-",
            "mount.nfs4",
            "EFS mount",
        ],
        "The task cannot mount the file system. Check that its zone has a mount target whose security group admits port 2049 \
         from the task, that the VPC resolves DNS names, and that the file system's policy admits the task role.",
    ),
    (
        &[
            "retrieve secret from asm",
            "retrieve secrets from ssm",
            "from secrets manager",
            "secretsmanager:",
            "ssm:GetParameters",
        ],
        "A secret could not be fetched. Check the ARNs of the secrets, that none of them was deleted, that the execution role \
         may read them and use their KMS keys, and that the subnet has a route to Secrets Manager or SSM.",
    ),
    (
        &[
            "CannotPullContainerError: image Manifest",
            "manifest unknown",
            "not found: manifest",
            "repository does not exist",
            "failed to resolve ref",
        ],
        "The image was not found. Check `image`, its tag and its registry; a Marketplace image needs a subscription.",
    ),
    (
        &[
            "not authorized to perform: ecr",
            "pull access denied",
            "no basic auth credentials",
            "AccessDeniedException: User",
        ],
        "The image may not be pulled. Check that the account is subscribed to the product in the AWS Marketplace, and that the \
         execution role may pull from the registry.",
    ),
    (
        &[
            "i/o timeout",
            "dial tcp",
            "connection refused",
            "unable to pull registry auth",
            "Client.Timeout",
            "request canceled",
        ],
        "The task has no route to the registry. In a public subnet set assign_public_ip = true; in a private one add a NAT \
         gateway, or endpoints for ECR, S3 and CloudWatch Logs.",
    ),
    (
        &["that have not joined the cluster"],
        "The hosts run but do not join the cluster. Check that their subnets have a way out to ECS (a NAT gateway, or endpoints \
         for ecs, ecs-agent and ecs-telemetry), that their role has AmazonEC2ContainerServiceforEC2Role, that their image is an \
         ECS-optimised one, and that their user data names the cluster.",
    ),
    (
        &["vCPU limit"],
        "The account's quota of vCPUs is used up, so no host can be launched. Ask for a higher one in the Service Quotas \
         console (Running On-Demand Standard instances, or the quota of Spot requests), or choose a smaller `instance_type`.",
    ),
    (
        &[
            "do not have sufficient",
            "InsufficientInstanceCapacity",
            "no Spot capacity available",
        ],
        "AWS has no instances of this type left in these zones at the moment. Apply again later, or choose another \
         `instance_type` or subnets in other zones.",
    ),
    (
        &["is not supported in your requested Availability Zone"],
        "The instance type is not offered in the zone of one of the subnets. Choose another `instance_type`, or subnets in the \
         zones that AWS names.",
    ),
    (
        &["The key pair '"],
        "The key pair does not exist in this region. Correct `key_name`, or leave it out: AWS Systems Manager needs none.",
    ),
    (
        &["Client.InternalError", "InvalidKMSKey"],
        "The host's volume cannot be encrypted. Check that its KMS key is enabled and that its policy admits the role \
         AWSServiceRoleForAutoScaling.",
    ),
    (
        &[
            "insufficient memory",
            "insufficient CPU",
            "insufficient GPU",
            "RESOURCE:MEMORY",
            "RESOURCE:CPU",
        ],
        "No host has room for the task. A host gives a little less memory than its type has, and a new task is started beside \
         the old one. Raise `max_size`, choose a larger `instance_type`, lower the task's `memory` or `cpu`, or let the old \
         task go first with deployment_minimum_healthy_percent = 0.",
    ),
    (
        &["missing an attribute required by your task"],
        "The hosts lack something that the task asks for. Check that the image's CPU architecture is that of `instance_type`, \
         and that the hosts' image is a recent ECS-optimised one.",
    ),
    (
        &["agent connected", "error 'AGENT'"],
        "The ECS agent of the hosts has lost its connection. Check that their subnets have a way out to ECS; then replace the \
         hosts, or restart their agents.",
    ),
    (
        &["No Container Instances were found", "EMPTY CAPACITY PROVIDER"],
        "There is no host to run the task on. Look at the activities of the auto scaling group, and whether `max_size` allows \
         a host.",
    ),
    (
        &["OutOfMemory", "exit code 137"],
        "The container ran out of memory. Raise `memory` (and `cpu`, where Fargate's pairs ask for it).",
    ),
    (
        &[", which never started"],
        "The container that prepares the task failed. Look at its exit code and the log lines above.",
    ),
    (
        &["(reason Request timed out)", "Target.Timeout"],
        "The load balancer gets no answer from the container. Check that the task's security group admits the port from the \
         load balancer's, and give a container that is slow to start more time with health_check_grace_period_seconds.",
    ),
    (
        &["Health checks failed with these codes", "Target.ResponseCodeMismatch"],
        "The container answers the load balancer's health check with an error. Look at the log lines above; give a container \
         that is slow to start more time with health_check_grace_period_seconds.",
    ),
    (
        &[
            "failed container health checks",
            "failed ELB health checks",
            "unhealthy",
        ],
        "The container runs but fails its health check. Look at the log lines above.",
    ),
    (
        &[
            "ResourceInitializationError: failed to validate logger",
            "log group does not exist",
        ],
        "The log group cannot be written to. Check that it exists and that the subnet has a route to CloudWatch Logs.",
    ),
    (
        &["Capacity is unavailable", "capacity at this time"],
        "Fargate has no capacity in these zones at the moment. Apply again later, or add subnets in other zones.",
    ),
    (
        &["was unable to assume the role", "unable to assume role"],
        "ECS cannot assume a role of the task. Check the role's trust policy: it must admit ecs-tasks.amazonaws.com.",
    ),
    (
        &["ENI", "network interface", "insufficient free addresses"],
        "The task got no network interface. Check the subnets' free addresses and the account's quota of network interfaces.",
    ),
    (
        &["exec format error"],
        "The image is for another CPU architecture. Use an image for x86-64 (linux/amd64).",
    ),
    (
        &["Essential container in task exited"],
        "The container ended by itself. Look at its exit code and the log lines above.",
    ),
];

/// The remedy for the first cause that an explanation tells of.
pub(super) fn remedy(told: &str) -> String {
    let known = CAUSES
        .iter()
        .find(|(words, _)| words.iter().any(|word| told.contains(word)));
    let cause = known.map_or("Look at the service's events and the tasks' log.", |(_, remedy)| remedy);
    format!("{cause}\n\nWhat was made is kept as evidence where the resource's on_create_failure says so.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's words, from the Amazon ECS developer guide's pages *Stopped tasks error messages* and *Service event
    /// messages*, and from the Amazon EC2 Auto Scaling user guide's *Troubleshoot*.
    #[test]
    fn awss_words_lead_to_the_likely_remedy() {
        for (words, remedy_says) in [
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/no: not found",
                "image was not found",
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 52.46.1.1:443: i/o timeout",
                "no route to the registry",
            ),
            (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-1.efs.us-east-1.amazonaws.com\"",
                "mount the file system",
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:1:secret:l-AbCdEf from secrets manager: AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/t is not authorized to perform: secretsmanager:GetSecretValue on resource",
                "secret could not be fetched",
            ),
            (
                "OutOfMemoryError: Container killed due to memory usage",
                "out of memory",
            ),
            (
                "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Health checks failed)",
                "fails its health check",
            ),
            (
                "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Health checks failed with these codes: [503])",
                "answers the load balancer's health check with an error",
            ),
            (
                "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Request timed out)",
                "no answer from the container",
            ),
            (
                "com.amazonaws.services.marketplacemetering.model.CustomerNotEntitledException: ",
                "not subscribed",
            ),
            (
                "(service a) was unable to place a task. Reason: Capacity is unavailable at this time.",
                "no capacity",
            ),
            (
                "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) has insufficient memory available.",
                "room for the task",
            ),
            (
                "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) has insufficient CPU units available.",
                "room for the task",
            ),
            (
                "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) is missing an attribute required by your task.",
                "architecture",
            ),
            (
                "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) doesn't have the agent connected.",
                "agent",
            ),
            (
                "(service a) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.",
                "no host to run the task on",
            ),
            (
                "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.",
                "quota of vCPUs",
            ),
            (
                "We currently do not have sufficient m5zn.xlarge capacity in the Availability Zone you requested (us-east-1b). Launching EC2 instance failed.",
                "no instances of this type left",
            ),
            (
                "Your requested instance type (m5zn.xlarge) is not supported in your requested Availability Zone (us-east-1e). Launching EC2 instance failed.",
                "not offered",
            ),
            (
                "The key pair 'mine' does not exist. Launching EC2 instance failed.",
                "key_name",
            ),
            ("Essential container in task exited", "ended by itself"),
        ] {
            let told = remedy(words);
            assert!(told.contains(remedy_says), "{words}\n→ {told}");
        }
    }

    #[test]
    fn why_hosts_do_not_come_goes_before_what_follows_from_it() {
        let told = remedy(
            "(service a) was unable to place a task. Reason: No Container Instances were found in your cluster.\n\
             its last failed activity: You have requested more vCPU capacity than your current vCPU limit of 0 allows",
        );
        assert!(told.contains("quota of vCPUs"), "{told}");
    }
}
