"""An HTTP request read as a call of one operation of one AWS service."""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.request import Request as MotoRequest
from moto.core.routing import NotFound, get_service_router
from moto.core.utils import get_service_model

from stand_in import parameters
from stand_in.http import Request

# botocore's service names, where they differ from the name that requests are signed with.
_SERVICES = {
    "aws-marketplace": "meteringmarketplace",
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
}
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(eq=False)
class Call:
    """One AWS call: who asks for what, where, and with which parameters (by the model's member names). It equals itself alone."""

    request: Request
    service: str
    action: str
    region: str
    access_key: str
    operation: OperationModel | None = None
    params: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def account(self):
        """The account that the caller's key belongs to."""
        from moto.iam.models import get_account_id_from

        return get_account_id_from(self.access_key)

    def environ(self):
        """The request as a WSGI application reads it."""
        import io
        import sys

        request = self.request
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(request.path, "latin-1"),
            "QUERY_STRING": request.query,
            "RAW_URI": request.path + ("?" + request.query if request.query else ""),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH", "TRANSFER_ENCODING"):
                environ["HTTP_" + key] = value
        return environ


def read(request):
    """The AWS call that ``request`` is. A service or operation that no model names is left without parameters."""
    access_key, region, signed_for = _scope(request)
    service = _service(request, signed_for)
    call = Call(request, service, f"{request.method} {request.path}", region, access_key)
    try:
        model = get_service_model(service)
    except UnknownServiceError:  # moto is left to answer
        return call
    uri_params = {}
    if target := request.headers.get("X-Amz-Target"):
        call.action = target.rpartition(".")[2]
    elif model.protocol in ("query", "ec2"):
        call.action = _form(request).get("Action", [""])[0]
    else:
        try:
            operation, uri_params = get_service_router(service).match(MotoRequest(call.environ()))
            call.action = operation.name
        except (NotFound, NotImplementedError):
            return call
    if call.action in model.operation_names:
        call.operation = model.operation_model(call.action)
        call.params, call.problems = parameters.read(call.operation, request, uri_params)
    return call


def _form(request):
    return parse_qs(request.body.decode("utf-8", "replace") or request.query, keep_blank_values=True)


def _scope(request):
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    if found:
        return found.groups()
    # Only STS takes unsigned calls (AssumeRoleWithWebIdentity); no credentials, the default account.
    return "AKIAEXAMPLE", "us-east-1", "sts"


def _service(request, signed_for):
    if signed_for == "elasticloadbalancing":
        return "elbv2" if "2015-12-01" in _form(request).get("Version", []) else "elb"
    if signed_for == "apigateway":
        return "apigatewayv2" if request.path.startswith("/v2/") else "apigateway"
    return _SERVICES.get(signed_for, signed_for)
