"""Why a Fargate task does not come up, for the reasons that AWS has: each is read from what was asked for."""

from stand_in import network, roles
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
    reason = _pull(task) or _secrets(task) or _logs(task) or _volumes(task)
    return Outcome(stoppedReason=reason, stopCode="TaskFailedToStart") if reason else None


def _pull(task):
    if task.interface is None or task.has_internet():
        return None
    for container in task.definition.container_definitions:
        image = container["image"]
        if ".dkr.ecr." in image and network.has_endpoint(task.ec2, task.vpc_id, "ecr.dkr"):
            continue
        if ".dkr.ecr." in image:
            return (
                "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry "
                "auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task "
                "network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of "
                "attempts, 3: i/o timeout"
            )
        return (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): "
            f"failed to resolve ref {image}: dial tcp: i/o timeout"
        )
    return None


def _secrets(task):
    from moto.secretsmanager.models import secretsmanager_backends
    from moto.ssm.models import ssm_backends

    for container in task.definition.container_definitions:
        for secret in container.get("secrets", []):
            source = secret["valueFrom"]
            if ":secretsmanager:" in source:
                arn = ":".join(source.split(":")[:7])
                stored = secretsmanager_backends[task.account][source.split(":")[3]].secrets.values()
                found = any(s.arn == arn or s.arn.rpartition("-")[0] == arn for s in stored)
                kind = "Secrets Manager", "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            else:
                region = source.split(":")[3] if source.startswith("arn:") else task.region
                name = source.partition(":parameter/")[2] or source
                backend = ssm_backends[task.account][region]
                found = any(backend.get_parameters([n]) for n in (name, "/" + name))
                kind = "SSM Parameter Store", f"invalid ssm parameters: {name}"
            if not found:
                return (
                    f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
                    f"retrieval failed: unable to retrieve secret from {kind[0]}: {kind[1]}"
                )
    return None


def _logs(task):
    from moto.logs.models import logs_backends

    for _, options in task.log_options():
        groups = logs_backends[task.account][options["awslogs-region"]].groups
        if options["awslogs-group"] not in groups and options.get("awslogs-create-group") != "true":
            return (
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, "
                "ResourceNotFoundException: The specified log group does not exist. : exit status 1"
            )
    return None


def _volumes(task):
    from moto.efs.models import efs_backends

    for volume in task.definition.volumes:
        efs = volume.get("efsVolumeConfiguration")
        if efs is None:
            continue
        backend = efs_backends[task.account][task.region]
        problem = _mount_problem(task, backend, efs)
        if problem:
            return (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: "
                f"stderr: {problem}"
            )
    return None


def _mount_problem(task, backend, efs):
    file_system_id = efs["fileSystemId"]
    host = f"{file_system_id}.efs.{task.region}.amazonaws.com"
    file_system = backend.file_systems_by_id.get(file_system_id)
    targets = [] if file_system is None else list(file_system.iter_mount_targets())
    zone = network.subnet(task.ec2, task.subnet_id).availability_zone
    target = next((t for t in targets if t.availability_zone_name == zone), None)
    if target is None or target.life_cycle_state != "available" or target.vpc_id != task.vpc_id:
        return (
            f'Failed to resolve "{host}" - check that your file system ID is correct, and ensure that the VPC has an '
            "EFS mount target for this file system ID."
        )
    open_to_task = network.admits(task.ec2, target.security_groups, task.group_ids, task.private_address, 2049)
    if not open_to_task or not network.lets_out(
        task.ec2, task.group_ids, target.security_groups, target.ip_address, 2049
    ):
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
