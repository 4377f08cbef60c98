"""Load balancers, listeners and target groups where they are stricter than moto."""

from conftest import code_of, until


def balancer(aws, place, **changes):
    """An internal load balancer's description, once it is active."""
    group = changes.pop("group", None) or aws.group(place["vpc_id"])
    request = {
        "Name": f"lb-{aws.unique}",
        "Scheme": "internal",
        "Subnets": place["private_subnet_ids"],
        "SecurityGroups": [group],
        "Type": "application",
        **changes,
    }
    made = aws.elbv2.create_load_balancer(**request)["LoadBalancers"][0]
    return until(lambda: described(aws, made["LoadBalancerArn"]), lambda found: found["State"]["Code"] == "active")


def described(aws, arn):
    return aws.elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]


def target_group(aws, place, name="tg", **changes):
    request = {"Protocol": "HTTP", "Port": 8080, "VpcId": place["vpc_id"], "TargetType": "ip", **changes}
    made = aws.elbv2.create_target_group(Name=f"{name}-{aws.unique}", **request)
    return made["TargetGroups"][0]["TargetGroupArn"]


def listener(aws, balancer_arn, group_arn, port=80):
    action = [{"Type": "forward", "TargetGroupArn": group_arn}]
    made = aws.elbv2.create_listener(LoadBalancerArn=balancer_arn, Protocol="HTTP", Port=port, DefaultActions=action)
    return made["Listeners"][0]["ListenerArn"]


def interfaces(aws, arn):
    description = "ELB " + arn.partition(":loadbalancer/")[2]
    filters = [{"Name": "description", "Values": [description]}]
    return aws.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]


def test_a_balancer_takes_a_moment_and_holds_its_places(aws, place):
    group = aws.group(place["vpc_id"])
    made = aws.elbv2.create_load_balancer(
        Name=f"lb-{aws.unique}", Scheme="internal", Subnets=place["private_subnet_ids"], SecurityGroups=[group]
    )["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    assert made["State"]["Code"] == "provisioning" and made["DNSName"].startswith("internal-")
    until(lambda: described(aws, arn), lambda found: found["State"]["Code"] == "active")
    assert {i["SubnetId"] for i in interfaces(aws, arn)} == set(place["private_subnet_ids"])
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    other = aws.group(place["vpc_id"])
    aws.elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[other])
    assert {g["GroupId"] for i in interfaces(aws, arn) for g in i["Groups"]} == {other}
    aws.ec2.delete_security_group(GroupId=group)
    aws.elbv2.set_subnets(LoadBalancerArn=arn, Subnets=place["public_subnet_ids"])
    assert {i["SubnetId"] for i in interfaces(aws, arn)} == set(place["public_subnet_ids"])
    aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert interfaces(aws, arn)
    until(lambda: interfaces(aws, arn), lambda found: not found)
    aws.ec2.delete_security_group(GroupId=other)


def test_a_balancer_stands_in_two_zones_that_fit_its_scheme(aws, place):
    group = aws.group(place["vpc_id"])

    def refused(**changes):
        request = {"Name": f"lb-{aws.unique}", "Subnets": place["public_subnet_ids"], "SecurityGroups": [group]}
        return code_of(aws.elbv2.create_load_balancer, **{**request, **changes})[0]

    assert refused(Subnets=place["public_subnet_ids"][:1]) == "ValidationError"
    same_zone = [place["public_subnet_ids"][0], place["private_subnet_ids"][0]]
    assert refused(Subnets=same_zone) == "InvalidConfigurationRequest"
    assert refused(Subnets=place["private_subnet_ids"]) == "InvalidSubnet"
    assert refused(Subnets=["subnet-00000000", place["public_subnet_ids"][0]]) == "SubnetNotFound"
    assert refused(SecurityGroups=["sg-00000000"]) == "InvalidSecurityGroup"
    assert refused(Name="internal-x") == refused(Name="-x") == refused(Name="x" * 33) == "ValidationError"


