"""EC2 Auto Scaling: tags, metrics, notifications and lifecycle hooks of groups."""

from stand_in.autoscaling import group_named, refusal, tags_of
from stand_in.autoscaling_groups import groups_of
from stand_in.departures import answers
from stand_in.errors import AwsError
from stand_in.paging import page

_METRICS = (
    *("GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances"),
    *("GroupStandbyInstances", "GroupTerminatingInstances", "GroupTotalInstances", "GroupInServiceCapacity"),
    *("GroupPendingCapacity", "GroupStandbyCapacity", "GroupTerminatingCapacity", "GroupTotalCapacity"),
    *("WarmPoolDesiredCapacity", "WarmPoolWarmedCapacity", "WarmPoolPendingCapacity", "WarmPoolTerminatingCapacity"),
    *("WarmPoolTotalCapacity", "GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity"),
)
_NOTIFICATIONS = tuple(
    f"autoscaling:{kind}"
    for kind in (
        *("EC2_INSTANCE_LAUNCH", "EC2_INSTANCE_LAUNCH_ERROR", "EC2_INSTANCE_TERMINATE"),
        *("EC2_INSTANCE_TERMINATE_ERROR", "TEST_NOTIFICATION"),
    )
)


@answers("autoscaling", "CreateOrUpdateTags")
def create_tags(call):
    for tag in call.params["Tags"]:
        for member in ("ResourceId", "ResourceType"):
            if member not in tag:
                raise refusal(f"{member} is required for each tag.")
        group = group_named(call, tag["ResourceId"])
        if tag["ResourceType"] != "auto-scaling-group":
            raise refusal("ResourceType must be auto-scaling-group.")
        if tag["Key"].lower().startswith("aws:"):
            raise refusal("Tag keys may not start with 'aws:', which is reserved.")
        kept = {"Value": tag.get("Value", ""), "PropagateAtLaunch": tag.get("PropagateAtLaunch", False)}
        group.tags[tag["Key"]] = kept


@answers("autoscaling", "DeleteTags")
def delete_tags(call):
    for tag in call.params["Tags"]:
        group_named(call, tag.get("ResourceId", "")).tags.pop(tag["Key"], None)


@answers("autoscaling", "DescribeTags")
def describe_tags(call):
    found = [tag for group in groups_of(call.account, call.region).values() for tag in tags_of(group)]
    for condition in call.params.get("Filters", []):
        members = {"auto-scaling-group": "ResourceId", "key": "Key", "value": "Value"}
        member = members.get(condition["Name"])
        if member is None:
            raise refusal(f"Filter type {condition['Name']} is not valid.")
        found = [tag for tag in found if tag[member] in condition.get("Values", [])]
    shown, rest = page(found, call.params, 50, 100)
    return {"Tags": shown, **rest}


@answers("autoscaling", "EnableMetricsCollection")
def enable_metrics(call):
    group, metrics = group_named(call), call.params.get("Metrics") or list(_METRICS)
    if call.params["Granularity"] != "1Minute":
        raise refusal("Granularity must be 1Minute.")
    for metric in metrics:
        if metric not in _METRICS:
            raise refusal(f"{metric} is not a valid metric type.")
    group.metrics = [metric for metric in _METRICS if metric in (*group.metrics, *metrics)]


@answers("autoscaling", "DisableMetricsCollection")
def disable_metrics(call):
    group, metrics = group_named(call), call.params.get("Metrics") or list(_METRICS)
    group.metrics = [metric for metric in group.metrics if metric not in metrics]


@answers("autoscaling", "PutNotificationConfiguration")
def put_notification(call):
    """A topic that does not exist cannot get AWS's test message. It replaces what was there for the topic."""
    from moto.sns.models import sns_backends

    group, topic, kinds = group_named(call), call.params["TopicARN"], call.params["NotificationTypes"]
    for kind in kinds:
        if kind not in _NOTIFICATIONS:
            raise refusal(f'"{kind}" is not a valid Notification Type.')
    region = topic.split(":")[3] if topic.count(":") == 5 else ""
    if region != call.region or topic not in sns_backends[call.account][region].topics:
        message = (
            f"Unable to publish test message to notification target {topic}, using IAM role null. Please check your "
        )
        raise refusal(message + "target configuration and try to invoke PutNotificationConfiguration again.")
    group.notifications[topic] = list(kinds)


@answers("autoscaling", "DeleteNotificationConfiguration")
def delete_notification(call):
    if group_named(call).notifications.pop(call.params["TopicARN"], None) is None:
        raise refusal(f"Notification configuration not found - {call.params['TopicARN']}")


@answers("autoscaling", "DescribeNotificationConfigurations")
def describe_notifications(call):
    groups = groups_of(call.account, call.region)
    names = call.params.get("AutoScalingGroupNames") or list(groups)
    found = [
        {"AutoScalingGroupName": name, "TopicARN": topic, "NotificationType": kind}
        for name in names
        if name in groups
        for topic, kinds in groups[name].notifications.items()
        for kind in kinds
    ]
    shown, rest = page(found, call.params, 50, 100)
    return {"NotificationConfigurations": shown, **rest}


@answers("autoscaling", "DescribeLifecycleHooks")
def describe_hooks(call):
    """Those that Amazon ECS adds for managed draining."""
    return {"LifecycleHooks": list(group_named(call).hooks.values())}


@answers("autoscaling", "DeleteLifecycleHook")
def delete_hook(call):
    group, name = group_named(call), call.params["LifecycleHookName"]
    if group.hooks.pop(name, None) is None:
        raise AwsError("ValidationError", f"Lifecycle Hook Name not found: {name}")
