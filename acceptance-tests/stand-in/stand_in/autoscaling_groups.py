"""Auto scaling groups that scale: instances are launched and ended until there are as many as desired."""

import itertools
import uuid

from stand_in import clock, launching, network
from stand_in.errors import AwsError

_LOOK = 0.05
_IN_SERVICE = 0.15
_DELETED = 0.1
_RETRY = 1.0
_groups = {}
_turn = itertools.count()


def groups_of(account, region):
    """The groups of an account and region, by their names."""
    return _groups.setdefault((account, region), {})


def by_arn(account, region, arn):
    """The group of that ARN, or None."""
    return next((group for group in groups_of(account, region).values() if group.arn == arn), None)


def instance_changed(backend, instance):
    """To be called when an instance starts to run, begins to end, or has ended."""
    for group in groups_of(backend.account_id, backend.region_name).values():
        for member in group.members:
            if member.instance is instance:
                group.member_changed(member)
                return


class Member:
    """An instance as its group sees it."""

    def __init__(self, group, instance, template, version):
        self.group, self.instance = group, instance
        self.template = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(version)}
        self.state, self.health = "Pending", "Healthy"
        self.protected = group.settings["NewInstancesProtectedFromScaleIn"]

    def describe(self):
        return {
            "InstanceId": self.instance.id,
            "InstanceType": self.instance.instance_type,
            "AvailabilityZone": self.instance.availability_zone,
            "LifecycleState": self.state,
            "HealthStatus": self.health,
            "LaunchTemplate": self.template,
            "ProtectedFromScaleIn": self.protected,
        }


