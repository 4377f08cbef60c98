"""Container instances: who becomes one, and with what."""

import pytest

from conftest import code_of, until
from stand_in.ecs_agent import configuration


@pytest.mark.parametrize(
    "script, cluster",
    [
        ("#!/bin/bash\necho ECS_CLUSTER=c-1 >> /etc/ecs/ecs.config", "c-1"),
        ('#!/bin/sh\necho "ECS_CLUSTER=c-1" >> /etc/ecs/ecs.config\n', "c-1"),
        ("#!/bin/bash\nset -eu\ncat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=c-1\nECS_LOGLEVEL=info\nEOF\n", "c-1"),
        ("#!/bin/bash\ncat > /etc/ecs/ecs.config <<EOF\nECS_CLUSTER=c-1\nEOF\n", "c-1"),
        ("#!/bin/bash\ncat > /etc/ecs/ecs.config <<EOF\nECS_CLUSTER='c-1'\nEOF\n", ""),
        ("#!/bin/bash\necho ECS_CLUSTER='c-1' >> /etc/ecs/ecs.config", "c-1"),
        ("#!/bin/bash\nprintf 'ECS_CLUSTER=%s' c-1 > /etc/ecs/ecs.config", "%s"),
        ("#!/bin/bash\n{\n echo ECS_CLUSTER=c-1\n echo ECS_X=1\n} >> /etc/ecs/ecs.config", "c-1"),
        ("echo ECS_CLUSTER=c-1 >> /etc/ecs/ecs.config", None),
        ("#!/bin/bash\n# echo ECS_CLUSTER=c-1 >> /etc/ecs/ecs.config", None),
        ("#!/bin/bash\necho ECS_CLUSTER=c-1 >> /etc/ecs.config", None),
        ("#!/bin/bash\nECS_CLUSTER=c-1", None),
    ],
)
def test_user_data_is_read_as_the_instance_would_run_it(script, cluster):
    assert configuration(script).get("ECS_CLUSTER") == cluster


def started(aws, place, cluster, **changes):
    """Runs an instance that would join the cluster, and waits until it runs."""
    request = {
        "ImageId": aws.image(),
        "InstanceType": "m5zn.xlarge",
        "SubnetId": place["private_subnet_ids"][0],
        "IamInstanceProfile": {"Name": aws.profile()},
        "UserData": f"#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n",
        **changes,
    }
    instance = aws.ec2.run_instances(MinCount=1, MaxCount=1, **request)["Instances"][0]["InstanceId"]
    until(lambda: aws.instances(instance_id=instance)[0], lambda i: i["State"]["Name"] == "running")
    return instance


def resources(host, kind):
    named = {item["name"]: item for item in host[kind]}
    return named["CPU"]["integerValue"], named["MEMORY"]["integerValue"]


def test_a_host_registers_with_what_the_agent_leaves(aws, place):
    cluster = aws.cluster()
    instance = started(aws, place, cluster)
    [host] = until(lambda: aws.hosts(cluster), lambda found: found)
    assert host["ec2InstanceId"] == instance and host["agentConnected"] and host["status"] == "ACTIVE"
    cpu, memory = resources(host, "registeredResources")
    assert cpu == 4096 and 14336 < memory < 16384 - 400
    assert resources(host, "remainingResources") == (cpu, memory) and "capacityProviderName" not in host
    attributes = {item["name"]: item.get("value") for item in host["attributes"]}
    assert attributes["ecs.instance-type"] == "m5zn.xlarge"
    described = aws.ecs.describe_clusters(clusters=[cluster])["clusters"][0]
    assert described["registeredContainerInstancesCount"] == 1
    refusal = code_of(aws.ecs.delete_cluster, cluster=cluster)
    assert refusal[0] == "ClusterContainsContainerInstancesException"
    aws.ec2.terminate_instances(InstanceIds=[instance])
    until(lambda: aws.hosts(cluster), lambda found: not found)
    aws.ecs.delete_cluster(cluster=cluster)


def test_a_gpu_host_has_its_gpu(aws, place):
    cluster = aws.cluster()
    started(aws, place, cluster, ImageId=aws.image("amazon-linux-2023/gpu"), InstanceType="g4dn.xlarge")
    [host] = until(lambda: aws.hosts(cluster), lambda found: found)
    [gpus] = [item for item in host["registeredResources"] if item["name"] == "GPU"]
    assert len(gpus["stringSetValue"]) == 1


@pytest.mark.parametrize("broken", ["cluster", "image", "role", "way out", "egress"])
def test_what_is_missing_keeps_a_host_away(aws, place, broken):
    cluster = aws.cluster()
    changes = {}
    if broken == "cluster":
        changes["UserData"] = "#!/bin/bash\necho ECS_CLUSTER=other >> /etc/ecs/ecs.config\n"
    if broken == "image":
        changes["ImageId"] = aws.plain_image()
    if broken == "role":
        changes["IamInstanceProfile"] = {"Name": aws.profile(None)}
    if broken == "way out":
        changes["SubnetId"] = place["public_subnet_ids"][0]
    if broken == "egress":
        group = aws.group(place["vpc_id"])
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        aws.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        changes["SecurityGroupIds"] = [group]
    started(aws, place, cluster, **changes)
    # A second host, with nothing missing, has had the same time.
    other = aws.cluster()
    started(aws, place, other)
    until(lambda: aws.hosts(other), lambda found: found)
    assert aws.hosts(cluster) == []


def test_a_network_without_a_way_out_needs_the_endpoints(aws, place):
    cluster, ec2 = aws.cluster(), aws.ec2
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.6.0.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    hosts, endpoints = aws.group(vpc), aws.group(vpc)
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": hosts}]}
    ec2.authorize_security_group_ingress(GroupId=endpoints, IpPermissions=[https])
    started(aws, place, cluster, SubnetId=subnet, SecurityGroupIds=[hosts])
    assert aws.hosts(cluster) == []
    for service in ("ecs", "ecs-agent", "ecs-telemetry"):
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{aws.name}.{service}",
            SubnetIds=[subnet],
            SecurityGroupIds=[endpoints],
            PrivateDnsEnabled=True,
        )
    until(lambda: aws.hosts(cluster), lambda found: found)


def test_deregistration_needs_force_where_tasks_run(aws, place):
    cluster = aws.cluster()
    started(aws, place, cluster)
    [host] = until(lambda: aws.hosts(cluster), lambda found: found)
    container = {"name": "main", "image": "x", "memory": 128}
    family = f"f-{aws.unique}"
    aws.ecs.register_task_definition(family=family, containerDefinitions=[container])
    [task] = aws.ecs.run_task(cluster=cluster, taskDefinition=family)["tasks"]
    named = {"cluster": cluster, "containerInstance": host["containerInstanceArn"]}
    refusal = code_of(aws.ecs.deregister_container_instance, **named)
    assert refusal == ("InvalidParameterException", "Found running tasks on the instance.")
    aws.ecs.deregister_container_instance(force=True, **named)
    assert aws.hosts(cluster) == []
    [missing] = aws.ecs.describe_container_instances(
        cluster=cluster, containerInstances=[host["containerInstanceArn"]]
    )["failures"]
    assert missing["reason"] == "MISSING"
    [ended] = aws.ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"]
    assert ended["desiredStatus"] == "STOPPED"
