"""Services and tasks that run: what is asked for is what runs, and what cannot run is refused or fails as on AWS."""

import json

import pytest

from conftest import code_of, until

ONE_WRITER = {"minimumHealthyPercent": 0, "maximumPercent": 100}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}


@pytest.fixture
def service(aws, place):
    """Creates a service ``s`` on Fargate in a cluster; answers the cluster's name."""

    def create(cluster=None, **changes):
        cluster = cluster or aws.cluster()
        group = aws.group(place["vpc_id"])
        request = {
            "cluster": cluster,
            "serviceName": "s",
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": aws.network(place["public_subnet_ids"], [group]),
            **changes,
        }
        request.setdefault("taskDefinition", aws.task_definition())
        aws.ecs.create_service(**request)
        return cluster

    return create


@pytest.fixture
def outcome(aws):
    yield lambda **staged: aws.stand_in.control("POST", "task-outcome", staged)
    aws.stand_in.control("DELETE", "task-outcome")


def attached(task):
    return {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}


def messages(service):
    return [event["message"] for event in service["events"]]


def test_a_service_comes_up_as_asked(aws, place, service):
    group = aws.group(place["vpc_id"])
    cluster = service(
        networkConfiguration=aws.network(place["public_subnet_ids"][:1], [group]),
        deploymentConfiguration={**ONE_WRITER, **BREAKER},
        enableExecuteCommand=True,
        propagateTags="SERVICE",
        platformVersion="1.4.0",
        tags=[{"key": "a", "value": "b"}],
    )
    fresh = aws.service(cluster, "s")
    assert (fresh["status"], fresh["runningCount"], fresh["deployments"][0]["rolloutState"]) == (
        "ACTIVE",
        0,
        "IN_PROGRESS",
    )
    settled = aws.settled(cluster, "s")
    deployment = settled["deployments"][0]
    assert deployment["rolloutState"] == "COMPLETED" and deployment["id"].startswith("ecs-svc/")
    assert (deployment["status"], deployment["runningCount"], settled["runningCount"]) == ("PRIMARY", 1, 1)
    assert messages(settled)[0] == f"(service s) (deployment {deployment['id']}) deployment completed."
    assert messages(settled)[1] == "(service s) has reached a steady state."
    for name, value in {**ONE_WRITER, "deploymentCircuitBreaker": BREAKER["deploymentCircuitBreaker"]}.items():
        assert settled["deploymentConfiguration"][name] == value
    assert settled["enableExecuteCommand"] and settled["propagateTags"] == "SERVICE"
    assert settled["tags"] == [{"key": "a", "value": "b"}] and settled["platformVersion"] == "1.4.0"
    [task] = aws.tasks(cluster, serviceName="s")
    assert task["lastStatus"] == "RUNNING" and task["group"] == "service:s" and task["startedBy"] == deployment["id"]
    assert task["tags"] == [{"key": "a", "value": "b"}] and task["taskDefinitionArn"] == settled["taskDefinition"]
    [interface] = aws.ec2.describe_network_interfaces(NetworkInterfaceIds=[attached(task)["networkInterfaceId"]])[
        "NetworkInterfaces"
    ]
    assert interface["SubnetId"] == place["public_subnet_ids"][0] == attached(task)["subnetId"]
    assert [g["GroupId"] for g in interface["Groups"]] == [group]
    assert interface["PrivateIpAddress"] == attached(task)["privateIPv4Address"]
    assert interface["Association"]["PublicIp"] and interface["Status"] == "in-use"
    cluster_now = aws.ecs.describe_clusters(clusters=[cluster])["clusters"][0]
    assert (cluster_now["activeServicesCount"], cluster_now["runningTasksCount"]) == (1, 1)


def test_a_private_task_has_no_public_address(aws, place, service):
    network = aws.network(place["private_subnet_ids"], [aws.group(place["vpc_id"])], public=False)
    cluster = service(networkConfiguration=network)
    aws.settled(cluster, "s")
    [task] = aws.tasks(cluster)
    interface = aws.ec2.describe_network_interfaces(NetworkInterfaceIds=[attached(task)["networkInterfaceId"]])
    assert "Association" not in interface["NetworkInterfaces"][0]


