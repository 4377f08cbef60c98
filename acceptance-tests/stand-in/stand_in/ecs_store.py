"""Where ECS's objects are kept (moto's own tables, so that moto's tagging sees them), and how they are found."""

from moto.ecs.models import ecs_backends

from stand_in.errors import AwsError


def backend_of(call):
    """moto's ECS tables for the caller's account and region."""
    return ecs_backends[call.account][call.region]


def active_cluster(backend, name_or_arn):
    """The cluster, which must exist and be active; no name means ``default``."""
    cluster = backend.clusters.get((name_or_arn or "default").rpartition("/")[2])
    if cluster is None or cluster.status == "INACTIVE":
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return cluster


def services_of(backend, cluster):
    """The services of a cluster, in every state."""
    return [service for service in backend.services.values() if service.cluster is cluster]


def tasks_of(backend, cluster):
    """The tasks of a cluster, in every state."""
    return list(backend.tasks.get(cluster.name, {}).values())


def task_definition(backend, name_or_arn, active=True):
    """The revision that ``family``, ``family:revision`` or an ARN means; a family means its latest active revision."""
    family, _, revision = name_or_arn.rpartition("/")[2].partition(":")
    revisions = backend.task_definitions.get(family, {})
    if revision:
        found = revisions.get(int(revision)) if revision.isdigit() else None
    else:
        found = next((revisions[n] for n in sorted(revisions, reverse=True) if revisions[n].status == "ACTIVE"), None)
    if found is None or found.status == "DELETED":
        raise AwsError("ClientException", "Unable to describe task definition.")
    if active and found.status != "ACTIVE":
        raise AwsError("ClientException", "TaskDefinition is inactive")
    return found


def tag_map(tags):
    """ECS's list of tags as a dictionary."""
    return {tag["key"]: tag.get("value", "") for tag in tags or []}


def tag_list(tags):
    """A dictionary as ECS's list of tags."""
    return [{"key": key, "value": value} for key, value in tags.items()]
