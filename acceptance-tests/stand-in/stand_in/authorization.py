"""Permissions, once a test has switched them on with ``POST /moto-api/reset-auth`` (body ``0``).

moto judges the calls that it answers itself; here the same judgement is passed on every call. It goes by the actions
that the caller's policies name, not by resources or conditions, and never by signatures.
"""

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import _RESTError
from moto.iam.access_control import IAMRequest, IAMRequestBase

from stand_in.errors import AwsError

# moto cannot recompute the signature of a REST call without a body.
IAMRequestBase.check_signature = lambda self: None


def check(call):
    """Refuses what the caller's policies do not allow, in the words of the service's protocol."""
    if ActionAuthenticatorMixin.request_count < settings.INITIAL_NO_AUTH_ACTION_COUNT:
        return
    request = call.request
    try:
        judged = IAMRequest(call.account, request.method, request.path, {}, request.body, request.headers, call.action)
        judged.check_action_permitted("*")
    except _RESTError as refusal:
        code = refusal.error_type
        if code == "AccessDenied":
            by_protocol = {"ec2": "UnauthorizedOperation", "query": "AccessDenied"}
            code = by_protocol.get(call.operation.service_model.protocol, "AccessDeniedException")
        raise AwsError(code, refusal.message, 403) from None
