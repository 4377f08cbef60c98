"""Web ACLs: what they guard must exist, and is guarded by one at a time."""

from moto.wafv2.models import wafv2_backends

from stand_in.departures import answers, guards
from stand_in.errors import AwsError


@guards("wafv2", "AssociateWebACL")
def associate(call):
    """Another web ACL's place is taken, as on AWS; moto leaves both."""
    _check_exists(call)
    backend, acl = _backend(call), call.params["WebACLArn"]
    if acl not in backend.wacls:
        raise _nonexistent()
    backend.disassociate_web_acl(call.params["ResourceArn"])


@guards("wafv2", "DisassociateWebACL", "GetWebACLForResource")
def check_resource(call):
    _check_exists(call)


@guards("wafv2", "DeleteWebACL")
def delete(call):
    acl = next((acl for acl in _backend(call).wacls.values() if acl.id == call.params["Id"]), None)
    if acl is not None and acl.associated_resources:
        message = "AWS WAF couldn't perform the operation because your resource is being used by another resource"
        raise AwsError("WAFAssociatedItemException", message)


@answers("wafv2", "ListResourcesForWebACL")
def list_resources(call):
    acl = _backend(call).wacls.get(call.params["WebACLArn"])
    if acl is None:
        raise _nonexistent()
    return {"ResourceArns": [arn for arn in acl.associated_resources if ":loadbalancer/app/" in arn]}


def _backend(call):
    return wafv2_backends[call.account][call.region]


def _nonexistent():
    message = "AWS WAF couldn't perform the operation because your resource doesn't exist."
    return AwsError("WAFNonexistentItemException", message)


def _check_exists(call):
    from moto.elbv2.models import elbv2_backends

    arn = call.params["ResourceArn"]
    if ":loadbalancer/" in arn and arn not in elbv2_backends[call.account][call.region].load_balancers:
        raise _nonexistent()
