"""IAM roles as other services see them: whether they exist, whom they trust, and what they may do."""

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


def allows(role, action, resource="*"):
    """Whether the role's policies allow the action; the resource ``*`` asks for any resource at all.

    Conditions cannot be judged here: an allowing statement counts in spite of them, a denying one does not.
    """
    documents = [_default_version(policy) for policy in role.managed_policies.values()] + list(role.policies.values())
    statements = [s for text in documents for s in listed(_document(text)["Statement"])]
    concerned = [s for s in statements if _concerns(s, action, resource)]
    if any(s["Effect"] == "Deny" and "Condition" not in s for s in concerned):
        return False
    return any(s["Effect"] == "Allow" for s in concerned)


def _default_version(policy):
    return next(version.document for version in policy.versions if version.is_default)


def _document(text):
    return json.loads(text) if isinstance(text, str) else text


def _concerns(statement, action, resource):
    actions = [pattern.lower() for pattern in listed(statement.get("Action", statement.get("NotAction")))]
    named = any(fnmatch.fnmatchcase(action.lower(), pattern) for pattern in actions)
    if named == ("NotAction" in statement):
        return False
    if resource == "*" and statement["Effect"] == "Allow":
        return True
    if "NotResource" in statement:
        return not any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["NotResource"]))
    return any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))


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
