"""Application Auto Scaling of ECS services: targets that must exist, and policies that fit them and go with them."""

import uuid

from moto.ecs.models import ecs_backends

from stand_in import clock
from stand_in.departures import answers
from stand_in.errors import AwsError
from stand_in.paging import page

_DIMENSION = "ecs:service:DesiredCount"
_METRICS = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget")
_targets, _policies, _tags = {}, {}, {}


@answers("application-autoscaling", "RegisterScalableTarget")
def register(call):
    """Registering again changes what is named."""
    params, service = call.params, _service(call)
    known = _kept(_targets, call)
    key = params["ResourceId"], params["ScalableDimension"]
    target = dict(known.get(key) or {})
    for member in ("MinCapacity", "MaxCapacity"):
        if member not in params and member not in target:
            raise _refusal(f"{member} is required to register a new scalable target.")
    target |= {member: params[member] for member in ("MinCapacity", "MaxCapacity") if member in params}
    if target["MinCapacity"] > target["MaxCapacity"]:
        raise _refusal("Maximum capacity cannot be less than minimum capacity")
    if target["MinCapacity"] < 0:
        raise _refusal("Minimum capacity cannot be negative.")
    suspended = {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": False}
    suspended |= {"ScheduledScalingSuspended": False}
    role = (
        "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
    )
    owner = f"{call.region}:{call.account}"
    if key in known and params.get("Tags"):
        raise _refusal("Tags can only be given when a scalable target is registered for the first time.")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": key[0],
        "ScalableDimension": key[1],
        "RoleARN": f"arn:aws:iam::{call.account}:role/{role}",
        "CreationTime": clock.now(),
        "ScalableTargetARN": f"arn:aws:application-autoscaling:{owner}:scalable-target/{uuid.uuid4().hex}",
        **target,
        "SuspendedState": {**suspended, **target.get("SuspendedState", {}), **params.get("SuspendedState", {})},
    }
    known[key] = target
    if "Tags" in params:
        _kept(_tags, call)[target["ScalableTargetARN"]] = dict(params["Tags"])
    _keep_within(service, target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


@answers("application-autoscaling", "DescribeScalableTargets")
def describe_targets(call):
    params = call.params
    found = [target for target in _kept(_targets, call).values() if params["ServiceNamespace"] == "ecs"]
    if "ResourceIds" in params:
        found = [target for target in found if target["ResourceId"] in params["ResourceIds"]]
    if "ScalableDimension" in params:
        found = [target for target in found if target["ScalableDimension"] == params["ScalableDimension"]]
    shown, rest = page(found, params, 50, 50, "MaxResults")
    return {"ScalableTargets": shown, **rest}


@answers("application-autoscaling", "DeregisterScalableTarget")
def deregister(call):
    """Its policies go with it."""
    target = _target(call)
    key = target["ResourceId"], target["ScalableDimension"]
    del _kept(_targets, call)[key]
    _kept(_tags, call).pop(target["ScalableTargetARN"], None)
    policies = _kept(_policies, call)
    for name in [name for name in policies if name[:2] == key]:
        del policies[name]


@answers("application-autoscaling", "PutScalingPolicy")
def put_policy(call):
    params, target = call.params, _target(call)
    key = target["ResourceId"], target["ScalableDimension"], params["PolicyName"]
    known = _kept(_policies, call)
    kind = params.get("PolicyType", "StepScaling")
    if key in known and known[key]["PolicyType"] != kind:
        raise _refusal(f"The policy type of '{key[2]}' cannot be changed.")
    if kind == "TargetTrackingScaling":
        _check_tracking(call, params.get("TargetTrackingScalingPolicyConfiguration"), key[0], known, key)
    owner = f"{call.region}:{call.account}"
    arn = f"arn:aws:autoscaling:{owner}:scalingPolicy:{uuid.uuid4()}:resource/ecs/{key[0]}:policyName/{key[2]}"
    alarms = [
        {
            "AlarmName": f"TargetTracking-{key[0]}-{which}-{uuid.uuid5(uuid.NAMESPACE_URL, str(key) + which)}",
            "AlarmARN": f"arn:aws:cloudwatch:{owner}:alarm:TargetTracking-{key[0]}-{which}",
        }
        for which in ("AlarmHigh", "AlarmLow")
        if kind == "TargetTrackingScaling"
    ]
    configurations = {member: value for member, value in params.items() if member.endswith("PolicyConfiguration")}
    before = known.get(key, {"PolicyARN": arn, "CreationTime": clock.now()})
    known[key] = {
        "PolicyARN": before["PolicyARN"],
        "PolicyName": key[2],
        "ServiceNamespace": "ecs",
        "ResourceId": key[0],
        "ScalableDimension": key[1],
        "PolicyType": kind,
        **configurations,
        "Alarms": alarms,
        "CreationTime": before["CreationTime"],
    }
    return {"PolicyARN": before["PolicyARN"], "Alarms": alarms}


@answers("application-autoscaling", "DescribeScalingPolicies")
def describe_policies(call):
    params = call.params
    found = [policy for policy in _kept(_policies, call).values() if params["ServiceNamespace"] == "ecs"]
    for member, wanted in (("PolicyName", "PolicyNames"), ("ResourceId", "ResourceId")):
        if wanted in params:
            values = params[wanted] if isinstance(params[wanted], list) else [params[wanted]]
            found = [policy for policy in found if policy[member] in values]
    shown, rest = page(found, params, 10, 10, "MaxResults")
    return {"ScalingPolicies": shown, **rest}


@answers("application-autoscaling", "DeleteScalingPolicy")
def delete_policy(call):
    params = call.params
    key = params["ResourceId"], params["ScalableDimension"], params["PolicyName"]
    if _kept(_policies, call).pop(key, None) is None:
        message = f"No scaling policy found for service namespace: ecs, resource ID: {key[0]}, scalable dimension: "
        raise AwsError("ObjectNotFoundException", f"{message}{key[1]}, policy name: {key[2]}")


@answers("application-autoscaling", "TagResource", "UntagResource", "ListTagsForResource")
def tags(call):
    arn, known = call.params["ResourceARN"], _kept(_tags, call)
    if not any(target["ScalableTargetARN"] == arn for target in _kept(_targets, call).values()):
        raise AwsError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}", ResourceName=arn)
    kept = known.setdefault(arn, {})
    if call.action == "ListTagsForResource":
        return {"Tags": kept}
    if call.action == "TagResource":
        kept |= call.params["Tags"]
    for key in call.params.get("TagKeys", []):
        kept.pop(key, None)
    return {}


