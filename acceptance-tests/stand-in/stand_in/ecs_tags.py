"""Tags of ECS's objects, by ARN; only of those that still live."""

from stand_in.departures import answers
from stand_in.ecs_store import backend_of, tag_list, tag_map
from stand_in.errors import AwsError


@answers("ecs", "TagResource")
def tag_resource(call):
    found = _resource(call)
    tags = tag_map(found.tags) | tag_map(call.params["tags"])
    if len(tags) > 50:
        raise AwsError("InvalidParameterException", "Too many tags: a resource can have at most 50.")
    found.tags = tag_list(tags)


@answers("ecs", "UntagResource")
def untag_resource(call):
    found = _resource(call)
    found.tags = [tag for tag in found.tags or [] if tag["key"] not in call.params["tagKeys"]]


@answers("ecs", "ListTagsForResource")
def list_tags(call):
    return {"tags": _resource(call).tags or []}


def _resource(call):
    backend, arn = backend_of(call), call.params["resourceArn"]
    living = [cluster for cluster in backend.clusters.values() if cluster.status != "INACTIVE"]
    living += [service for service in backend.services.values() if service.status != "INACTIVE"]
    living += [revision for family in backend.task_definitions.values() for revision in family.values()]
    living += list(backend.capacity_providers.values())
    named = {getattr(item, "arn", None) or item.capacity_provider_arn: item for item in living}
    named |= {task.task_arn: task for tasks in backend.tasks.values() for task in tasks.values()}
    if arn not in named:
        kind = arn.split(":")[5].partition("/")[0] if arn.count(":") > 4 else "resource"
        message = f"The specified {kind} is inactive or does not exist. Specify an active {kind} and try again."
        raise AwsError("InvalidParameterException", message)
    return named[arn]
