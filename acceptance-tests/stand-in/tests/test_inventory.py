"""The inventory lists what lives, and nothing that an account has from the start."""

import json
import os
import subprocess
import sys

import pytest

from conftest import ROOT, Region, StandIn, until
from stand_in import vpc


def listed(stand_in):
    command = [sys.executable, "-m", "stand_in.inventory", "--endpoint", stand_in.endpoint, "--region", "eu-north-1"]
    output = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    return json.loads(output.stdout)


def test_it_lists_what_runs_on_ec2():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "eu-north-1")
        place = vpc.make(aws.ec2)
        secret = aws.secretsmanager.create_secret(Name="s", SecretString="x")["ARN"]
        aws.secretsmanager.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
        before = {line.partition(" ")[0] for line in listed(stand_in)}
        assert "secret" in before
        cluster = aws.cluster()
        template = aws.template(cluster, [aws.group(place["vpc_id"])], InstanceType="m5.xlarge")
        group = aws.scaling_group(template, place["private_subnet_ids"], MinSize=1)
        aws.provider(group, cluster)
        until(lambda: aws.hosts(cluster), lambda found: found)
        container = {"name": "main", "image": "x", "memory": 128}
        aws.ecs.register_task_definition(family="f", containerDefinitions=[container])
        aws.ecs.create_service(cluster=cluster, serviceName="s", taskDefinition="f", desiredCount=1)
        target = {"ServiceNamespace": "ecs", "ResourceId": f"service/{cluster}/s"}
        target["ScalableDimension"] = "ecs:service:DesiredCount"
        scaling = aws.client("application-autoscaling")
        scaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **target)
        specification = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        tracking = {"TargetValue": 50, "PredefinedMetricSpecification": specification}
        scaling.put_scaling_policy(
            PolicyName="p",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracking,
            **target,
        )
        kinds = {line.partition(" ")[0] for line in listed(stand_in)} - before
        assert kinds == {
            *("auto-scaling-group", "ecs-capacity-provider", "ecs-cluster", "ecs-container-instance", "ecs-service"),
            *("ecs-task", "ecs-task-definition", "iam-instance-profile", "iam-role", "iam-role-attachment"),
            *("instance", "launch-template", "scalable-target", "scaling-policy", "security-group", "volume"),
        }
    finally:
        stand_in.stop()


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


@pytest.mark.parametrize(
    ("kind", "make", "delete"),
    [
        (
            "security-group",
            lambda aws: aws.ec2.create_security_group(GroupName="x", Description="x")["GroupId"],
            lambda aws, identity: aws.ec2.delete_security_group(GroupId=identity),
        ),
        (
            "vpc",
            lambda aws: aws.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"],
            lambda aws, identity: aws.ec2.delete_vpc(VpcId=identity),
        ),
        (
            "subnet",
            lambda aws: aws.ec2.create_subnet(VpcId=default_vpc(aws), CidrBlock="172.31.255.0/24")["Subnet"]["SubnetId"],
            lambda aws, identity: aws.ec2.delete_subnet(SubnetId=identity),
        ),
        (
            "route-table",
            lambda aws: aws.ec2.create_route_table(VpcId=default_vpc(aws))["RouteTable"]["RouteTableId"],
            lambda aws, identity: aws.ec2.delete_route_table(RouteTableId=identity),
        ),
        (
            "internet-gateway",
            lambda aws: aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
            lambda aws, identity: aws.ec2.delete_internet_gateway(InternetGatewayId=identity),
        ),
        (
            "address",
            lambda aws: aws.ec2.allocate_address(Domain="vpc")["AllocationId"],
            lambda aws, identity: aws.ec2.release_address(AllocationId=identity),
        ),
        (
            "flow-log",
            lambda aws: aws.ec2.create_flow_logs(
                ResourceIds=[default_vpc(aws)],
                ResourceType="VPC",
                TrafficType="ALL",
                LogGroupName="x",
                DeliverLogsPermissionArn=aws.role("vpc-flow-logs.amazonaws.com"),
            )["FlowLogIds"][0],
            lambda aws, identity: aws.ec2.delete_flow_logs(FlowLogIds=[identity]),
        ),
        (
            "launch-template",
            lambda aws: aws.ec2.create_launch_template(
                LaunchTemplateName="listed", LaunchTemplateData={"InstanceType": "m5.large"}
            )["LaunchTemplate"]["LaunchTemplateId"],
            lambda aws, identity: aws.ec2.delete_launch_template(LaunchTemplateId=identity),
        ),
        (
            "key-pair",
            lambda aws: aws.ec2.create_key_pair(KeyName="x")["KeyName"],
            lambda aws, identity: aws.ec2.delete_key_pair(KeyName=identity),
        ),
        (
            "iam-role",
            lambda aws: aws.role().rpartition("/")[2],
            lambda aws, identity: aws.iam.delete_role(RoleName=identity),
        ),
        (
            "iam-instance-profile",
            lambda aws: aws.iam.create_instance_profile(InstanceProfileName="x")["InstanceProfile"]["InstanceProfileName"],
            lambda aws, identity: aws.iam.delete_instance_profile(InstanceProfileName=identity),
        ),
    ],
)
def test_what_is_made_is_listed_at_the_next_look_and_not_once_it_is_deleted(aws, kind, make, delete):
    def look():
        listed = aws.stand_in.control("POST", "inventory", {"regions": [aws.name]})
        return {item for item in listed if item.startswith(f"{kind} ")}

    before = look()
    identity = make(aws)
    assert look() == before | {f"{kind} {identity}"}
    delete(aws, identity)
    assert look() == before


def default_vpc(aws):
    (found,) = aws.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return found["VpcId"]
