"""Results and errors in the protocol of the service that was asked."""

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from stand_in import validation
from stand_in.http import Response


def serialize(call, result):
    """The HTTP answer that carries ``result``: a dictionary by the model's members, or an exception."""
    if call.operation is not None:
        operation, model = call.operation, call.operation.service_model
    else:
        try:
            model = get_service_model(call.service)
        except UnknownServiceError:
            model = get_service_model("sts")
        operation = OperationModel({}, model)
    if not isinstance(result, Exception):
        _check(operation, result)
    serializer = get_serializer_class(model.service_name, model.protocol)
    answer = serializer(operation, context=SerializationContext(call.request_id)).serialize(result)
    status = getattr(result, "status", None) or answer["status_code"]
    body = answer["body"]
    headers = {**answer["headers"], "x-amzn-RequestId": call.request_id}
    return Response(status, headers, body.encode() if isinstance(body, str) else body)


def _check(operation, result):
    if operation.output_shape is None:
        return
    wrong = list(validation.problems(operation.output_shape, result, strict=False))
    if wrong:
        raise AssertionError(f"the stand-in's own answer to {operation.name} is wrong: {'; '.join(wrong)}")
