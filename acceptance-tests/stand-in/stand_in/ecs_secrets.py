"""Secrets of task definitions: whether one is there, and the execution role may read it."""

import json

from stand_in import roles


def unreadable(task, source):
    """Why the value that ``valueFrom`` names cannot be read for the task, in ECS's words; None if it can be."""
    role = roles.find(task.account, getattr(task.definition, "execution_role_arn", None) or "")
    if ":secretsmanager:" in source:
        return _secret(task, source, role)
    return _parameter(task, source, role)


def _secret(task, source, role):
    from moto.secretsmanager.models import secretsmanager_backends

    arn, parts = ":".join(source.split(":")[:7]), source.split(":")[7:]
    key, stage = (parts + ["", ""])[:2]
    stored = secretsmanager_backends[task.account][source.split(":")[3]].secrets.values()
    secret = next((s for s in stored if s.arn == arn or s.arn.rpartition("-")[0] == arn), None)
    prefix = "unable to retrieve secret from Secrets Manager: "
    fetch = f"{prefix}service call has been retried 1 time(s): failed to fetch secret {arn} from secrets manager: "
    if role is None or not roles.allows(role, "secretsmanager:GetSecretValue", secret.arn if secret else arn):
        return fetch + _denied(task, role, "secretsmanager:GetSecretValue", arn)
    if secret is None:
        return f"{prefix}ResourceNotFoundException: Secrets Manager can't find the specified secret."
    if secret.is_deleted():
        return (
            fetch + "InvalidRequestException: You can't perform this operation on the secret because it was marked for "
            "deletion."
        )
    label = stage or "AWSCURRENT"
    value = next((v for v in secret.versions.values() if label in v["version_stages"]), None)
    if value is None:
        message = f"Secrets Manager can't find the specified secret value for staging label: {label}"
        return f"{fetch}ResourceNotFoundException: {message}"
    if key and key not in _keys(value.get("secret_string")):
        return f"{prefix}retrieved secret from Secrets Manager did not contain json key {key}"
    return None


def _parameter(task, source, role):
    from moto.ssm.models import ssm_backends

    region = source.split(":")[3] if source.startswith("arn:") else task.region
    name = source.partition(":parameter/")[2] or source.removeprefix("/")
    arn = f"arn:aws:ssm:{region}:{task.account}:parameter/{name}"
    if role is None or not roles.allows(role, "ssm:GetParameters", arn):
        return "unable to retrieve secrets from ssm: " + _denied(task, role, "ssm:GetParameters", arn)
    backend = ssm_backends[task.account][region]
    if not any(backend.get_parameters([known]) for known in (name, "/" + name)):
        return f"unable to retrieve secret from SSM Parameter Store: invalid ssm parameters: {name}"
    return None


def _keys(text):
    try:
        document = json.loads(text)
    except (TypeError, ValueError):
        return ()
    return document if isinstance(document, dict) else ()


def _denied(task, role, action, arn):
    name = role.name if role else "none"
    user = f"arn:aws:sts::{task.account}:assumed-role/{name}/{task.id}"
    return (
        f"AccessDeniedException: User: {user} is not authorized to perform: {action} on resource: {arn} because no "
        f"identity-based policy allows the {action} action"
    )
