"""A service as DescribeServices tells it."""


def describe(service, include_tags):
    """The service as DescribeServices tells it."""
    settings = service.settings
    account = f"arn:{service.backend.partition}:iam::{service.backend.account_id}"
    alive = [task for task in service.tasks if task.last_status != "STOPPED"]
    grace = {"healthCheckGracePeriodSeconds": 0} if settings.get("loadBalancers") else {}
    return {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "desiredCount": service.desired_count,
        "runningCount": len([task for task in alive if task.last_status == "RUNNING"]),
        "pendingCount": len([task for task in alive if task.last_status in ("PROVISIONING", "PENDING")]),
        "loadBalancers": settings.get("loadBalancers", []),
        "serviceRegistries": settings.get("serviceRegistries", []),
        "placementConstraints": settings.get("placementConstraints", []),
        "placementStrategy": settings.get("placementStrategy", []),
        "schedulingStrategy": settings.get("schedulingStrategy", "REPLICA"),
        "deploymentController": settings.get("deploymentController", {"type": "ECS"}),
        "deploymentConfiguration": settings["deploymentConfiguration"],
        "propagateTags": settings.get("propagateTags", "NONE"),
        "enableECSManagedTags": settings.get("enableECSManagedTags", False),
        "enableExecuteCommand": settings.get("enableExecuteCommand", False),
        "availabilityZoneRebalancing": settings["availabilityZoneRebalancing"],
        "taskDefinition": settings["taskDefinition"],
        "roleArn": f"{account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "createdAt": service.created_at,
        "createdBy": f"{account}:root",
        "events": service.events,
        "deployments": [_describe_deployment(service, deployment) for deployment in service.deployments],
        "tags": service.tags if include_tags else [],
        **grace,
        **_where(service, settings),
        **{n: settings[n] for n in ("networkConfiguration", "healthCheckGracePeriodSeconds") if n in settings},
    }


def _where(service, settings):
    """Launch type or strategy, and the platform as it was asked for."""
    members = {}
    if settings.get("capacityProviderStrategy"):
        members["capacityProviderStrategy"] = settings["capacityProviderStrategy"]
    else:
        members["launchType"] = settings["launchType"]
    if service.is_fargate:
        members |= {"platformVersion": settings.get("platformVersion", "LATEST"), "platformFamily": "Linux"}
    return members


def _describe_deployment(service, deployment):
    settings = deployment.settings
    tasks = [task for task in service.tasks if task.started_by == deployment.id]
    members = {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": settings["taskDefinition"],
        "desiredCount": deployment.desired_count if deployment.status == "PRIMARY" else 0,
        "pendingCount": len([task for task in tasks if task.last_status in ("PROVISIONING", "PENDING")]),
        "runningCount": len([task for task in tasks if task.last_status == "RUNNING"]),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.reason,
        **_where(service, settings),
    }
    if service.is_fargate:
        members["platformVersion"] = resolved_platform(settings)
    if "networkConfiguration" in settings:
        members["networkConfiguration"] = settings["networkConfiguration"]
    return members


def resolved_platform(settings):
    """The platform version that LATEST, or none, means."""
    version = settings.get("platformVersion", "LATEST")
    return "1.4.0" if version == "LATEST" else version
