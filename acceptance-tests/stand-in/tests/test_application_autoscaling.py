"""Application Auto Scaling: targets that exist, policies that fit, and nothing left of a target that goes."""

import pytest

from conftest import code_of, until

DIMENSION = "ecs:service:DesiredCount"


@pytest.fixture
def scaling(aws):
    return aws.client("application-autoscaling")


@pytest.fixture
def service(aws, place):
    """A running service; answers ``(cluster, resource id)``."""
    cluster = aws.cluster()
    aws.ecs.create_service(
        cluster=cluster,
        serviceName="s",
        desiredCount=1,
        launchType="FARGATE",
        taskDefinition=aws.task_definition(),
        networkConfiguration=aws.network(place["public_subnet_ids"], []),
    )
    return cluster, f"service/{cluster}/s"


def named(resource_id):
    return {"ServiceNamespace": "ecs", "ResourceId": resource_id, "ScalableDimension": DIMENSION}


def tracking(metric, value=70.0, **changes):
    specification = {"PredefinedMetricType": metric, **changes}
    return {"TargetValue": value, "PredefinedMetricSpecification": specification}


def policy(scaling, resource_id, name="p", **changes):
    request = {
        **named(resource_id),
        "PolicyName": name,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracking("ECSServiceAverageCPUUtilization"),
        **changes,
    }
    return scaling.put_scaling_policy(**request)


def test_a_target_is_a_service_that_exists(aws, scaling, service):
    cluster, resource = service
    nobody = f"service/{cluster}/nobody"
    refusal = code_of(scaling.register_scalable_target, **named(nobody), MinCapacity=1, MaxCapacity=2)
    assert refusal == ("ValidationException", f"ECS service doesn't exist: {nobody}")
    assert code_of(scaling.register_scalable_target, **named(resource), MinCapacity=3, MaxCapacity=2)[0] == (
        "ValidationException"
    )
    tags = {"owner": "x"}
    scaling.register_scalable_target(**named(resource), MinCapacity=2, MaxCapacity=4, Tags=tags)
    [target] = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    assert scaling.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"] == tags
    until(lambda: aws.service(cluster, "s"), lambda s: s["desiredCount"] == 2)
    scaling.register_scalable_target(**named(resource), MaxCapacity=5)
    [changed] = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])["ScalableTargets"]
    assert (changed["MinCapacity"], changed["MaxCapacity"]) == (2, 5)
    assert changed["ScalableTargetARN"] == target["ScalableTargetARN"]


def test_policies_fit_their_target_and_go_with_it(scaling, service):
    _, resource = service
    assert code_of(policy, scaling, resource)[0] == "ObjectNotFoundException"
    scaling.register_scalable_target(**named(resource), MinCapacity=1, MaxCapacity=2)
    made = policy(scaling, resource)
    assert policy(scaling, resource)["PolicyARN"] == made["PolicyARN"] and len(made["Alarms"]) == 2
    again = code_of(policy, scaling, resource, name="q")
    assert again[1] == "Only one TargetTrackingScaling policy for a given metric specification is allowed."
    requests = tracking("ALBRequestCountPerTarget", 1000)
    assert (
        "resource label"
        in code_of(policy, scaling, resource, name="q", TargetTrackingScalingPolicyConfiguration=requests)[1]
    )
    labelled = tracking("ECSServiceAverageMemoryUtilization", ResourceLabel="app/a/1/targetgroup/b/2")
    assert code_of(policy, scaling, resource, name="q", TargetTrackingScalingPolicyConfiguration=labelled)[0] == (
        "ValidationException"
    )
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=resource)["ScalingPolicies"]
    assert [item["PolicyName"] for item in found] == ["p"]
    scaling.deregister_scalable_target(**named(resource))
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=resource)["ScalingPolicies"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])["ScalableTargets"] == []
    assert code_of(scaling.deregister_scalable_target, **named(resource))[0] == "ObjectNotFoundException"
    assert code_of(scaling.delete_scaling_policy, **named(resource), PolicyName="p")[0] == "ObjectNotFoundException"


def test_requests_are_counted_where_they_arrive(aws, place, scaling, service):
    _, resource = service
    scaling.register_scalable_target(**named(resource), MinCapacity=1, MaxCapacity=2)
    group = aws.elbv2.create_target_group(
        Name=f"tg-{aws.unique}", Protocol="HTTP", Port=8080, VpcId=place["vpc_id"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    balancer = aws.elbv2.create_load_balancer(Name=f"lb-{aws.unique}", Subnets=place["public_subnet_ids"])
    balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    label = f"{balancer.partition(':loadbalancer/')[2]}/targetgroup/{group.partition(':targetgroup/')[2]}"

    def put():
        requests = tracking("ALBRequestCountPerTarget", 1000, ResourceLabel=label)
        return policy(scaling, resource, TargetTrackingScalingPolicyConfiguration=requests)

    assert "Invalid resource label" in code_of(put)[1]
    action = [{"Type": "forward", "TargetGroupArn": group}]
    aws.elbv2.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="HTTP", DefaultActions=action)
    put()
