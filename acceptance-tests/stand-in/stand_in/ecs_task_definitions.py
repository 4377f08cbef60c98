"""ECS task definitions: what AWS refuses to register, and the life of a revision."""

import copy
import re

from botocore import xform_name

from stand_in import clock, ecs_containers, roles
from stand_in.departures import answers
from stand_in.ecs_store import backend_of, task_definition
from stand_in.errors import AwsError
from stand_in.paging import page

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html: MiB allowed per CPU units.
FARGATE_SIZES = {
    256: {512, 1024, 2048},
    512: set(range(1024, 4096 + 1, 1024)),
    1024: set(range(2048, 8192 + 1, 1024)),
    2048: set(range(4096, 16384 + 1, 1024)),
    4096: set(range(8192, 30720 + 1, 1024)),
    8192: set(range(16384, 61440 + 1, 4096)),
    16384: set(range(32768, 122880 + 1, 8192)),
}
_OWN_PARAMETERS = ("family", "containerDefinitions", "enableFaultInjection")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


@answers("ecs", "RegisterTaskDefinition")
def register(call):
    params = copy.deepcopy(call.params)
    for member in ("taskRoleArn", "executionRoleArn"):
        arn = params.get(member)
        if arn and not (_ROLE_ARN.fullmatch(arn) and roles.find(call.account, arn)):
            raise _refusal("Role is not valid")
    _check_containers(params)
    _check_volumes(params)
    ecs_containers.check(params["containerDefinitions"])
    if "FARGATE" in params.get("requiresCompatibilities", []):
        _check_fargate(params)
    else:
        _check_ec2(params)
    for container in params["containerDefinitions"]:
        _complete(container, params.get("networkMode"))
    definition = backend_of(call).register_task_definition(
        params["family"],
        params["containerDefinitions"],
        **{xform_name(name): value for name, value in params.items() if name not in _OWN_PARAMETERS},
    )
    definition.registered_at = clock.now()
    definition.enable_fault_injection = params.get("enableFaultInjection")
    return {"taskDefinition": described(definition), "tags": definition.tags}


@answers("ecs", "DescribeTaskDefinition")
def describe(call):
    definition = task_definition(backend_of(call), call.params["taskDefinition"], active=False)
    answer = {"taskDefinition": described(definition)}
    if "TAGS" in call.params.get("include", []):
        answer["tags"] = definition.tags
    return answer


@answers("ecs", "ListTaskDefinitions")
def list_revisions(call):
    """By family and revision, upwards or downwards; of one status, active if none is named."""
    params = call.params
    families = backend_of(call).task_definitions
    found = [
        revisions[number]
        for family, revisions in sorted(families.items())
        if params.get("familyPrefix") in (None, family)
        for number in sorted(revisions)
        if revisions[number].status == params.get("status", "ACTIVE")
    ]
    if params.get("sort") == "DESC":
        found.reverse()
    shown, rest = page([definition.arn for definition in found], params, 100, 100, "maxResults", "nextToken")
    return {"taskDefinitionArns": shown, **rest}


@answers("ecs", "DeregisterTaskDefinition")
def deregister(call):
    """The revision becomes INACTIVE and stays readable."""
    if ":" not in call.params["taskDefinition"].rpartition("/")[2]:
        raise _refusal("Revision is missing.")
    definition = task_definition(backend_of(call), call.params["taskDefinition"], active=False)
    if definition.status == "ACTIVE":
        definition.status = "INACTIVE"
        definition.deregistered_at = clock.now()
    return {"taskDefinition": described(definition)}


@answers("ecs", "DeleteTaskDefinitions")
def delete(call):
    """Only inactive revisions; they linger as DELETE_IN_PROGRESS, and their number is never used again."""
    names, deleted, failures = call.params["taskDefinitions"], [], []
    if not 1 <= len(names) <= 10:
        raise AwsError("InvalidParameterException", "Size of TaskDefinition references list must be from 1 to 10")
    for name in names:
        try:
            definition = task_definition(backend_of(call), name, active=False)
        except AwsError:
            failures.append({"arn": name, "reason": "TASK_DEFINITION_NOT_FOUND"})
            continue
        if definition.status == "ACTIVE":
            reason = (
                "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
            )
            failures.append({"arn": definition.arn, "reason": reason})
            continue
        definition.status = "DELETE_IN_PROGRESS"
        clock.after(0.3, setattr, definition, "status", "DELETED")
        deleted.append(described(definition))
    return {"taskDefinitions": deleted, "failures": failures}


def described(definition):
    """A revision as AWS describes it."""
    _, partition, _, _, account, _ = definition.arn.split(":", 5)
    members = {
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": definition.status,
        "containerDefinitions": definition.container_definitions,
        "volumes": definition.volumes,
        "placementConstraints": definition.placement_constraints,
        "compatibilities": definition.compatibilities,
        "requiresAttributes": [],
        "registeredAt": definition.registered_at,
        "enableFaultInjection": definition.enable_fault_injection,
        "registeredBy": f"arn:{partition}:iam::{account}:root",
        "deregisteredAt": getattr(definition, "deregistered_at", None),
        "taskRoleArn": getattr(definition, "task_role_arn", None),
        "executionRoleArn": getattr(definition, "execution_role_arn", None),
        "networkMode": definition.network_mode,
        "requiresCompatibilities": definition.requires_compatibilities,
        "cpu": definition.cpu,
        "memory": definition.memory,
        "proxyConfiguration": definition.proxy_configuration,
        "inferenceAccelerators": definition.inference_accelerators,
        "runtimePlatform": definition.runtime_platform,
        "ipcMode": definition.ipc_mode,
        "pidMode": definition.pid_mode,
        "ephemeralStorage": definition.ephemeral_storage,
    }
    return {name: value for name, value in members.items() if value is not None}