def test_creation_is_idempotent_by_token_only(aws, place, service):
    definition, cluster = aws.task_definition(), aws.cluster()
    request = {
        "cluster": cluster,
        "serviceName": "s",
        "taskDefinition": definition,
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": aws.network(place["public_subnet_ids"], []),
    }
    token = f"token-{aws.unique}"
    first = aws.ecs.create_service(**request, clientToken=token)["service"]
    assert aws.ecs.create_service(**request, clientToken=token)["service"]["createdAt"] == first["createdAt"]
    refusal = ("InvalidParameterException", "Creation of service was not idempotent.")
    assert code_of(aws.ecs.create_service, **request) == refusal
    assert code_of(aws.ecs.create_service, **{**request, "desiredCount": 2}, clientToken=token) == refusal
    aws.ecs.delete_service(cluster=cluster, service="s", force=True)
    assert code_of(aws.ecs.create_service, **request)[1] == "Unable to Start a service that is still Draining."
    until(lambda: aws.service(cluster, "s"), lambda s: s["status"] == "INACTIVE")
    assert aws.ecs.create_service(**request, clientToken=token)["service"]["status"] == "INACTIVE"
    assert aws.ecs.create_service(**request)["service"]["status"] == "ACTIVE"


def test_one_writer_stops_the_old_task_before_the_new_one_starts(aws, service):
    cluster = service(deploymentConfiguration=ONE_WRITER)
    before = aws.settled(cluster, "s")["deployments"][0]["id"]
    [old] = aws.tasks(cluster)
    aws.ecs.update_service(cluster=cluster, service="s", forceNewDeployment=True)
    aws.settled(cluster, "s")
    [new] = aws.tasks(cluster)
    after = aws.service(cluster, "s")["deployments"]
    assert new["taskArn"] != old["taskArn"] and [d["id"] for d in after] != [before] and len(after) == 1
    [stopped] = aws.tasks(cluster, desiredStatus="STOPPED")
    assert stopped["taskArn"] == old["taskArn"] and stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"] == f"Scaling activity initiated by (deployment {after[0]['id']})"
    assert stopped["containers"][0]["exitCode"] == 143
    assert stopped["stoppedAt"] <= new["createdAt"]


def test_a_rolling_deployment_starts_the_new_task_first(aws, service):
    cluster = service()
    aws.settled(cluster, "s")
    definition = aws.task_definition()
    aws.ecs.update_service(cluster=cluster, service="s", taskDefinition=definition)
    assert aws.settled(cluster, "s")["taskDefinition"] == definition
    [new], [old] = aws.tasks(cluster), aws.tasks(cluster, desiredStatus="STOPPED")
    assert new["taskDefinitionArn"] == definition and new["startedAt"] <= old["stoppingAt"]


def test_only_some_changes_deploy(aws, service):
    cluster = service()
    deployment = aws.settled(cluster, "s")["deployments"][0]["id"]
    same = aws.service(cluster, "s")["taskDefinition"]
    aws.ecs.update_service(
        cluster=cluster,
        service="s",
        desiredCount=2,
        propagateTags="SERVICE",
        taskDefinition=same,
        deploymentConfiguration=ONE_WRITER | {"maximumPercent": 200},
    )
    scaled = until(lambda: aws.service(cluster, "s"), lambda s: s["runningCount"] == 2)
    assert [d["id"] for d in scaled["deployments"]] == [deployment]
    aws.ecs.update_service(cluster=cluster, service="s", platformVersion="1.4.0")
    assert aws.service(cluster, "s")["deployments"][0]["id"] != deployment


