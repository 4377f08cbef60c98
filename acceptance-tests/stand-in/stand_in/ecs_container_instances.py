"""ECS container instances: what can be asked of them and done to them. How they come to be is in ``ecs_hosts``."""

from stand_in.departures import answers
from stand_in.ecs_hosts import host_named, hosts_of
from stand_in.ecs_request import refusal
from stand_in.ecs_store import active_cluster, backend_of
from stand_in.paging import page


@answers("ecs", "ListContainerInstances")
def list_container_instances(call):
    """Filters are not known here, and refused."""
    if call.params.get("filter"):
        raise NotImplementedError
    backend, wanted = backend_of(call), call.params.get("status")
    hosts = hosts_of(backend, active_cluster(backend, call.params.get("cluster")))
    arns = [host.container_instance_arn for host in hosts if wanted in (None, host.status)]
    shown, rest = page(arns, call.params, 100, 100, "maxResults", "nextToken")
    return {"containerInstanceArns": shown, **rest}


@answers("ecs", "DescribeContainerInstances")
def describe_container_instances(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    if not params["containerInstances"]:
        raise refusal("Container instances cannot be empty.")
    if len(params["containerInstances"]) > 100:
        raise refusal("You may specify up to 100 container instances to describe in a single operation.")
    found, failures = [], []
    for name in params["containerInstances"]:
        host = host_named(backend, cluster, name)
        if host is None:
            failures.append(_missing(cluster, name))
        else:
            found.append(_describe(host, params.get("include", [])))
    return {"containerInstances": found, "failures": failures}


@answers("ecs", "UpdateContainerInstancesState")
def update_state(call):
    """DRAINING moves the tasks of services elsewhere; ACTIVE takes tasks again."""
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    if params["status"] not in ("ACTIVE", "DRAINING"):
        raise refusal(f"Container instance status should be one of [ACTIVE,DRAINING], not {params['status']}.")
    found, failures = [], []
    for name in params["containerInstances"]:
        host = host_named(backend, cluster, name)
        if host is None:
            failures.append(_missing(cluster, name))
            continue
        host.status = params["status"]
        host.version += 1
        found.append(_describe(host, []))
    for service in backend.services.values():
        if service.cluster is cluster:
            service.look_soon()
    return {"containerInstances": found, "failures": failures}


@answers("ecs", "DeregisterContainerInstance")
def deregister(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    host = host_named(backend, cluster, params["containerInstance"])
    if host is None:
        raise refusal("The referenced container instance was not found.")
    if host.tasks and not params.get("force"):
        raise refusal("Found running tasks on the instance.")
    host.leave()
    return {"containerInstance": _describe(host, [])}


def _missing(cluster, name):
    arn = name if name.startswith("arn:") else f"{cluster.arn.replace(':cluster/', ':container-instance/')}/{name}"
    return {"arn": arn, "reason": "MISSING"}


def _describe(host, include):
    tasks = host.tasks
    described = {
        "containerInstanceArn": host.container_instance_arn,
        "ec2InstanceId": host.instance.id,
        "version": host.version,
        "versionInfo": {"agentVersion": "1.107.0", "agentHash": "*0000000", "dockerVersion": "DockerVersion: 25.0.16"},
        "remainingResources": _resources(host, *host.left()),
        "registeredResources": _resources(host, host.cpu, host.memory, len(host.gpus)),
        "status": host.status,
        "agentConnected": host.connected,
        "runningTasksCount": len([task for task in tasks if task.last_status == "RUNNING"]),
        "pendingTasksCount": len([task for task in tasks if task.last_status in ("PROVISIONING", "PENDING")]),
        "attributes": [
            {"name": name, "value": value} if value else {"name": name} for name, value in host.attributes.items()
        ],
        "registeredAt": host.registered_at,
        "attachments": [],
        "tags": host.tags if "TAGS" in include else [],
    }
    if host.capacity_provider:
        described["capacityProviderName"] = host.capacity_provider
    return described


def _resources(host, cpu, memory, gpus):
    taken = [str(port) for task in host.tasks for port in task.size.ports]
    ports = ["22", "2375", "2376", "51678", "51679", *taken]
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ports},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]
    if host.gpus:
        resources.append({"name": "GPU", "type": "STRINGSET", "stringSetValue": host.gpus[:gpus]})
    return resources
