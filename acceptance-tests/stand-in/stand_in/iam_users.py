"""IAM users: permissions boundaries, which moto does not know, and what holds a user."""

from moto.iam.models import User

from stand_in import iam
from stand_in.departures import answers, guards
from stand_in.errors import AwsError
from stand_in.iam_policies import backend_of

_boundaries = {}


def _boundary(user):
    arn = _boundaries.get((user.account_id, user.name))
    return arn and {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}


# moto's answers show an object's attributes by their names.
User.permissions_boundary = property(_boundary)
User.permissions_boundary_arn = property(lambda user: _boundaries.get((user.account_id, user.name)))


@guards("iam", "CreateUser")
def create_user(call):
    name, boundary = call.params["UserName"], call.params.get("PermissionsBoundary")
    if any(known.lower() == name.lower() for known in backend_of(call).users):
        raise AwsError("EntityAlreadyExists", f"User with name {name} already exists.", 409)
    if boundary:
        iam.policy_exists(call, boundary)
        _boundaries[call.account, name] = boundary


@answers("iam", "PutUserPermissionsBoundary")
def put_boundary(call):
    user, arn = _user(call), call.params["PermissionsBoundary"]
    iam.policy_exists(call, arn)
    _boundaries[call.account, user.name] = arn
    return {}


@answers("iam", "DeleteUserPermissionsBoundary")
def delete_boundary(call):
    if _boundaries.pop((call.account, _user(call).name), None) is None:
        raise AwsError("NoSuchEntity", f"The user {call.params['UserName']} has no permissions boundary.", 404)
    return {}


@answers("iam", "ListServiceSpecificCredentials")
def list_service_specific_credentials(call):
    """There are none: nothing here makes any."""
    _user(call)
    return {"ServiceSpecificCredentials": [], "IsTruncated": False}


@guards("iam", "DeleteUser")
def delete_user(call):
    """What moto deletes a user with, and AWS does not. Policies are moto's own to refuse."""
    user = _user(call)
    held = {
        "delete login profile": user.password,
        "delete access keys": user.access_keys,
        "deactivate MFA device": user.mfa_devices,
        "delete signing certificate": user.signing_certificates,
        "delete SSH public keys": user.ssh_public_keys,
        "remove users from group": user.group_list,
    }
    for first, what in held.items():
        if what:
            raise AwsError("DeleteConflict", f"Cannot delete entity, must {first} first.", 409)
    if not user.managed_policies and not user.policies:
        _boundaries.pop((call.account, user.name), None)


def _user(call):
    name = call.params["UserName"]
    user = backend_of(call).users.get(name)
    if user is None:
        raise AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
    return user
