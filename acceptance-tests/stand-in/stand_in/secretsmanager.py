"""Secrets Manager: deletion with and without a window, and versions that are what their tokens say."""

from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from stand_in import clock
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_DELETED = 0.3
_SCHEDULED = "You can't create this secret because a secret with this name is already scheduled for deletion."
_MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@guards("secretsmanager", "CreateSecret")
def create(call):
    found = _find(call, call.params["Name"])
    if found is not None and found.is_deleted():
        raise AwsError("InvalidRequestException", _SCHEDULED)
    same = found is not None and call.params.get("ClientRequestToken") in found.versions
    if found is not None and not same:
        message = f"The operation failed because the secret {found.name} already exists."
        raise AwsError("ResourceExistsException", message)


@guards("secretsmanager", "PutSecretValue", "UpdateSecret", "TagResource", "UntagResource", "GetSecretValue")
def usable(call):
    """One that is scheduled for deletion can only be described, restored, or deleted."""
    found = _named(call)
    if found.is_deleted():
        raise AwsError("InvalidRequestException", _MARKED)
    if call.action == "UpdateSecret" and call.params.get("Description") == "":
        found.description = None  # moto keeps the old one


@answers("secretsmanager", "DeleteSecret")
def delete(call):
    found, params = _named(call), call.params
    force, window = params.get("ForceDeleteWithoutRecovery", False), params.get("RecoveryWindowInDays")
    if force and window is not None:
        message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
        raise AwsError("InvalidParameterException", message)
    if window is not None and not 7 <= window <= 30:
        message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
        raise AwsError("InvalidParameterException", message)
    if found.is_deleted() and not force:
        raise AwsError("InvalidRequestException", _MARKED)
    days = 0 if force else window or 30
    found.delete(clock.now().timestamp() + days * 86400)
    if force:
        clock.after(_DELETED, _forget, _backend(call), found)
    return {"ARN": found.arn, "Name": found.name, "DeletionDate": found.deleted_date}


@answers("secretsmanager", "RestoreSecret")
def restore(call):
    found = _named(call)
    found.restore()
    return {"ARN": found.arn, "Name": found.name}


@answers("secretsmanager", "DescribeSecret")
def describe(call):
    """Also one that is scheduled for deletion: its ``DeletedDate`` says so."""
    found = _named(call)
    described = found.to_dict()
    described.pop("SecretVersionsToStages", None)
    if described.get("KmsKeyId") == "":
        del described["KmsKeyId"]  # the service's own key, which is not named; moto keeps the word by which it was set
    labelled = {version: labels for version, labels in described.get("VersionIdsToStages", {}).items() if labels}
    return {name: value for name, value in described.items() if value not in (None, {})} | (
        {"VersionIdsToStages": labelled} if labelled else {}
    )


def _backend(call) -> SecretsManagerBackend:
    return secretsmanager_backends[call.account][call.region]


def _find(call, name_or_arn):
    """By name, ARN, or ARN without its random end."""
    for secret in dict.values(_backend(call).secrets):
        if name_or_arn in (secret.name, secret.arn, secret.arn.rpartition("-")[0]):
            return secret
    return None


def _named(call):
    found = _find(call, call.params["SecretId"])
    if found is None:
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    return found


def _forget(backend, secret):
    if backend.secrets.get(secret.name) is secret:
        backend.secrets.pop(secret.name)
