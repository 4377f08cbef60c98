"""ECS services: what is asked of them and what is refused. How they run is in ``ecs_deployment``."""

import copy

from stand_in import ecs_request
from stand_in.departures import answers
from stand_in.ecs_deployment import Service
from stand_in.ecs_store import active_cluster, backend_of, services_of, task_definition
from stand_in.errors import AwsError

# The members whose change starts a new deployment, by the service model's own words.
_DEPLOYING = ("taskDefinition", "networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries")
_CHANGEABLE = (
    *_DEPLOYING,
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
)
_tokens = {}


@answers("ecs", "CreateService")
def create_service(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    token = (backend.account_id, backend.region_name, params.get("clientToken"))
    if token[2] and token in _tokens:
        service, before = _tokens[token]
        if before != params:
            raise ecs_request.refusal("Creation of service was not idempotent.")
        return {"service": service.describe(True)}
    key = f"{cluster.name}:{params['serviceName']}"
    existing = backend.services.get(key)
    if existing is not None and existing.status == "ACTIVE":
        raise ecs_request.refusal("Creation of service was not idempotent.")
    if existing is not None and existing.status == "DRAINING":
        raise ecs_request.refusal("Unable to Start a service that is still Draining.")
    if "taskDefinition" not in params:
        raise ecs_request.refusal("TaskDefinition can not be blank.")
    definition = task_definition(backend, params["taskDefinition"])
    settings = _settings(cluster, definition, params)
    ecs_request.check(call, cluster, definition, settings)
    service = backend.services[key] = Service(backend, cluster, settings)
    if token[2]:
        _tokens[token] = service, copy.deepcopy(params)
    return {"service": service.describe(True)}


@answers("ecs", "UpdateService")
def update_service(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    service = _service(backend, cluster, params["service"])
    if service.status != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    settings = {**service.settings, **{n: copy.deepcopy(params[n]) for n in _CHANGEABLE if n in params}}
    if strategy := params.get("capacityProviderStrategy"):
        settings.pop("launchType", None)
        # Only Fargate has platforms: the one of before is not that of hosts.
        if "platformVersion" not in params and not strategy[0]["capacityProvider"].startswith("FARGATE"):
            settings.pop("platformVersion", None)
    if "networkConfiguration" in params:
        _complete_network(settings["networkConfiguration"])
    definition = task_definition(backend, settings["taskDefinition"], active="taskDefinition" in params)
    settings["taskDefinition"] = definition.arn
    changes = params.get("deploymentConfiguration", {})
    settings["deploymentConfiguration"] = {**service.settings["deploymentConfiguration"], **copy.deepcopy(changes)}
    _check_rebalancing(settings)
    _check_changes(service, settings, params)
    deploys = any(settings.get(name) != service.settings.get(name) for name in _DEPLOYING)
    deploys = deploys or params.get("forceNewDeployment", False)
    if deploys:
        ecs_request.check(call, cluster, definition, settings)
    service.settings = settings
    if "desiredCount" in params:
        service.scale(params["desiredCount"])
    if deploys:
        service.deploy()
    return {"service": service.describe(True)}


@answers("ecs", "DescribeServices")
def describe_services(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    if not params["services"]:
        raise ecs_request.refusal("Services cannot be empty.")
    if len(params["services"]) > 10:
        raise ecs_request.refusal("You may specify up to 10 services to describe in a single operation.")
    found, failures = [], []
    for name in params["services"]:
        service = backend.services.get(f"{cluster.name}:{name.rpartition('/')[2]}")
        if service is None:
            arn = name if name.startswith("arn:") else f"{cluster.arn.replace(':cluster/', ':service/')}/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(service.describe("TAGS" in params.get("include", [])))
    return {"services": found, "failures": failures}


@answers("ecs", "ListServices")
def list_services(call):
    backend, params = backend_of(call), call.params
    services = services_of(backend, active_cluster(backend, params.get("cluster")))
    wanted = params.get("launchType")
    arns = [s.arn for s in services if s.status != "INACTIVE" and wanted in (None, s.settings.get("launchType"))]
    start, size = int(params.get("nextToken", 0)), params.get("maxResults", 10)
    answer = {"serviceArns": arns[start : start + size]}
    if start + size < len(arns):
        answer["nextToken"] = str(start + size)
    return answer


@answers("ecs", "DeleteService")
def delete_service(call):
    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params.get("cluster"))
    service = _service(backend, cluster, params["service"])
    if service.status == "INACTIVE":
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if service.status == "ACTIVE":
        if not params.get("force"):
            if service.desired_count > 0:
                raise ecs_request.refusal("The service cannot be stopped while it is scaled above 0.")
            if len(service.deployments) > 1:
                raise ecs_request.refusal("The service cannot be stopped while deployments are active.")
        service.delete()
    return {"service": service.describe(True)}


def _service(backend, cluster, name_or_arn):
    service = backend.services.get(f"{cluster.name}:{name_or_arn.rpartition('/')[2]}")
    if service is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return service


def _settings(cluster, definition, params):
    """The request completed with ECS's defaults."""
    settings = copy.deepcopy({name: value for name, value in params.items() if name not in ("cluster", "clientToken")})
    settings["taskDefinition"] = definition.arn
    settings.setdefault("desiredCount", 0)
    if not settings.get("capacityProviderStrategy") and "launchType" not in settings:
        if cluster.default_capacity_provider_strategy:
            settings["capacityProviderStrategy"] = cluster.default_capacity_provider_strategy
        else:
            settings["launchType"] = "EC2"
    settings["deploymentConfiguration"] = {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
        **settings.get("deploymentConfiguration", {}),
    }
    can_rebalance = settings["deploymentConfiguration"]["maximumPercent"] > 100 and _spreads_over_zones(settings)
    settings.setdefault("availabilityZoneRebalancing", "ENABLED" if can_rebalance else "DISABLED")
    if "networkConfiguration" in settings:
        _complete_network(settings["networkConfiguration"])
    _check_rebalancing(settings)
    return settings


def _complete_network(configuration):
    awsvpc = configuration.get("awsvpcConfiguration")
    if awsvpc is not None:
        awsvpc.setdefault("assignPublicIp", "DISABLED")
        awsvpc.setdefault("securityGroups", [])


def _check_changes(service, settings, params):
    """What an update may not do, though a creation may."""
    strategy = params.get("capacityProviderStrategy")
    if (
        strategy
        and strategy != service.settings.get("capacityProviderStrategy")
        and not params.get("forceNewDeployment")
    ):
        raise ecs_request.refusal(
            "When switching from launch type to capacity provider strategy on an existing service, or making a change "
            "to a capacity provider strategy on a service that is already using one, you must force a new deployment."
        )
    if params.get("healthCheckGracePeriodSeconds") and not settings.get("loadBalancers"):
        raise ecs_request.refusal(
            "Health check grace period is only valid for services configured to use load balancers"
        )


def _check_rebalancing(settings):
    configuration = settings["deploymentConfiguration"]
    if configuration["maximumPercent"] <= configuration["minimumHealthyPercent"]:
        raise ecs_request.refusal("maximumPercent must be above minimumHealthyPercent, or no deployment can go on.")
    if settings["availabilityZoneRebalancing"] == "ENABLED" and configuration["maximumPercent"] <= 100:
        raise ecs_request.refusal("Availability Zone rebalancing needs a maximumPercent above 100.")
    if settings["availabilityZoneRebalancing"] == "ENABLED" and not _spreads_over_zones(settings):
        message = "Availability Zone rebalancing needs a placement strategy that first spreads over Availability Zones."
        raise ecs_request.refusal(message)


def _spreads_over_zones(settings):
    first = next(iter(settings.get("placementStrategy", [])), None)
    return first is None or (first["type"], first.get("field")) == ("spread", "attribute:ecs.availability-zone")
