"""IAM: AWS's own policies on demand, documents that are read before they are kept, roles that AWS protects."""

import functools
import json
import re

from moto.iam.models import SERVICE_NAME_CONVERSION, AWSManagedPolicy

from stand_in import iam_policies, roles
from stand_in.departures import answers, guards
from stand_in.errors import AwsError
from stand_in.iam_policies import backend_of
from stand_in.permissions import Demand, documents_of, judge

SERVICE_NAME_CONVERSION.update(ecs="ECS", elasticloadbalancing="ElasticLoadBalancing")

_POLICY_READERS = ("GetPolicy", "GetPolicyVersion", "ListPolicyVersions", "ListEntitiesForPolicy")


@guards("iam", *_POLICY_READERS)
def load_managed_policy(call):
    """moto loads all of AWS's managed policies or none; here one is made when it is first named."""
    backend, arn = backend_of(call), call.params["PolicyArn"]
    name = arn.rpartition("/")[2]
    if ":iam::aws:policy/" not in arn or arn in backend.managed_policies:
        return
    data = _managed_policies().get(name)
    if data is None:
        return
    policy = AWSManagedPolicy.from_data(name, call.account, call.region, data)
    if policy.arn == arn:
        backend.managed_policies[arn] = policy
        backend.aws_managed_policies.append(policy)


@guards("iam", "AttachRolePolicy", "AttachUserPolicy")
def attach_policy(call):
    load_managed_policy(call)
    kind = "User" if "UserName" in call.params else "Role"
    named = backend_of(call).users if kind == "User" else {r.name: r for r in backend_of(call).roles.values()}
    holder = named.get(call.params[f"{kind}Name"])
    if holder is not None:
        iam_policies.has_room(kind, holder, call.params["PolicyArn"])


@guards("iam", "CreateRole")
def create_role(call):
    _check_trust(call, call.params["AssumeRolePolicyDocument"])
    boundary = call.params.get("PermissionsBoundary")
    if boundary:
        policy_exists(call, boundary)


@guards("iam", "UpdateAssumeRolePolicy")
def update_trust(call):
    _check_trust(call, call.params["PolicyDocument"])


@guards("iam", "PutRolePolicy", "CreatePolicy", "CreatePolicyVersion")
def put_policy(call):
    _check_statements(_document(call.params["PolicyDocument"]), with_principal=False)
    if call.action == "CreatePolicy":
        iam_policies.name_is_free(call)


@guards("iam", "DeleteRole", "DetachRolePolicy", "PutRolePermissionsBoundary")
def service_linked_role_is_protected(call):
    name = call.params["RoleName"]
    role = next((r for r in backend_of(call).roles.values() if r.name == name), None)
    if role is not None and role.path.startswith("/aws-service-role/"):
        message = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        raise AwsError("UnmodifiableEntity", message)


@guards("iam", "RemoveRoleFromInstanceProfile")
def role_is_in_profile(call):
    profile, role = call.params["InstanceProfileName"], call.params["RoleName"]
    held = next((p for p in backend_of(call).instance_profiles.values() if p.name == profile), None)
    if held is not None and all(other.name != role for other in held.roles):
        raise AwsError("NoSuchEntity", f"Role {role} is not in the instance profile {profile}.")


@guards("iam", "CreateServiceLinkedRole")
def create_service_linked_role(call):
    path = f"/aws-service-role/{call.params['AWSServiceName']}/"
    if "CustomSuffix" not in call.params and any(r.path == path for r in backend_of(call).roles.values()):
        name = next(r.name for r in backend_of(call).roles.values() if r.path == path)
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise AwsError("InvalidInput", message)


@answers("iam", "SimulatePrincipalPolicy")
def simulate(call):
    source = call.params["PolicySourceArn"]
    users = {user.arn: user for user in backend_of(call).users.values()}
    holder = roles.find(call.account, source) or users.get(source)
    if holder is None:
        raise AwsError("NoSuchEntity", f"The entity {source} cannot be found.")
    documents = documents_of(holder)
    context = {e["ContextKeyName"]: e["ContextKeyValues"] for e in call.params.get("ContextEntries", [])}
    pairs = [(a, r) for a in call.params["ActionNames"] for r in call.params.get("ResourceArns", ["*"])]
    results = [
        {"EvalActionName": a, "EvalResourceName": r, "EvalDecision": judge(documents, Demand(a, [r], context))}
        for a, r in pairs
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


@functools.cache
def _managed_policies():
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return json.loads(aws_managed_policies_data)


def policy_exists(call, arn):
    call_like = type(call)(call.request, "iam", "GetPolicy", call.region, call.access_key, params={"PolicyArn": arn})
    load_managed_policy(call_like)
    if arn not in backend_of(call).managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


def _document(text):
    try:
        document = json.loads(text)
    except ValueError:
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json") from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise AwsError("MalformedPolicyDocument", "Syntax errors in policy.")
    if document.get("Version", "2012-10-17") not in ("2012-10-17", "2008-10-17"):
        raise AwsError("MalformedPolicyDocument", "The policy must contain a valid version string")
    return document


def _check_statements(document, with_principal):
    for statement in roles.listed(document["Statement"]):
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise AwsError("MalformedPolicyDocument", "Syntax errors in policy.")
        if "Action" not in statement and "NotAction" not in statement:
            raise AwsError("MalformedPolicyDocument", "Policy statement must contain actions.")
        if with_principal and ("Resource" in statement or "NotResource" in statement):
            raise AwsError("MalformedPolicyDocument", "Has prohibited field Resource")
        if with_principal and "Principal" not in statement and "NotPrincipal" not in statement:
            raise AwsError("MalformedPolicyDocument", "Trust policy statements must contain a principal.")
        if not with_principal and "Principal" in statement:
            raise AwsError("MalformedPolicyDocument", "Policy document should not specify a principal.")
        if not with_principal and "Resource" not in statement and "NotResource" not in statement:
            raise AwsError("MalformedPolicyDocument", "Policy statement must contain resources.")


def _check_trust(call, text):
    document = _document(text)
    _check_statements(document, with_principal=True)
    for statement in roles.listed(document["Statement"]):
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        for service in roles.listed(services):
            if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", service):
                raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "SERVICE":"{service}"')
        for arn in roles.listed(principal.get("AWS", []) if isinstance(principal, dict) else []):
            if not _is_principal(call, arn):
                raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


def _is_principal(call, arn):
    """Users and roles of this account must exist; those of others are taken on trust."""
    account, _, resource = arn.partition("::")[2].partition(":")
    if account != call.account:
        return True
    kind = resource.partition("/")[0]
    known = {"user": backend_of(call).users.values(), "role": backend_of(call).roles.values()}
    return kind not in known or any(principal.arn == arn for principal in known[kind])
