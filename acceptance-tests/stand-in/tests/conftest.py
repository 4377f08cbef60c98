"""One stand-in for all tests. Each test works in a region of its own, or with names of its own."""

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
_REGIONS = itertools.cycle(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1"])


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


def until(read, fits, seconds=8):
    """Reads until the result fits; fails with the last one."""
    deadline = time.monotonic() + seconds
    while not fits(value := read()):
        assert time.monotonic() < deadline, f"not in time: {value}"
        time.sleep(0.02)
    return value


def code_of(action, **parameters):
    """``(code, message)`` of the refusal that the call meets."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as refusal:
        action(**parameters)
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
