"""ECS capacity providers: auto scaling groups that clusters take their hosts from."""

import copy
import re
import uuid

from stand_in import autoscaling_groups, clock, ecs_strategy
from stand_in.departures import answers
from stand_in.ecs_managed_scaling import CapacityProvider
from stand_in.ecs_store import active_cluster, backend_of, services_of, tasks_of
from stand_in.ecs_strategy import FARGATE, refusal
from stand_in.errors import AwsError
from stand_in.paging import page

_UPDATED = 0.15
_DELETED = 0.25
_FORGOTTEN = 0.5
_ATTACHED = 0.2
_NAME = re.compile(r"(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}", re.IGNORECASE)


@answers("ecs", "CreateCapacityProvider")
def create(call):
    backend, params = backend_of(call), call.params
    name, asked = params["name"], params.get("autoScalingGroupProvider")
    if not _NAME.fullmatch(name):
        message = (
            "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters "
        )
        message += "(upper and lowercase), numbers, underscores, and hyphens. The name can not be prefixed with "
        raise refusal(message + '"aws", "ecs", or "fargate". Specify a valid name and try again.')
    existing = backend.capacity_providers.get(name)
    if existing is not None and existing.status != "INACTIVE":
        message = "The specified capacity provider already exists. To change the configuration of an existing capacity "
        raise refusal(message + "provider, update the capacity provider.")
    if asked is None:
        raise NotImplementedError
    group = _group(call, asked["autoScalingGroupArn"])
    if any(p.group_arn == group.arn and p.status != "INACTIVE" for p in backend.capacity_providers.values()):
        message = "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a "
        raise AwsError("ClientException", message + "unique Auto Scaling group ARN and try again.")
    provider = CapacityProvider(backend, name, group.arn, params.get("tags", []))
    provider.change(asked)
    _check_protection(provider.settings, group)
    backend.capacity_providers[name] = provider
    provider.adopt(group)
    return {"capacityProvider": provider.describe(True)}


@answers("ecs", "UpdateCapacityProvider")
def update(call):
    provider = _named(backend_of(call), call.params["name"])
    _check_free(provider)
    settings = copy.deepcopy(provider.settings)
    provider.change(call.params.get("autoScalingGroupProvider", {}))
    group = _group(call, provider.group_arn)
    try:
        _check_protection(provider.settings, group)
    except AwsError:
        provider.settings = settings
        raise
    provider.adopt(group)
    provider.update_status, provider.update_reason = "UPDATE_IN_PROGRESS", None
    clock.after(_UPDATED, setattr, provider, "update_status", "UPDATE_COMPLETE")
    return {"capacityProvider": provider.describe(True)}


@answers("ecs", "DeleteCapacityProvider")
def delete(call):
    """One that a cluster still has is not refused: it answers, and says DELETE_FAILED."""
    backend = backend_of(call)
    provider = _named(backend, call.params.get("capacityProvider") or call.params["name"])
    _check_free(provider)
    holders = [c.name for c in backend.clusters.values() if c.status == "ACTIVE" and provider.name in _providers(c)]
    if holders:
        provider.update_status = "DELETE_FAILED"
        provider.update_reason = (
            f"The capacity provider cannot be deleted because it is associated with cluster: {', '.join(holders)}. "
            "Remove the capacity provider from the cluster and try again."
        )
    else:
        provider.update_status, provider.update_reason = "DELETE_IN_PROGRESS", None
        clock.after(_DELETED, _deleted, backend, provider)
    return {"capacityProvider": provider.describe(False)}


@answers("ecs", "DescribeCapacityProviders")
def describe(call):
    """FARGATE and FARGATE_SPOT are there from the start; a deleted one lingers as INACTIVE."""
    backend, params = backend_of(call), call.params
    wanted, failures, found = params.get("capacityProviders"), [], []
    prefix = f"arn:{backend.partition}:ecs:{backend.region_name}:{backend.account_id}:capacity-provider"
    known = {name: {"capacityProviderArn": f"{prefix}/{name}", "name": name, "status": "ACTIVE"} for name in FARGATE}
    with_tags = "TAGS" in params.get("include", [])
    known |= {name: provider.describe(with_tags) for name, provider in backend.capacity_providers.items()}
    for name in wanted or known:
        short = name.rpartition("/")[2]
        if short in known:
            found.append(known[short])
        else:
            failures.append({"arn": name if name.startswith("arn:") else f"{prefix}/{name}", "reason": "MISSING"})
    shown, rest = page(found, params, 10, 100, "maxResults", "nextToken")
    return {"capacityProviders": shown, "failures": failures, **rest}