def test_a_name_answers_the_one_that_has_it_only_for_the_same_settings(aws, place):
    group = aws.group(place["vpc_id"])
    first = balancer(aws, place, group=group)
    assert balancer(aws, place, group=group)["LoadBalancerArn"] == first["LoadBalancerArn"]
    request = {"Name": f"lb-{aws.unique}", "Subnets": place["public_subnet_ids"], "SecurityGroups": [group]}
    assert code_of(aws.elbv2.create_load_balancer, **request)[0] == "DuplicateLoadBalancerName"


def test_attributes_have_defaults_and_ranges_and_protection_protects(aws, place):
    arn = balancer(aws, place)["LoadBalancerArn"]

    def modify(**values):
        keys = {"idle": "idle_timeout.timeout_seconds", "protection": "deletion_protection.enabled"}
        pairs = [{"Key": keys[name], "Value": value} for name, value in values.items()]
        return {"LoadBalancerArn": arn, "Attributes": pairs}

    told = aws.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "60"} in told
    change = aws.elbv2.modify_load_balancer_attributes
    assert code_of(change, **modify(idle="4001"))[0] == "ValidationError"
    assert code_of(change, **modify(protection="yes"))[0] == "ValidationError"
    logs = [{"Key": "access_logs.s3.enabled", "Value": "true"}]
    assert code_of(change, LoadBalancerArn=arn, Attributes=logs)[0] == "InvalidConfigurationRequest"
    change(**modify(protection="true"))
    assert code_of(aws.elbv2.delete_load_balancer, LoadBalancerArn=arn)[0] == "OperationNotPermitted"
    change(**modify(protection="false"))
    aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_a_port_has_one_listener_and_https_a_certificate(aws, place):
    arn, group = balancer(aws, place)["LoadBalancerArn"], target_group(aws, place)
    first, second = listener(aws, arn, group), listener(aws, arn, group, 81)
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    again = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward}
    assert code_of(aws.elbv2.create_listener, **again)[0] == "DuplicateListener"
    assert code_of(aws.elbv2.modify_listener, ListenerArn=second, Port=80)[0] == "DuplicateListener"
    nowhere = f"arn:aws:acm:{aws.name}:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    https = {**again, "Port": 443, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": nowhere}]}
    assert code_of(aws.elbv2.create_listener, **https)[0] == "CertificateNotFound"
    assert code_of(aws.elbv2.delete_target_group, TargetGroupArn=group)[0] == "ResourceInUse"
    aws.elbv2.delete_listener(ListenerArn=first)
    aws.elbv2.delete_listener(ListenerArn=second)
    aws.elbv2.delete_target_group(TargetGroupArn=group)


