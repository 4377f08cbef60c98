"""Systems Manager: AWS's public parameters hold what they hold on AWS, or what a test says that AWS publishes by now, and
are not among one's own."""

import json

from moto.ssm.models import ssm_backends

from stand_in.departures import guards

_PUBLIC = "/aws/service/"
_put_away = {}
_published = {}


def publish(body):
    """From now on AWS's public parameter ``name`` holds ``value``, in every region."""
    _published[body["name"]] = body["value"]


@guards("ssm", "GetParameter", "GetParameters", "GetParametersByPath")
def find_public_parameters(call):
    """The description of a recommended image is JSON, which moto does not write."""
    parameters = ssm_backends[call.account][call.region]._parameters
    for name in [call.params.get("Name"), call.params.get("Path"), *call.params.get("Names", [])]:
        if name and name.startswith(_PUBLIC):
            _bring_back(call, parameters)
            parameters._check_loading_status(name)
        if name and name.startswith(f"{_PUBLIC}ecs/optimized-ami"):
            _complete(parameters, name)
    for name, value in _published.items():
        if name in parameters:
            parameters[name][-1].value = value


@guards("ssm", "DescribeParameters")
def list_own_parameters(call):
    """moto lists those of AWS's that it has read so far: they are put away until one of them is asked for again."""
    parameters = ssm_backends[call.account][call.region]._parameters
    kept = _put_away.setdefault((call.account, call.region), {})
    for name in [name for name in parameters if name.startswith(_PUBLIC)]:
        kept[name] = dict.pop(parameters, name)


def _bring_back(call, parameters):
    for name, versions in _put_away.pop((call.account, call.region), {}).items():
        dict.__setitem__(parameters, name, versions)


def _complete(parameters, name):
    for known, versions in list(parameters.items()):
        if known.startswith(name) and versions and isinstance(versions[-1].value, dict):
            versions[-1].value = json.dumps(versions[-1].value)
