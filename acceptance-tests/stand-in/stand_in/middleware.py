"""moto, with what stands between it and AWS.

Departures from moto, by the file that makes them:

- ``parameters``, ``validation``: every request is read back by botocore's service model and refused with a
  ``ValidationException`` where it does not fit; the refusals are kept under ``/_stand-in/violations``.
- ``calls``, ``faults``, ``outcomes``, ``control``: a log of calls, scripted faults, staged task outcomes, latency.
- ``clock``, ``worlds``, ``chance``: what AWS does in its own time, by the caller's clock where it tells one; copies of a
  whole world, which draw the same by chance.
- this file: an operation that nobody implements answers 501 ``NotImplemented`` in the service's protocol, and a
  crash inside moto 500 ``InternalFailure``, instead of HTML that SDKs retry. One call is answered at a time.
- ``ecs_clusters``: a name in use answers the cluster that has it; settings, tags and counts only where asked for;
  deletion is refused while services, tasks or container instances live; UpdateClusterSettings; attachments.
- ``ecs_task_definitions``, ``ecs_containers``: Fargate's sizes and demands, roles that must exist, containers that can
  wait for each other, inactive revisions, lists in their order.
- ``ecs_services``, ``ecs_deployment``, ``ecs_tasks``, ``ecs_task``, ``ecs_launch``, ``ecs_secrets``, ``ecs_request``:
  services that run: deployments, tasks with network interfaces and targets, events, circuit breaker; requests are
  refused, and tasks fail to start, for the reasons that AWS has. ``ecs_service_description``: how a service is told.
  ``ecs_tags``: tags of what still lives.
- ``ecs_hosts``, ``ecs_agent``, ``ecs_container_instances``: instances become container instances when their image, user
  data, role and network let them, and with what the agent leaves of their memory.
- ``ecs_placement``, ``ecs_strategy``: tasks on EC2 go where they fit; where none has room, the events say so.
- ``ecs_capacity_providers``, ``ecs_managed_scaling``: one for each group, states that take a moment, what is in use
  stays; groups grow for tasks without room; hosts are drained before they end.
- ``autoscaling``, ``autoscaling_groups``, ``autoscaling_instances``, ``autoscaling_extras``: groups that launch and end
  instances by themselves, activities that tell of it, scale-in protection, refreshes, tags, notifications.
- ``application_autoscaling``: targets are services that exist; policies are checked, and go with their target.
- ``ecr``, ``registry``: images are what was really pushed to a registry that the tests run, and deleted from it; an
  image that an index points at stays; immutable tags that were moved are violations. Kinder than AWS: the registry itself
  takes what is pushed to a repository that ECR does not have, and lets an immutable tag be moved.
- ``efs``, ``efs_mount_targets``, ``efs_access``: life cycle states that take a moment, conflicts, file system
  policies that count, and the operations that moto lacks.
- ``ec2``: what is in use cannot be deleted; names and rules that AWS would not take; the default VPC has its
  internet gateway.
- ``instances``, ``launching``, ``profiles``, ``instance_types``: instances are launched only as EC2 would, start and
  end in steps, and take their interface along; client tokens (``idempotency``).
- ``launch_templates``: versions that keep what they were given and are never numbered twice; what could not launch is
  refused at once.
- ``images``, ``ssm``: Amazon's public images, each made when it is first named, and the parameters that name them.
- ``nat_gateways``, ``vpc_endpoints``: states that take a moment, interfaces, addresses and routes that they hold, and
  AWS's reasons to fail or to refuse. ``vpc_parts``: one internet gateway for a VPC, routes that lead nowhere, main route
  tables, zones that exist, flow logs whose role can be assumed. ``filters``: EC2's filters for these answers.
- ``elbv2``, ``elbv2_listeners``: balancers take a moment, stand in two zones that fit their scheme, hold interfaces
  there, and stay where they are protected or used; attributes, health checks, ports, certificates and targets are
  judged; a target group serves one balancer; up to fifty tags. Of an access log's bucket only the name is judged.
  ``elbv2_health``: targets are well where the groups of both let them be asked; services end tasks that are not.
- ``apigatewayv2``, ``apigatewayv2_parts``, ``apigatewayv2_vpc_links``: stages that change, log and carry tags;
  integrations, routes and authorizers that name what exists and stay while they are named; VPC links with states and
  interfaces.
- ``iam``: AWS's managed policies exist from when they are first named; documents are read before they are kept; what
  AWS made is protected; principals of this account exist; SimulatePrincipalPolicy. ``iam_policies``: names that are
  taken whatever their path and case; what is held, and the default version, cannot be deleted; ten to a user or role.
  ``iam_users``: permissions boundaries; a user with credentials or groups cannot be deleted. ``roles``: trust. ``authorization``,
  ``demands``, ``permissions``: who may do what, by action, resource and conditions, and what is checked behind a call.
- ``metering``: dry runs of MeterUsage; any other is a violation.
- ``logs``: the retention periods that AWS knows; tags of groups that exist; groups by whole names.
- ``secretsmanager``: deletion with a window and without; what is scheduled for deletion cannot be used, nor its name.
- ``wafv2``: a web ACL guards what exists, and one at a time; ListResourcesForWebACL.
- ``addresses``: public addresses are those that nobody has.
- ``network``: the VPC as tasks meet it: their interfaces, their way out, who may talk to whom.
"""