def _refusal(message):
    return AwsError("ClientException", message)


def _complete(container, network_mode):
    """A container definition as AWS keeps it: ports written out, and variables in no order of the caller's."""
    for mapping in container.get("portMappings", []):
        mapping.setdefault("protocol", "tcp")
        mapping.setdefault("hostPort", mapping["containerPort"] if network_mode == "awsvpc" else 0)
    if "environment" in container:
        container["environment"].sort(key=lambda variable: variable.get("name", ""), reverse=True)
    container.setdefault("systemControls", [])


def _check_containers(params):
    names = [container.get("name") for container in params["containerDefinitions"]]
    if len(set(names)) != len(names):
        raise _refusal("Container names in a task definition must be unique.")
    volumes = {volume.get("name") for volume in params.get("volumes", [])}
    for container in params["containerDefinitions"]:
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in volumes:
                raise _refusal(f"Unknown volume '{mount.get('sourceVolume')}'.")
        log = container.get("logConfiguration", {})
        if log.get("logDriver") == "awslogs":
            for option in ("awslogs-group", "awslogs-region"):
                if option not in log.get("options", {}):
                    raise _refusal(f"Log driver awslogs requires options: {option}")


def _check_ec2(params):
    """A task on EC2 names its size, or each of its containers does."""
    for container in params["containerDefinitions"]:
        if "memory" not in params and "memory" not in container and "memoryReservation" not in container:
            message = f"Invalid setting for container '{container.get('name')}'. At least one of 'memory' or "
            raise _refusal(message + "'memoryReservation' must be specified.")
        for requirement in container.get("resourceRequirements", []):
            if requirement["type"] == "GPU" and not (requirement["value"].isdigit() and int(requirement["value"]) > 0):
                raise _refusal("The number of GPUs must be a whole number above 0.")
        if params.get("networkMode") == "awsvpc" and container.get("links"):
            raise _refusal("Links are not supported when networkMode=awsvpc.")
    for size, words in (("cpu", cpu_units), ("memory", mebibytes)):
        if size in params and words(params[size]) is None:
            raise _refusal(f"Invalid '{size}' setting for task.")
    if "executionRoleArn" not in params and any(c.get("secrets") for c in params["containerDefinitions"]):
        message = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        raise _refusal(message)


def _check_volumes(params):
    for volume in params.get("volumes", []):
        efs = volume.get("efsVolumeConfiguration")
        if efs is None:
            continue
        encrypted = efs.get("transitEncryption") == "ENABLED"
        authorization = efs.get("authorizationConfig", {})
        if authorization.get("iam") == "ENABLED" and not encrypted:
            raise _refusal("Invalid EFS volume configuration: IAM authorization requires transit encryption.")
        if "accessPointId" in authorization:
            if not encrypted:
                raise _refusal("Invalid EFS volume configuration: access points require transit encryption.")
            if efs.get("rootDirectory", "/") != "/":
                raise _refusal(
                    "Invalid EFS volume configuration: an access point allows no other root directory than '/'."
                )
        if "transitEncryptionPort" in efs and not encrypted:
            raise _refusal("Invalid EFS volume configuration: a port requires transit encryption.")


def _check_fargate(params):
    if params.get("networkMode") != "awsvpc":
        raise _refusal("Fargate only supports network mode ‘awsvpc’.")
    if "cpu" not in params or "memory" not in params:
        missing = "cpu" if "cpu" not in params else "memory"
        raise _refusal(f"Fargate requires that '{missing}' be defined at the task level.")
    if mebibytes(params["memory"]) not in FARGATE_SIZES.get(cpu_units(params["cpu"]), ()):
        raise _refusal("No Fargate configuration exists for given values.")
    if "executionRoleArn" not in params:
        for container in params["containerDefinitions"]:
            if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
                raise _refusal(
                    "Fargate requires task definition to have execution role ARN to support log driver awslogs."
                )
            if container.get("secrets"):
                message = (
                    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
                )
                raise _refusal(message)
            if ".dkr.ecr." in container.get("image", ""):
                raise _refusal("Fargate requires task definition to have execution role ARN to support ECR images.")
    storage = params.get("ephemeralStorage", {}).get("sizeInGiB")
    if storage is not None and not 21 <= storage <= 200:
        raise _refusal("Invalid value for ephemeral storage: it must be from 21 to 200 GiB.")
    for container in params["containerDefinitions"]:
        if container.get("privileged"):
            raise _refusal("Tasks using the Fargate launch type do not support privileged containers.")
        if container.get("stopTimeout", 0) > 120:
            raise _refusal("Tasks using the Fargate launch type do not support a stopTimeout above 120 seconds.")
        for mapping in container.get("portMappings", []):
            if mapping.get("hostPort", mapping.get("containerPort")) != mapping.get("containerPort"):
                message = "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
                raise _refusal(message)


def cpu_units(text):
    """``"1024"`` and ``"1 vCPU"`` alike; None for what is neither."""
    found = re.fullmatch(r"\s*([\d.]+)\s*(vcpu)?\s*", text.lower())
    return None if not found else int(float(found[1]) * (1024 if found[2] else 1))


def mebibytes(text):
    """``"2048"`` and ``"2 GB"`` alike; None for what is neither."""
    found = re.fullmatch(r"\s*([\d.]+)\s*(gb)?\s*", text.lower())
    return None if not found else int(float(found[1]) * (1024 if found[2] else 1))
