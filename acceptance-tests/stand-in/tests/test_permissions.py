"""Who may do what: callers by their policies, tasks by the file system's policy."""

import json

import boto3
import pytest

from conftest import Region, StandIn, code_of
from stand_in.efs_access import may_mount

ROLE = "arn:aws:iam::123456789012:role/task"
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ALLOW_ROLE = {
    "Effect": "Allow",
    "Principal": {"AWS": ROLE},
    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
}
ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:Client*"}
SIGNED = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}
ENCRYPTED = {"transitEncryption": "ENABLED"}


@pytest.mark.parametrize(
    "statements, volume, role, admitted",
    [
        (None, {}, None, True),
        ([TLS_ONLY, ALLOW_ROLE], SIGNED, ROLE, True),
        ([TLS_ONLY, ALLOW_ROLE], SIGNED, ROLE + "2", False),
        ([TLS_ONLY, ALLOW_ROLE], ENCRYPTED, ROLE, False),
        ([TLS_ONLY, ALLOW_ALL], ENCRYPTED, None, True),
        ([TLS_ONLY, ALLOW_ALL], {}, None, False),
        ([{**ALLOW_ROLE, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}], SIGNED, ROLE, False),
        ([{**ALLOW_ROLE, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}], SIGNED, ROLE, True),
        ([{**ALLOW_ALL, "Action": "elasticfilesystem:ClientWrite"}], SIGNED, ROLE, False),
    ],
)
def test_a_file_system_policy_counts(statements, volume, role, admitted):
    policy = json.dumps({"Statement": statements}) if statements else None
    assert may_mount("123456789012", policy, volume, role, None) is admitted


def test_callers_do_what_their_policies_name():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "us-east-1")
        aws.iam.create_user(UserName="u")
        actions = ["ecs:ListClusters", "apigateway:GET", "elasticfilesystem:DescribeFileSystems"]
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        aws.iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(allow))
        key = aws.iam.create_access_key(UserName="u")["AccessKey"]
        stand_in.control("POST", "permissions", {"judged": True})
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")

        def client(service):
            return session.client(service, endpoint_url=stand_in.endpoint)

        assert client("ecs").list_clusters()["clusterArns"] == []
        assert client("efs").describe_file_systems()["FileSystems"] == []
        assert client("apigatewayv2").get_apis()["Items"] == []
        assert client("sts").get_caller_identity()["Arn"].endswith(":user/u")
        assert code_of(client("ecs").create_cluster, clusterName="c")[0] == "AccessDeniedException"
        assert code_of(client("efs").describe_access_points)[0] == "AccessDeniedException"
        assert code_of(client("ec2").describe_vpcs)[0] == "UnauthorizedOperation"
        assert code_of(client("iam").list_roles)[0] == "AccessDenied"
        assert aws.ecs.list_clusters()["clusterArns"] == []
    finally:
        stand_in.stop()


