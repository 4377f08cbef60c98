"""Systems Manager: AWS's public parameters hold what they hold on AWS."""

import ast
import json

from moto.ssm.models import ssm_backends

from stand_in.departures import guards


@guards("ssm", "GetParameter", "GetParameters", "GetParametersByPath")
def complete_recommendations(call):
    """The description of a recommended image is JSON; moto answers Python."""
    named = [call.params.get("Name"), call.params.get("Path"), *call.params.get("Names", [])]
    parameters = ssm_backends[call.account][call.region]._parameters
    for name in named:
        if name and name.startswith("/aws/service/ecs/optimized-ami"):
            _complete(parameters, name)


def _complete(parameters, name):
    parameters[name]  # moto loads the parameters of a path when one of them is looked up
    for known, versions in list(parameters.items()):
        if known.startswith(name) and versions and versions[-1].value.startswith("{'"):
            versions[-1].value = json.dumps(ast.literal_eval(versions[-1].value))
