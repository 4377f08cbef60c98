"""boto3 clients of a stand-in: of one that runs, or, in the same process, of its application."""

import functools
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from stand_in.http import Request


_KEY = "AKIAIOSFODNN7EXAMPLE"


def clients(endpoint, region="us-east-1", retries=0, **settings):
    """A function from a service's name to its client, with the credentials of the stand-in's one account."""

    @functools.cache
    def client(service):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=_KEY,
            aws_secret_access_key="stand-in",
            config=Config(retries={"total_max_attempts": 1 + retries}, tcp_keepalive=True, **settings),
        )

    return client


def clients_within(app, region="us-east-1"):
    """The same, whose requests go to the application without a connection, and with a signature that nobody has worked out."""
    outside = clients("http://stand-in.invalid", region, signature_version=UNSIGNED, user_agent="stand-in")

    @functools.cache
    def client(service):
        made = outside(service)
        scope = f"20200101/{region}/{made.meta.service_model.signing_name}/aws4_request"
        signature = f"AWS4-HMAC-SHA256 Credential={_KEY}/{scope}, SignedHeaders=host, Signature=0"
        made.meta.events.register("before-send", functools.partial(_answer, app, signature))
        return made

    return client


def _answer(app, signature, request, **_):
    """What botocore takes for the answer that came over the wire."""
    parts = urlsplit(request.url)
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    headers["Authorization"] = signature
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    response = app(Request(request.method, parts.path or "/", parts.query, headers, body))
    return AWSResponse(
        request.url, response.status, HTTPHeaders.from_dict(response.headers), MockRawResponse(response.body)
    )
