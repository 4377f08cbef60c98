"""ECS clusters."""

from stand_in import ecs_capacity_providers as providers
from stand_in.departures import answers
from stand_in.ecs_store import active_cluster, backend_of, services_of, tasks_of
from stand_in.errors import AwsError


@answers("ecs", "CreateCluster")
def create_cluster(call):
    """AWS answers a name that is in use with the cluster that has it, whatever else was asked."""
    backend, name = backend_of(call), call.params.get("clusterName", "default")
    cluster = backend.clusters.get(name)
    if cluster is None or cluster.status == "INACTIVE":
        params = call.params
        strategy = params.get("defaultCapacityProviderStrategy", [])
        providers.check_providers(backend, params.get("capacityProviders", []), strategy)
        cluster = backend.create_cluster(
            name,
            params.get("tags", []),
            _settings(params.get("settings")),
            params.get("configuration"),
            params.get("capacityProviders", []),
            strategy,
            service_connect_defaults=params.get("serviceConnectDefaults"),
        )
        providers.attach(backend, cluster)
    return {"cluster": described(backend, cluster)}


@answers("ecs", "DescribeClusters")
def describe_clusters(call):
    backend, found, failures = backend_of(call), [], []
    names = call.params.get("clusters") or ["default"]
    if len(names) > 100:
        raise AwsError("InvalidParameterException", "Clusters cannot have more than 100 elements.")
    for name in names:
        cluster = backend.clusters.get(name.rpartition("/")[2])
        if cluster is None:
            arn = name if name.startswith("arn:") else _arn(backend, name)
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_describe(backend, cluster, set(call.params.get("include", []))))
    return {"clusters": found, "failures": failures}


@answers("ecs", "ListClusters")
def list_clusters(call):
    active = [c.arn for c in backend_of(call).clusters.values() if c.status != "INACTIVE"]
    return {"clusterArns": active}


@answers("ecs", "UpdateCluster", "UpdateClusterSettings")
def update_cluster(call):
    """Settings, configuration and service connect defaults; what is not named stays."""
    backend = backend_of(call)
    cluster = active_cluster(backend, call.params["cluster"])
    if "settings" in call.params:
        cluster.settings = _settings(call.params["settings"], cluster.settings)
    if "configuration" in call.params:
        cluster.configuration = call.params["configuration"]
    if "serviceConnectDefaults" in call.params:
        cluster.service_connect_defaults = call.params["serviceConnectDefaults"]
    return {"cluster": described(backend, cluster)}


@answers("ecs", "DeleteCluster")
def delete_cluster(call):
    backend = backend_of(call)
    cluster = active_cluster(backend, call.params["cluster"])
    if any(service.status != "INACTIVE" for service in services_of(backend, cluster)):
        message = "The Cluster cannot be deleted while Services are active."
        raise AwsError("ClusterContainsServicesException", message)
    if any(task.last_status != "STOPPED" for task in tasks_of(backend, cluster)):
        raise AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    if backend.container_instances.get(cluster.name):
        message = "The Cluster cannot be deleted while Container Instances are active or draining."
        raise AwsError("ClusterContainsContainerInstancesException", message)
    providers.check_attachments_stable(cluster)
    cluster.status = "INACTIVE"
    return {"cluster": described(backend, cluster)}


def described(backend, cluster):
    """A cluster as the calls that change one answer it."""
    return _describe(backend, cluster, {"SETTINGS", "CONFIGURATIONS", "TAGS", "ATTACHMENTS"})


def _settings(given, before=None):
    settings = {"containerInsights": "disabled"}
    settings |= {setting["name"]: setting["value"] for setting in before or []}
    settings |= {setting["name"]: setting["value"] for setting in given or []}
    return [{"name": name, "value": value} for name, value in settings.items()]


def _arn(backend, name):
    return f"arn:{backend.partition}:ecs:{backend.region_name}:{backend.account_id}:cluster/{name}"


def _describe(backend, cluster, include):
    services = [service for service in services_of(backend, cluster) if service.status != "INACTIVE"]
    tasks = [task for task in tasks_of(backend, cluster) if task.last_status != "STOPPED"]
    running = [task for task in tasks if task.last_status == "RUNNING"]
    description = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": len(backend.container_instances.get(cluster.name, {})),
        "runningTasksCount": len(running),
        "pendingTasksCount": len([task for task in tasks if task.last_status in ("PROVISIONING", "PENDING")]),
        "activeServicesCount": len(services),
        "statistics": [],
        "tags": [],
        "settings": [],
        "capacityProviders": cluster.capacity_providers or [],
        "defaultCapacityProviderStrategy": cluster.default_capacity_provider_strategy or [],
    }
    if "TAGS" in include:
        description["tags"] = cluster.tags or []
    if "SETTINGS" in include:
        description["settings"] = cluster.settings
    if "CONFIGURATIONS" in include and cluster.configuration:
        description["configuration"] = cluster.configuration
    if "STATISTICS" in include:
        description["statistics"] = _statistics(running, services)
    if "ATTACHMENTS" in include:
        description |= providers.attachments(backend, cluster)
    if cluster.service_connect_defaults:
        description["serviceConnectDefaults"] = cluster.service_connect_defaults
    return description


def _statistics(running, services):
    fargate = len([t for t in running if t.is_fargate]), len([s for s in services if s.is_fargate])
    counts = {"runningFargateTasksCount": fargate[0], "activeFargateServiceCount": fargate[1]}
    counts |= {"runningEC2TasksCount": len(running) - fargate[0], "activeEC2ServiceCount": len(services) - fargate[1]}
    return [{"name": name, "value": str(value)} for name, value in counts.items()]
