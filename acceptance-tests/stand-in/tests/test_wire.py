"""Reading requests back: whatever botocore's serializers write is read as it was meant, in every protocol.

For each operation of the services in use, parameters are made up from its model, once with all members and once with
the required ones only. None of them may be found at fault.
"""

from email.message import Message
from urllib.parse import urlencode, urlsplit

import pytest
from botocore.serialize import create_serializer
from moto.core.model import StructureShape
from moto.core.request import Request as MotoRequest
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from stand_in import call as calls
from stand_in import parameters, validation
from stand_in.http import Request

SERVICES = ["apigatewayv2", "autoscaling", "ec2", "ecs", "efs", "elbv2", "iam", "logs", "sts"]
# Patterns that a made-up string cannot be expected to fit.
_SAMPLES = ["x" * 24, "arn:aws:iam::123456789012:role/x", "fs-01234567", "fsmt-01234567", "fsap-0123456789abcdef0"]
_SAMPLES += ["subnet-01234567", "sg-01234567", "10.0.0.100", "us-east-1a", "/x", "x.amazonaws.com", "123456789012"]
_SAMPLES += ["012345", "2020-01-01", "alias/x", "A" * 20, "2345", "{}"]


def made_up(shape, full, depth=0):
    """A value of the shape; None where no sample fits."""
    metadata = shape.metadata
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return {}
        wanted = shape.members if full and depth < 4 else shape.required_members
        names = list(wanted)[:1] if metadata.get("union") else wanted
        values = {name: made_up(shape.members[name], full, depth + 1) for name in names}
        if any(values[name] is None for name in shape.required_members):
            return None
        present = {name: value for name, value in values.items() if value is not None}
        return None if depth and not present and shape.members else present
    if shape.type_name == "list":
        item = made_up(shape.member, full, depth + 1)
        return None if item is None else [item] * max(1, metadata.get("min", 1))
    if shape.type_name == "map":
        key, value = made_up(shape.key, full, depth + 1), made_up(shape.value, full, depth + 1)
        return None if key is None or value is None or metadata.get("min", 1) > 1 else {key: value}
    if shape.type_name == "boolean":
        return True
    if shape.type_name in ("integer", "long"):
        return max(1, metadata.get("min", 1))
    if shape.type_name in ("float", "double"):
        return float(max(1, metadata.get("min", 1)))
    if shape.type_name == "timestamp":
        return "2030-01-02T03:04:05Z"
    if shape.type_name == "blob":
        return b"bytes of a blob, longer than many need"
    if "enum" in metadata:
        return metadata["enum"][0]
    longest = metadata.get("max", 10**6)
    samples = [s[:longest] for s in _SAMPLES] + ["x" * max(1, metadata.get("min", 1))]
    return next((s for s in samples if not list(validation.problems(shape, s, "x"))), None)


def as_request(model, operation, written):
    """The HTTP request that botocore's serializer describes."""
    headers = Message()
    for name, value in written["headers"].items():
        headers[name] = value
    body = written["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    query = written["query_string"]
    query = query if isinstance(query, str) else urlencode(query, doseq=True)
    path = urlsplit(written["url_path"])
    query = "&".join(part for part in (path.query, query) if part)
    return Request(written["method"], path.path, query, headers, body if isinstance(body, bytes) else body.encode())


def comparable(shape, value):
    """What was meant, in the form that the wire has: timestamps and blobs are strings there."""
    if isinstance(value, dict) and isinstance(shape, StructureShape):
        return {name: comparable(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: comparable(shape.value, item) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(shape.member, item) for item in value]
    return "…" if shape.type_name in ("timestamp", "blob") else value


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@pytest.mark.parametrize("service", SERVICES)
def test_what_is_written_is_read_back(service, full):
    model = get_service_model(service)
    tried, wrong = 0, {}
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        meant = made_up(shape, full) if shape else None
        if meant is not None and not shape.serialization.get("payload"):
            tried += 1
            if difference := difference_after_reading(model, name, meant):
                wrong[name] = difference
    assert wrong == {}
    assert tried > len(model.operation_names) * 0.7


def difference_after_reading(model, name, meant):
    operation = model.operation_model(name)
    shape = operation.input_shape
    written = create_serializer(model.protocol, include_validation=False).serialize_to_request(meant, operation)
    request = as_request(model, operation, written)
    uri_params = {}
    if model.protocol == "rest-json":
        call = calls.Call(request, model.service_name, name, "us-east-1", "")
        found, uri_params = get_service_router(model.service_name).match(MotoRequest(call.environ()))
        if found.name != name:
            return f"routed to {found.name}"
    read, problems = parameters.read(operation, request, uri_params)
    problems += validation.problems(shape, read)
    if not problems and comparable(shape, read) != comparable(shape, meant):
        return f"{meant} became {read}"
    return problems
