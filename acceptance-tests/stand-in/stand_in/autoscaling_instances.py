"""EC2 Auto Scaling: the instances of groups, what happened to them, and their replacement."""

import uuid

from stand_in import clock
from stand_in.autoscaling import group_named, refusal
from stand_in.autoscaling_groups import groups_of
from stand_in.departures import answers
from stand_in.errors import AwsError
from stand_in.paging import page

_LOOK = 0.1


@answers("autoscaling", "DescribeAutoScalingInstances")
def describe_instances(call):
    wanted = call.params.get("InstanceIds")
    members = [member for group in groups_of(call.account, call.region).values() for member in group.members]
    found = [member for member in members if not wanted or member.instance.id in wanted]
    shown, rest = page(found, call.params, 50, 50)
    named = [
        {**member.describe(), "AutoScalingGroupName": member.group.name, "HealthStatus": member.health.upper()}
        for member in shown
    ]
    return {"AutoScalingInstances": named, **rest}


@answers("autoscaling", "SetInstanceProtection")
def set_protection(call):
    group, instance_ids = group_named(call), call.params["InstanceIds"]
    if len(instance_ids) > 50:
        raise refusal("The number of instance ids in a single call must not exceed 50.")
    members = {member.instance.id: member for member in group.members}
    for instance_id in instance_ids:
        if instance_id not in members:
            raise refusal(f"The instance {instance_id} is not part of Auto Scaling group {group.name}.")
        if members[instance_id].state != "InService":
            raise refusal(f"The instance {instance_id} is not in InService or EnteringStandby or Standby.")
    for instance_id in instance_ids:
        members[instance_id].protected = call.params["ProtectedFromScaleIn"]
    group.protection_changed()


@answers("autoscaling", "TerminateInstanceInAutoScalingGroup")
def terminate(call):
    instance_id = call.params["InstanceId"]
    for group in groups_of(call.account, call.region).values():
        for member in group.members:
            if member.instance.id == instance_id:
                return _terminate(group, member, call.params["ShouldDecrementDesiredCapacity"])
    raise refusal(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")


def _terminate(group, member, decrement):
    if decrement:
        if group.desired <= group.settings["MinSize"]:
            message = (
                f"Currently, desiredSize equals minSize ({group.desired}). Terminating instance without replacement "
            )
            raise refusal(
                message + "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity "
                "flag to false or lower group's min size."
            )
        group.settings["DesiredCapacity"] -= 1
    group.end(member)
    return {"Activity": member.activity}


@answers("autoscaling", "DescribeScalingActivities")
def describe_activities(call):
    groups = list(groups_of(call.account, call.region).values())
    if "AutoScalingGroupName" in call.params:
        groups = [group_named(call)]
    activities = [activity for group in groups for activity in group.activities]
    if "ActivityIds" in call.params:
        activities = [activity for activity in activities if activity["ActivityId"] in call.params["ActivityIds"]]
    shown, rest = page(activities, call.params, 100, 100)
    return {"Activities": shown, **rest}


@answers("autoscaling", "StartInstanceRefresh")
def start_refresh(call):
    group, params = group_named(call), call.params
    if any(refresh["Status"] in ("Pending", "InProgress") for refresh in group.refreshes):
        message = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh."
        raise AwsError("InstanceRefreshInProgress", message)
    preferences = {
        "MinHealthyPercentage": 90,
        "MaxHealthyPercentage": 100,
        "SkipMatching": False,
        "AutoRollback": False,
        "ScaleInProtectedInstances": "Wait",
        "StandbyInstances": "Wait",
        **params.get("Preferences", {}),
    }
    refresh = {
        "InstanceRefreshId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "Status": "Pending",
        "StartTime": clock.now(),
        "PercentageComplete": 0,
        "InstancesToUpdate": len(group.members),
        "Preferences": preferences,
    }
    if "DesiredConfiguration" in params:
        refresh["DesiredConfiguration"] = params["DesiredConfiguration"]
        group.settings |= params["DesiredConfiguration"]
    group.refreshes.insert(0, refresh)
    old = list(group.members)
    if preferences["SkipMatching"]:
        _, version, _ = group.launch_data()
        old = [member for member in old if member.template["Version"] != str(version.number)]
    clock.after(_LOOK, _go_on, group, refresh, old)
    return {"InstanceRefreshId": refresh["InstanceRefreshId"]}


@answers("autoscaling", "DescribeInstanceRefreshes")
def describe_refreshes(call):
    found, wanted = group_named(call).refreshes, call.params.get("InstanceRefreshIds")
    shown, rest = page([r for r in found if not wanted or r["InstanceRefreshId"] in wanted], call.params, 50, 100)
    return {"InstanceRefreshes": shown, **rest}


@answers("autoscaling", "CancelInstanceRefresh")
def cancel_refresh(call):
    group = group_named(call)
    for refresh in group.refreshes:
        if refresh["Status"] in ("Pending", "InProgress"):
            refresh |= {"Status": "Cancelled", "EndTime": clock.now()}
            return {"InstanceRefreshId": refresh["InstanceRefreshId"]}
    message = f"There is no active instance refresh for the Auto Scaling group '{group.name}'."
    raise AwsError("ActiveInstanceRefreshNotFound", message)


def _go_on(group, refresh, old):
    """Replaces one instance after the other; a protected one waits, is left, or goes, as is preferred."""
    if refresh["Status"] not in ("Pending", "InProgress"):
        return
    refresh["Status"] = "InProgress"
    left = [member for member in old if member in group.members]
    if refresh["Preferences"]["ScaleInProtectedInstances"] == "Ignore":
        left = [member for member in left if not member.protected]
    in_service = [member for member in group.members if member.state == "InService"]
    if not left and len(in_service) == group.desired:
        refresh |= {"Status": "Successful", "EndTime": clock.now(), "PercentageComplete": 100, "InstancesToUpdate": 0}
        return
    refresh["InstancesToUpdate"] = len(left)
    steady = len(in_service) == len(group.members) == group.desired
    free = [m for m in left if not m.protected or refresh["Preferences"]["ScaleInProtectedInstances"] == "Refresh"]
    if steady and free:
        group.end(free[0])
    clock.after(_LOOK, _go_on, group, refresh, old)
