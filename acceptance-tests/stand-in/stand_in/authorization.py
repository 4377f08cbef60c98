"""Permissions, once a test has switched them on with ``POST /_stand-in/permissions`` (``{"judged": true}``). Actions that are
``lacking`` (``{"judged": false, "lacking": ["ecs:CreateService"]}``) are allowed to nobody.

The callers that IAM knows, users with keys and assumed roles, then do what their policies allow and nothing else; all
other keys are the account's owner's. Every call is judged here, whoever answers it, and never by its signature.
"""

from moto.iam.access_control import CreateAccessKeyFailure, IAMRequestBase, create_access_key

from stand_in.demands import demands
from stand_in.errors import AwsError
from stand_in.permissions import documents_of, judge

# moto would judge the calls that it answers once more, by actions alone.
IAMRequestBase.check_signature = lambda self: None
IAMRequestBase.check_action_permitted = lambda self, resource: None

_switch = {"judged": False, "lacking": []}


def switch(body):
    """Has callers judged, or not, and takes actions away from all of them."""
    _switch.update(judged=bool(body["judged"]), lacking=body.get("lacking", []))


def check(call):
    """Refuses what the caller's policies do not allow, in the words of AWS."""
    for demand in demands(call) if _switch["lacking"] else []:
        if demand.action in _switch["lacking"]:
            _refuse(call, f"arn:aws:iam::{call.account}:root", demand, "implicitDeny")
    if not _switch["judged"] or call.action == "GetCallerIdentity":
        return
    try:
        key = create_access_key(call.account, "aws", call.access_key, call.request.headers)
    except CreateAccessKeyFailure:
        return
    documents = documents_of(_holder(key))
    for demand in demands(call):
        verdict = judge(documents, demand)
        if verdict != "allowed":
            _refuse(call, key.arn, demand, verdict)


def _holder(key):
    if hasattr(key, "_owner_user_name"):
        return key.backend.users[key._owner_user_name]
    return next(role for role in key.backend.roles.values() if role.name == key._owner_role_name)


def _refuse(call, caller, demand, verdict):
    because = {
        "explicitDeny": "with an explicit deny in an identity-based policy",
        "implicitDeny": f"because no identity-based policy allows the {demand.action} action",
    }
    where = f" on resource: {demand.resources[0]}" if demand.resources else ""
    message = f"User: {caller} is not authorized to perform: {demand.action}{where} {because[verdict]}"
    codes = {"ec2": "UnauthorizedOperation", "query": "AccessDenied"}
    code = codes.get(call.operation.service_model.protocol, "AccessDeniedException")
    raise AwsError(code, message, 403)
