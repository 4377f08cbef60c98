"""VPC links: states that take a moment, interfaces in their subnets, and integrations that keep them."""

from moto.apigatewayv2.models import VpcLink

from stand_in import clock, network
from stand_in.apigatewayv2 import absent, backend_of, bad, by_member
from stand_in.departures import answers

_AVAILABLE = 0.3
_DELETED = 0.3

VpcLink.status = "PENDING"
VpcLink.status_message = None


@answers("apigatewayv2", "CreateVpcLink")
def create(call):
    params, ec2 = call.params, network.backend_of(call.account, call.region)
    subnets, groups = params["SubnetIds"], params.get("SecurityGroupIds", [])
    vpc_id = _check_place(ec2, subnets, groups)
    link = backend_of(call).create_vpc_link(params["Name"], groups, subnets, params.get("Tags", {}))
    link.vpc_id, link.interfaces = vpc_id, []
    clock.after(_AVAILABLE, _set_up, ec2, link)
    return _describe(link)


@answers("apigatewayv2", "GetVpcLink")
def get(call):
    return _describe(_link(call))


@answers("apigatewayv2", "GetVpcLinks")
def get_all(call):
    return {"Items": [_describe(link) for link in backend_of(call).get_vpc_links()]}


@answers("apigatewayv2", "UpdateVpcLink")
def update(call):
    link = _link(call)
    link.update(call.params.get("Name", link.name))
    return _describe(link)


@answers("apigatewayv2", "DeleteVpcLink")
def delete(call):
    link, backend = _link(call), backend_of(call)
    users = [
        f"{integration.integration_method}:{api.api_id}:{integration.id}"
        for api in backend.apis.values()
        for integration in api.integrations.values()
        if integration.connection_id == link.id
    ]
    if users:
        where = f"{users} in format of [Method:Api:Integration]"
        raise bad(f"Cannot delete vpc link. Vpc link '{link.id}', is referenced in {where}.")
    if link.status != "DELETING":
        link.status = "DELETING"
        clock.after(_DELETED, _forget, network.backend_of(call.account, call.region), backend, link)


def _link(call):
    link = backend_of(call).vpc_links.get(call.params["VpcLinkId"])
    if link is None:
        raise absent(f"Invalid VpcLink identifier specified {call.params['VpcLinkId']}")
    return link


def _check_place(ec2, subnets, groups):
    homes = [network.subnet(ec2, subnet_id) for subnet_id in subnets]
    if not homes or None in homes:
        raise bad(f"Invalid subnets specified: {subnets}")
    vpcs = {home.vpc_id for home in homes}
    if len(vpcs) > 1:
        raise bad("All subnets must belong to the same VPC")
    for group_id in groups:
        group = network.group(ec2, group_id)
        if group is None or group.vpc_id not in vpcs:
            raise bad(f"Invalid security group specified: {group_id}")
    return vpcs.pop()


def _set_up(ec2, link):
    """A subnet without a free address, or one that is gone by now, is what a link fails for."""
    if link.status != "PENDING":
        return
    for subnet_id in link.subnet_ids:
        home = network.subnet(ec2, subnet_id)
        if home is None or home.available_ip_address_count < 1:
            link.status = "FAILED"
            link.status_message = f"There are no free addresses in subnet {subnet_id}"
            return
    groups = link.sg_ids or [ec2.get_default_security_group(link.vpc_id).id]
    for subnet_id in link.subnet_ids:
        interface = network.create_interface(ec2, subnet_id, groups, f"VPC Link for HTTP APIs {link.id}")
        link.interfaces.append(interface.id)
    link.status = "AVAILABLE"


def _forget(ec2, backend, link):
    for interface in link.interfaces:
        network.delete_interface(ec2, interface)
    backend.vpc_links.pop(link.id, None)


def _describe(link):
    told = {**link.to_json(), "createdDate": None, "vpcLinkStatus": link.status}
    return by_member(told | {"vpcLinkStatusMessage": link.status_message}) | {"CreatedDate": link.created}