def test_a_stopped_task_of_a_service_is_replaced(aws, service):
    cluster = service()
    aws.settled(cluster, "s")
    [task] = aws.tasks(cluster)
    aws.ecs.stop_task(cluster=cluster, task=task["taskArn"], reason="a test")
    until(
        lambda: aws.tasks(cluster),
        lambda t: len(t) == 1 and t[0]["taskArn"] != task["taskArn"] and t[0]["lastStatus"] == "RUNNING",
    )
    [stopped] = aws.tasks(cluster, desiredStatus="STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "a test")


def test_deletion_drains(aws, place, service):
    group = aws.group(place["vpc_id"])
    cluster = service(networkConfiguration=aws.network(place["public_subnet_ids"], [group]))
    aws.settled(cluster, "s")
    refusal = code_of(aws.ecs.delete_service, cluster=cluster, service="s")
    assert refusal == ("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    assert code_of(aws.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsServicesException"
    assert aws.ecs.delete_service(cluster=cluster, service="s", force=True)["service"]["status"] == "DRAINING"
    assert (
        code_of(aws.ecs.update_service, cluster=cluster, service="s", desiredCount=1)[0] == "ServiceNotActiveException"
    )
    until(lambda: aws.service(cluster, "s"), lambda s: s["status"] == "INACTIVE")
    assert aws.ecs.list_services(cluster=cluster)["serviceArns"] == [] == aws.tasks(cluster)
    assert code_of(aws.ecs.delete_service, cluster=cluster, service="s")[0] == "ServiceNotFoundException"
    aws.ec2.delete_security_group(GroupId=group)
    aws.ecs.delete_cluster(cluster=cluster)
    assert code_of(aws.ecs.describe_services, cluster=cluster, services=["s"])[0] == "ClusterNotFoundException"


def test_a_missing_service_is_a_failure(aws):
    answer = aws.ecs.describe_services(cluster=aws.cluster(), services=["nobody"])
    assert answer["services"] == [] and answer["failures"][0]["reason"] == "MISSING"


def test_what_does_not_exist_or_fit_is_refused(aws, place, service):
    def refused(**changes):
        return code_of(service, **changes)

    other = aws.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets, group = place["public_subnet_ids"], aws.group(place["vpc_id"])
    assert refused(cluster="nowhere")[0] == "ClusterNotFoundException"
    assert refused(taskDefinition="nobody:1") == ("ClientException", "Unable to describe task definition.")
    assert "InvalidSubnetID.NotFound" in refused(networkConfiguration=aws.network(["subnet-00000000"], [group]))[1]
    assert "InvalidGroup.NotFound" in refused(networkConfiguration=aws.network(subnets, ["sg-00000000"]))[1]
    assert "one VPC" in refused(networkConfiguration=aws.network(subnets, [aws.group(other)]))[1]
    assert refused(networkConfiguration={})[0] == "InvalidParameterException"
    assert refused(platformVersion="1.5.0")[0] == "PlatformUnknownException"
    assert (
        "capacity provider"
        in refused(launchType="EC2", capacityProviderStrategy=[{"capacityProvider": "FARGATE"}])[1].lower()
    )
    assert "maximumPercent" in refused(deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100})[1]
    assert "grace period" in refused(healthCheckGracePeriodSeconds=5)[1]
    volume = {"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-01234567"}}
    old = refused(taskDefinition=aws.task_definition(volumes=[volume]), platformVersion="1.3.0")
    assert old[0] == "PlatformTaskDefinitionIncompatibilityException"
    inactive = aws.task_definition()
    aws.ecs.deregister_task_definition(taskDefinition=inactive)
    assert refused(taskDefinition=inactive) == ("ClientException", "TaskDefinition is inactive")
    role = aws.role()
    definition = aws.task_definition(taskRoleArn=role)
    aws.iam.delete_role(RoleName=role.rpartition("/")[2])
    assert refused(taskDefinition=definition) == ("ClientException", "Role is not valid")


def test_a_role_that_does_not_trust_ecs_shows_in_the_events(aws, service):
    cluster = service(taskDefinition=aws.task_definition(taskRoleArn=aws.role("ec2.amazonaws.com")))
    now = until(lambda: aws.service(cluster, "s"), lambda s: s["events"])
    assert "ECS was unable to assume the role" in messages(now)[0] and now["runningCount"] == 0