def test_a_target_group_serves_one_balancer_of_its_vpc(aws, place):
    group = target_group(aws, place)
    listener(aws, balancer(aws, place)["LoadBalancerArn"], group)
    other = balancer(aws, place, Name=f"other-{aws.unique}")["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    request = {"LoadBalancerArn": other, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward}
    assert code_of(aws.elbv2.create_listener, **request)[0] == "TargetGroupAssociationLimit"


def test_health_checks_and_targets_are_judged(aws, place):
    def refused(**changes):
        request = {"Name": f"x-{aws.unique}", "Protocol": "HTTP", "Port": 80, "VpcId": place["vpc_id"]}
        return code_of(aws.elbv2.create_target_group, **request, TargetType="ip", **changes)[0]

    assert refused(HealthCheckPath="healthz") == "ValidationError"
    assert refused(HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=10) == "ValidationError"
    group = target_group(aws, place, HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=5)
    change = aws.elbv2.modify_target_group
    assert code_of(change, TargetGroupArn=group, HealthCheckTimeoutSeconds=11)[0] == "ValidationError"
    delay = "deregistration_delay.timeout_seconds"
    settle = aws.elbv2.modify_target_group_attributes
    late = settle(TargetGroupArn=group, Attributes=[{"Key": delay, "Value": "3600"}])
    assert {"Key": delay, "Value": "3600"} in late["Attributes"]
    too_late = [{"Key": delay, "Value": "3601"}]
    assert code_of(settle, TargetGroupArn=group, Attributes=too_late)[0] == "ValidationError"
    register = aws.elbv2.register_targets
    assert code_of(register, TargetGroupArn=group, Targets=[{"Id": "192.0.2.1"}])[0] == "InvalidTarget"
    register(TargetGroupArn=group, Targets=[{"Id": "10.0.10.200", "Port": 9090}])
    assert health(aws, group) == ("10.0.10.200", 9090, "unused")


def health(aws, group):
    """Address, port and state of the one target."""
    [told] = aws.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return told["Target"]["Id"], told["Target"]["Port"], told["TargetHealth"]["State"]


def test_a_target_is_well_where_the_groups_of_both_let_it_be_asked(aws, place):
    front, back, group = aws.group(place["vpc_id"]), aws.group(place["vpc_id"]), target_group(aws, place)
    listener(aws, balancer(aws, place, group=front)["LoadBalancerArn"], group)
    home = place["private_subnet_ids"][0]
    address = aws.ec2.create_network_interface(SubnetId=home, Groups=[back])["NetworkInterface"]["PrivateIpAddress"]
    aws.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": address}])
    assert health(aws, group) == (address, 8080, "unhealthy")
    port = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080}
    inward = [{**port, "UserIdGroupPairs": [{"GroupId": front}]}]
    aws.ec2.authorize_security_group_ingress(GroupId=back, IpPermissions=inward)
    assert health(aws, group) == (address, 8080, "healthy")
    everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    aws.ec2.revoke_security_group_egress(GroupId=front, IpPermissions=everywhere)
    assert health(aws, group) == (address, 8080, "unhealthy")
    outward = [{**port, "UserIdGroupPairs": [{"GroupId": back}]}]
    aws.ec2.authorize_security_group_egress(GroupId=front, IpPermissions=outward)
    assert health(aws, group) == (address, 8080, "healthy")


def test_tags_are_those_of_what_exists_and_may_be_fifty(aws, place):
    group = target_group(aws, place)
    aws.elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(50)])
    assert code_of(aws.elbv2.add_tags, ResourceArns=[group], Tags=[{"Key": "k50"}])[0] == "TooManyTags"
    aws.elbv2.delete_target_group(TargetGroupArn=group)
    assert code_of(aws.elbv2.describe_tags, ResourceArns=[group])[0] == "TargetGroupNotFound"


def test_a_web_acl_guards_what_exists_and_one_takes_the_others_place(aws, place):
    arn = balancer(aws, place)["LoadBalancerArn"]
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "x"}

    def acl(name):
        request = {"Name": f"{name}-{aws.unique}", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}}
        return aws.wafv2.create_web_acl(**request, VisibilityConfig=visible)["Summary"]["ARN"]

    first, second = acl("first"), acl("second")
    aws.wafv2.associate_web_acl(WebACLArn=first, ResourceArn=arn)
    aws.wafv2.associate_web_acl(WebACLArn=second, ResourceArn=arn)
    assert aws.wafv2.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["ARN"] == second
    assert aws.wafv2.list_resources_for_web_acl(WebACLArn=first)["ResourceArns"] == []
    assert aws.wafv2.list_resources_for_web_acl(WebACLArn=second)["ResourceArns"] == [arn]
    aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert aws.wafv2.list_resources_for_web_acl(WebACLArn=second)["ResourceArns"] == []
    nowhere = {"WebACLArn": first, "ResourceArn": arn}
    assert code_of(aws.wafv2.associate_web_acl, **nowhere)[0] == "WAFNonexistentItemException"
