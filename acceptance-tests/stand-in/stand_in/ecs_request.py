"""What CreateService, UpdateService and RunTask are refused for."""

from stand_in import ecs_strategy, network, roles
from stand_in.ecs_strategy import refusal
from stand_in.errors import AwsError

_PLATFORMS = ("1.3.0", "1.4.0", "LATEST")


def check(call, cluster, definition, settings):
    """Refuses settings that cannot run ``definition`` in ``cluster``: placement, roles, network, load balancers."""
    fargate = check_placement(cluster, definition, settings)
    _check_roles(call, definition)
    _check_network(call, definition, settings, fargate)
    _check_load_balancers(call, definition, settings)


def check_placement(cluster, definition, settings):
    """Launch type, capacity providers and platform. Answers whether it is Fargate."""
    strategy = settings.get("capacityProviderStrategy", [])
    if strategy and settings.get("launchType"):
        raise refusal("Specify either Launch Type or Capacity Provider Strategy, but not both.")
    for item in strategy:
        if item["capacityProvider"] not in (cluster.capacity_providers or []):
            raise refusal(
                f"The specified capacity provider '{item['capacityProvider']}' is not associated with the cluster. "
                "Associate the capacity provider with the cluster and try again."
            )
    fargate = settings.get("launchType") == "FARGATE" or any(
        i["capacityProvider"].startswith("FARGATE") for i in strategy
    )
    ecs_strategy.check([item["capacityProvider"] for item in strategy], strategy)
    for member, kind in (("placementStrategy", "strategies"), ("placementConstraints", "constraints")):
        if fargate and settings.get(member):
            raise refusal(f"Placement {kind} are not supported with FARGATE launch type.")
    for item in settings.get("placementStrategy", []):
        if item["type"] == "binpack" and item.get("field", "").lower() not in ("cpu", "memory"):
            raise refusal("A binpack placement strategy needs the field 'cpu' or 'memory'.")
    if fargate and "FARGATE" not in definition.compatibilities:
        raise refusal("Task definition does not support launch_type FARGATE.")
    platform = settings.get("platformVersion")
    if platform and not fargate:
        raise refusal("The platform version must be null when specifying an EC2 launch type.")
    if platform and platform not in _PLATFORMS:
        raise AwsError("PlatformUnknownException", "The specified platform does not exist.")
    if platform == "1.3.0" and any("efsVolumeConfiguration" in volume for volume in definition.volumes):
        message = "One or more of the requested capabilities are not supported."
        raise AwsError("PlatformTaskDefinitionIncompatibilityException", message)
    return fargate


def _check_roles(call, definition):
    for arn in (getattr(definition, "execution_role_arn", None), getattr(definition, "task_role_arn", None)):
        if arn and roles.find(call.account, arn) is None:
            raise AwsError("ClientException", "Role is not valid")


def _check_network(call, definition, settings, fargate):
    awsvpc = settings.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if definition.network_mode != "awsvpc":
        if awsvpc:
            message = "Network Configuration is not valid for the given networkMode of this task definition."
            raise refusal(message)
        return
    if not awsvpc:
        raise refusal("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if not awsvpc["subnets"]:
        raise refusal("subnets can not be empty.")
    if awsvpc.get("assignPublicIp") == "ENABLED" and not fargate:
        raise refusal("Assign public IP is not supported for this launch type.")
    network.check_awsvpc(network.backend_of(call.account, call.region), awsvpc)


def _check_load_balancers(call, definition, settings):
    balancers = settings.get("loadBalancers", [])
    if not balancers:
        if settings.get("healthCheckGracePeriodSeconds"):
            raise refusal("Health check grace period is only valid for services configured to use load balancers")
        return
    from moto.elbv2.models import elbv2_backends

    known = elbv2_backends[call.account][call.region]
    containers = {container["name"]: container for container in definition.container_definitions}
    for balancer in balancers:
        arn = balancer.get("targetGroupArn")
        group = known.target_groups.get(arn)
        if group is None:
            raise refusal(f"The target group with targetGroupArn {arn} does not exist.")
        if not has_listener(known, arn):
            raise refusal(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        if definition.network_mode == "awsvpc" and group.target_type != "ip":
            raise refusal(
                f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
                "awsvpc network mode specified in the task definition."
            )
        container = containers.get(balancer.get("containerName"))
        if container is None:
            raise refusal(f"The container {balancer.get('containerName')} does not exist in the task definition.")
        ports = {mapping.get("containerPort") for mapping in container.get("portMappings", [])}
        if balancer.get("containerPort") not in ports:
            port = balancer.get("containerPort")
            raise refusal(f"The container {container['name']} did not have a container port {port} defined.")


def has_listener(known, target_group_arn):
    """Whether a listener or a rule of any load balancer sends traffic to the target group."""
    for balancer in known.load_balancers.values():
        for listener in balancer.listeners.values():
            actions = list(listener.default_actions)
            actions += [action for rule in listener.rules.values() for action in rule.actions]
            if any(target_group_arn in str(getattr(action, "data", action)) for action in actions):
                return True
    return False
