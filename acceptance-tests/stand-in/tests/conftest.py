"""One stand-in for all tests. Each test works in a region of its own, or with names of its own."""

import base64
import functools
import itertools
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from stand_in import vpc
from stand_in.clients import clients

_clients = functools.cache(clients)
_places = {}
# Each has the instance types of the tests in its first two zones.
_REGIONS = itertools.cycle(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "us-east-2"])


class StandIn:
    """A running stand-in, and a test's hold on it."""

    def __init__(self):
        command = [sys.executable, "-m", "stand_in"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe)
        self.endpoint = json.loads(self.process.stdout.readline())["endpoint"]

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_stand-in/{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def calls(self, service, action):
        return [c for c in self.control("GET", "calls") if (c["service"], c["action"]) == (service, action)]

    def stop(self):
        self.process.stdin.close()
        return self.process.wait(10)


class Region:
    """Clients of one region, and the parts that most tests need."""

    def __init__(self, stand_in, region):
        self.stand_in, self.name = stand_in, region
        self.client = _clients(stand_in.endpoint, region)
        self.unique = uuid.uuid4().hex[:10]

    def __getattr__(self, service):
        return self.client(service)

    def role(self, service="ecs-tasks.amazonaws.com"):
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        name = f"role-{uuid.uuid4().hex[:10]}"
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    def allow(self, role, *actions):
        """Lets a role do the actions, on everything."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        name = role.rpartition("/")[2]
        self.iam.put_role_policy(RoleName=name, PolicyName=f"p-{uuid.uuid4().hex[:8]}", PolicyDocument=document)

    def profile(self, policy="AmazonEC2ContainerServiceforEC2Role"):
        """The name of an instance profile whose role has that policy of AWS's, or none."""
        role = self.role("ec2.amazonaws.com").rpartition("/")[2]
        if policy:
            arn = f"arn:aws:iam::aws:policy/service-role/{policy}"
            self.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        self.iam.create_instance_profile(InstanceProfileName=role)
        self.iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
        return role

    def image(self, kind="amazon-linux-2023"):
        """The image that AWS recommends for ECS: ``amazon-linux-2023``, ``amazon-linux-2023/gpu``, ``…/arm64``."""
        name = f"/aws/service/ecs/optimized-ami/{kind}/recommended/image_id"
        return self.ssm.get_parameter(Name=name)["Parameter"]["Value"]

    def plain_image(self):
        name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        return self.ssm.get_parameter(Name=name)["Parameter"]["Value"]

    def template(self, cluster, groups, **changes):
        """A launch template of a host of that cluster; its id."""
        data = {
            "ImageId": self.image(),
            "InstanceType": "m5zn.xlarge",
            "SecurityGroupIds": groups,
            "IamInstanceProfile": {"Name": self.profile()},
            "UserData": encoded(f"#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"),
            **changes,
        }
        made = self.ec2.create_launch_template(LaunchTemplateName=f"t-{uuid.uuid4().hex[:10]}", LaunchTemplateData=data)
        return made["LaunchTemplate"]["LaunchTemplateId"]

    def scaling_group(self, template, subnets, **changes):
        """An auto scaling group from none to two; its name."""
        name = f"asg-{uuid.uuid4().hex[:10]}"
        request = {
            "LaunchTemplate": {"LaunchTemplateId": template, "Version": "$Latest"},
            "MinSize": 0,
            "MaxSize": 2,
            "VPCZoneIdentifier": ",".join(subnets),
            **changes,
        }
        self.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, **request)
        return name

    def scaling(self, name):
        """The group of that name as it is described; None where there is none."""
        found = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return found[0] if found else None

    def provider(self, group, cluster=None, **changes):
        """A capacity provider with managed scaling, in the cluster; its name."""
        name = f"cp-{uuid.uuid4().hex[:10]}"
        settings = {
            "autoScalingGroupArn": self.scaling(group)["AutoScalingGroupARN"],
            "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
            **changes,
        }
        self.ecs.create_capacity_provider(name=name, autoScalingGroupProvider=settings)
        if cluster:
            strategy = [{"capacityProvider": name, "weight": 1, "base": 0}]
            self.ecs.put_cluster_capacity_providers(
                cluster=cluster, capacityProviders=[name], defaultCapacityProviderStrategy=strategy
            )
        return name

    def instances(self, **filters):
        """Instances by filters, such as ``instance_state_name="running"``."""
        wanted = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        reservations = self.ec2.describe_instances(Filters=wanted)["Reservations"]
        return [instance for reservation in reservations for instance in reservation["Instances"]]

    def hosts(self, cluster):
        """The cluster's container instances."""
        arns = self.ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
        described = self.ecs.describe_container_instances(cluster=cluster, containerInstances=arns) if arns else {}
        return described.get("containerInstances", [])

    def group(self, vpc_id, port=None, source=None):
        name = f"group-{uuid.uuid4().hex[:10]}"
        group = self.ec2.create_security_group(GroupName=name, Description="test", VpcId=vpc_id)["GroupId"]
        if port:
            permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
            permission["UserIdGroupPairs"] = [{"GroupId": source}]
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        return group

    def cluster(self):
        name = f"cluster-{uuid.uuid4().hex[:10]}"
        self.ecs.create_cluster(clusterName=name)
        return name

    def task_definition(self, **changes):
        request = {
            "family": f"family-{uuid.uuid4().hex[:10]}",
            "cpu": "2048",
            "memory": "6144",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [
                {"name": "service", "image": "example/image:1", "portMappings": [{"containerPort": 8080}]}
            ],
            **changes,
        }
        return self.ecs.register_task_definition(**request)["taskDefinition"]["taskDefinitionArn"]

    def network(self, subnets, groups, public=True):
        placement = {
            "subnets": subnets,
            "securityGroups": groups,
            "assignPublicIp": "ENABLED" if public else "DISABLED",
        }
        return {"awsvpcConfiguration": placement}

    def settled(self, cluster, name):
        """The service, once its primary deployment has come to an end."""

        def deployment_over(service):
            return service["deployments"] and service["deployments"][0]["rolloutState"] != "IN_PROGRESS"

        return until(lambda: self.service(cluster, name), deployment_over)

    def service(self, cluster, name):
        return self.ecs.describe_services(cluster=cluster, services=[name], include=["TAGS"])["services"][0]

    def tasks(self, cluster, **filters):
        arns = self.ecs.list_tasks(cluster=cluster, **filters)["taskArns"]
        return self.ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"] if arns else []


def encoded(text):
    """User data as the API wants it."""
    return base64.b64encode(text.encode()).decode()


def until(read, fits, seconds=8):
    """Reads until the result fits; fails with the last one."""
    deadline = time.monotonic() + seconds
    while not fits(value := read()):
        assert time.monotonic() < deadline, f"not in time: {value}"
        time.sleep(0.02)
    return value


def code_of(action, *arguments, **parameters):
    """``(code, message)`` of the refusal that the call meets."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as refusal:
        action(*arguments, **parameters)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture(scope="session")
def stand_in():
    running = StandIn()
    yield running
    assert running.stop() == 0


@pytest.fixture
def aws(stand_in):
    return Region(stand_in, next(_REGIONS))


@pytest.fixture
def place(aws):
    """The region's test VPC: ``vpc_id``, ``public_subnet_ids``, ``private_subnet_ids``."""
    if aws.name not in _places:
        _places[aws.name] = vpc.make(aws.ec2)
    return _places[aws.name]