@answers("ecs", "PutClusterCapacityProviders")
def put_cluster_capacity_providers(call):
    from stand_in.ecs_clusters import described

    backend, params = backend_of(call), call.params
    cluster = active_cluster(backend, params["cluster"])
    check_attachments_stable(cluster)
    wanted = [name.rpartition("/")[2] for name in params["capacityProviders"]]
    strategy = params["defaultCapacityProviderStrategy"]
    check_providers(backend, wanted, strategy)
    before = _providers(cluster)
    for name in set(before) - set(wanted):
        if _is_used(backend, cluster, name):
            message = "The specified capacity provider is in use and cannot be removed."
            raise AwsError("ResourceInUseException", message)
    cluster.capacity_providers, cluster.default_capacity_provider_strategy = wanted, strategy
    attach(backend, cluster, before)
    return {"cluster": described(backend, cluster)}


def attach(backend, cluster, before=()):
    """Begins to fit the cluster's attachments to its providers; only those with groups have any."""
    changed = (set(before) ^ set(_providers(cluster))) - set(FARGATE)
    if changed:
        cluster.attachments_status = "UPDATE_IN_PROGRESS"
        clock.after(_ATTACHED, setattr, cluster, "attachments_status", "UPDATE_COMPLETE")


def attachments(backend, cluster):
    """The members of a described cluster that tell its attachments."""
    status = getattr(cluster, "attachments_status", None)
    providers = [backend.capacity_providers[name] for name in _providers(cluster) if name not in FARGATE]
    listed = [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{cluster.arn} {provider.name} {kind}")),
            "type": kind,
            "status": "CREATED" if status == "UPDATE_COMPLETE" else "PRECREATED",
            "details": [{"name": "capacityProviderName", "value": provider.name}],
        }
        for provider in providers
        for kind in provider.attachment_kinds()
    ]
    return {"attachments": listed, **({"attachmentsStatus": status} if status else {})}


def check_attachments_stable(cluster):
    """Refuses a change while an earlier one is still on its way."""
    if getattr(cluster, "attachments_status", None) == "UPDATE_IN_PROGRESS":
        message = "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or "
        raise AwsError(
            "UpdateInProgressException", message + "UPDATE_FAILED state before they can be updated. Wait and try again."
        )


def check_providers(backend, names, strategy):
    """Refuses providers that do not exist, and strategies that do not fit them."""
    for name in names:
        provider = backend.capacity_providers.get(name)
        if name not in FARGATE and (provider is None or provider.status != "ACTIVE" or provider.is_going):
            message = "The specified capacity provider was not found. Specify a valid capacity provider and try again."
            raise refusal(message)
    used = [item["capacityProvider"].rpartition("/")[2] for item in strategy]
    for name in used:
        if name not in names:
            raise refusal(
                "When specifying a default capacity provider strategy, each capacity provider specified must be in the "
                f"cluster's list of capacity providers, and '{name}' is not."
            )
    ecs_strategy.check(used, strategy)


def _is_used(backend, cluster, name):
    for service in services_of(backend, cluster):
        strategies = [service.settings, *(deployment.settings for deployment in service.deployments)]
        used = [item["capacityProvider"] for s in strategies for item in s.get("capacityProviderStrategy", [])]
        if service.status != "INACTIVE" and name in used:
            return True
    running = [task for task in tasks_of(backend, cluster) if task.last_status != "STOPPED"]
    return any(task.request.get("capacityProviderName") == name for task in running)


def _providers(cluster):
    return cluster.capacity_providers or []


def _named(backend, name_or_arn):
    name = name_or_arn.rpartition("/")[2]
    if name in FARGATE:
        raise refusal(f"The specified capacity provider '{name}' is reserved, and cannot be changed or deleted.")
    provider = backend.capacity_providers.get(name)
    if provider is None or provider.status == "INACTIVE":
        message = "The specified capacity provider does not exist. Specify a valid name or ARN and try again."
        raise refusal(message)
    return provider


def _check_free(provider):
    if provider.update_status in ("UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
        message = "The specified capacity provider is in a busy state. Wait until its update has ended and try again."
        raise AwsError("UpdateInProgressException", message)


def _group(call, arn):
    group = autoscaling_groups.by_arn(call.account, call.region, arn)
    if group is None or group.status:
        message = (
            "The specified Auto Scaling group ARN is not valid. Specify the ARN of an existing group and try again."
        )
        raise AwsError("ClientException", message)
    return group


def _check_protection(settings, group):
    if settings["managedTerminationProtection"] != "ENABLED":
        return
    message = "The managed termination protection setting for the capacity provider is invalid. To enable managed "
    message += "termination protection for a capacity provider, "
    if settings["managedScaling"]["status"] != "ENABLED":
        raise AwsError("ClientException", message + "managed scaling must be enabled.")
    unprotected = [m for m in group.members if not m.protected and not m.state.startswith("Terminat")]
    if not group.settings["NewInstancesProtectedFromScaleIn"] or unprotected:
        raise AwsError(
            "ClientException",
            message + "the Auto Scaling group must have instance protection from scale in enabled.",
        )


def _deleted(backend, provider):
    provider.status, provider.update_status = "INACTIVE", "DELETE_COMPLETE"
    provider.release()
    clock.after(_FORGOTTEN, _forget, backend, provider)


def _forget(backend, provider):
    if backend.capacity_providers.get(provider.name) is provider:
        del backend.capacity_providers[provider.name]
