//! The words of AWS as they were seen, each with its source.

/// What AWS says, where it was seen, and what the remedy says of it.
pub(super) const AWS: &[(&str, &str, &str)] = &[
    // No route to the registry.
    (
        "CannotPullContainerError: API error (500): Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        "github.com/aws/amazon-ecs-agent/issues/1128",
        "no route to the registry",
    ),
    (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/tryretool/backend:2.110.5: failed to do request: Head \"https://registry-1.docker.io/v2/tryretool/backend/manifests/2.110.5\": dial tcp 34.205.13.154:443: i/o timeout",
        "github.com/ActionIQ/terraform-aws-retool-ecs-fargate/issues/20",
        "no route to the registry",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.us-east-2.amazonaws.com/\": dial tcp 52.95.16.1:443: i/o timeout. Please check your task network configuration.",
        "github.com/doctorray117/minecraft-ondemand/issues/74",
        "no route to the registry",
    ),
    (
        "CannotPullContainerError: API error (500): Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection",
        "ECS developer guide, CannotPullContainer task errors",
        "no route to the registry",
    ),
    (
        "CannotPullContainerError: The task cannot pull demo from the Amazon ECR repository 111122223333.dkr.ecr.us-east-1.amazonaws.com/demo. There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
        "ECS developer guide, CannotPullContainer task errors",
        "no route to the registry",
    ),
    // No permission to pull.
    (
        "Error response from daemon: Get https://533243300146.dkr.ecr.us-east-1.amazonaws.com/v2/newrelic/logging-firelens-fluentbit/manifests/latest: no basic auth credentials",
        "github.com/aws-samples/amazon-ecs-firelens-examples/issues/28",
        "may not be pulled",
    ),
    (
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        "github.com/aws-containers/demo-app-for-docker-compose/issues/1",
        "may not be pulled",
    ),
    (
        "CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref \"111122223333.dkr.ecr.us-east-1.amazonaws.com/demo:6981141\": unexpected status code [manifests 6981141]: 403 Forbidden",
        "github.com/aws/aws-cdk/issues/14457",
        "may not be pulled",
    ),
    (
        "CannotPullContainerError: The task can't pull the image. Check that the role has the permissions to pull images from the registry.",
        "ECS developer guide, CannotPullContainer task errors",
        "may not be pulled",
    ),
    (
        "CannotPullContainerError: pull access denied, repository does not exist or may require authorization",
        "ECS developer guide, CannotPullContainer task errors",
        "Marketplace",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/demo-execution/0123 is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
        "ECS developer guide, ResourceInitializationError errors",
        "may not be pulled",
    ),
    // No credentials for the registry.
    (
        "CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref \"rrr-docker-nonprod-virtual.us.artifactory.r1.rrr.com/rrr-backend-service/aws2o:20220128.2\": failed to authorize: failed to fetch anonymous token.",
        "github.com/aws/containers-roadmap/issues/1658",
        "without credentials",
    ),
    (
        "CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref \"artifactoryserver.com:1\": unexpected status code [manifests 1]: 401 Unauthorized",
        "github.com/aws/containers-roadmap/issues/1302",
        "without credentials",
    ),
    (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/my-org/my-image:latest: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Amy-org%2Fmy-image%3Apull&service=ghcr.io: 401 Unauthorized",
        "github.com/PrefectHQ/prefect/discussions/16964",
        "without credentials",
    ),
    // Where the token cannot be asked for, no credentials would help.
    (
        "CannotPullContainerError: inspect image has been retried 5 time(s): failed to resolve ref \"ghcr.io/o/i:1\": failed to authorize: failed to fetch oauth token: Post \"https://ghcr.io/token\": dial tcp 140.82.121.33:443: i/o timeout",
        "containerd, remotes/docker/authorizer.go and auth/fetch.go (the words, put together)",
        "no route to the registry",
    ),
    // The image was not found.
    (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/no: not found",
        "ECS developer guide, CannotPullContainer task errors",
        "image was not found",
    ),
    (
        "CannotPullContainerError: Error response from daemon: manifest for 111122223333.dkr.ecr.us-east-1.amazonaws.com/demo:no not found: manifest unknown: Requested image not found",
        "Amazon ECS agent, agent/engine/errors",
        "image was not found",
    ),
    (
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
        "ECS developer guide, CannotPullContainer task errors",
        "another CPU architecture",
    ),
    (
        "CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device",
        "ECS developer guide, CannotPullContainer task errors",
        "disk is full",
    ),
    (
        "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.",
        "ECS developer guide, CannotPullContainer task errors",
        "thatdot_container_image",
    ),
    // EFS not mountable.
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-00000000.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct.",
        "github.com/aws/amazon-ecs-cli/issues/1083",
        "does not resolve",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting fs-065b374f6a1a6b4c8.efs.us-east-1.amazonaws.com:/' : unsuccessful EFS utils command execution; code: 32",
        "github.com/aws-samples/aws-cdk-examples/issues/920",
        "policy admits the task role",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting fs-1.efs.eu-west-1.amazonaws.com:/grafana failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32",
        "github.com/acp-io/terraform-grafana/issues/4",
        "no such folder",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32",
        "github.com/docker-archive/compose-cli/issues/1490",
        "port 2049",
    ),
    (
        "Error response from daemon: create ecs-td-metabase-6-metabase-volume-9eb7f486c9c6ae8d4600: VolumeDriver.Create: mounting volume failed: Failed to resolve \"fs-02417eff7308d5026.efs.ap-northeast-1.amazonaws.com\" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.",
        "github.com/ydamni/cloud-is-free/issues/3",
        "does not resolve",
    ),
    (
        "Error response from daemon: create efsvolume0: VolumeDriver.Create: mounting volume failed: mount.nfs4: Connection reset by peer",
        "github.com/aws/amazon-ecs-init/pull/301",
        "port 2049",
    ),
    // The licence's secret, missing or out of reach.
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): RequestError: send request failed caused by: Post \"https://secretsmanager.eu-central-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
        "github.com/external-secrets/external-secrets/issues/1555 (the SDK's words, put together with those of ECS)",
        "no route to where its secrets are",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestError: send request failed caused by: Post \"https://ssm.eu-central-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
        "as above",
        "no route to where its secrets are",
    ),
    (
        "Fetching secret data from AWS Secrets Manager in region us-east-1: secret arn:aws:secretsmanager:us-east-1:111122223333:secret:secretname-1aBCDe: RequestError: send request failed caused by: Post https://secretsmanager.us-east-1.amazonaws.com/: dial tcp: lookup secretsmanager.us-east-1.amazonaws.com on 10.7.166.253:53: no such host",
        "github.com/awsdocs/amazon-ecs-developer-guide/issues/110",
        "no route to where its secrets are",
    ),
    (
        "Fetching secret data from AWS Secrets Manager in region us-east-1: secret arn:aws:secretsmanager:us-east-1:111122223333:secret:secretname-1aBCDe: AccessDeniedException: Access to KMS is not allowed",
        "as above (what Secrets Manager answers, put together with those words)",
        "secret could not be fetched",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:111122223333:secret:thatdot/demo/license-AbCdEf from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        "ECS developer guide, ResourceInitializationError errors; Secrets Manager API, GetSecretValue",
        "does not exist",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-west-2:111122223333:secret:DBPasswordSecret-0 from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.",
        "github.com/Releem/releem-agent/issues/195",
        "no route to where its secrets are",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:1:secret:l-AbCdEf from secrets manager: AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/t is not authorized to perform: secretsmanager:GetSecretValue on resource",
        "ECS developer guide, ResourceInitializationError errors",
        "secret could not be fetched",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:111122223333:secret:algo-dev-directus-secret20240626183203358800000004-EaPYTy from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400, request id: a87a66d9-f839-4353-b8c2-9984b1465695",
        "github.com/GiamPy5/terraform-aws-directus/issues/10",
        "secret could not be fetched",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/aits-demo-app-test-demo-app-ExecutionRole-28VBAJL3T0YT/f83b93a4dc3442a18eaaf8c2a235cd37 is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-2:111122223333:parameter/GOOGLE_CLIENT_ID because no identity-based policy allows the ssm:GetParameters action status code: 400, request id: 1adcb55f-f798-4503-b8a3-cd1533290001",
        "github.com/aws/copilot-cli/issues/4504",
        "secret could not be fetched",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded",
        "github.com/umotif-public/terraform-aws-ecs-fargate/issues/50",
        "no route to where its secrets are",
    ),
    // The log group, missing or out of reach.
    (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist",
        "github.com/cn-terraform/terraform-aws-nexus/issues/35",
        "log group cannot be written to",
    ),
    (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post https://logs.us-east-2.amazonaws.com/: dial tcp 10.20.10.16:443: i/o time",
        "github.com/seqeralabs/nf-tower/issues/305",
        "log group cannot be written to",
    ),
    (
        "ResourceInitializationError: failed to validate logger args: : signal: killed",
        "gist.github.com/bradleybeddoes/7b568d87d20c5e4ebfe31de9a8dc08c7",
        "route to CloudWatch Logs",
    ),
    // A role that cannot be taken.
    (
        "service X failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::111122223333:role/X-task-execution-role' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).",
        "github.com/telia-oss/terraform-aws-ecs-fargate/pull/58",
        "trust policy",
    ),
    // Out of memory.
    (
        "OutOfMemoryError: Container killed due to memory usage",
        "ECS developer guide, Stopped tasks error messages",
        "ran out of memory",
    ),
    // Killed, without a word of memory.
    (
        "Essential container in task exited\n    service: exit code 137",
        "ECS developer guide, Stopped tasks error messages",
        "breaks off in the middle",
    ),
    // Killed in the end, because somebody stopped it, or AWS took its host back.
    (
        "0123: Task stopped by user (stopped by a call of StopTask)\n    service: exit code 137",
        "Amazon ECS API, Task: stopCode UserInitiated",
        "Somebody",
    ),
    (
        "Your Spot Task was interrupted.\n    service: exit code 137",
        "ECS developer guide, Amazon ECS clusters for Fargate, termination notices",
        "took back",
    ),
    // Health checks.
    (
        "Task failed container health checks\n    service: exit code 137",
        "ECS developer guide, Stopped tasks error messages",
        "fails its health check",
    ),
    (
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/demo/1)",
        "ECS developer guide, Stopped tasks error messages",
        "fails its health check",
    ),
    (
        "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Health checks failed)",
        "ECS developer guide, Service event messages",
        "fails its health check",
    ),
    (
        "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Health checks failed with these codes: [503])",
        "ECS developer guide, Service event messages",
        "answers the load balancer's health check with an error",
    ),
    (
        "service staging-ms-divido (instance i-xxx) (port 32826) is unhealthy in target-group ecs-staging-ms-divido due to (reason Request timed out)",
        "github.com/aws/amazon-ecs-agent/issues/1397",
        "no answer from the container",
    ),
    (
        "10.0.0.5: unhealthy (Target.Timeout: Request timed out)",
        "Elastic Load Balancing API, TargetHealth; Application Load Balancers guide, Target health reason codes",
        "no answer from the container",
    ),
    (
        "10.0.0.5: unhealthy (Target.ResponseCodeMismatch: Health checks failed with these codes: [503])",
        "Elastic Load Balancing API, TargetHealth; Application Load Balancers guide, Target health reason codes",
        "answers the load balancer's health check with an error",
    ),
    // No room.
    (
        "TaskFailedToStart: RESOURCE:GPU",
        "ECS developer guide, API failure reasons",
        "room for the task",
    ),
    (
        "TaskFailedToStart: ATTRIBUTE",
        "ECS developer guide, API failure reasons",
        "architecture",
    ),
    (
        "TaskFailedToStart: EMPTY CAPACITY PROVIDER",
        "ECS developer guide, API failure reasons",
        "no host to run the task on",
    ),
    (
        "TaskFailedToStart: NO ACTIVE INSTANCES",
        "ECS developer guide, API failure reasons",
        "no host to run the task on",
    ),
    (
        "service demo was unable to place a task. Reason: Internal error.",
        "ECS developer guide, Service event messages",
        "not offered in the zone",
    ),
    (
        "service demo was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently",
        "ECS developer guide, Service event messages",
        "quota of Fargate",
    ),
    (
        "service demo was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently",
        "ECS developer guide, Service event messages",
        "quota of Fargate",
    ),
    (
        "service demo was unable to place a task. Reason: The requested CPU configuration is above your limit.",
        "ECS developer guide, Service event messages",
        "quota of Fargate",
    ),
    (
        "(service a) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone",
        "github.com/sil-org/ecs-deploy/issues/277",
        "no capacity",
    ),
    (
        "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) has insufficient memory available.",
        "ECS developer guide, Service event messages",
        "room for the task",
    ),
    (
        "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) has insufficient CPU units available.",
        "ECS developer guide, Service event messages",
        "room for the task",
    ),
    (
        "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) is missing an attribute required by your task.",
        "ECS developer guide, Service event messages",
        "architecture",
    ),
    (
        "TaskFailedToStart: RESOURCE:MEMORY",
        "ECS developer guide, API failure reasons",
        "room for the task",
    ),
    (
        "TaskFailedToStart: RESOURCE:CPU",
        "ECS developer guide, API failure reasons",
        "room for the task",
    ),
    (
        "(service a) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123) encountered error \"AGENT\".",
        "ECS developer guide, Service event messages",
        "ECS agent of the hosts",
    ),
    (
        "TaskFailedToStart: AGENT",
        "ECS developer guide, API failure reasons",
        "ECS agent of the hosts",
    ),
    (
        "service my-service was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 0af580523fe1022f095e doesn't have the agent connected. For more information, see the Troubleshooting section.",
        "github.com/aws-actions/amazon-ecs-deploy-task-definition/issues/260",
        "agent",
    ),
    (
        "service authentication_services was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.",
        "github.com/ptokito/ECSClusterWithTerraform/issues/3",
        "no host to run the task on",
    ),
    // No network interface.
    (
        "There are not enough free addresses in subnet 'subnet-66d3dd2c' to satisfy the requested number of instances. Launching EC2 instance failed.",
        "github.com/PrairieLearn/PrairieLearn/issues/3271",
        "free addresses",
    ),
    (
        "service appmesh-dev-ecs-colorapp-TcpEchoService-14M0PCTB9QFKJ was unable to place a task because no container instance met all of its requirements. The closest matching container-instance acf43593-6b86-4838-86e5-46d896fdc8b3 encountered error \"RESOURCE:ENI\". For more information, see the Troubleshooting section.",
        "github.com/aws/aws-app-mesh-examples/issues/342",
        "awsvpcTrunking",
    ),
    (
        "Unable to attach network interface to unused device index.",
        "github.com/aws/containers-roadmap/issues/1545",
        "awsvpcTrunking",
    ),
    (
        "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
        "github.com/paradisec-archive/nabu/pull/1259 (the code)",
        "free addresses",
    ),
    (
        "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': NetworkInterfaceLimitExceeded",
        "as above; AWS CloudFormation CLI guide, EC2's errors and the handlers' codes (the code)",
        "quota of network interfaces",
    ),
    (
        "Timeout waiting for network interface provisioning to complete",
        "AWS re:Post, Resolve network interface provisioning errors for Amazon ECS on Fargate",
        "no network interface",
    ),
    // Hosts that do not come.
    (
        "Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. Launching EC2 instance failed.",
        "github.com/cortexlabs/cortex/issues/1258",
        "no instances of this type left",
    ),
    (
        "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.",
        "github.com/buildkite/elastic-ci-stack-for-aws/issues/851",
        "no instances of this type left",
    ),
    (
        "demo could not launch a host: Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
        "github.com/hashicorp/terraform-provider-aws/issues/38633",
        "KMS key",
    ),
    (
        "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.",
        "EC2 Auto Scaling user guide, Troubleshoot",
        "quota of vCPUs",
    ),
    (
        "We currently do not have sufficient m5zn.xlarge capacity in the Availability Zone you requested (us-east-1b). Launching EC2 instance failed.",
        "EC2 Auto Scaling user guide, Troubleshoot",
        "no instances of this type left",
    ),
    (
        "Your requested instance type (m5zn.xlarge) is not supported in your requested Availability Zone (us-east-1e). Launching EC2 instance failed.",
        "EC2 Auto Scaling user guide, Troubleshoot",
        "not offered",
    ),
    (
        "The key pair 'mine' does not exist. Launching EC2 instance failed.",
        "EC2 Auto Scaling user guide, Troubleshoot",
        "key_name",
    ),
    (
        "demo could not launch a host: Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch",
        "github.com/terraform-aws-modules/terraform-aws-autoscaling/issues/109; EC2 Auto Scaling user guide, Troubleshoot",
        "KMS key",
    ),
    (
        "demo has hosts that have not joined the cluster demo",
        "our own words: hosts.rs, by Amazon ECS API, Cluster: registeredContainerInstancesCount",
        "do not join the cluster",
    ),
    // What we say of tasks by their states.
    (
        "0123: Essential container in task exited\n    license: exit code 1, awaited by deid, which never started",
        "our own words: diagnosis.rs, by Amazon ECS API, ContainerDependency",
        "prepares the task",
    ),
    (
        "0123: RUNNING, UNHEALTHY",
        "our own words: diagnosis.rs, by Amazon ECS API, Task: healthStatus",
        "fails its health check",
    ),
    (
        "0123: PROVISIONING",
        "our own words: diagnosis.rs, by Amazon ECS developer guide, Task lifecycle",
        "still being started",
    ),
    ("0123: PENDING", "as above", "still being started"),
    ("0123: ACTIVATING", "as above", "still being started"),
    (
        "Essential container in task exited",
        "ECS developer guide, Stopped tasks error messages",
        "ended by itself",
    ),
];
