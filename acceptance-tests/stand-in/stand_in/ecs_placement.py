"""Where a task on EC2 goes: which container instance has room for it, and in what words ECS says that none has."""

from dataclasses import dataclass

from stand_in import ecs_hosts, network
from stand_in.ecs_task_definitions import cpu_units, mebibytes

_MORE = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


@dataclass
class Size:
    """What a task takes of its host: CPU units, MiB, GPUs, and the ports of the host itself."""

    cpu: int
    memory: int
    gpus: int
    ports: tuple


def size_of(definition):
    """By the task's own size, or by its containers' where it has none."""
    containers = definition.container_definitions
    per_container = sum(c.get("cpu", 0) for c in containers)
    reserved = sum(c.get("memoryReservation", c.get("memory", 0)) for c in containers)
    wanted = [r for c in containers for r in c.get("resourceRequirements", []) if r["type"] == "GPU"]
    own_ports = definition.network_mode == "awsvpc"
    mapped = [m.get("hostPort", 0) for c in containers for m in c.get("portMappings", [])]
    return Size(
        cpu=cpu_units(definition.cpu) if definition.cpu else per_container,
        memory=mebibytes(definition.memory) if definition.memory else reserved,
        gpus=sum(int(requirement["value"]) for requirement in wanted),
        ports=() if own_ports else tuple(port for port in mapped if port),
    )


def place(backend, cluster, definition, settings):
    """``(host, None)``, or ``(None, reason)`` with the reason in ECS's words.

    ``settings`` are those of the service or of RunTask: capacity provider strategy, subnets, placement.
    """
    strategy = settings.get("capacityProviderStrategy", [])
    allowed = [item["capacityProvider"] for item in strategy]
    hosts = [host for host in ecs_hosts.hosts_of(backend, cluster) if host.status == "ACTIVE" and host.connected]
    if strategy:
        hosts = [host for host in hosts if host.capacity_provider in allowed]
    if not hosts:
        where = "capacity provider" if strategy else "cluster"
        return None, f"Reason: No Container Instances were found in your {where}."
    size = size_of(definition)
    refusals = [(_refusal(host, size, definition, settings), host) for host in hosts]
    fitting = [host for why, host in refusals if why is None]
    if not fitting:
        order = list(_WORDS)
        why, host = min(refusals, key=lambda refused: order.index(refused[0]))
        return None, f"The closest matching (container-instance {host.id}) {_WORDS[why]}."
    return min(fitting, key=_preference(settings, size, allowed)), None


def event(name, reason):
    """The service event that goes with a reason of ``place``."""
    text = f"(service {name}) was unable to place a task because no container instance met all of its requirements. "
    return text + reason + _MORE


def failures(backend, cluster, definition, settings):
    """The failures that RunTask tells where no host has room."""
    size = size_of(definition)
    found = []
    for host in ecs_hosts.hosts_of(backend, cluster):
        why = _refusal(host, size, definition, settings) or "memory"
        found.append({"arn": host.container_instance_arn, "reason": _CODES[why]})
    return found


# In the order in which ECS calls a host a close match.
_WORDS = {
    "memory": "has insufficient memory available",
    "cpu": "has insufficient CPU units available",
    "gpu": "has insufficient GPU resource available",
    "port": "is already using a port required by your task",
    "distinct": 'encountered error "DistinctInstance placement constraint unsatisfied."',
    "attribute": "is missing an attribute required by your task",
}
_CODES = {
    "memory": "RESOURCE:MEMORY",
    "cpu": "RESOURCE:CPU",
    "gpu": "RESOURCE:GPU",
    "port": "RESOURCE:PORTS",
    "distinct": "DISTINCT_INSTANCE",
    "attribute": "ATTRIBUTE",
}


def _refusal(host, size, definition, settings):
    platform = definition.runtime_platform or {}
    architecture = {"X86_64": "x86_64", "ARM64": "arm64"}[platform.get("cpuArchitecture", "X86_64")]
    if "cpuArchitecture" in platform and host.architecture != architecture:
        return "attribute"
    if definition.network_mode == "awsvpc" and _subnet_for(host, settings) is None:
        return "attribute"
    distinct = any(constraint["type"] == "distinctInstance" for constraint in settings.get("placementConstraints", []))
    if distinct and any(task.group == f"service:{settings.get('serviceName')}" for task in host.tasks):
        return "distinct"
    cpu, memory, gpus = host.left()
    if size.gpus > gpus:
        return "gpu"
    if size.cpu > cpu:
        return "cpu"
    if size.memory > memory:
        return "memory"
    if any(port in task.size.ports for task in host.tasks for port in size.ports):
        return "port"
    return None


def _subnet_for(host, settings):
    """The task's interface hangs on the host: it can only lie in the host's zone."""
    subnets = settings.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
    return subnet_in_zone(host, subnets)


def subnet_in_zone(host, subnets):
    """The first of the subnets that lies in the host's zone and VPC, or None."""
    ec2 = host.instance.ec2_backend
    for subnet_id in subnets:
        home = network.subnet(ec2, subnet_id)
        if home and home.vpc_id == host.instance.vpc_id and home.availability_zone == host.instance.availability_zone:
            return subnet_id
    return None


def _preference(settings, size, allowed):
    """The smaller, the better: the strategies in their order; without any, spread over zones and then over hosts."""
    strategies = settings.get("placementStrategy") or [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "instanceId"},
    ]

    def rank(host):
        order = [allowed.index(host.capacity_provider)] if allowed else []
        for strategy in strategies:
            field = strategy.get("field", "")
            if strategy["type"] == "binpack":
                cpu, memory, _ = host.left()
                order.append(memory if field.lower() == "memory" else cpu)
            elif strategy["type"] == "spread":
                order.append(len(_neighbours(host, field)))
        return order

    return rank


def _neighbours(host, field):
    if field in ("instanceId", "host"):
        return host.tasks
    attribute = field.removeprefix("attribute:")
    value = host.attributes.get(attribute)
    peers = ecs_hosts.hosts_of(host.backend, host.cluster)
    return [task for peer in peers if peer.attributes.get(attribute) == value for task in peer.tasks]
