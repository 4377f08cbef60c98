"""EC2 Auto Scaling: groups and their sizes, what is asked of them and what is refused."""

from moto.utilities.utils import get_partition

from stand_in import launching, network
from stand_in.autoscaling_groups import Group, groups_of
from stand_in.departures import answers
from stand_in.errors import AwsError
from stand_in.paging import page

# What a described group has of its settings as they were asked for.
_AS_ASKED = (
    "CapacityRebalance",
    "Context",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DesiredCapacity",
    "DesiredCapacityType",
    "HealthCheckGracePeriod",
    "HealthCheckType",
    "LaunchTemplate",
    "MaxInstanceLifetime",
    "MaxSize",
    "MinSize",
    "MixedInstancesPolicy",
    "NewInstancesProtectedFromScaleIn",
    "PlacementGroup",
    "TerminationPolicies",
    "VPCZoneIdentifier",
)
_CHANGEABLE = (*_AS_ASKED, "AvailabilityZones", "ServiceLinkedRoleARN")


def refusal(message):
    return AwsError("ValidationError", message)


def group_named(call, name=None):
    """The group that is asked for, which must exist."""
    name = name or call.params["AutoScalingGroupName"]
    found = groups_of(call.account, call.region).get(name)
    if found is None:
        raise refusal(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return found


@answers("autoscaling", "CreateAutoScalingGroup")
def create(call):
    params, name = call.params, call.params["AutoScalingGroupName"]
    existing = groups_of(call.account, call.region).get(name)
    if existing is not None:
        pending = " is pending delete" if existing.status else " already exists"
        message = f"AutoScalingGroup by this name already exists - A group with the name {name}{pending}"
        raise AwsError("AlreadyExists", message)
    settings = {
        "DesiredCapacity": params["MinSize"],
        "DefaultCooldown": 300,
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 0,
        "NewInstancesProtectedFromScaleIn": False,
        "TerminationPolicies": ["Default"],
        **{member: params[member] for member in ("AutoScalingGroupName", *_CHANGEABLE) if member in params},
    }
    _check(call, settings)
    tags = {}
    for tag in params.get("Tags", []):
        if tag.get("ResourceId", name) != name:
            raise refusal("The tag's resource id is not the group's name.")
        tags[tag["Key"]] = {"Value": tag.get("Value", ""), "PropagateAtLaunch": tag.get("PropagateAtLaunch", False)}
    group = Group(call.account, call.region, get_partition(call.region), settings)
    group.tags = tags
    groups_of(call.account, call.region)[name] = group


@answers("autoscaling", "UpdateAutoScalingGroup")
def update(call):
    group, params = group_named(call), call.params
    _not_deleting(group)
    settings = {**group.settings, **{member: params[member] for member in _CHANGEABLE if member in params}}
    if "LaunchTemplate" in params:
        settings.pop("MixedInstancesPolicy", None)
    if "MixedInstancesPolicy" in params:
        settings.pop("LaunchTemplate", None)
    if "DesiredCapacity" not in params:
        settings["DesiredCapacity"] = max(settings["MinSize"], min(settings["MaxSize"], group.desired))
    if settings.get("DefaultInstanceWarmup") == -1:
        del settings["DefaultInstanceWarmup"]
    _check(call, settings)
    desired = settings["DesiredCapacity"]
    group.settings = {**settings, "DesiredCapacity": group.desired}
    sizes = f"min: {settings['MinSize']}, max: {settings['MaxSize']}, desired: {desired}"
    group.set_desired(desired, f"a user request update of AutoScalingGroup constraints to {sizes}")


@answers("autoscaling", "DeleteAutoScalingGroup")
def delete(call):
    group = group_named(call)
    if group.status:
        return
    if not call.params.get("ForceDelete"):
        if group.members:
            message = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
            raise AwsError("ResourceInUse", message + "request(s) still in the group.")
        if group.busy() or group.desired:
            message = "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that "
            raise AwsError("ScalingActivityInProgress", message + "group.")
    group.delete()


@answers("autoscaling", "DescribeAutoScalingGroups")
def describe(call):
    found, wanted = list(groups_of(call.account, call.region).values()), call.params.get("AutoScalingGroupNames")
    if wanted:
        found = [group for group in found if group.name in wanted]
    for condition in call.params.get("Filters", []):
        found = [group for group in found if _fits(group, condition)]
    shown, rest = page(found, call.params, 50, 100)
    return {"AutoScalingGroups": [_describe(group) for group in shown], **rest}


@answers("autoscaling", "SetDesiredCapacity")
def set_desired_capacity(call):
    group, wanted = group_named(call), call.params["DesiredCapacity"]
    _not_deleting(group)
    low, high = group.settings["MinSize"], group.settings["MaxSize"]
    if not low <= wanted <= high:
        bound = f"above max value {high}" if wanted > high else f"below min value {low}"
        raise refusal(f"New SetDesiredCapacity value {wanted} is {bound} for the AutoScalingGroup.")
    group.set_desired(wanted)


def _not_deleting(group):
    if group.status:
        raise refusal(f"AutoScalingGroup name not found - AutoScalingGroup '{group.name}' is pending delete")


def _check(call, settings):
    """Refuses sizes, places and templates that AWS would not take."""
    low, high, desired = settings["MinSize"], settings["MaxSize"], settings["DesiredCapacity"]
    if low > high:
        raise refusal(f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    if not low <= desired <= high:
        sizes = f"the specified min size:{low} and max size:{high}"
        raise refusal(f"Desired capacity:{desired} must be between {sizes}")
    if not settings.get("VPCZoneIdentifier"):
        raise refusal("At least one Availability Zone or VPC Subnet is required.")
    if ("LaunchTemplate" in settings) == ("MixedInstancesPolicy" in settings):
        message = "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
        raise refusal(message + "MixedInstancesPolicy parameter.")
    warmup = settings.get("DefaultInstanceWarmup", 0)
    if not 0 <= warmup <= 3600:
        raise refusal(f"Invalid default instance warmup {warmup}: it must be from 0 to 3600 seconds.")
    _check_places(call, settings)
    _check_template(call, settings)


def _check_places(call, settings):
    backend = network.backend_of(call.account, call.region)
    homes = []
    for subnet_id in settings["VPCZoneIdentifier"].split(","):
        home = network.subnet(backend, subnet_id.strip())
        if home is None:
            raise refusal(f"The subnet ID '{subnet_id.strip()}' does not exist")
        homes.append(home)
    if len({home.vpc_id for home in homes}) != 1:
        raise refusal("All subnets of a group must belong to the same VPC.")
    zones = {home.availability_zone for home in homes}
    if set(settings.get("AvailabilityZones", zones)) != zones:
        raise refusal("The availability zones of the specified subnets and the Auto Scaling group do not match")


def _check_template(call, settings):
    mixed = settings.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    named = settings.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if named is None:
        raise refusal("You must use a valid fully-formed launch template. A launch template must be specified.")
    try:
        _, version = launching.from_template(call.account, call.region, named)
        data = dict(version.data)
        overrides = [item["InstanceType"] for item in mixed.get("Overrides", []) if "InstanceType" in item]
        if overrides:
            data["InstanceType"] = overrides[0]
        if data.get("NetworkInterfaces") and any("SubnetId" in nic for nic in data["NetworkInterfaces"]):
            raise AwsError("InvalidParameterCombination", "The template names a subnet, and so does the group.")
        for subnet_id in settings["VPCZoneIdentifier"].split(","):
            launching.check(call.account, call.region, data, subnet_id.strip())
    except AwsError as error:
        raise refusal(f"You must use a valid fully-formed launch template. {error.message}") from None
    if mixed and "InstanceMarketOptions" in version.data:
        message = "Incompatible launch template: a launch template that asks for Spot instances cannot be used with a "
        raise refusal(message + "mixed instances policy.")


def _fits(group, condition):
    name, values = condition.get("Name", ""), condition.get("Values", [])
    if name == "tag-key":
        return any(key in values for key in group.tags)
    if name == "tag-value":
        return any(tag["Value"] in values for tag in group.tags.values())
    if name.startswith("tag:"):
        return group.tags.get(name[4:], {}).get("Value") in values
    raise refusal(f"Filter name '{name}' is not valid.")


def _describe(group):
    settings = group.settings
    backend = network.backend_of(group.account, group.region)
    homes = [network.subnet(backend, subnet_id) for subnet_id in group.subnet_ids]
    role = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    described = {
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "AvailabilityZones": sorted({home.availability_zone for home in homes if home is not None}),
        "CreatedTime": group.created_at,
        "EnabledMetrics": [{"Metric": metric, "Granularity": "1Minute"} for metric in group.metrics],
        "Instances": [member.describe() for member in group.members],
        "LoadBalancerNames": [],
        "ServiceLinkedRoleARN": settings.get("ServiceLinkedRoleARN")
        or f"arn:{get_partition(group.region)}:iam::{group.account}:role/{role}",
        "SuspendedProcesses": [],
        "Tags": tags_of(group),
        "TargetGroupARNs": [],
        "TrafficSources": [],
        **{member: settings[member] for member in _AS_ASKED if member in settings},
    }
    if group.status:
        described["Status"] = group.status
    if "LaunchTemplate" in described:
        described["LaunchTemplate"] = _named_in_full(group, settings["LaunchTemplate"])
    return described


def _named_in_full(group, named):
    """A launch template specification as AWS answers it: with the id and the name, as long as there is a template."""
    try:
        template, _ = launching.from_template(group.account, group.region, named)
    except AwsError:
        return named
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, **named}


def tags_of(group):
    """The group's tags, as AWS lists them."""
    about = {"ResourceId": group.name, "ResourceType": "auto-scaling-group"}
    return [{**about, "Key": key, **group.tags[key]} for key in sorted(group.tags)]
