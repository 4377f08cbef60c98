"""Amazon ECS, and what scales its services. A task by itself is nothing that CloudFormation knows."""

from template.words import DEPLOYMENT, capital, every, ours, picked, tagged, tags


def resources(client):
    """Clusters, their capacity, task definitions and services."""
    ecs = client("ecs")
    arns = every(ecs, "list_clusters", "clusterArns")
    for cluster in ours(ecs.describe_clusters(clusters=arns, include=["TAGS", "SETTINGS"])["clusters"] if arns else []):
        name = picked(cluster, "clusterName", ClusterSettings="settings")
        yield "AWS::ECS::Cluster", capital(name) | _tags(cluster)
        capacity = picked(cluster, "capacityProviders", "defaultCapacityProviderStrategy")
        if capacity.get("capacityProviders"):
            associated = {"Cluster": cluster["clusterName"], "DefaultCapacityProviderStrategy": []}
            yield "AWS::ECS::ClusterCapacityProviderAssociations", associated | capital(capacity)
    for arn in arns:
        yield from _services(client, arn)
    for provider in ecs.describe_capacity_providers(include=["TAGS"])["capacityProviders"]:
        if DEPLOYMENT in tags(provider):
            yield (
                "AWS::ECS::CapacityProvider",
                capital(picked(provider, "name", "autoScalingGroupProvider")) | _tags(provider),
            )
    for arn in every(ecs, "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
        found = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        if DEPLOYMENT in tags(found):
            yield "AWS::ECS::TaskDefinition", _definition(found["taskDefinition"]) | _tags(found)


def _tags(item):
    return {"Tags": tagged(tags(item))}


def _definition(definition):
    return capital(
        picked(
            definition,
            "containerDefinitions",
            "cpu",
            "executionRoleArn",
            "family",
            "memory",
            "networkMode",
            "placementConstraints",
            "requiresCompatibilities",
            "runtimePlatform",
            "taskRoleArn",
            "volumes",
        )
    )


def _services(client, cluster):
    ecs, scaling = client("ecs"), client("application-autoscaling")
    for arn in every(ecs, "list_services", "serviceArns", cluster=cluster):
        [service] = ours(ecs.describe_services(cluster=cluster, services=[arn], include=["TAGS"])["services"])
        described = picked(
            service,
            "capacityProviderStrategy",
            "desiredCount",
            "enableExecuteCommand",
            "enableECSManagedTags",
            "healthCheckGracePeriodSeconds",
            "launchType",
            "loadBalancers",
            "networkConfiguration",
            "propagateTags",
            "serviceName",
            "taskDefinition",
            Cluster="clusterArn",
            PlacementStrategies="placementStrategy",
        )
        rolling = service["deploymentConfiguration"]
        settings = picked(rolling, "deploymentCircuitBreaker", "maximumPercent", "minimumHealthyPercent")
        yield "AWS::ECS::Service", capital(described | {"deploymentConfiguration": settings}) | _tags(service)
        scaled = "/".join(["service", *arn.split("/")[1:]])
        wanted = {"ServiceNamespace": "ecs"}
        for target in every(scaling, "describe_scalable_targets", "ScalableTargets", **wanted, ResourceIds=[scaled]):
            names = ("MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension", "ServiceNamespace")
            yield "AWS::ApplicationAutoScaling::ScalableTarget", picked(target, *names)
        for policy in every(scaling, "describe_scaling_policies", "ScalingPolicies", **wanted, ResourceId=scaled):
            names = ("PolicyName", "PolicyType", "ResourceId", "ScalableDimension", "ServiceNamespace")
            tracking = {"TargetTrackingScalingPolicyConfiguration": policy["TargetTrackingScalingPolicyConfiguration"]}
            yield "AWS::ApplicationAutoScaling::ScalingPolicy", picked(policy, *names) | tracking
