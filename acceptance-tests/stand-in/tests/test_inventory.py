"""The inventory lists what lives, and nothing that an account has from the start."""

import json
import os
import subprocess
import sys

from conftest import ROOT, Region, StandIn


def listed(stand_in):
    command = [sys.executable, "-m", "stand_in.inventory", "--endpoint", stand_in.endpoint, "--region", "eu-north-1"]
    output = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    return json.loads(output.stdout)


def test_it_starts_empty_and_ends_as_it_was():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "eu-north-1")
        assert listed(stand_in) == []
        aws.ec2.describe_vpcs()
        name = aws.cluster()
        role = aws.role().rpartition("/")[2]
        definition = aws.task_definition()
        aws.logs.create_log_group(logGroupName="/x")
        aws.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        assert listed(stand_in) == [
            f"ecs-cluster arn:aws:ecs:eu-north-1:123456789012:cluster/{name}",
            f"ecs-task-definition {definition}",
            f"iam-role {role}",
            "log-group /x",
        ]
        aws.ecs.delete_cluster(cluster=name)
        aws.ecs.deregister_task_definition(taskDefinition=definition)
        aws.iam.delete_role(RoleName=role)
        aws.logs.delete_log_group(logGroupName="/x")
        assert listed(stand_in) == []
    finally:
        stand_in.stop()


def test_load_balancers_and_apis_are_listed_with_their_parts():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "eu-north-1")
        subnets = [subnet["SubnetId"] for subnet in aws.ec2.describe_subnets()["Subnets"]][:2]
        vpc = aws.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        request = {"Name": "x", "Scheme": "internal", "Subnets": subnets}
        balancer = aws.elbv2.create_load_balancer(**request)["LoadBalancers"][0]["LoadBalancerArn"]
        group = aws.elbv2.create_target_group(Name="x", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        group = group["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        listener = aws.elbv2.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward
        )["Listeners"][0]["ListenerArn"]
        visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "x"}
        guard = {"Name": "x", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visible}
        acl = aws.wafv2.create_web_acl(**guard)["Summary"]["ARN"]
        aws.wafv2.associate_web_acl(WebACLArn=acl, ResourceArn=balancer)
        api = aws.apigatewayv2.create_api(Name="x", ProtocolType="HTTP")["ApiId"]
        link = aws.apigatewayv2.create_vpc_link(Name="x", SubnetIds=subnets)["VpcLinkId"]
        expected = {
            f"load-balancer {balancer}",
            f"target-group {group}",
            f"listener {listener}",
            f"web-acl-association {balancer}",
            f"api {api}",
            f"vpc-link {link}",
        }
        assert {item for item in listed(stand_in) if not item.startswith("network-interface ")} == expected
        aws.wafv2.disassociate_web_acl(ResourceArn=balancer)
        aws.elbv2.delete_listener(ListenerArn=listener)
        left = expected - {f"listener {listener}", f"web-acl-association {balancer}"}
        assert {item for item in listed(stand_in) if not item.startswith("network-interface ")} == left
    finally:
        stand_in.stop()
