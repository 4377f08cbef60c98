"""A capacity provider at work: it lets its group grow for tasks that have no room, and drains hosts that are to go."""

import math

from stand_in import autoscaling_groups, ecs_hosts
from stand_in.errors import AwsError

_HOOK = "ecs-managed-draining-termination-hook"


class CapacityProvider:
    """A capacity provider; its settings are those of its group, completed with ECS's defaults."""

    def __init__(self, backend, name, group_arn, tags):
        self.backend, self.name, self.group_arn, self.tags = backend, name, group_arn, tags
        owner = f"arn:{backend.partition}:ecs:{backend.region_name}:{backend.account_id}"
        self.arn = self.capacity_provider_arn = f"{owner}:capacity-provider/{name}"
        self.status, self.update_status, self.update_reason = "ACTIVE", None, None
        self.settings = {
            "autoScalingGroupArn": group_arn,
            "managedScaling": {
                "status": "DISABLED",
                "targetCapacity": 100,
                "minimumScalingStepSize": 1,
                "maximumScalingStepSize": 10000,
                "instanceWarmupPeriod": 300,
            },
            "managedTerminationProtection": "DISABLED",
            "managedDraining": "ENABLED",
        }

    @property
    def is_going(self):
        return self.update_status == "DELETE_IN_PROGRESS"

    @property
    def scales(self):
        """Whether it changes the group's desired capacity itself."""
        return self.settings["managedScaling"]["status"] == "ENABLED"

    @property
    def group(self):
        """Its auto scaling group, or None once that is gone."""
        return autoscaling_groups.by_arn(self.backend.account_id, self.backend.region_name, self.group_arn)

    def change(self, asked):
        """Takes over the settings that are named."""
        scaling = {**self.settings["managedScaling"], **asked.get("managedScaling", {})}
        self.settings = {**self.settings, **asked, "managedScaling": scaling, "autoScalingGroupArn": self.group_arn}

    def adopt(self, group):
        """What ECS does to the group: it tags it, and with managed draining it is asked before an instance ends."""
        if self.scales:
            group.tags.setdefault("AmazonECSManaged", {"Value": "", "PropagateAtLaunch": True})
        if self.settings["managedDraining"] == "ENABLED":
            group.drainer = self
            group.hooks[_HOOK] = {
                "LifecycleHookName": _HOOK,
                "AutoScalingGroupName": group.name,
                "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                "HeartbeatTimeout": 172800,
                "GlobalTimeout": 172800,
                "DefaultResult": "CONTINUE",
            }
        else:
            self.release()

    def release(self):
        """Lets the group go; its tag stays."""
        group = self.group
        if group is not None and group.drainer is self:
            group.drainer = None
            group.hooks.pop(_HOOK, None)

    def attachment_kinds(self):
        """What it attaches to a cluster."""
        kinds = [("as_policy", self.scales), ("managed_draining", self.settings["managedDraining"] == "ENABLED")]
        return [kind for kind, wanted in kinds if wanted]

    def grow(self, sizes):
        """Asks for hosts for tasks of these sizes, none of which has room. Answers whether any are on their way."""
        group = self.group
        if not self.scales or group is None or group.status:
            return False
        alive = [member for member in group.members if not member.state.startswith("Terminat")]
        hosts = {host.instance.id for host in self._hosts()} & {member.instance.id for member in alive}
        coming = max(len(alive), group.desired) - len(hosts)
        missing = self._hosts_for(sizes, group) - coming
        if missing > 0:
            scaling = self.settings["managedScaling"]
            step = min(max(missing, scaling["minimumScalingStepSize"]), scaling["maximumScalingStepSize"])
            wanted = math.ceil((len(hosts) + coming + step) * 100 / scaling["targetCapacity"])
            wanted = min(max(wanted, group.desired), group.settings["MaxSize"])
            grown = wanted > group.desired
            group.set_desired(wanted, "a capacity provider's scaling policy")
            return grown or coming > 0
        return coming > 0

    def is_idle(self, instance):
        """Whether no task runs there."""
        return not any(host.tasks for host in self._hosts() if host.instance is instance)

    def drain(self, instance):
        """Has the tasks on the instance moved elsewhere; those that belong to no service are left to end."""
        for host in self._hosts():
            if host.instance is instance and host.status == "ACTIVE":
                host.status = "DRAINING"
                for service in self.backend.services.values():
                    if service.cluster is host.cluster:
                        service.look_soon()

    def describe(self, include_tags):
        described = {
            "capacityProviderArn": self.arn,
            "name": self.name,
            "status": self.status,
            "type": "EC2_AUTOSCALING",
            "autoScalingGroupProvider": self.settings,
            "updateStatus": self.update_status,
            "updateStatusReason": self.update_reason,
            "tags": self.tags if include_tags else [],
        }
        return {name: value for name, value in described.items() if value is not None}

    def _hosts(self):
        clusters = self.backend.container_instances.values()
        members = {m.instance.id for m in self.group.members} if self.group else set()
        return [host for hosts in clusters for host in hosts.values() if host.instance.id in members]

    def _hosts_for(self, sizes, group):
        """How many empty hosts of the group's kind these tasks fill. One that fits on none still asks for a first."""
        try:
            _, _, data = group.launch_data()
        except AwsError:
            return 0
        cpu, memory = ecs_hosts.room_of(data["InstanceType"])
        bins = []
        for size in sorted(sizes, key=lambda size: size.memory, reverse=True):
            if size.cpu > cpu or size.memory > memory:
                bins = bins or ([] if group.members else [[0, 0]])
                continue
            for room in bins:
                if room[0] >= size.cpu and room[1] >= size.memory:
                    room[0], room[1] = room[0] - size.cpu, room[1] - size.memory
                    break
            else:
                bins.append([cpu - size.cpu, memory - size.memory])
        return len(bins)