def _kept(table, call):
    return table.setdefault((call.account, call.region), {})


def _refusal(message):
    return AwsError("ValidationException", message)


def _service(call):
    """The service that the resource id means, ``service/CLUSTER/NAME``; it must be there."""
    params, parts = call.params, call.params["ResourceId"].split("/")
    if params["ServiceNamespace"] != "ecs" or params["ScalableDimension"] != _DIMENSION or parts[0] != "service":
        raise _refusal("Unsupported service namespace, resource type or scalable dimension")
    services = ecs_backends[call.account][call.region].services
    service = services.get(":".join(parts[1:])) if len(parts) == 3 else None
    if service is None or service.status != "ACTIVE":
        raise _refusal(f"ECS service doesn't exist: {params['ResourceId']}")
    return service


def _target(call):
    params = call.params
    found = _kept(_targets, call).get((params["ResourceId"], params["ScalableDimension"]))
    if found is None:
        message = f"No scalable target found for service namespace: {params['ServiceNamespace']}, resource ID: "
        message += f"{params['ResourceId']}, scalable dimension: {params['ScalableDimension']}"
        raise AwsError("ObjectNotFoundException", message)
    return found


def _check_tracking(call, configuration, resource_id, known, key):
    if configuration is None:
        raise _refusal("A target tracking policy needs a TargetTrackingScalingPolicyConfiguration.")
    predefined = configuration.get("PredefinedMetricSpecification")
    if (predefined is None) == ("CustomizedMetricSpecification" not in configuration):
        raise _refusal("Exactly one of a predefined and a customized metric specification is needed.")
    if configuration["TargetValue"] <= 0:
        raise _refusal("The target value must be above 0.")
    if predefined is None:
        return
    metric, label = predefined["PredefinedMetricType"], predefined.get("ResourceLabel")
    if metric not in _METRICS:
        raise _refusal(f"Invalid predefined metric type '{metric}' for service namespace ecs.")
    others = [p for name, p in known.items() if name[:2] == key[:2] and name != key]
    if any(_metric(policy) == metric for policy in others):
        raise _refusal("Only one TargetTrackingScaling policy for a given metric specification is allowed.")
    if metric != "ALBRequestCountPerTarget":
        if label is not None:
            raise _refusal(f"Resource label cannot be specified for {metric}.")
        return
    if label is None:
        raise _refusal("A resource label is needed for ALBRequestCountPerTarget.")
    _check_label(call, label)


def _metric(policy):
    configuration = policy.get("TargetTrackingScalingPolicyConfiguration", {})
    return configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")


def _check_label(call, label):
    """``app/NAME/ID/targetgroup/NAME/ID``: a load balancer, and a target group that it sends requests to."""
    from moto.elbv2.models import elbv2_backends

    known = elbv2_backends[call.account][call.region]
    balancer, separator, group = label.partition("/targetgroup/")
    balancers = [b for arn, b in known.load_balancers.items() if arn.endswith(f":loadbalancer/{balancer}")]
    groups = [arn for arn in known.target_groups if arn.endswith(f":targetgroup/{group}")]
    if not (separator and balancers and groups and _sends(balancers[0], groups[0])):
        raise _refusal(f"Invalid resource label '{label}': it must name a load balancer and a target group of it.")


def _sends(balancer, group_arn):
    return any(group_arn in _texts(listener) for listener in balancer.listeners.values())


def _texts(listener):
    actions = [*listener.default_actions, *(action for rule in listener.rules.values() for action in rule.actions)]
    return " ".join(str(getattr(action, "data", action)) for action in actions)


def _keep_within(service, target):
    """A count outside of the new bounds is brought into them."""
    count = min(max(service.desired_count, target["MinCapacity"]), target["MaxCapacity"])
    if count != service.desired_count:
        clock.after(0.1, service.scale, count)
