"""Elastic Load Balancing."""

from template.words import DEPLOYMENT, every, picked, tagged, tags


def resources(client):
    """Load balancers, their listeners and their target groups."""
    elb = client("elbv2")
    for balancer in every(elb, "describe_load_balancers", "LoadBalancers"):
        arn = balancer["LoadBalancerArn"]
        if (carried := _tags(elb, arn)) is None:
            continue
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        yield (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            picked(balancer, "IpAddressType", "Scheme", "SecurityGroups", "Type", Name="LoadBalancerName")
            | {
                "LoadBalancerAttributes": attributes,
                "Subnets": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
                "Tags": carried,
            },
        )
        for listener in every(elb, "describe_listeners", "Listeners", LoadBalancerArn=arn):
            names = ("Certificates", "DefaultActions", "LoadBalancerArn", "Port", "Protocol", "SslPolicy")
            found = picked(listener, *names)
            found["DefaultActions"] = [_action(action) for action in listener["DefaultActions"]]
            yield "AWS::ElasticLoadBalancingV2::Listener", found
    for group in every(elb, "describe_target_groups", "TargetGroups"):
        arn = group["TargetGroupArn"]
        if (carried := _tags(elb, arn)) is None:
            continue
        names = (
            "Matcher",
            "Port",
            "Protocol",
            "TargetType",
            "VpcId",
            "HealthyThresholdCount",
            "UnhealthyThresholdCount",
        )
        health = [
            f"HealthCheck{what}"
            for what in ("Enabled", "IntervalSeconds", "Path", "Port", "Protocol", "TimeoutSeconds")
        ]
        attributes = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        found = picked(group, *names, *health, Name="TargetGroupName")
        yield "AWS::ElasticLoadBalancingV2::TargetGroup", found | {"TargetGroupAttributes": attributes, "Tags": carried}


def _action(action):
    found = picked(action, "ForwardConfig", "FixedResponseConfig", "RedirectConfig", "TargetGroupArn", "Type")
    if "TargetGroupArn" in found:
        found.pop("ForwardConfig", None)
    return found


def _tags(elb, arn):
    """The tags of what is ours, else None."""
    found = tags(elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0])
    return tagged(found) if DEPLOYMENT in found else None
