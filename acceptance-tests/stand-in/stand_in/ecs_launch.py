"""Why a task does not come up, for the reasons that AWS has: each is read from what was asked for.

On Fargate a task does all of it through its own interface. On EC2 the agent pulls, fetches and mounts through the
interface of the host.
"""

from stand_in import network, roles
from stand_in.ecs_secrets import unreadable
from stand_in.efs_access import may_mount
from stand_in.outcomes import Outcome


def unassumable_role(account, definition):
    """The message of ECS when it cannot assume a role of the task definition; None if it can."""
    for arn in (getattr(definition, "execution_role_arn", None), getattr(definition, "task_role_arn", None)):
        role = roles.find(account, arn) if arn else None
        if arn and (role is None or not roles.trusts(role, "ecs-tasks.amazonaws.com")):
            return (
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions and that your IAM user has "
                "permissions to pass this role."
            )
    return None


def failure(task):
    """How this task fails to start by itself, or None."""
    pull, secret = _pull(task), _secrets(task)
    if secret and not pull:
        return Outcome(stoppedReason=secret, stopCode="TaskFailedToStart")
    reason = pull or _logs(task) or _volumes(task)
    if reason is None:
        return None
    if task.is_fargate:
        return Outcome(stoppedReason=reason, stopCode="TaskFailedToStart")
    # On EC2 the task says only that, and the container says why.
    ends = [{"reason": reason} for _ in task.definition.container_definitions[:1]]
    return Outcome(stoppedReason="Task failed to start", stopCode="TaskFailedToStart", containers=ends)


def _pull(task):
    if _has_internet(task):
        return None
    for container in task.definition.container_definitions:
        image = container["image"]
        from_ecr = ".dkr.ecr." in image
        if from_ecr and all(_has_endpoint(task, service) for service in ("ecr.api", "ecr.dkr", "s3")):
            continue
        if from_ecr and task.is_fargate:
            return (
                "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry "
                "auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task "
                "network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of "
                "attempts, 3: i/o timeout"
            )
        if from_ecr:
            return (
                "CannotPullECRContainerError: RequestError: send request failed caused by: Post "
                f'"https://api.ecr.{task.region}.amazonaws.com/": net/http: request canceled while waiting for '
                "connection"
            )
        if not task.is_fargate:
            return (
                f"CannotPullContainerError: Error response from daemon: Get https://{_registry(image)}/v2/: net/http: "
                "request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"
            )
        return (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): "
            f"failed to resolve ref {image}: dial tcp: i/o timeout"
        )
    return None


def _registry(image):
    host, _, rest = image.partition("/")
    return host if rest and "." in host else "registry-1.docker.io"


def _secrets(task):
    for container in task.definition.container_definitions:
        for secret in container.get("secrets", []):
            source = secret["valueFrom"]
            reason = unreadable(task, source)
            service = "secretsmanager" if ":secretsmanager:" in source else "ssm"
            if reason is None and not (_has_internet(task) or _has_endpoint(task, service)):
                reason = (
                    f"There is a connection issue between the task and {service}. Check your task network settings."
                )
            if reason:
                return (
                    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
                    f"retrieval failed: {reason}"
                )
    return None


def _logs(task):
    from moto.logs.models import logs_backends

    for _, options in task.log_options():
        groups = logs_backends[task.account][options["awslogs-region"]].groups
        group, creates = options["awslogs-group"], options.get("awslogs-create-group") == "true"
        if group in groups:
            continue
        missing = "ResourceNotFoundException: The specified log group does not exist."
        if creates and _may_create_group(task):
            continue
        if creates:
            missing = "AccessDeniedException: User is not authorized to perform: logs:CreateLogGroup"
        if task.is_fargate:
            return (
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, "
                f"{missing} : exit status 1"
            )
        return (
            "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to "
            f"create Cloudwatch log stream: {missing}"
        )
    return None


def _may_create_group(task):
    arn = getattr(task.definition, "execution_role_arn", None)
    return arn is not None and roles.allows(roles.find(task.account, arn), "logs:CreateLogGroup")


def _volumes(task):
    from moto.efs.models import efs_backends

    for volume in task.definition.volumes:
        efs = volume.get("efsVolumeConfiguration")
        if efs is None:
            continue
        backend = efs_backends[task.account][task.region]
        problem = _mount_problem(task, backend, efs)
        if problem and task.is_fargate:
            return (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: "
                f"stderr: {problem}"
            )
        if problem:
            name = f"ecs-{task.definition.family}-{task.definition.revision}-{volume['name']}-{task.id[:20]}"
            return (
                f"CannotCreateVolumeError: Error response from daemon: create {name}: VolumeDriver.Create: mounting "
                f"volume failed: {problem}"
            )
    return None


def _mount_problem(task, backend, efs):
    file_system_id = efs["fileSystemId"]
    host = f"{file_system_id}.efs.{task.region}.amazonaws.com"
    file_system = backend.file_systems_by_id.get(file_system_id)
    targets = [] if file_system is None else list(file_system.iter_mount_targets())
    subnet_id, group_ids, address = _mounter(task)
    home = network.subnet(task.ec2, subnet_id)
    target = next((t for t in targets if t.availability_zone_name == home.availability_zone), None)
    if target is None or target.life_cycle_state != "available" or target.vpc_id != home.vpc_id:
        return (
            f'Failed to resolve "{host}" - check that your file system ID is correct, and ensure that the VPC has an '
            "EFS mount target for this file system ID."
        )
    open_to_it = network.admits(task.ec2, target.security_groups, group_ids, address, 2049)
    if not open_to_it or not network.lets_out(task.ec2, group_ids, target.security_groups, target.ip_address, 2049):
        return "b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32"
    access_point_id = efs.get("authorizationConfig", {}).get("accessPointId")
    access_point = backend.access_points.get(access_point_id)
    belongs = access_point_id is None or (access_point is not None and access_point.file_system_id == file_system_id)
    arn = access_point.access_point_arn if access_point else None
    role = getattr(task.definition, "task_role_arn", None)
    if not belongs or not may_mount(task.account, file_system.file_system_policy, efs, role, arn):
        return (
            "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : "
            "unsuccessful EFS utils command execution; code: 32"
        )
    return None


def _mounter(task):
    """``(subnet id, security group ids, address)`` of who mounts."""
    if task.is_fargate:
        return task.subnet_id, task.group_ids, task.private_address
    return task.host.instance.subnet_id, task.host.group_ids, task.host.private_address


def _has_internet(task):
    if not task.is_fargate:
        return task.host.has_way_out()
    return task.interface is None or task.has_internet()


def _has_endpoint(task, service):
    subnet_id, group_ids, address = _mounter(task)
    return network.has_endpoint(task.ec2, subnet_id, group_ids, address, service)
