"""Services on EC2: capacity providers, hosts that come for tasks and go, tasks that find room or do not."""

import pytest

from conftest import code_of, encoded, until

ROLL = {"minimumHealthyPercent": 100, "maximumPercent": 200}
MAKE_WAY = {"minimumHealthyPercent": 0, "maximumPercent": 100}


def definition_of(aws, memory="14336", **changes):
    """A task like the guide's: 1 vCPU and 14 GiB, which fits on a host once."""
    return aws.task_definition(**{"cpu": "1024", "memory": memory, "requiresCompatibilities": ["EC2"], **changes})


@pytest.fixture
def site(aws, place):
    """A cluster with a capacity provider whose group may grow to ``most``: ``(cluster, provider, group)``."""

    def make(most=2, **changes):
        cluster = aws.cluster()
        template = aws.template(cluster, [aws.group(place["vpc_id"])], **changes)
        group = aws.scaling_group(template, place["private_subnet_ids"], MaxSize=most)
        return cluster, aws.provider(group, cluster), group

    return make


@pytest.fixture
def serve(aws, place):
    """Creates a service ``s`` on the capacity provider."""

    def create(cluster, provider, **changes):
        network = aws.network(place["private_subnet_ids"], [aws.group(place["vpc_id"])], public=False)
        request = {
            "cluster": cluster,
            "serviceName": "s",
            "desiredCount": 1,
            "capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1, "base": 0}],
            "networkConfiguration": network,
            **changes,
        }
        request.setdefault("taskDefinition", definition_of(aws))
        aws.ecs.create_service(**request)
        return request

    return create


def messages(service):
    return [event["message"] for event in service["events"]]


def test_a_service_brings_its_hosts(aws, place, site, serve):
    cluster, provider, group = site()
    serve(cluster, provider)
    assert aws.scaling(group)["DesiredCapacity"] == 0
    settled = aws.settled(cluster, "s")
    assert settled["deployments"][0]["rolloutState"] == "COMPLETED" and "launchType" not in settled
    assert settled["capacityProviderStrategy"][0]["capacityProvider"] == provider
    assert aws.scaling(group)["DesiredCapacity"] == 1
    assert "AmazonECSManaged" in [tag["Key"] for tag in aws.scaling(group)["Tags"]]
    [task], [host] = aws.tasks(cluster), aws.hosts(cluster)
    assert task["containerInstanceArn"] == host["containerInstanceArn"] and task["capacityProviderName"] == provider
    assert host["capacityProviderName"] == provider and host["runningTasksCount"] == 1
    left = {item["name"]: item.get("integerValue") for item in host["remainingResources"]}
    assert left["CPU"] == 3072 and left["MEMORY"] < 14336
    subnet = {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}["subnetId"]
    zone = aws.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailabilityZone"]
    [instance] = aws.instances(instance_id=host["ec2InstanceId"])
    assert zone == instance["Placement"]["AvailabilityZone"]