import sys
import threading
import time
import traceback

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.moto_server.werkzeug_app import BackendRequest, DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from stand_in import answer, authorization, call, calls, chance, clock, departures, faults, register, startup, validation
from stand_in.control import Control
from stand_in.errors import AwsError
from stand_in.http import DropConnection, Response


class StandIn:
    """Answers HTTP requests: the tests' own, and AWS calls."""

    def __init__(self):
        startup.read_models_once()
        startup.look_once()
        startup.pick_once()
        startup.write_at_once()
        self.control = Control(self)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.Lock()
        self.warming = threading.Thread(target=startup.warm_up, args=[self._one_at_a_time], daemon=True)
        self.warming.start()

    def __call__(self, request):
        if request.path.startswith("/_stand-in/"):
            return self.control.answer(request)
        asked = call.read(request)
        with calls.being_answered(asked):
            return self._answer_in_time(asked)

    def _answer_in_time(self, asked):
        started = time.monotonic()
        if self.control.latency:
            time.sleep(self.control.latency / 1000)
        try:
            if asked.region not in startup.regions():
                raise DropConnection  # no such endpoint
            response = self._with_faults(asked)
            if (left := started + self.control.round_trip / 1000 - time.monotonic()) > 0:
                time.sleep(left)
        except DropConnection:
            calls.record(asked, 0, "ConnectionDropped", started)
            raise
        calls.record(asked, response.status, calls.error_code(response), started)
        return response

    def _with_faults(self, asked):
        fault = faults.strike(asked)
        if fault is None:
            return self._answer(asked)
        if fault.delay_ms:
            time.sleep(fault.delay_ms / 1000)
        if fault.mode == "drop-before":
            raise DropConnection
        if fault.mode == "html":
            page = b"<html><body><h1>500 Internal Server Error</h1></body></html>"
            return Response(fault.status or 500, {"Content-Type": "text/html"}, page)
        if fault.mode == "error":
            return answer.serialize(asked, AwsError(fault.code, fault.message, fault.status))
        response = self._answer(asked)
        if fault.mode == "drop-after":
            raise DropConnection
        return response

    def _answer(self, asked):
        with self._one_at_a_time:
            try:
                clock.advance()
                chance.begin_call(asked)
                return self._do(asked)
            except ServiceException as error:
                return answer.serialize(asked, error)
            except JsonRESTError as error:
                return answer.serialize(asked, AwsError(error.error_type, error.message, error.code))
            except NotImplementedError:
                message = f"The stand-in does not implement {asked.service}:{asked.action}."
                return answer.serialize(asked, AwsError("NotImplemented", message, 501))
            except Exception as error:  # noqa: BLE001, whatever it is, the provider gets an answer
                traceback.print_exc(file=sys.stderr)
                return answer.serialize(asked, AwsError("InternalFailure", f"{type(error).__name__}: {error}", 500))

    def _do(self, asked):
        if asked.operation is None:
            raise NotImplementedError
        if wrong := validation.of_request(asked):
            calls.record_violations(asked, wrong)
            raise AwsError("ValidationException", "; ".join(wrong), 400)
        authorization.check(asked)
        register.departures_of(asked.service)
        if own := departures.answer_for(asked):
            return answer.serialize(asked, own(asked) or {})
        if guard := departures.guard_for(asked):
            guard(asked)
        return self._ask_moto(asked)

    def _ask_moto(self, asked):
        """What moto answers: as its server would, but for what Flask does around each request, which takes a third of it."""
        environ = asked.environ()
        served = self._moto.get_application(environ)
        try:
            endpoint, _ = served.url_map.bind_to_environ(environ).match()
            request = BackendRequest(environ)
            answered = served.view_functions[endpoint].callback(request, request.raw_url, dict(request.headers))
        except HTTPException as error:
            refused = error.get_response(environ)
            answered = refused.status_code, dict(refused.headers), refused.get_data()
        status, headers, body = answered if len(answered) == 3 else (200, {}, answered)
        headers = {name: str(value) for name, value in headers.items()}
        if not any(name.lower() == "x-amzn-requestid" for name in headers):
            headers["x-amzn-RequestId"] = asked.request_id
        request_id = next(value for name, value in headers.items() if name.lower() == "x-amzn-requestid")
        if isinstance(body, str):
            body = body.encode()
        # moto leaves its placeholder in the bodies of some protocols.
        return Response(status, headers, body.replace(b">request-id<", b">" + request_id.encode() + b"<"))
