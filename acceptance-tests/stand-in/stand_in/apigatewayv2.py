"""HTTP APIs: stages that change, log and take no second of their name, and tags of all that carries some."""

import json
import re

from moto.apigatewayv2.models import Stage, apigatewayv2_backends

from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_ARN = re.compile(
    r"arn:[\w-]+:apigateway:[\w-]+::(/apis/(?P<api>[^/]+)(/stages/(?P<stage>.+))?|/vpclinks/(?P<link>[^/]+))"
)
_LOG_GROUP = re.compile(r"arn:[\w-]+:logs:(?P<region>[\w-]+):\d+:log-group:(?P<name>[^:]+)(:\*)?")


def backend_of(call):
    return apigatewayv2_backends[call.account][call.region]


def bad(message):
    return AwsError("BadRequestException", message, 400)


def conflict(message):
    return AwsError("ConflictException", message, 409)


def absent(message):
    return AwsError("NotFoundException", message, 404)


def wire(name):
    """A member's name as it travels."""
    return name[0].lower() + name[1:]


def member(name):
    """A name that travels as the model's member."""
    return name[0].upper() + name[1:]


def by_member(values, *inner):
    """What moto keeps by the names that travel, by the model's members; ``inner`` ones are structures, too."""
    told = {name: value for name, value in values.items() if value is not None}
    return {member(name): by_member(value) if name in inner else value for name, value in told.items()}


@guards("apigatewayv2", "CreateApi")
def create_api(call):
    if call.params["ProtocolType"] != "HTTP":
        return
    for name in ("RouteKey", "Target", "CredentialsArn"):
        if name in call.params:
            raise NotImplementedError  # quick create, which moto takes no notice of
    _check_tags(call.params.get("Tags", {}))


@answers("apigatewayv2", "CreateStage")
def create_stage(call):
    api, params = backend_of(call).get_api(call.params["ApiId"]), call.params
    name = params["StageName"]
    if name in api.stages:
        raise conflict("Stage already exists")
    if not re.fullmatch(r"\$default|[\w-]{1,128}", name):
        raise bad("Stage name only allows a-zA-Z0-9_- or $default")
    _check_settings(call)
    _check_tags(params.get("Tags", {}))
    given = {wire(key): value for key, value in params.items() if key != "ApiId"}
    given.update({name: _by_wire(given[name]) for name in _STRUCTURES if name in given})
    stage = Stage(api, given)
    stage.auto_deploy = params.get("AutoDeploy", False)
    api.stages[name] = stage
    return _describe(stage)


@answers("apigatewayv2", "GetStage")
def get_stage(call):
    return _describe(_stage(call))


@answers("apigatewayv2", "GetStages")
def get_stages(call):
    return {"Items": [_describe(stage) for stage in backend_of(call).get_stages(call.params["ApiId"])]}


@answers("apigatewayv2", "UpdateStage")
def update_stage(call):
    """moto has none. What is left out stays, also within the settings."""
    stage, params = _stage(call), call.params
    _check_settings(call)
    if "DefaultRouteSettings" in params:
        stage.default_route_settings = {**stage.default_route_settings, **_by_wire(params["DefaultRouteSettings"])}
    if "AccessLogSettings" in params:
        stage.access_log_settings = {**(stage.access_log_settings or {}), **_by_wire(params["AccessLogSettings"])}
    stage.auto_deploy = params.get("AutoDeploy", stage.auto_deploy)
    stage.description = params.get("Description", stage.description)
    return _describe(stage)


@answers("apigatewayv2", "DeleteAccessLogSettings")
def delete_access_log_settings(call):
    _stage(call).access_log_settings = None


@guards("apigatewayv2", "DeleteStage")
def delete_stage(call):
    _stage(call)


@guards("apigatewayv2", "DeleteApi")
def delete_api(call):
    backend_of(call).get_api(call.params["ApiId"])


@answers("apigatewayv2", "TagResource")
def tag(call):
    _check_tags({**_tags(call), **call.params.get("Tags", {})})
    _retag(call, lambda tags: {**tags, **call.params.get("Tags", {})})


@answers("apigatewayv2", "UntagResource")
def untag(call):
    gone = call.params["TagKeys"]
    _retag(call, lambda tags: {name: value for name, value in tags.items() if name not in gone})


@answers("apigatewayv2", "GetTags")
def get_tags(call):
    return {"Tags": _tags(call)}


def _holder(call):
    """What an ARN to be tagged names: a stage, or the key of moto's own table of tags."""
    backend, arn = backend_of(call), call.params["ResourceArn"]
    found = _ARN.fullmatch(arn)
    if found is None:
        raise bad(f"Invalid resource arn specified: {arn}")
    if found["link"]:
        return backend.get_vpc_link(found["link"]).arn
    api = backend.get_api(found["api"])
    return api.get_stage(found["stage"]) if found["stage"] else api.arn


def _tags(call):
    holder = _holder(call)
    return holder.tags if isinstance(holder, Stage) else backend_of(call).get_tags(holder)


def _retag(call, change):
    holder, backend = _holder(call), backend_of(call)
    if isinstance(holder, Stage):
        holder.tags = change(holder.tags)
        return
    held = backend.get_tags(holder)
    wanted = change(held)
    backend.untag_resource(holder, [name for name in held if name not in wanted])
    backend.tag_resource(holder, wanted)


def _check_tags(tags):
    if len(tags) > 50:
        raise bad("Tags cannot exceed 50")
    if any(name.startswith("aws:") for name in tags):
        raise bad("Tag names cannot start with aws:")


def _stage(call):
    return backend_of(call).get_api(call.params["ApiId"]).get_stage(call.params["StageName"])


_STRUCTURES = ("defaultRouteSettings", "accessLogSettings")


def _by_wire(settings):
    return {wire(name): value for name, value in settings.items()}


def _describe(stage):
    told = stage.to_json()
    for name in ("createdDate", "lastUpdatedDate"):
        told.pop(name)
    routes = told.pop("routeSettings")
    settings = {key: by_member(value) for key, value in routes.items()}
    return by_member(told, *_STRUCTURES) | {
        "CreatedDate": stage.created,
        "LastUpdatedDate": stage.updated,
        "RouteSettings": settings,
    }


def _check_settings(call):
    limits, log = call.params.get("DefaultRouteSettings", {}), call.params.get("AccessLogSettings")
    if limits.get("ThrottlingBurstLimit", 0) < 0 or limits.get("ThrottlingRateLimit", 0) < 0:
        raise bad("Throttling limits must not be negative")
    if log is None:
        return
    found = _LOG_GROUP.fullmatch(log.get("DestinationArn", ""))
    if found is None:
        raise bad("Access log destination must only contain the ARN of a CloudWatch Logs log group")
    if found["region"] != call.region or not _log_group_exists(call, found["name"]):
        raise bad(f"The specified log group does not exist: {found['name']}")
    _check_format(log.get("Format", ""))


def _check_format(text):
    if "$context.requestId" not in text and "$context.extendedRequestId" not in text:
        raise bad("Access log format must include $context.requestId")
    if "\n" in text:
        raise bad("Access log format must be single line, new line character is allowed only at end of the format")
    if text.startswith("{"):
        try:
            json.loads(text)
        except ValueError as error:
            raise bad(f"Access log format is not valid JSON: {error}") from None


def _log_group_exists(call, name):
    from moto.logs.models import logs_backends

    return name in logs_backends[call.account][call.region].groups
