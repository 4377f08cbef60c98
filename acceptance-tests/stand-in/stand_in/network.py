"""The VPC as tasks meet it: interfaces made for them, who may talk to whom, and what can be reached."""

import ipaddress

from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend

from stand_in.addresses import public_address
from stand_in.errors import AwsError

# Zones that AWS offers little in: no NAT gateways, and endpoints of few services.
OLD_ZONES = {"use1-az3"}


_create_anywhere = NetworkInterfaceBackend.create_network_interface


def _create_at_free_address(backend, home, address, addresses=None, *others, **named):
    """moto takes any address of the subnet, even one that another interface has or that AWS keeps for itself."""
    if not address and not addresses:
        home = subnet(backend, home) if isinstance(home, str) else home
        address = home.get_available_subnet_ip(None)
    return _create_anywhere(backend, home, address, addresses, *others, **named)


NetworkInterfaceBackend.create_network_interface = _create_at_free_address


def backend_of(account, region):
    """moto's EC2 tables for an account and region; the default VPC is made whole first."""
    backend = ec2_backends[account][region]
    _complete_default_vpc(backend)
    return backend


def subnet(backend, subnet_id):
    """The subnet, or None."""
    return next((zone[subnet_id] for zone in backend.subnets.values() if subnet_id in zone), None)


def group(backend, group_id):
    """The security group, or None."""
    return next((groups[group_id] for groups in backend.groups.values() if group_id in groups), None)


def check_awsvpc(backend, configuration):
    """Refuses a network configuration as ECS does: what it names must exist and share one VPC. Answers the VPC's id."""
    vpcs = set()
    for subnet_id in configuration["subnets"]:
        found = subnet(backend, subnet_id)
        if found is None:
            raise AwsError(
                "InvalidParameterException",
                f"Error retrieving subnet information for [{subnet_id}]: The subnet ID '{subnet_id}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)",
            )
        vpcs.add(found.vpc_id)
    for group_id in configuration.get("securityGroups", []):
        found = group(backend, group_id)
        if found is None:
            raise AwsError(
                "InvalidParameterException",
                f"Error retrieving security group information for [{group_id}]: The security group '{group_id}' does "
                "not exist (ErrorCode: InvalidGroup.NotFound)",
            )
        vpcs.add(found.vpc_id)
    if len(vpcs) != 1:
        raise AwsError("InvalidParameterException", "The subnets and security groups must belong to one VPC.")
    if len(configuration["subnets"]) > 16:
        raise AwsError("InvalidParameterException", "subnets can have at most 16 items.")
    if len(configuration.get("securityGroups", [])) > 5:
        raise AwsError("InvalidParameterException", "securityGroups can have at most 5 items.")
    return vpcs.pop()


def create_interface(backend, subnet_id, group_ids, description, public=False):
    """An interface in use by a service of AWS's own, with an address of the subnet and, if asked, a public one."""
    home = subnet(backend, subnet_id)
    interface = backend.create_network_interface(home, None, group_ids=group_ids, description=description)
    interface.status = "in-use"
    interface.requester_managed = True
    if public:
        interface.public_ip = public_address()
    return interface


def delete_interface(backend, interface_id):
    """Takes the interface away and gives its address back."""
    interface = backend.enis.get(interface_id)
    if interface is not None:
        interface.delete()


def forget_associations(backend, subnet_id):
    """Takes the subnet's ties to route tables away: they go with it."""
    for table in backend.route_tables.values():
        ties = [tie for tie, subnet in table._associations.items() if subnet == subnet_id]
        for tie in ties:
            del table._associations[tie]


def has_internet(backend, subnet_id, public):
    """Whether a task there can reach public endpoints: through an internet gateway with a public address, or a NAT."""
    route = _default_route(backend, subnet(backend, subnet_id))
    if route is None:
        return False
    gateway = getattr(route.gateway, "id", None) or ""
    if gateway.startswith("igw-"):
        return public
    nat = getattr(route, "nat_gateway", None)
    if nat is not None:
        return nat.state == "available"
    return True  # a transit gateway, an appliance: where it leads is not this VPC's matter


