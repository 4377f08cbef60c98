"""The paths under ``/_stand-in/``: what tests read from the stand-in and tell it to do.

- ``GET calls``: the AWS calls so far, as ``calls.record`` writes them; ``DELETE`` forgets them.
- ``GET under-way``: how many AWS calls are being answered.
- ``GET violations``: requests that broke their service's model; ``DELETE`` forgets them.
- ``POST faults``: a list of ``faults.Fault``; ``GET`` shows what remains, ``DELETE`` removes all.
- ``POST task-outcome``: one ``outcomes.Outcome`` for tasks that start from now on; ``DELETE`` lets tasks run again.
- ``POST registry``: one ``registry.Registry``, whose images ECR then has; ``DELETE`` takes it away.
- ``POST permissions``: ``{"judged": true}``; callers that IAM knows then need leave for what they do, and
  nobody may do what is ``lacking``.
- ``POST public-parameter``: ``{"name": ..., "value": ...}``, which AWS's parameter then holds.
- ``GET downloads/DIGEST``: a blob of that registry, for who was given the URL.
- ``POST latency``: ``{"ms": N}``, added to every AWS call.
- ``POST round-trip``: ``{"ms": N}``, which every AWS call takes at least, our own work included.
- ``POST pace``: ``{"factor": F}``; what AWS does by itself then takes that much of its time.
- ``POST vpc``, ``POST inventory``: ``{"regions": [...]}``; the tools ``stand_in.vpc`` and ``stand_in.inventory``.
- ``POST snapshot``: the port where the world of ``worlds`` can be had again as it is now.
"""

import functools
import json

from stand_in import authorization, calls, clock, faults, inventory, outcomes, registry, ssm, vpc
from stand_in.clients import clients_within
from stand_in.http import Response


class Control:
    """Answers the tests' own requests; ``latency`` is what every AWS call is to wait, ``round_trip`` what it takes at least,
    in milliseconds."""

    def __init__(self, app):
        self.clients = functools.cache(functools.partial(clients_within, app))
        self.latency = 0
        self.round_trip = 0
        self.routes = {
            ("GET", "calls"): lambda _: list(calls.log),
            ("DELETE", "calls"): lambda _: calls.log.clear(),
            ("GET", "under-way"): lambda _: len(calls.under_way),
            ("GET", "violations"): lambda _: list(calls.violations),
            ("DELETE", "violations"): lambda _: calls.violations.clear(),
            ("GET", "faults"): lambda _: faults.remaining(),
            ("POST", "faults"): faults.add,
            ("DELETE", "faults"): lambda _: faults.clear(),
            ("POST", "task-outcome"): outcomes.stage,
            ("DELETE", "task-outcome"): lambda _: outcomes.clear(),
            ("POST", "registry"): registry.use,
            ("DELETE", "registry"): registry.use,
            ("POST", "permissions"): authorization.switch,
            ("POST", "public-parameter"): ssm.publish,
            ("POST", "latency"): self._set_latency,
            ("POST", "round-trip"): self._set_round_trip,
            ("POST", "pace"): clock.hurry,
            ("POST", "inventory"): lambda body: inventory.inventory(self.clients, body["regions"]),
            ("POST", "vpc"): lambda body: vpc.make(self.clients(body["regions"][0])("ec2")),
        }

    def answer(self, request):
        """The JSON answer to one such request: 404 for an unknown path, 400 for a body that does not fit."""
        if request.path.startswith(registry.DOWNLOADS):
            return Response(200, {}, registry.running().blob(request.path.removeprefix(registry.DOWNLOADS)))
        route = self.routes.get((request.method, request.path.removeprefix("/_stand-in/")))
        if route is None:
            return _json(404, {"error": f"no {request.method} {request.path}"})
        try:
            return _json(200, route(json.loads(request.body or b"null")))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            return _json(400, {"error": str(error)})

    def _set_latency(self, body):
        self.latency = float(body["ms"])

    def _set_round_trip(self, body):
        self.round_trip = float(body["ms"])


def _json(status, value):
    return Response(status, {"Content-Type": "application/json"}, json.dumps(value).encode())
