"""boto3 clients of a running stand-in."""

import functools

import boto3
from botocore.config import Config


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
