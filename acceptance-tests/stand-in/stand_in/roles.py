"""IAM roles as other services see them: whether they exist, and whom they trust."""

import fnmatch
import json

from moto.iam.models import iam_backends


def find(account, arn):
    """The role of that ARN, or None."""
    partition = arn.split(":")[1] if arn.startswith("arn:aws") else "aws"
    return next((role for role in iam_backends[account][partition].roles.values() if role.arn == arn), None)


def trusts(role, service):
    """Whether the role's trust policy lets ``service`` (such as ``ecs-tasks.amazonaws.com``) assume it."""
    try:
        statements = json.loads(role.assume_role_policy_document)["Statement"]
    except (TypeError, ValueError, KeyError):
        return False
    statements = statements if isinstance(statements, list) else [statements]
    return any(_allows(statement, service) for statement in statements)


def _allows(statement, service):
    principal = statement.get("Principal", {})
    services = listed(principal.get("Service", [])) if isinstance(principal, dict) else [principal]
    actions = listed(statement.get("Action", []))
    return (
        statement.get("Effect") == "Allow"
        and service in services
        and any(fnmatch.fnmatch("sts:assumerole", action.lower()) for action in actions)
    )


def listed(value):
    """A policy document's value as a list: one value stands for itself."""
    return value if isinstance(value, list) else [value]
