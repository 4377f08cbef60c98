"""ECS tasks: RunTask and what can be asked of tasks. How they run is in ``ecs_task``."""

import copy

from stand_in import ecs_launch, ecs_placement, ecs_request
from stand_in.departures import answers
from stand_in.ecs_store import active_cluster, backend_of, tag_list, tag_map, task_definition, tasks_of
from stand_in.ecs_task import Task
from stand_in.errors import AwsError

_tokens = {}


@answers("ecs", "RunTask")
def run_task(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    token = (backend.account_id, backend.region_name, params.get("clientToken"))
    if token[2] and token in _tokens:
        tasks, before = _tokens[token]
        if before != params:
            message = "The clientToken was used before with other parameters."
            raise AwsError("ConflictException", message, resourceIds=[task.task_arn for task in tasks])
        return {"tasks": [task.describe(True) for task in tasks], "failures": []}
    definition = task_definition(backend, params["taskDefinition"])
    settings = copy.deepcopy(params)
    if "launchType" not in settings and not settings.get("capacityProviderStrategy"):
        if cluster.default_capacity_provider_strategy:
            settings["capacityProviderStrategy"] = cluster.default_capacity_provider_strategy
        else:
            settings["launchType"] = "EC2"
    ecs_request.check(call, cluster, definition, settings)
    fargate = ecs_request.check_placement(cluster, definition, settings)
    failures = []
    if message := ecs_launch.unassumable_role(call.account, definition):
        raise AwsError("ClientException", message)
    if not 1 <= settings.get("count", 1) <= 10:
        raise ecs_request.refusal("Count must be from 1 to 10.")
    tasks = []
    for _ in range(settings.get("count", 1)):
        host, reason = None, None
        if not fargate:
            host, reason = ecs_placement.place(backend, cluster, definition, settings)
        if reason and not _makes_room(backend, settings):
            if "No Container Instances" in reason:
                raise ecs_request.refusal(reason.removeprefix("Reason: "))
            failures += ecs_placement.failures(backend, cluster, definition, settings)
            break
        tasks.append(_start(call, cluster, definition, settings, fargate, host))
    if token[2]:
        _tokens[token] = tasks, copy.deepcopy(params)
    return {"tasks": [task.describe(True) for task in tasks], "failures": failures}


def _makes_room(backend, settings):
    """Has the capacity provider's group grow, where it does so by itself; the task then waits in PROVISIONING."""
    for item in settings.get("capacityProviderStrategy", []):
        provider = backend.capacity_providers.get(item["capacityProvider"])
        if provider is not None and provider.scales:
            provider.grow([ecs_placement.size_of(task_definition(backend, settings["taskDefinition"]))])
            return True
    return False


@answers("ecs", "StopTask")
def stop_task(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    task = next((t for t in tasks_of(backend, cluster) if params["task"] in (t.id, t.task_arn)), None)
    if task is None:
        raise ecs_request.refusal("The referenced task was not found.")
    task.stop(params.get("reason", "Task stopped by user"), "UserInitiated")
    return {"task": task.describe(True)}


@answers("ecs", "ListTasks")
def list_tasks(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    if "serviceName" in params:
        name = params["serviceName"].rpartition("/")[2]
        if f"{cluster.name}:{name}" not in backend.services:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        group = f"service:{name}"
    arns = [
        task.task_arn
        for task in tasks_of(backend, cluster)
        if task.desired_status == params.get("desiredStatus", "RUNNING")
        and ("serviceName" not in params or task.group == group)
        and params.get("family") in (None, task.definition.family)
        and params.get("startedBy") in (None, task.started_by)
        and params.get("launchType") in (None, task.request["launchType"])
        and params.get("containerInstance") in (None, task.container_instance_arn)
    ]
    start, size = int(params.get("nextToken", 0)), params.get("maxResults", 100)
    answer = {"taskArns": arns[start : start + size]}
    if start + size < len(arns):
        answer["nextToken"] = str(start + size)
    return answer


@answers("ecs", "DescribeTasks")
def describe_tasks(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    if not params["tasks"]:
        raise ecs_request.refusal("Tasks cannot be empty.")
    if len(params["tasks"]) > 100:
        raise ecs_request.refusal("You may specify up to 100 tasks to describe in a single operation.")
    found, failures = [], []
    for name in params["tasks"]:
        task = next((t for t in tasks_of(backend, cluster) if name in (t.id, t.task_arn)), None)
        if task is None:
            arn = name if name.startswith("arn:") else f"{cluster.arn.replace(':cluster/', ':task/')}/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(task.describe("TAGS" in params.get("include", [])))
    return {"tasks": found, "failures": failures}


def _start(call, cluster, definition, settings, fargate, host):
    tags = {}
    if settings.get("enableECSManagedTags"):
        tags["aws:ecs:clusterName"] = cluster.name
    if settings.get("propagateTags") == "TASK_DEFINITION":
        tags |= tag_map(definition.tags)
    tags |= tag_map(settings.get("tags"))
    strategy = settings.get("capacityProviderStrategy")
    request = {
        **{name: settings[name] for name in _KEPT if name in settings},
        "launchType": "FARGATE" if fargate else "EC2",
        "placement": settings,
        "tags": tag_list(tags),
    }
    if host is not None:
        request["containerInstanceArn"] = host.container_instance_arn
    if strategy:
        request["capacityProviderName"] = strategy[0]["capacityProvider"]
    if fargate:
        version = settings.get("platformVersion", "LATEST")
        request["platformVersion"] = "1.4.0" if version == "LATEST" else version
    return Task(cluster, definition, call.region, call.account, request)


_KEPT = ("startedBy", "group", "networkConfiguration", "overrides", "enableExecuteCommand")
