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
