"""Container instances: EC2 instances whose ECS agent found its cluster.

One registers when all that it needs on AWS is there: an ECS-optimised image, user data that names the cluster, an
instance profile whose role may register, a way to Amazon ECS. Otherwise it never does, and nobody says why.
"""

import ipaddress
import uuid

from moto.ecs.models import ecs_backends

from stand_in import autoscaling_groups, clock, ecs_agent, images, instance_types, network, profiles

_REGISTERED = 0.1
_AGAIN = 0.3
_NEEDED = ("ecs:DiscoverPollEndpoint", "ecs:RegisterContainerInstance", "ecs:Poll", "ecs:SubmitTaskStateChange")
_ENDPOINTS = ("ecs", "ecs-agent", "ecs-telemetry")
# What the kernel, Docker and the agent keep of an instance's memory: a share, and some on top.
_KEPT_SHARE, _KEPT_MEBIBYTES = 0.03, 96


class Host:
    """A container instance: what it has, and what the tasks on it leave."""

    def __init__(self, backend, cluster, instance, settings):
        self.backend, self.cluster, self.instance = backend, cluster, instance
        self.id = uuid.uuid4().hex
        prefix = cluster.arn.rpartition(":cluster/")[0]
        self.container_instance_arn = f"{prefix}:container-instance/{cluster.name}/{self.id}"
        self.status, self.connected, self.version = "ACTIVE", True, 1
        self.registered_at = clock.now()
        image = images.named(instance.ec2_backend, instance.image_id)
        kind = instance.instance_type
        reserved = settings.get("ECS_RESERVED_MEMORY", "0")
        self.cpu, self.memory = room_of(kind)
        self.memory -= int(reserved) if reserved.isdigit() else 0
        has_gpus = images.has_gpu_drivers(image) or settings.get("ECS_ENABLE_GPU_SUPPORT") == "true"
        self.gpus = [f"GPU-{uuid.uuid4()}" for _ in range(instance_types.gpus(kind))] if has_gpus else []
        self.architecture = image.architecture
        self.attributes = {
            "ecs.availability-zone": instance.availability_zone,
            "ecs.instance-type": kind,
            "ecs.ami-id": instance.image_id,
            "ecs.os-type": "linux",
            "ecs.os-family": "LINUX",
            "ecs.cpu-architecture": image.architecture,
            "ecs.vpc-id": instance.vpc_id,
            "ecs.subnet-id": instance.subnet_id,
            "ecs.capability.task-eni": None,
            "ecs.capability.efs": None,
            "ecs.capability.efsAuth": None,
            "ecs.capability.execution-role-awslogs": None,
            "ecs.capability.container-health-check": None,
        }
        from_group = settings.get("ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM") == "ec2_instance"
        tags = instance.get_tags() if from_group else []
        self.tags = [{"key": tag["key"], "value": tag["value"]} for tag in tags if not tag["key"].startswith("aws:")]

    @property
    def group_ids(self):
        return [group.id for group in self.instance.nics[0].group_set]

    @property
    def private_address(self):
        return self.instance.private_ip

    @property
    def tasks(self):
        """The tasks on it that have not ended."""
        return [
            task
            for task in self.backend.tasks.get(self.cluster.name, {}).values()
            if task.container_instance_arn == self.container_instance_arn and task.last_status != "STOPPED"
        ]

    @property
    def capacity_provider(self):
        """The name of the cluster's capacity provider whose group launched it, or None."""
        group = self.auto_scaling_group
        if group is None:
            return None
        for name in self.cluster.capacity_providers or []:
            provider = self.backend.capacity_providers.get(name)
            if provider is not None and provider.group_arn == group.arn:
                return name
        return None

    @property
    def auto_scaling_group(self):
        groups = autoscaling_groups.groups_of(self.backend.account_id, self.backend.region_name).values()
        return next((group for group in groups for m in group.members if m.instance is self.instance), None)

    def left(self):
        """``(CPU units, MiB, GPUs)`` that no task has."""
        taken = [task.size for task in self.tasks]
        return (
            self.cpu - sum(size.cpu for size in taken),
            self.memory - sum(size.memory for size in taken),
            len(self.gpus) - sum(size.gpus for size in taken),
        )

    def has_way_out(self):
        """Whether what runs on it, the agent above all, reaches public endpoints over HTTPS."""
        ec2, instance = self.instance.ec2_backend, self.instance
        return network.has_internet(ec2, instance.subnet_id, bool(instance.public_ip)) and lets_out(ec2, self.group_ids)

    def leave(self):
        """The agent is gone: the host is deregistered, and its tasks end with it."""
        self.end_tasks()
        self.status, self.connected = "INACTIVE", False
        self.backend.container_instances.get(self.cluster.name, {}).pop(self.id, None)

    def end_tasks(self):
        """What its tasks meet when the instance goes, or is switched off."""
        for task in self.tasks:
            task.stop(f"Host EC2 (instance {self.instance.id}) terminated.", "TerminationNotice")


