"""What stands at an endpoint as a template of CloudFormation, by what AWS's own Describe, Get and List calls tell.

Reads ``{"endpoint": ..., "region": ...}`` from standard input and prints the template.
"""

import functools
import json
import sys

import boto3

from template import apis, balancers, containers, hosts, network, roles, storage

SUBJECTS = (apis, balancers, containers, hosts, network, roles, storage)


def main():
    asked = json.load(sys.stdin)
    key = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "stand-in"}
    session = boto3.Session(region_name=asked["region"], **key)
    client = functools.cache(lambda service: session.client(service, endpoint_url=asked["endpoint"]))
    resources = {}
    for kind, properties in (found for subject in SUBJECTS for found in subject.resources(client)):
        name = kind.rpartition("::")[2]
        number = sum(other["Type"] == kind for other in resources.values())
        resources[f"{name}{number}"] = {"Type": kind, "Properties": properties}
    print(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, default=str))


if __name__ == "__main__":
    main()