def test_the_circuit_breaker_trips_on_tasks_that_fail(aws, service, outcome):
    role = aws.role()
    aws.logs.create_log_group(logGroupName=f"/{aws.unique}")
    options = {"awslogs-group": f"/{aws.unique}", "awslogs-region": aws.name, "awslogs-stream-prefix": "p"}
    logging = {"name": "main", "image": "x", "logConfiguration": {"logDriver": "awslogs", "options": options}}
    family = f"doomed-{aws.unique}"
    outcome(
        family_prefix=family,
        stoppedReason="OutOfMemoryError: container killed",
        stopCode="EssentialContainerExited",
        containers=[{"exitCode": 137, "reason": "OutOfMemoryError"}],
        events=["(service s) something is wrong."],
        log_lines=["first", "last"],
    )
    definition = aws.task_definition(family=family, executionRoleArn=role, containerDefinitions=[logging])
    cluster = service(taskDefinition=definition, deploymentConfiguration=BREAKER)
    failed = aws.settled(cluster, "s")
    deployment = failed["deployments"][0]
    assert deployment["rolloutState"] == "FAILED" and deployment["failedTasks"] == 3
    assert deployment["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert (
        messages(failed)[0] == f"(service s) (deployment {deployment['id']}) deployment failed: tasks failed to start."
    )
    assert "(service s) something is wrong." in messages(failed)
    task = aws.tasks(cluster, desiredStatus="STOPPED")[0]
    assert task["stoppedReason"] == "OutOfMemoryError: container killed"
    assert {**task["containers"][0]}["exitCode"] == 137 and task["containers"][0]["reason"] == "OutOfMemoryError"
    stream = f"p/main/{task['taskArn'].rpartition('/')[2]}"
    events = aws.logs.get_log_events(logGroupName=f"/{aws.unique}", logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["first", "last"]


def test_a_tripped_breaker_rolls_back_to_what_ran_before(aws, service, outcome):
    rolling_back = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    cluster = service(deploymentConfiguration=rolling_back)
    good = aws.settled(cluster, "s")["taskDefinition"]
    family = f"doomed-{aws.unique}"
    outcome(family_prefix=family, stopCode="TaskFailedToStart")
    aws.ecs.update_service(cluster=cluster, service="s", taskDefinition=aws.task_definition(family=family))
    until(lambda: aws.service(cluster, "s"), lambda s: "rolling back" in str(messages(s)))
    now = aws.settled(cluster, "s")
    assert now["taskDefinition"] == good and now["runningCount"] == 1


def test_without_a_breaker_a_failing_deployment_goes_on_for_ever(aws, service, outcome):
    family = f"doomed-{aws.unique}"
    outcome(family_prefix=family)
    cluster = service(taskDefinition=aws.task_definition(family=family))
    now = until(lambda: aws.service(cluster, "s"), lambda s: s["deployments"][0]["failedTasks"] >= 4)
    assert now["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert any("unable to consistently start tasks" in message for message in messages(now))


@pytest.mark.parametrize(
    "broken", ["no group rule", "no mount target", "no log group", "no secret", "no way out", "no encryption"]
)
def test_tasks_fail_for_the_reasons_of_aws(aws, place, service, broken):
    """Each of these is a mistake in what was asked for, not a staged outcome."""
    group, role = aws.group(place["vpc_id"]), aws.role()
    aws.allow(role, "secretsmanager:GetSecretValue")
    system = aws.efs.create_file_system(CreationToken=aws.unique)["FileSystemId"]
    until(
        lambda: aws.efs.describe_file_systems(FileSystemId=system)["FileSystems"][0],
        lambda f: f["LifeCycleState"] == "available",
    )
    nfs = aws.group(place["vpc_id"], 2049, aws.group(place["vpc_id"]) if broken == "no group rule" else group)
    if broken != "no mount target":
        for subnet in place["public_subnet_ids"]:
            aws.efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[nfs])
        until(
            lambda: aws.efs.describe_mount_targets(FileSystemId=system)["MountTargets"],
            lambda targets: all(target["LifeCycleState"] == "available" for target in targets),
        )
    if broken == "no encryption":
        deny = {"Effect": "Deny", "Principal": "*", "Action": "*"}
        deny["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
        aws.efs.put_file_system_policy(FileSystemId=system, Policy=json.dumps({"Statement": [deny]}))
    log_group = f"/{aws.unique}"
    if broken != "no log group":
        aws.logs.create_log_group(logGroupName=log_group)
    secret = aws.secretsmanager.create_secret(Name=aws.unique, SecretString="x")["ARN"]
    options = {"awslogs-group": log_group, "awslogs-region": aws.name, "awslogs-stream-prefix": "p"}
    container = {
        "name": "main",
        "image": "1.dkr.ecr.us-east-1.amazonaws.com/x:1",
        "mountPoints": [{"sourceVolume": "v", "containerPath": "/data"}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        "secrets": [{"name": "S", "valueFrom": secret + ("x" if broken == "no secret" else "")}],
    }
    definition = aws.task_definition(
        executionRoleArn=role,
        containerDefinitions=[container],
        volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": system}}],
    )
    cluster = service(
        taskDefinition=definition,
        networkConfiguration=aws.network(place["public_subnet_ids"], [group], public=broken != "no way out"),
        deploymentConfiguration=BREAKER,
    )
    assert aws.settled(cluster, "s")["deployments"][0]["rolloutState"] == "FAILED"
    task = aws.tasks(cluster, desiredStatus="STOPPED")[0]
    words = {
        "no group rule": "Connection timed out",
        "no mount target": f'Failed to resolve "{system}.efs.{aws.name}.amazonaws.com"',
        "no log group": "The specified log group does not exist",
        "no secret": "can't find the specified secret",
        "no encryption": "access denied by server while mounting",
        "no way out": "connection issue between the task and Amazon ECR",
    }
    assert task["stopCode"] == "TaskFailedToStart" and words[broken] in task["stoppedReason"]


def test_a_load_balanced_service_has_healthy_targets(aws, place, service):
    elbv2 = aws.elbv2
    group = elbv2.create_target_group(
        Name=f"tg-{aws.unique}", Protocol="HTTP", Port=8080, VpcId=place["vpc_id"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    balanced = {"loadBalancers": [{"targetGroupArn": group, "containerName": "service", "containerPort": 8080}]}
    assert "does not have an associated load balancer" in code_of(service, **balanced)[1]
    front = aws.group(place["vpc_id"])
    balancer = elbv2.create_load_balancer(
        Name=f"lb-{aws.unique}", Subnets=place["public_subnet_ids"], SecurityGroups=[front]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    action = [{"Type": "forward", "TargetGroupArn": group}]
    listener = elbv2.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="HTTP", DefaultActions=action)
    wrong = {"loadBalancers": [{"targetGroupArn": group, "containerName": "other", "containerPort": 8080}]}
    assert "does not exist in the task definition" in code_of(service, **wrong)[1]
    shut = service(**balanced, deploymentConfiguration=BREAKER)
    assert aws.settled(shut, "s")["deployments"][0]["rolloutState"] == "FAILED"
    assert any("is unhealthy in (target-group" in message for message in messages(aws.service(shut, "s")))
    aws.ecs.delete_service(cluster=shut, service="s", force=True)
    open_to_it = [aws.group(place["vpc_id"], 8080, front)]
    cluster = service(**balanced, networkConfiguration=aws.network(place["public_subnet_ids"], open_to_it))
    aws.settled(cluster, "s")
    [task] = aws.tasks(cluster)
    [health] = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert health["Target"] == {"Id": attached(task)["privateIPv4Address"], "Port": 8080}
    assert health["TargetHealth"]["State"] == "healthy"
    assert code_of(elbv2.delete_target_group, TargetGroupArn=group)[0] == "ResourceInUse"
    aws.ecs.delete_service(cluster=cluster, service="s", force=True)
    until(
        lambda: elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"], lambda found: not found
    )
    elbv2.delete_listener(ListenerArn=listener["Listeners"][0]["ListenerArn"])
    elbv2.delete_target_group(TargetGroupArn=group)


def test_a_task_without_a_service(aws, place):
    cluster, group = aws.cluster(), aws.group(place["vpc_id"])
    request = {
        "cluster": cluster,
        "taskDefinition": aws.task_definition(),
        "launchType": "FARGATE",
        "networkConfiguration": aws.network(place["public_subnet_ids"], [group]),
        "startedBy": "tester",
        "tags": [{"key": "a", "value": "b"}],
        "clientToken": f"token-{aws.unique}",
    }
    [first] = aws.ecs.run_task(**request)["tasks"]
    [again] = aws.ecs.run_task(**request)["tasks"]
    assert again["taskArn"] == first["taskArn"] and first["lastStatus"] == "PROVISIONING"
    assert code_of(aws.ecs.run_task, **{**request, "startedBy": "other"})[0] == "ConflictException"
    [task] = until(lambda: aws.tasks(cluster, startedBy="tester"), lambda found: found[0]["lastStatus"] == "RUNNING")
    assert task["tags"] == [{"key": "a", "value": "b"}]
    assert "imageDigest" not in first["containers"][0]
    assert task["containers"][0]["imageDigest"].startswith("sha256:")
    assert aws.tasks(cluster, startedBy="nobody") == []
    assert code_of(aws.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsTasksException"
    interface = attached(task)["networkInterfaceId"]
    assert code_of(aws.ec2.delete_network_interface, NetworkInterfaceId=interface)[0] == "InvalidParameterValue"
    aws.ecs.stop_task(cluster=cluster, task=task["taskArn"])
    until(
        lambda: aws.tasks(cluster, desiredStatus="STOPPED"), lambda found: found and found[0]["lastStatus"] == "STOPPED"
    )
    assert (
        code_of(aws.ec2.describe_network_interfaces, NetworkInterfaceIds=[interface])[0]
        == "InvalidNetworkInterfaceID.NotFound"
    )
    aws.ec2.delete_security_group(GroupId=group)
    untrusted = aws.task_definition(executionRoleArn=aws.role("ec2.amazonaws.com"))
    refusal = code_of(aws.ecs.run_task, **{**request, "taskDefinition": untrusted, "clientToken": "x"})
    assert refusal[0] != "ClientException" or "unable to assume" in refusal[1]


def test_a_clusters_default_strategy_places_what_names_no_launch_type(aws, place):
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    cluster = f"cluster-{aws.unique}"
    aws.ecs.create_cluster(
        clusterName=cluster, capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=strategy
    )
    request = {
        "cluster": cluster,
        "serviceName": "s",
        "taskDefinition": aws.task_definition(),
        "desiredCount": 1,
        "networkConfiguration": aws.network(place["public_subnet_ids"], []),
    }
    aws.ecs.create_service(**request)
    settled = aws.settled(cluster, "s")
    assert settled["capacityProviderStrategy"] == strategy and "launchType" not in settled
    [task] = aws.tasks(cluster)
    assert task["capacityProviderName"] == "FARGATE_SPOT" and task["platformVersion"] == "1.4.0"
    other = [{"capacityProvider": "FARGATE", "weight": 1}]
    refusal = code_of(aws.ecs.create_service, **{**request, "serviceName": "t", "capacityProviderStrategy": other})
    assert "not associated with the cluster" in refusal[1]


def test_without_hosts_a_service_on_ec2_places_nothing(aws):
    cluster = aws.cluster()
    container = {"name": "main", "image": "x", "memory": 128}
    definition = aws.ecs.register_task_definition(family=f"f-{aws.unique}", containerDefinitions=[container])
    arn = definition["taskDefinition"]["taskDefinitionArn"]
    aws.ecs.create_service(cluster=cluster, serviceName="s", taskDefinition=arn, desiredCount=1)
    now = until(lambda: aws.service(cluster, "s"), lambda s: s["events"])
    assert "no container instance met all of its requirements" in messages(now)[0]
    assert code_of(aws.ecs.run_task, cluster=cluster, taskDefinition=arn)[0] == "InvalidParameterException"
