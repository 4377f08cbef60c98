"""boto3 clients of a stand-in: of one that runs, or, in the same process, of its application."""

import functools
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from stand_in.http import Request


def clients(endpoint, region="us-east-1", retries=0):
    """A function from a service's name to its client, with the credentials of the stand-in's one account."""

    @functools.cache
    def client(service):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="stand-in",
            config=Config(retries={"total_max_attempts": 1 + retries}, tcp_keepalive=True),
        )

    return client


def clients_within(app, region="us-east-1"):
    """The same, whose requests go to the application without a connection."""
    outside = clients("http://stand-in.invalid", region)

    @functools.cache
    def client(service):
        made = outside(service)
        made.meta.events.register("before-send", functools.partial(_answer, app))
        return made

    return client


def _answer(app, request, **_):
    """What botocore takes for the answer that came over the wire."""
    parts = urlsplit(request.url)
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    response = app(Request(request.method, parts.path or "/", parts.query, headers, body))
    return AWSResponse(
        request.url, response.status, HTTPHeaders.from_dict(response.headers), MockRawResponse(response.body)
    )
