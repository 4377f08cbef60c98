"""How targets are, as their load balancer sees them: well where the groups of both let it ask."""

from moto.elbv2.models import elbv2_backends

from stand_in import network
from stand_in.departures import answers


@answers("elbv2", "DescribeTargetHealth")
def describe(call):
    """moto calls every target healthy."""
    group = elbv2_backends[call.account][call.region]._get_resource_by_arn(call.params["TargetGroupArn"])
    named = {target["Id"] for target in call.params.get("Targets", [])}
    targets = [target for target in group.targets.values() if not named or target["Id"] in named]
    return {"TargetHealthDescriptions": [_describe(call.account, call.region, group, target) for target in targets]}


def is_unhealthy(account, region, group, address):
    """Whether the target at ``address`` fails the group's health checks: no balancer of it can reach the target."""
    target = group.targets.get(address)
    return target is not None and _state(account, region, group, target)["State"] == "unhealthy"


def _describe(account, region, group, target):
    return {
        "Target": target,
        "HealthCheckPort": str(_port(group, target)),
        "TargetHealth": _state(account, region, group, target),
    }


def _state(account, region, group, target):
    balancers = elbv2_backends[account][region].load_balancers
    using = [balancers[arn] for arn in _balancers_of(balancers, group)]
    if not using:
        description = "Target group is not configured to receive traffic from the load balancer"
        return {"State": "unused", "Reason": "Target.NotInUse", "Description": description}
    ec2 = network.backend_of(account, region)
    if group.target_type != "ip" or any(_reaches(ec2, balancer, group, target) for balancer in using):
        return {"State": "healthy"}
    return {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}


def _balancers_of(balancers, group):
    """Those with a listener or rule that sends to the group now; moto's own list only grows."""
    for arn, balancer in balancers.items():
        rules = [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]
        defaults = [action for listener in balancer.listeners.values() for action in listener.default_actions]
        actions = defaults + [action for rule in rules for action in rule.actions]
        if any(group.arn in str(getattr(action, "data", action)) for action in actions):
            yield arn


def _reaches(ec2, balancer, group, target):
    port, address = _port(group, target), target["Id"]
    behind = next((i for i in ec2.enis.values() if i.private_ip_address == address and i.vpc_id == group.vpc_id), None)
    if behind is None:
        return False
    its_groups = [found.id for found in behind.group_set]
    asking = [ec2.enis[interface].private_ip_address for interface in balancer.interfaces.values()]
    own = balancer.security_groups
    out = network.lets_out(ec2, own, its_groups, address, port)
    return out and all(network.admits(ec2, its_groups, own, source, port) for source in asking)


def _port(group, target):
    checked = group.health_check_port
    return int(target["Port"] if checked in (None, "traffic-port") else checked)