class Group:
    """A group: its settings are the members of CreateAutoScalingGroup, completed with AWS's defaults."""

    def __init__(self, account, region, partition, settings):
        self.account, self.region, self.settings = account, region, settings
        self.name = settings["AutoScalingGroupName"]
        owner = f"arn:{partition}:autoscaling:{region}:{account}"
        self.arn = f"{owner}:autoScalingGroup:{uuid.uuid4()}:autoScalingGroupName/{self.name}"
        self.created_at = clock.now()
        self.status = None
        self.members, self.activities, self.refreshes, self.hooks = [], [], [], {}
        self.tags, self.metrics, self.notifications = {}, [], {}
        # The capacity provider that drains an instance of its tasks before it ends, if one does.
        self.drainer = None
        self._waiting = False
        self._look_soon()

    @property
    def desired(self):
        return self.settings["DesiredCapacity"]

    @property
    def subnet_ids(self):
        return [subnet.strip() for subnet in self.settings["VPCZoneIdentifier"].split(",")]

    def template_named(self):
        """The launch template specification, also where it stands in a mixed instances policy."""
        if "LaunchTemplate" in self.settings:
            return self.settings["LaunchTemplate"]
        return self.settings["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]

    def launch_data(self):
        """``(template, version, data)`` of what would be launched now."""
        template, version = launching.from_template(self.account, self.region, self.template_named())
        overrides = self.settings.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("Overrides", [])
        named = next((item for item in overrides if "InstanceType" in item), None)
        data = {**version.data, "InstanceType": named["InstanceType"]} if named else version.data
        return template, version, data

    def set_desired(self, count, cause="a user request explicitly set group desired capacity"):
        """A new desired capacity, and why."""
        if count != self.desired:
            self.cause = f"{cause} changing the desired capacity from {self.desired} to {count}."
            self.settings["DesiredCapacity"] = count
        self._look_soon()

    def look(self):
        """One look: launches what is missing, ends what is too many."""
        self._waiting = False
        if self.status:
            return
        alive = [member for member in self.members if not member.state.startswith("Terminat")]
        if len(alive) < self.desired:
            for _ in range(self.desired - len(alive)):
                if not self._launch():
                    self._look_soon(_RETRY)
                    return
        elif len(alive) > self.desired:
            self._shrink(alive)

    def end(self, member):
        """Ends an instance, as soon as it may end."""
        if member.state == "Terminating" and member.instance.state in ("shutting-down", "terminated"):
            return
        if not member.state.startswith("Terminating"):
            member.activity = self._begin(
                f"Terminating EC2 instance: {member.instance.id}", "an instance was taken out"
            )
        if self.status or self._is_idle(member):
            member.state = "Terminating"
            launching.terminate(self._ec2, member.instance)
        else:
            member.state = "Terminating:Wait"
            self.drainer.drain(member.instance)
            clock.after(_LOOK, self.end, member)
        self._look_soon()

    def delete(self):
        """Ends all instances, also protected ones, and then itself."""
        self.status = "Delete in progress"
        for member in list(self.members):
            self.end(member)
        self._delete_when_empty()

    def member_changed(self, member):
        """An instance of the group runs, ends, or has ended."""
        if member.instance.state == "running":
            clock.after(_IN_SERVICE, self._in_service, member)
        elif member.instance.state == "terminated":
            self.members.remove(member)
            self._end_activity(member.activity, "Successful")
            self._look_soon()
        elif not member.state.startswith("Terminating"):
            member.activity = self._begin(
                f"Terminating EC2 instance: {member.instance.id}",
                "an instance was taken out of service in response to an EC2 health check indicating it has been "
                "terminated or stopped.",
            )
            member.state, member.health = "Terminating", "Unhealthy"
            launching.terminate(self._ec2, member.instance)
            self._look_soon()

    def busy(self):
        """Whether an activity is going on."""
        return any(activity["StatusCode"] == "InProgress" for activity in self.activities)

    def protection_changed(self):
        """To be called when instances have become protected from scale-in, or are no longer."""
        self._look_soon()

    @property
    def _ec2(self):
        return network.backend_of(self.account, self.region)

    def _look_soon(self, seconds=_LOOK):
        if not self._waiting:
            self._waiting = True
            clock.after(seconds, self.look)

    def _launch(self):
        subnet = self.subnet_ids[next(_turn) % len(self.subnet_ids)]
        cause = "an instance was started in response to a difference between desired and actual capacity, increasing "
        cause += f"the capacity from {len(self.members)} to {self.desired}."
        activity = self._begin("Launching a new EC2 instance", cause)
        try:
            template, version, data = self.launch_data()
            launching.check(self.account, self.region, data, subnet)
        except AwsError as refusal:
            message = f"{refusal.message} Launching EC2 instance failed."
            self._end_activity(activity, "Failed", message)
            return False
        spot = data.get("InstanceMarketOptions", {}).get("MarketType") == "spot" or self._mostly_spot()
        reservation = launching.launch(
            self.account, self.region, data, subnet, self._tags(data, template, version), spot=spot
        )
        [instance] = reservation.instances
        activity["Description"] += f": {instance.id}"
        member = Member(self, instance, template, version.number)
        member.activity = activity
        self.members.append(member)
        return True

    def _mostly_spot(self):
        distribution = self.settings.get("MixedInstancesPolicy", {}).get("InstancesDistribution", {})
        base, share = (
            distribution.get("OnDemandBaseCapacity", 0),
            distribution.get("OnDemandPercentageAboveBaseCapacity"),
        )
        return share == 0 and len(self.members) >= base

    def _tags(self, data, template, version):
        tags = launching.tags_of(data)
        own = {key: tag["Value"] for key, tag in self.tags.items() if tag["PropagateAtLaunch"]}
        made_by = {
            "aws:autoscaling:groupName": self.name,
            "aws:ec2launchtemplate:id": template.id,
            "aws:ec2launchtemplate:version": str(version.number),
        }
        return {**tags, "instance": {**tags.get("instance", {}), **own, **made_by}}

    def _in_service(self, member):
        if member.state == "Pending":
            member.state = "InService"
            self._end_activity(member.activity, "Successful")

    def _shrink(self, alive):
        """Ends the instances that are too many: idle ones first, protected ones never."""
        free = [member for member in alive if not member.protected]
        free.sort(key=lambda member: not self._is_idle(member))
        surplus = len(alive) - self.desired
        for member in free[:surplus]:
            self.end(member)
        if len(free) < surplus and not self._says_protected():
            message = "Could not scale to desired capacity because all remaining instances are protected from scale-in."
            self._end_activity(self._begin(message, getattr(self, "cause", "")), "Cancelled")

    def _is_idle(self, member):
        return self.drainer is None or self.drainer.is_idle(member.instance)

    def _says_protected(self):
        return bool(self.activities) and "protected from scale-in" in self.activities[0]["Description"]

    def _delete_when_empty(self):
        if self.members:
            clock.after(_LOOK, self._delete_when_empty)
        else:
            clock.after(_DELETED, groups_of(self.account, self.region).pop, self.name, None)

    def _begin(self, description, cause):
        now = clock.now()
        activity = {
            "ActivityId": str(uuid.uuid4()),
            "AutoScalingGroupName": self.name,
            "AutoScalingGroupARN": self.arn,
            "Description": description,
            "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} {cause}",
            "StartTime": now,
            "StatusCode": "InProgress",
            "Progress": 50,
            "Details": "{}",
        }
        self.activities.insert(0, activity)
        return activity

    def _end_activity(self, activity, status, message=None):
        activity |= {"StatusCode": status, "EndTime": clock.now(), "Progress": 100}
        if message:
            activity["StatusMessage"] = message
