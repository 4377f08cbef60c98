"""Managed policies: names that are taken, versions, who holds them, how many a user or role may have."""

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from stand_in.departures import guards
from stand_in.errors import AwsError

PER_PRINCIPAL = 10


def backend_of(call):
    return iam_backends[call.account][get_partition(call.region)]


def name_is_free(call):
    """Names are one whatever their path and case."""
    name = call.params["PolicyName"]
    own = (p for p in backend_of(call).managed_policies.values() if ":iam::aws:" not in p.arn)
    if any(policy.name.lower() == name.lower() for policy in own):
        message = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise AwsError("EntityAlreadyExists", message, 409)


def has_room(kind, holder, arn):
    """Whether a user or role may have one more."""
    if arn not in holder.managed_policies and len(holder.managed_policies) >= PER_PRINCIPAL:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: {PER_PRINCIPAL}", 409)


@guards("iam", "DeletePolicy")
def delete_policy(call):
    """moto deletes what is attached, and what has versions."""
    backend, arn = backend_of(call), call.params["PolicyArn"]
    policy = backend.managed_policies.get(arn)
    if policy is None:
        return
    holders = [*backend.users.values(), *backend.groups.values(), *backend.roles.values()]
    bounds = [getattr(holder, "permissions_boundary_arn", None) for holder in holders]
    if arn in bounds or any(arn in holder.managed_policies for holder in holders):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if len(policy.versions) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
        raise AwsError("DeleteConflict", message, 409)


@guards("iam", "DeletePolicyVersion")
def delete_policy_version(call):
    policy = backend_of(call).managed_policies.get(call.params["PolicyArn"])
    if policy is not None and call.params["VersionId"] == policy.default_version_id:
        raise AwsError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
