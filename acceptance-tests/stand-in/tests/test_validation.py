"""What breaks the service's model is refused, by name, in every protocol, and remembered."""

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

FARGATE = {"serviceName": "x", "taskDefinition": "x", "desiredCount": 1}


def post(stand_in, service, body, **headers):
    """A raw request, as no SDK would write it. Answers ``(status, text)``."""
    scope = f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20300101/us-east-1/{service}/aws4_request, x"
    method, path = headers.pop("method", "POST"), headers.pop("path", "/")
    request = urllib.request.Request(stand_in.endpoint + path, body.encode(), method=method)
    for name, value in {"Authorization": scope, **headers}.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ecs(stand_in, action, body):
    headers = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{action}"}
    return post(stand_in, "ecs", json.dumps(body), **headers, **{"Content-Type": "application/x-amz-json-1.1"})


def form(stand_in, service, version, **members):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return post(stand_in, service, urlencode({"Version": version, **members}), **headers)


@pytest.mark.parametrize(
    "body, member",
    [
        ({**FARGATE, "launchtype": "FARGATE"}, "launchtype: unknown member"),
        ({**FARGATE, "launchType": "FARGAT"}, "launchType: 'FARGAT' is not one of EC2, FARGATE"),
        ({"desiredCount": 1}, "serviceName: required member is missing"),
        ({**FARGATE, "desiredCount": "1"}, "desiredCount: '1' is not of type integer"),
        ({**FARGATE, "desiredCount": True}, "desiredCount: True is not of type integer"),
        ({**FARGATE, "tags": [{"key": "a", "value": "b", "Key": "c"}]}, "tags[0].Key: unknown member"),
        ({**FARGATE, "tags": [{"key": "a" * 129}]}, "tags[0].key: length 129 is above the maximum of 128"),
        ({**FARGATE, "networkConfiguration": {"awsvpcConfiguration": {}}}, "subnets: required member is missing"),
        ({**FARGATE, "networkConfiguration": []}, "networkConfiguration: [] is not of type structure"),
    ],
)
def test_json_requests_are_refused_by_member(stand_in, body, member):
    status, answer = ecs(stand_in, "CreateService", body)
    assert status == 400
    assert json.loads(answer)["__type"] == "ValidationException"
    assert member in json.loads(answer)["Message"]
    assert any(member in violation["problem"] for violation in stand_in.control("GET", "violations"))


def test_an_explicit_null_is_an_absent_member(stand_in):
    assert ecs(stand_in, "DescribeClusters", {"clusters": None, "include": ["TAGS"]})[0] == 200


def test_query_requests_are_refused_by_member(stand_in):
    def iam(**members):
        return form(stand_in, "iam", "2010-05-08", **members)

    unknown = iam(Action="GetRole", RoleName="x", Rolename="y")
    assert unknown[0] == 400 and "Rolename: unknown member" in unknown[1]
    misnumbered = iam(Action="TagRole", RoleName="x", **{"Tags.1.Key": "a", "Tags.1.Value": "b"})
    assert misnumbered[0] == 400 and "Tags.1.Key: unknown member" in misnumbered[1]
    pattern = iam(Action="GetRole", RoleName="a b")
    assert pattern[0] == 400 and "RoleName: 'a b' does not match the pattern" in pattern[1]
    number = iam(Action="ListRoles", MaxItems="many")
    assert number[0] == 400 and "MaxItems: 'many' is not of type integer" in number[1]
    size = iam(Action="ListRoles", MaxItems="1001")
    assert size[0] == 400 and "MaxItems: value 1001 is above the maximum of 1000" in size[1]


def test_ec2_requests_are_refused_by_member(stand_in):
    def ec2(**members):
        return form(stand_in, "ec2", "2016-11-15", **members)

    assert ec2(Action="DescribeVpcs", **{"Filter.1.Name": "isDefault", "Filter.1.Value.1": "true"})[0] == 200
    unknown = ec2(Action="DescribeVpcs", **{"Filters.1.Name": "isDefault"})
    assert unknown[0] == 400 and "Filters.1.Name: unknown member" in unknown[1]
    enum = ec2(Action="AllocateAddress", Domain="vcp")
    assert enum[0] == 400 and "Domain: 'vcp' is not one of vpc, standard" in enum[1]
    boolean = ec2(Action="DescribeVpcs", DryRun="yes")
    assert boolean[0] == 400 and "DryRun: 'yes' is not of type boolean" in boolean[1]


def test_rest_requests_are_refused_by_member(stand_in):
    def efs(method, path, body=None):
        headers = {"method": method, "path": path, "Content-Type": "application/json"}
        return post(stand_in, "elasticfilesystem", json.dumps(body) if body else "", **headers)

    unknown = efs("POST", "/2015-02-01/file-systems", {"CreationToken": "x", "Encryped": True})
    assert unknown[0] == 400 and "Encryped: unknown member" in unknown[1]
    enum = efs("POST", "/2015-02-01/file-systems", {"CreationToken": "x", "PerformanceMode": "fast"})
    assert enum[0] == 400 and "PerformanceMode: 'fast' is not one of generalPurpose, maxIO" in enum[1]
    query = efs("GET", "/2015-02-01/file-systems?Fast=1")
    assert query[0] == 400 and "Fast: unknown query parameter" in query[1]
    pattern = efs("GET", "/2015-02-01/file-systems?FileSystemId=nonsense")
    assert pattern[0] == 400 and "FileSystemId: 'nonsense' does not match the pattern" in pattern[1]


def test_a_body_that_is_no_json_is_refused(stand_in):
    headers = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"}
    status, answer = post(stand_in, "ecs", "{", **headers, **{"Content-Type": "application/x-amz-json-1.1"})
    assert status == 400 and "not JSON" in answer


def test_an_operation_that_nobody_implements_is_not_retried(stand_in):
    status, answer = ecs(stand_in, "SubmitTaskStateChange", {"status": "x"})
    assert status == 501 and "does not implement ecs:SubmitTaskStateChange" in answer