def test_resources_tags_and_what_is_checked_behind_a_call_count():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "us-east-1")
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        foreign = aws.ec2.create_security_group(GroupName="foreign", Description="d", VpcId=vpc)["GroupId"]

        def allowed_if(action, key, value):
            return {"Action": action, "Resource": "*", "Condition": {"StringEquals": {key: value}}}

        allow = [
            allowed_if("ec2:CreateSecurityGroup", "aws:RequestTag/of", "a"),
            {"Action": "ec2:CreateSecurityGroup", "Resource": "arn:aws:ec2:us-east-1:123456789012:vpc/*"},
            allowed_if("ec2:CreateTags", "ec2:CreateAction", "CreateSecurityGroup"),
            allowed_if("ec2:DeleteSecurityGroup", "aws:ResourceTag/of", "a"),
            {"Action": "ecs:CreateCluster", "Resource": "arn:aws:ecs:us-east-1:123456789012:cluster/a"},
        ]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in allow]}
        aws.iam.create_user(UserName="u")
        aws.iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
        key = aws.iam.create_access_key(UserName="u")["AccessKey"]
        stand_in.control("POST", "permissions", {"judged": True})
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
        ec2 = session.client("ec2", endpoint_url=stand_in.endpoint)
        ecs = session.client("ecs", endpoint_url=stand_in.endpoint)

        def make(value):
            tags = [{"ResourceType": "security-group", "Tags": [{"Key": "of", "Value": value}]}]
            return ec2.create_security_group(GroupName=value, Description="d", VpcId=vpc, TagSpecifications=tags)

        ours = make("a")["GroupId"]
        assert code_of(make, "b")[0] == "UnauthorizedOperation"
        ours_by_name = [{"Key": "of", "Value": "a"}]
        assert code_of(ec2.create_tags, Resources=[foreign], Tags=ours_by_name)[0] == "UnauthorizedOperation"
        assert code_of(ec2.delete_security_group, GroupId=foreign)[0] == "UnauthorizedOperation"
        ec2.delete_security_group(GroupId=ours)
        ecs.create_cluster(clusterName="a")
        assert code_of(ecs.create_cluster, clusterName="b")[0] == "AccessDeniedException"
        tags = [{"key": "of", "value": "a"}]
        assert code_of(ecs.create_cluster, clusterName="a", tags=tags)[0] == "AccessDeniedException"
    finally:
        stand_in.stop()


def test_what_is_lacking_nobody_may_do():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "us-east-1")
        stand_in.control("POST", "permissions", {"judged": False, "lacking": ["ecs:CreateCluster"]})
        code, message = code_of(aws.ecs.create_cluster, clusterName="c")
        assert code == "AccessDeniedException"
        assert (
            "not authorized to perform: ecs:CreateCluster on resource: arn:aws:ecs:us-east-1:123456789012:cluster/c"
            in message
        )
        assert aws.ecs.list_clusters()["clusterArns"] == []
        stand_in.control("POST", "permissions", {"judged": False})
        aws.ecs.create_cluster(clusterName="c")
    finally:
        stand_in.stop()


def test_each_resource_of_a_launch_is_judged_by_its_own_conditions():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "us-east-1")
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        place = {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"}
        subnet = aws.ec2.create_subnet(**place)["Subnet"]["SubnetId"]
        plain = [{"Name": "architecture", "Values": ["x86_64"]}]
        image = aws.ec2.describe_images(Filters=plain)["Images"][0]["ImageId"]
        ec2 = "arn:aws:ec2:us-east-1:123456789012:"
        tagged = {"StringEquals": {"aws:RequestTag/of": "a"}}
        new = [ec2 + kind for kind in ("instance/*", "volume/*", "network-interface/*")]
        allow = [
            {"Action": "ec2:RunInstances", "Resource": new, "Condition": tagged},
            {"Action": "ec2:RunInstances", "Resource": [ec2 + "subnet/*", "arn:aws:ec2:us-east-1::image/*"]},
            {"Action": "ec2:CreateTags", "Resource": "*"},
        ]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in allow]}
        aws.iam.create_user(UserName="u")
        aws.iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
        key = aws.iam.create_access_key(UserName="u")["AccessKey"]
        stand_in.control("POST", "permissions", {"judged": True})
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
        client = session.client("ec2", endpoint_url=stand_in.endpoint)

        def launch(*kinds, **more):
            tags = [{"ResourceType": kind, "Tags": [{"Key": "of", "Value": "a"}]} for kind in kinds]
            client.run_instances(
                ImageId=image,
                InstanceType="t3.micro",
                SubnetId=subnet,
                MinCount=1,
                MaxCount=1,
                TagSpecifications=tags,
                **more,
            )

        launch("instance", "volume", "network-interface")
        assert code_of(launch, "instance", "volume")[0] == "UnauthorizedOperation"
        group = aws.ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
        everything = ("instance", "volume", "network-interface")
        assert code_of(launch, *everything, SecurityGroupIds=[group])[0] == "UnauthorizedOperation"
    finally:
        stand_in.stop()