def test_a_big_task_cannot_roll_where_there_is_one_host(aws, site, serve):
    cluster, provider, group = site(most=1)
    serve(cluster, provider, deploymentConfiguration=ROLL)
    aws.settled(cluster, "s")
    [host], [old] = aws.hosts(cluster), aws.tasks(cluster)
    aws.ecs.update_service(cluster=cluster, service="s", taskDefinition=definition_of(aws))
    words = (
        "(service s) was unable to place a task because no container instance met all of its requirements. The closest "
        f"matching (container-instance {host['containerInstanceArn'].rpartition('/')[2]}) has insufficient memory "
        "available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    )
    now = until(lambda: aws.service(cluster, "s"), lambda s: words in messages(s))
    assert now["deployments"][0]["rolloutState"] == "IN_PROGRESS" and len(now["deployments"]) == 2
    assert now["runningCount"] == 1 and aws.scaling(group)["DesiredCapacity"] == 1
    way = {"deploymentConfiguration": MAKE_WAY, "availabilityZoneRebalancing": "DISABLED"}
    aws.ecs.update_service(cluster=cluster, service="s", **way)
    aws.settled(cluster, "s")
    [new] = aws.tasks(cluster)
    assert new["taskArn"] != old["taskArn"]


def test_with_two_hosts_it_rolls(aws, site, serve):
    cluster, provider, group = site(most=2)
    serve(cluster, provider, deploymentConfiguration=ROLL)
    aws.settled(cluster, "s")
    [old] = aws.tasks(cluster)
    definition = definition_of(aws)
    aws.ecs.update_service(cluster=cluster, service="s", taskDefinition=definition)
    assert aws.settled(cluster, "s")["deployments"][0]["taskDefinition"] == definition
    [new] = aws.tasks(cluster)
    assert new["containerInstanceArn"] != old["containerInstanceArn"] and aws.scaling(group)["DesiredCapacity"] == 2


def test_hosts_that_never_join_show_in_the_events(aws, site, serve):
    cluster, provider, group = site(most=1, UserData=encoded("#!/bin/bash\necho hello\n"))
    serve(cluster, provider)
    words = "Reason: No Container Instances were found in your capacity provider."
    now = until(lambda: aws.service(cluster, "s"), lambda s: words in str(messages(s)))
    assert now["runningCount"] == 0 and now["pendingCount"] == 1 and aws.scaling(group)["DesiredCapacity"] == 1


def test_destruction_goes_in_order(aws, place, site, serve):
    cluster, provider, group = site()
    request = serve(cluster, provider)
    aws.settled(cluster, "s")
    ecs, scaling = aws.ecs, aws.autoscaling
    nothing = {"cluster": cluster, "capacityProviders": [], "defaultCapacityProviderStrategy": []}
    in_use = "The specified capacity provider is in use and cannot be removed."
    assert code_of(ecs.put_cluster_capacity_providers, **nothing) == ("ResourceInUseException", in_use)
    ecs.delete_service(cluster=cluster, service="s", force=True)
    until(lambda: aws.service(cluster, "s"), lambda s: s["status"] == "INACTIVE")
    held = ecs.delete_capacity_provider(capacityProvider=provider)["capacityProvider"]
    assert (
        held["updateStatus"] == "DELETE_FAILED" and f"associated with cluster: {cluster}" in held["updateStatusReason"]
    )
    answer = ecs.put_cluster_capacity_providers(**nothing)["cluster"]
    assert answer["attachmentsStatus"] == "UPDATE_IN_PROGRESS"
    assert code_of(ecs.put_cluster_capacity_providers, **nothing)[0] == "UpdateInProgressException"
    until(
        lambda: ecs.describe_clusters(clusters=[cluster], include=["ATTACHMENTS"])["clusters"][0],
        lambda found: found["attachmentsStatus"] == "UPDATE_COMPLETE",
    )
    going = ecs.delete_capacity_provider(capacityProvider=provider)["capacityProvider"]
    assert going["updateStatus"] == "DELETE_IN_PROGRESS"

    def described():
        return ecs.describe_capacity_providers(capacityProviders=[provider])

    until(described, lambda d: d["capacityProviders"] and d["capacityProviders"][0]["status"] == "INACTIVE")
    until(described, lambda d: [failure["reason"] for failure in d["failures"]] == ["MISSING"])
    assert code_of(ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsContainerInstancesException"
    assert code_of(scaling.delete_auto_scaling_group, AutoScalingGroupName=group)[0] == "ResourceInUse"
    scaling.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=0, MaxSize=0, DesiredCapacity=0)
    until(lambda: aws.scaling(group), lambda found: not found["Instances"])
    scaling.delete_auto_scaling_group(AutoScalingGroupName=group)
    until(lambda: aws.scaling(group), lambda found: found is None)
    ecs.delete_cluster(cluster=cluster)
    [used] = request["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    aws.ec2.delete_security_group(GroupId=used)


def test_a_provider_takes_a_group_of_its_own(aws, place, site):
    cluster, provider, group = site()
    settings = {"autoScalingGroupArn": aws.scaling(group)["AutoScalingGroupARN"]}
    create = aws.ecs.create_capacity_provider
    used = code_of(create, name=f"p-{aws.unique}", autoScalingGroupProvider=settings)
    message = (
        "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique "
    )
    assert used == ("ClientException", message + "Auto Scaling group ARN and try again.")
    assert "already exists" in code_of(create, name=provider, autoScalingGroupProvider=settings)[1]
    assert "can not be prefixed" in code_of(create, name="ecs-x", autoScalingGroupProvider=settings)[1]
    template = aws.template(cluster, [aws.group(place["vpc_id"])])
    bare = aws.scaling_group(template, place["private_subnet_ids"])
    protected = {"managedTerminationProtection": "ENABLED"}
    words = "the Auto Scaling group must have instance protection from scale in enabled."
    assert words in code_of(aws.provider, bare, cluster, **protected)[1]
    off = {"managedScaling": {"status": "DISABLED"}, **protected}
    assert "managed scaling must be enabled" in code_of(aws.provider, bare, cluster, **off)[1]
    scaling = aws.autoscaling
    scaling.update_auto_scaling_group(AutoScalingGroupName=bare, NewInstancesProtectedFromScaleIn=True)
    name = aws.provider(bare, **protected)
    [found] = aws.ecs.describe_capacity_providers(capacityProviders=[name])["capacityProviders"]
    assert found["autoScalingGroupProvider"]["managedDraining"] == "ENABLED"
    assert found["autoScalingGroupProvider"]["managedScaling"]["maximumScalingStepSize"] == 10000
    change = {"managedScaling": {"targetCapacity": 80}}
    updated = aws.ecs.update_capacity_provider(name=name, autoScalingGroupProvider=change)["capacityProvider"]
    assert updated["updateStatus"] == "UPDATE_IN_PROGRESS"
    assert updated["autoScalingGroupProvider"]["managedScaling"]["status"] == "ENABLED"


def test_what_does_not_go_with_ec2_is_refused(aws, place, site, serve):
    cluster, provider, _ = site()

    def refused(**changes):
        return code_of(serve, cluster, provider, **changes)

    public = aws.network(place["private_subnet_ids"], [])
    assert refused(networkConfiguration=public)[1] == "Assign public IP is not supported for this launch type."
    words = "The platform version must be null when specifying an EC2 launch type."
    assert refused(platformVersion="1.4.0")[1] == words
    other = [{"capacityProvider": "nobody", "weight": 1}]
    assert "not associated with the cluster" in refused(capacityProviderStrategy=other)[1]
    binpack = [{"type": "binpack", "field": "memory"}]
    assert "rebalancing" in refused(placementStrategy=binpack, availabilityZoneRebalancing="ENABLED")[1]
    serve(cluster, provider, placementStrategy=binpack)
    assert aws.service(cluster, "s")["availabilityZoneRebalancing"] == "DISABLED"
    change = [{"capacityProvider": provider, "weight": 2}]
    update = {"cluster": cluster, "service": "s", "capacityProviderStrategy": change}
    assert code_of(aws.ecs.update_service, **update)[1].endswith("you must force a new deployment.")
    aws.ecs.update_service(**update, forceNewDeployment=True)
    grace = code_of(aws.ecs.update_service, cluster=cluster, service="s", healthCheckGracePeriodSeconds=5)
    assert grace[1] == "Health check grace period is only valid for services configured to use load balancers"


def test_an_init_container_runs_before_the_others(aws, site, serve):
    cluster, provider, _ = site()
    wait = [{"containerName": "init", "condition": "SUCCESS"}]
    check = {"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 5, "retries": 3}
    containers = [
        {"name": "main", "image": "x/y:1", "dependsOn": wait, "healthCheck": check},
        {"name": "init", "image": "x/y:1", "essential": False},
    ]
    definition = definition_of(aws, containerDefinitions=containers)
    serve(cluster, provider, taskDefinition=definition)
    aws.settled(cluster, "s")
    [task] = aws.tasks(cluster)
    main, init = task["containers"]
    assert (init["lastStatus"], init["exitCode"]) == ("STOPPED", 0) and main["lastStatus"] == "RUNNING"
    assert main["healthStatus"] == task["healthStatus"] == "HEALTHY" and init["healthStatus"] == "UNKNOWN"
    essential = [{**containers[0]}, {"name": "init", "image": "x/y:1"}]
    assert "essential" in code_of(definition_of, aws, containerDefinitions=essential)[1]
    circle = [{**containers[0]}, {**containers[1], "dependsOn": [{"containerName": "main", "condition": "START"}]}]
    assert "circular" in code_of(definition_of, aws, containerDefinitions=circle)[1]
    unknown = [{**containers[0], "dependsOn": [{"containerName": "nobody", "condition": "START"}]}]
    assert "Invalid container dependency" in code_of(definition_of, aws, containerDefinitions=unknown)[1]


@pytest.mark.parametrize("broken", ["no mount target", "no host rule", "no log group", "no permission", "no secret"])
def test_tasks_on_hosts_fail_for_the_reasons_of_aws(aws, place, site, serve, broken):
    """The host mounts and pulls, so its groups count, and the containers tell why."""
    hosts, role = aws.group(place["vpc_id"]), aws.role()
    if broken != "no permission":
        aws.allow(role, "secretsmanager:GetSecretValue")
    system = aws.efs.create_file_system(CreationToken=aws.unique)["FileSystemId"]
    until(
        lambda: aws.efs.describe_file_systems(FileSystemId=system)["FileSystems"][0],
        lambda f: f["LifeCycleState"] == "available",
    )
    nfs = aws.group(place["vpc_id"], 2049, aws.group(place["vpc_id"]) if broken == "no host rule" else hosts)
    if broken != "no mount target":
        for subnet in place["private_subnet_ids"]:
            aws.efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[nfs])
        until(
            lambda: aws.efs.describe_mount_targets(FileSystemId=system)["MountTargets"],
            lambda targets: all(target["LifeCycleState"] == "available" for target in targets),
        )
    if broken != "no log group":
        aws.logs.create_log_group(logGroupName=f"/{aws.unique}")
    secret = aws.secretsmanager.create_secret(Name=aws.unique, SecretString="x")["ARN"]
    if broken == "no secret":
        aws.secretsmanager.delete_secret(SecretId=secret)
    options = {"awslogs-group": f"/{aws.unique}", "awslogs-region": aws.name, "awslogs-stream-prefix": "p"}
    container = {
        "name": "main",
        "image": "x/y:1",
        "mountPoints": [{"sourceVolume": "v", "containerPath": "/data"}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        "secrets": [{"name": "S", "valueFrom": secret}],
    }
    definition = definition_of(
        aws,
        executionRoleArn=role,
        containerDefinitions=[container],
        volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": system}}],
    )
    cluster, provider, _ = site(SecurityGroupIds=[hosts])
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    serve(cluster, provider, taskDefinition=definition, deploymentConfiguration=breaker)
    assert aws.settled(cluster, "s")["deployments"][0]["rolloutState"] == "FAILED"
    task = aws.tasks(cluster, desiredStatus="STOPPED")[0]
    words = {
        "no mount target": f'Failed to resolve "{system}.efs.{aws.name}.amazonaws.com"',
        "no host rule": "Connection timed out",
        "no log group": "The specified log group does not exist",
        "no permission": "is not authorized to perform: secretsmanager:GetSecretValue on resource",
        "no secret": "because it was marked for deletion",
    }[broken]
    if broken in ("no permission", "no secret"):
        prefix = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        assert task["stoppedReason"].startswith(prefix + "failed: ") and words in task["stoppedReason"]
    else:
        assert task["stoppedReason"] == "Task failed to start" and words in task["containers"][0]["reason"]


def test_tasks_end_with_their_host(aws, site, serve):
    cluster, provider, _ = site()
    serve(cluster, provider)
    aws.settled(cluster, "s")
    [host], [task] = aws.hosts(cluster), aws.tasks(cluster)
    aws.ec2.terminate_instances(InstanceIds=[host["ec2InstanceId"]])
    until(
        lambda: aws.tasks(cluster),
        lambda found: [t["lastStatus"] for t in found] == ["RUNNING"] and found[0]["taskArn"] != task["taskArn"],
    )
    [ended] = aws.ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"]
    assert ended["stoppedReason"] == f"Host EC2 (instance {host['ec2InstanceId']}) terminated."


def test_a_refresh_of_the_hosts_moves_the_tasks(aws, site, serve):
    cluster, provider, group = site(most=1)
    serve(cluster, provider, deploymentConfiguration=ROLL)
    aws.settled(cluster, "s")
    [host] = aws.hosts(cluster)
    aws.autoscaling.start_instance_refresh(AutoScalingGroupName=group)
    until(lambda: aws.hosts(cluster), lambda found: [h["status"] for h in found] == ["DRAINING"])

    def moved(found):
        return [t["lastStatus"] for t in found] == ["RUNNING"] and (
            found[0]["containerInstanceArn"] != host["containerInstanceArn"]
        )

    until(lambda: aws.tasks(cluster), moved)
    until(
        lambda: aws.autoscaling.describe_instance_refreshes(AutoScalingGroupName=group)["InstanceRefreshes"][0],
        lambda refresh: refresh["Status"] == "Successful",
    )
    assert [h["ec2InstanceId"] == host["ec2InstanceId"] for h in aws.hosts(cluster)] == [False]


def test_small_tasks_spread_or_share_as_asked(aws, site, serve):
    cluster, provider, group = site(most=2)
    aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=2)
    until(lambda: aws.hosts(cluster), lambda found: len(found) == 2)
    small = definition_of(aws, memory="1024")
    binpack = [{"type": "binpack", "field": "memory"}]
    serve(cluster, provider, taskDefinition=small, desiredCount=2)
    serve(cluster, provider, taskDefinition=small, desiredCount=2, serviceName="t", placementStrategy=binpack)

    def hosts_of(name):
        until(lambda: aws.service(cluster, name), lambda s: s["runningCount"] == 2)
        return {task["containerInstanceArn"] for task in aws.tasks(cluster, serviceName=name)}

    assert (len(hosts_of("s")), len(hosts_of("t"))) == (2, 1)


def test_a_service_leaves_its_platform_behind_when_it_moves_from_fargate_to_hosts(aws, place, site):
    cluster, provider, _ = site(most=1)
    both = definition_of(aws, requiresCompatibilities=["EC2", "FARGATE"], cpu="1024", memory="2048")
    network = aws.network(place["private_subnet_ids"], [aws.group(place["vpc_id"])], public=False)
    aws.ecs.create_service(
        cluster=cluster,
        serviceName="s",
        taskDefinition=both,
        launchType="FARGATE",
        platformVersion="1.4.0",
        networkConfiguration=network,
    )
    strategy = [{"capacityProvider": provider, "weight": 1}]
    moved = aws.ecs.update_service(
        cluster=cluster, service="s", capacityProviderStrategy=strategy, forceNewDeployment=True
    )
    assert "platformVersion" not in moved["service"] and "launchType" not in moved["service"]


def test_a_single_task_waits_for_its_host_or_is_told_why_not(aws, place, site):
    cluster, provider, _ = site(most=1)
    request = {
        "cluster": cluster,
        "taskDefinition": definition_of(aws),
        "networkConfiguration": aws.network(place["private_subnet_ids"], [], public=False),
    }
    refusal = code_of(aws.ecs.run_task, launchType="EC2", **request)
    assert refusal == ("InvalidParameterException", "No Container Instances were found in your cluster.")
    strategy = [{"capacityProvider": provider, "weight": 1}]
    [task] = aws.ecs.run_task(capacityProviderStrategy=strategy, **request)["tasks"]
    assert task["lastStatus"] == "PROVISIONING" and "containerInstanceArn" not in task
    until(lambda: aws.tasks(cluster), lambda found: found[0]["lastStatus"] == "RUNNING")
    [failure] = aws.ecs.run_task(launchType="EC2", **request)["failures"]
    assert failure == {"arn": aws.hosts(cluster)[0]["containerInstanceArn"], "reason": "RESOURCE:MEMORY"}


def test_a_task_runs_where_its_gpu_is(aws, site, serve):
    gpu = {"type": "GPU", "value": "1"}
    container = {"name": "main", "image": "x/y:1", "resourceRequirements": [gpu]}
    definition = definition_of(aws, memory="4096", containerDefinitions=[container])
    cluster, provider, _ = site(most=1)
    serve(cluster, provider, taskDefinition=definition)
    words = "has insufficient GPU resource available"
    until(lambda: aws.service(cluster, "s"), lambda s: words in str(messages(s)))
    image = aws.image("amazon-linux-2023/gpu")
    other, with_gpu, _ = site(most=1, ImageId=image, InstanceType="g4dn.xlarge")
    serve(other, with_gpu, taskDefinition=definition)
    assert aws.settled(other, "s")["runningCount"] == 1


def test_a_draining_host_loses_its_tasks_to_another(aws, site, serve):
    cluster, provider, _ = site()
    serve(cluster, provider)
    aws.settled(cluster, "s")
    [host], [task] = aws.hosts(cluster), aws.tasks(cluster)
    aws.ecs.update_container_instances_state(
        cluster=cluster, containerInstances=[host["containerInstanceArn"]], status="DRAINING"
    )
    until(
        lambda: aws.tasks(cluster),
        lambda found: [t["lastStatus"] for t in found] == ["RUNNING"] and found[0]["taskArn"] != task["taskArn"],
    )
    assert aws.tasks(cluster)[0]["containerInstanceArn"] != host["containerInstanceArn"]