def room_of(kind):
    """``(CPU units, MiB)`` that a host of an instance type registers with."""
    memory = int(instance_types.mebibytes(kind) * (1 - _KEPT_SHARE)) - _KEPT_MEBIBYTES
    return instance_types.cpu_units(kind), memory


def hosts_of(backend, cluster):
    """The cluster's container instances."""
    return list(backend.container_instances.get(cluster.name, {}).values())


def host_named(backend, cluster, name_or_arn):
    """The container instance of that id or ARN, or None."""
    return backend.container_instances.get(cluster.name, {}).get(name_or_arn.rpartition("/")[2])


def instance_changed(ec2, instance):
    """To be called when an instance starts to run, begins to end, or has ended."""
    if instance.state == "running":
        clock.after(_REGISTERED, _register, ec2, instance, _AGAIN)
        return
    backend = ecs_backends[ec2.account_id][ec2.region_name]
    for hosts in list(backend.container_instances.values()):
        for host in list(hosts.values()):
            if host.instance is instance and instance.state in ("stopping", "stopped"):
                host.connected = False
                host.end_tasks()
            elif host.instance is instance:
                host.leave()


def lets_out(ec2, group_ids):
    """Whether any of the groups lets HTTPS out to some public address."""
    rules = [rule for group_id in group_ids for rule in network.group(ec2, group_id).egress_rules]
    return any(_is_https(rule) and _is_public(rule.ip_range.get("CidrIp")) for rule in rules)


def _is_https(rule):
    return rule.ip_protocol == "-1" or (rule.ip_protocol == "tcp" and rule.from_port <= 443 <= rule.to_port)


def _is_public(block):
    return block is not None and not ipaddress.ip_network(block, strict=False).is_private


def _register(ec2, instance, again):
    """The agent tries, and tries again for as long as the instance runs."""
    if instance.state != "running":
        return
    settings = ecs_agent.configuration(instance.user_data.decode() if instance.user_data else None)
    backend = ecs_backends[ec2.account_id][ec2.region_name]
    cluster = backend.clusters.get(settings.get("ECS_CLUSTER", "default"))
    if not images.is_ecs_optimized(images.named(ec2, instance.image_id)):
        return
    if cluster is None or cluster.status != "ACTIVE" or not _may_register(ec2, instance):
        clock.after(again, _register, ec2, instance, min(again * 2, 5))
        return
    known = [host for host in hosts_of(backend, cluster) if host.instance is instance]
    if known:
        known[0].connected = True
        return
    host = Host(backend, cluster, instance, settings)
    backend.container_instances.setdefault(cluster.name, {})[host.id] = host


def _may_register(ec2, instance):
    asked = instance.iam_instance_profile
    profile = profiles.find(ec2.account_id, ec2.region_name, {"Arn": asked["Arn"]}) if asked else None
    if not profiles.allows(profile, *_NEEDED):
        return False
    group_ids = [group.id for group in instance.nics[0].group_set]
    if network.has_internet(ec2, instance.subnet_id, bool(instance.public_ip)) and lets_out(ec2, group_ids):
        return True
    here = ec2, instance.subnet_id, group_ids, instance.private_ip
    return all(network.has_endpoint(*here, service) for service in _ENDPOINTS)