def leads_to_internet_gateway(backend, subnet_id):
    """Whether what stands there can be reached from the Internet: its subnet's default route is an internet gateway."""
    route = _default_route(backend, subnet(backend, subnet_id))
    return route is not None and (getattr(route.gateway, "id", None) or "").startswith("igw-")


def is_within_vpc(backend, vpc_id, address):
    """Whether the address is one of the VPC's ranges'."""
    blocks = [block["cidr_block"] for block in backend.vpcs[vpc_id].cidr_block_association_set]
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(block) for block in blocks)


def has_endpoint(backend, subnet_id, group_ids, address, service):
    """Whether an endpoint of the VPC for a service, such as ``ecr.dkr``, answers who is there with groups and address.

    A gateway endpoint (S3's) counts by the subnet's routes, an interface endpoint by its groups and its private DNS.
    """
    home = subnet(backend, subnet_id)
    for endpoint in backend.vpc_end_points.values():
        fits = endpoint.vpc_id == home.vpc_id and endpoint.service_name.endswith("." + service)
        if not fits or endpoint.state != "available":
            continue
        if (endpoint.vpc_endpoint_type or "Gateway").lower() == "gateway":
            table = _route_table(backend, home)
            if table is not None and table.id in (endpoint.route_table_ids or []):
                return True
            continue
        groups = endpoint.security_group_ids or [backend.get_default_security_group(home.vpc_id).id]
        private = endpoint.private_dns_enabled not in (False, "false")
        if private and endpoint.subnet_ids and admits(backend, groups, group_ids, address, 443):
            return True
    return False


def admits(backend, group_ids, peer_group_ids, peer_address, port):
    """Whether any of the groups lets TCP traffic to ``port`` in from a peer."""
    return any(
        _rule_admits(rule, peer_group_ids, peer_address, port)
        for group_id in group_ids
        for rule in group(backend, group_id).ingress_rules
    )


def lets_out(backend, group_ids, peer_group_ids, peer_address, port):
    """Whether any of the groups lets TCP traffic out to a peer's ``port``."""
    return any(
        _rule_admits(rule, peer_group_ids, peer_address, port)
        for group_id in group_ids
        for rule in group(backend, group_id).egress_rules
    )


def _rule_admits(rule, peer_group_ids, peer_address, port):
    if rule.ip_protocol not in ("-1", "tcp"):
        return False
    if rule.ip_protocol == "tcp" and not rule.from_port <= port <= rule.to_port:
        return False
    if rule.source_group.get("GroupId") in peer_group_ids:
        return True
    block = rule.ip_range.get("CidrIp")
    return block is not None and ipaddress.ip_address(peer_address) in ipaddress.ip_network(block, strict=False)


def _route_table(backend, home):
    tables = [table for table in backend.route_tables.values() if table.vpc_id == home.vpc_id]
    table = next((t for t in tables if home.id in t._associations.values()), None)
    return table or next((t for t in tables if t.main_association_id), None)


def _default_route(backend, home):
    table = _route_table(backend, home)
    routes = table.routes if table else []
    return next((route for route in routes if route.destination_cidr_block == "0.0.0.0/0"), None)


def _complete_default_vpc(backend):
    """AWS's default VPC has an internet gateway and a route to it; moto's has not. Done once for each region."""
    if getattr(backend, "default_vpc_is_complete", False):
        return
    backend.default_vpc_is_complete = True
    vpc = next((vpc for vpc in backend.vpcs.values() if vpc.is_default in (True, "true")), None)
    if vpc is None:
        return
    gateway = backend.create_internet_gateway()
    backend.attach_internet_gateway(gateway.id, vpc.id)
    main = next(t for t in backend.route_tables.values() if t.vpc_id == vpc.id and t.main_association_id)
    backend.create_route(main.id, "0.0.0.0/0", None, gateway_id=gateway.id)
