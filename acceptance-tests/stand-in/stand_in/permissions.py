"""IAM policies, judged: by action, resource and conditions. Source: AWS IAM user guide, *Policy evaluation logic*."""

import fnmatch
import json
from dataclasses import dataclass, field

_OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatch.fnmatchcase,
    "ArnEquals": fnmatch.fnmatchcase,
    "ArnLike": fnmatch.fnmatchcase,
}


@dataclass
class Demand:
    """Something that a call asks leave for. ``resources`` is None where the stand-in cannot tell them; then any will do,
    and conditions are not judged. ``context`` holds the condition keys that the call has, with their values."""

    action: str
    resources: list[str] | None = None
    context: dict[str, list[str]] = field(default_factory=dict)


def judge(documents, demand):
    """``allowed``, ``explicitDeny`` or ``implicitDeny``: by the policies, of the worst of the resources."""
    statements = [statement for document in documents for statement in _statements(document)]
    verdicts = {_of_one(statements, demand, resource) for resource in demand.resources or [None]}
    return next(verdict for verdict in ("explicitDeny", "implicitDeny", "allowed") if verdict in verdicts)


def _of_one(statements, demand, resource):
    concerned = [s for s in statements if _concerns(s, demand, resource)]
    if any(s["Effect"] == "Deny" for s in concerned):
        return "explicitDeny"
    return "allowed" if concerned else "implicitDeny"


def _statements(document):
    if isinstance(document, str):
        document = json.loads(document)
    return listed(document["Statement"])


def _concerns(statement, demand, resource):
    if _named(statement, "Action", demand.action.lower(), str.lower) is False:
        return False
    if resource is None:
        return statement["Effect"] == "Allow"
    if _named(statement, "Resource", resource, str) is False:
        return False
    conditions = statement.get("Condition", {}).items()
    return all(_holds(operator, keys, demand.context) for operator, keys in conditions)


def _named(statement, what, word, form):
    if what in statement:
        return any(fnmatch.fnmatchcase(word, form(pattern)) for pattern in listed(statement[what]))
    return not any(fnmatch.fnmatchcase(word, form(pattern)) for pattern in listed(statement["Not" + what]))


def _holds(operator, keys, context):
    same = _OPERATORS.get(operator)
    if same is None:
        return False
    has = lambda key, values: any(same(value, wanted) for value in context.get(key, []) for wanted in listed(values))
    return all(has(key, values) for key, values in keys.items())


def listed(value):
    """A policy document's value as a list: one value stands for itself."""
    return value if isinstance(value, list) else [value]


def documents_of(holder):
    """The policies of a user or a role: inline ones, and the default versions of managed ones."""
    managed = [next(v.document for v in p.versions if v.is_default) for p in holder.managed_policies.values()]
    inline = holder.policies
    return managed + (list(inline.values()) if isinstance(inline, dict) else list(inline))
