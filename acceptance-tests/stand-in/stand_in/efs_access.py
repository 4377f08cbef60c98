"""Whether a task may mount a file system, by the file system's policy and the task role's own policies."""

import fnmatch
import json

from stand_in import roles

_MOUNT = "elasticfilesystem:ClientMount"


def may_mount(account, policy, volume, task_role_arn, access_point_arn):
    """As EFS decides it. Without a policy everybody who reaches a mount target may; with one, only who is allowed.

    ``volume`` is the task definition's ``efsVolumeConfiguration``. A condition that is not known here admits nobody.
    """
    if not policy:
        return True
    signed = volume.get("authorizationConfig", {}).get("iam") == "ENABLED"
    facts = {
        "aws:securetransport": "true" if volume.get("transitEncryption") == "ENABLED" else "false",
        "elasticfilesystem:accessedviamounttarget": "true",
        "elasticfilesystem:accesspointarn": access_point_arn,
        "aws:principalarn": task_role_arn if signed else None,
    }
    caller = task_role_arn if signed else None
    statements = roles.listed(json.loads(policy)["Statement"])
    decisions = [s["Effect"] for s in statements if _concerns(s, account, caller, facts)]
    if "Deny" in decisions:
        return False
    return "Allow" in decisions or (caller is not None and _role_allows(account, caller))


def _concerns(statement, account, caller, facts):
    denies = statement["Effect"] == "Deny"
    actions = roles.listed(statement.get("Action", []))
    if not any(fnmatch.fnmatch(_MOUNT.lower(), action.lower()) for action in actions):
        return False
    return _names(statement["Principal"], account, caller) and _holds(statement.get("Condition", {}), facts, denies)


def _names(principal, account, caller):
    named = roles.listed(principal.get("AWS", []) if isinstance(principal, dict) else principal)
    if "*" in named:
        return True
    if caller is None:
        return False
    whole_account = (account, f"{caller.rpartition(':role/')[0]}:root")
    return caller in named or any(name in named for name in whole_account)


def _holds(condition, facts, if_unknown):
    for operator, tests in condition.items():
        for key, wanted in tests.items():
            fact, wanted = facts.get(key.lower()), [str(value) for value in roles.listed(wanted)]
            if operator == "Bool":
                fits = fact in [value.lower() for value in wanted]
            elif operator in ("StringEquals", "ArnEquals", "StringLike", "ArnLike"):
                fits = fact is not None and any(fnmatch.fnmatchcase(fact, value) for value in wanted)
            else:
                fits = if_unknown
            if not fits:
                return False
    return True


def _role_allows(account, arn):
    from moto.iam.access_control import IAMPolicy, PermissionResult

    role = roles.find(account, arn)
    policies = [*role.managed_policies.values(), *role.policies.values()] if role else []
    judged = [IAMPolicy(policy).is_action_permitted(_MOUNT, "*") for policy in policies]
    return PermissionResult.PERMITTED in judged and PermissionResult.DENIED not in judged
