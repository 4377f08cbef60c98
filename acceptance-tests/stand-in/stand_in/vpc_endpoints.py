"""VPC endpoints that take a moment, hold interfaces and routes, and are refused for the reasons that AWS has."""

import json

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCEndPoint
from moto.ec2.utils import random_vpc_ep_id

from stand_in import clock, filters, network
from stand_in.departures import answers
from stand_in.errors import AwsError

_CREATED = 0.15
_DELETED = 0.15
_GATEWAYS = {"s3", "dynamodb"}

_made_by_token = {}


@answers("ec2", "DescribeVpcEndpointServices")
def describe_services(call):
    backend = network.backend_of(call.account, call.region)
    zones = [zone.name for zone in backend.describe_availability_zones() if zone.zone_id not in network.OLD_ZONES]
    details = []
    for name in sorted(set(AWS_ENDPOINT_SERVICES)):
        full = f"com.amazonaws.{call.region}.{name}"
        kinds = (["Gateway"] if name in _GATEWAYS else []) + ["Interface"]
        for kind in kinds:
            values = {"service-name": full, "service-type": kind, "owner": "amazon"}
            if filters.fits(call.params.get("Filters"), values, {}):
                answer = {"ServiceName": full, "ServiceType": [{"ServiceType": kind}], "AvailabilityZones": zones}
                details.append(
                    {**answer, "Owner": "amazon", "AcceptanceRequired": False, "VpcEndpointPolicySupported": True}
                )
    named = call.params.get("ServiceNames")
    if named:
        known = {each["ServiceName"] for each in details}
        if unknown := [name for name in named if name not in known]:
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{unknown[0]}' does not exist")
        details = [each for each in details if each["ServiceName"] in named]
    return {"ServiceNames": sorted({each["ServiceName"] for each in details}), "ServiceDetails": details}


@answers("ec2", "CreateVpcEndpoint")
def create(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    token = (call.account, call.region, params.get("ClientToken"))
    if token[2] and token in _made_by_token:
        return {"VpcEndpoint": _describe(_made_by_token[token]), "ClientToken": token[2]}
    vpc = backend.get_vpc(params["VpcId"])
    kind, service = params.get("VpcEndpointType", "Gateway"), params["ServiceName"]
    short = service.removeprefix(f"com.amazonaws.{call.region}.")
    if short not in AWS_ENDPOINT_SERVICES:
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    if kind == "Gateway" and short not in _GATEWAYS:
        message = "Endpoint type (Gateway) does not match available service types ([Interface])."
        raise AwsError("InvalidParameter", message)
    endpoint = VPCEndPoint(backend, random_vpc_ep_id(), vpc.id, service, kind, params.get("PolicyDocument"), [], [], [])
    if kind == "Gateway":
        endpoint.destination_prefix_list_id = _prefix_list(backend, service)
        endpoint.private_dns_enabled = False
        _check_tables(backend, endpoint, params.get("RouteTableIds", []))
        _add_tables(backend, endpoint, params.get("RouteTableIds", []))
    else:
        _check_interface(backend, vpc, endpoint, params, short)
        groups = params.get("SecurityGroupIds") or [backend.get_default_security_group(vpc.id).id]
        endpoint.security_group_ids = groups
        endpoint.private_dns_enabled = params.get("PrivateDnsEnabled", True)
        endpoint.state = "pending"
        _add_subnets(backend, endpoint, params.get("SubnetIds", []))
        clock.after(_CREATED, _become_available, endpoint)
    endpoint.add_tags(filters.asked_for(params, "vpc-endpoint"))
    backend.vpc_end_points[endpoint.id] = endpoint
    _made_by_token[token] = endpoint
    return {"VpcEndpoint": _describe(endpoint)}


@answers("ec2", "DescribeVpcEndpoints")
def describe(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    named = params.get("VpcEndpointIds", [])
    found = [_endpoint(backend, each) for each in named] or backend.vpc_end_points.values()
    shown = [each for each in found if filters.fits(params.get("Filters"), _values(each), filters.tags_of(each))]
    return {"VpcEndpoints": [_describe(endpoint) for endpoint in shown]}


@answers("ec2", "ModifyVpcEndpoint")
def modify(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    endpoint = _endpoint(backend, params["VpcEndpointId"])
    if endpoint.state != "available":
        message = f"The endpoint '{endpoint.id}' is {endpoint.state} and cannot be modified."
        raise AwsError("IncorrectState", message)
    if endpoint.vpc_endpoint_type == "Gateway":
        if any(name in params for name in ("AddSubnetIds", "AddSecurityGroupIds", "PrivateDnsEnabled")):
            raise AwsError("InvalidParameter", "Subnets, groups and private DNS are for interface endpoints.")
        _check_tables(backend, endpoint, params.get("AddRouteTableIds", []))
        _remove_tables(backend, endpoint, params.get("RemoveRouteTableIds", []))
        _add_tables(backend, endpoint, params.get("AddRouteTableIds", []))
    else:
        _modify_interface(backend, endpoint, params)
    if params.get("ResetPolicy"):
        endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
    if "PolicyDocument" in params:
        endpoint.policy_document = params["PolicyDocument"]
    return {"Return": True}


@answers("ec2", "DeleteVpcEndpoints")
def delete(call):
    backend, unsuccessful = network.backend_of(call.account, call.region), []
    for endpoint_id in call.params["VpcEndpointIds"]:
        endpoint = backend.vpc_end_points.get(endpoint_id)
        if endpoint is None:
            message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
            error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}
            unsuccessful.append({"ResourceId": endpoint_id, "Error": error})
        elif endpoint.state != "deleting":
            endpoint.state = "deleting"
            clock.after(_DELETED, _go, backend, endpoint)
    return {"Unsuccessful": unsuccessful}


def _check_interface(backend, vpc, endpoint, params, short):
    _check_subnets(backend, endpoint, params.get("SubnetIds", []))
    _check_groups(backend, vpc.id, params.get("SecurityGroupIds", []))
    if params.get("PrivateDnsEnabled", True):
        _check_names(backend, vpc, endpoint, short)


def _check_names(backend, vpc, endpoint, short):
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        message = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{vpc.id}"
        )
        raise AwsError("InvalidParameter", message)
    for other in backend.vpc_end_points.values():
        same = (other.vpc_id, other.service_name) == (vpc.id, endpoint.service_name)
        if same and other.id != endpoint.id and other.private_dns_enabled:
            message = (
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{short}.{backend.region_name}.amazonaws.com in the VPC {vpc.id}"
            )
            raise AwsError("InvalidParameter", message)


def _check_subnets(backend, endpoint, subnet_ids):
    zones = {network.subnet(backend, each).availability_zone for each in endpoint.subnet_ids}
    for subnet_id in subnet_ids:
        home = network.subnet(backend, subnet_id)
        if home is None:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
        if home.vpc_id != endpoint.vpc_id:
            raise AwsError("InvalidParameter", f"The subnet '{subnet_id}' is not in the VPC '{endpoint.vpc_id}'")
        if home.availability_zone_id in network.OLD_ZONES:
            message = f"The VPC endpoint service {endpoint.service_name} does not support the availability zone of the "
            raise AwsError("InvalidParameter", f"{message}subnet: {subnet_id}.")
        if home.availability_zone in zones:
            message = f"Found another VPC endpoint subnet in the availability zone of {subnet_id}"
            raise AwsError("DuplicateSubnetsInSameZone", message)
        zones.add(home.availability_zone)


def _check_groups(backend, vpc_id, group_ids):
    for group_id in group_ids:
        group = network.group(backend, group_id)
        if group is None or group.vpc_id != vpc_id:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")


def _modify_interface(backend, endpoint, params):
    vpc = backend.get_vpc(endpoint.vpc_id)
    _check_groups(backend, vpc.id, params.get("AddSecurityGroupIds", []))
    _remove_subnets(backend, endpoint, params.get("RemoveSubnetIds", []))
    added = [each for each in params.get("AddSubnetIds", []) if each not in endpoint.subnet_ids]
    _check_subnets(backend, endpoint, added)
    _add_subnets(backend, endpoint, added)
    removed = params.get("RemoveSecurityGroupIds", [])
    groups = [each for each in endpoint.security_group_ids if each not in removed]
    endpoint.security_group_ids = groups + [
        each for each in params.get("AddSecurityGroupIds", []) if each not in groups
    ]
    for interface_id in endpoint.network_interface_ids:
        backend.modify_network_interface_attribute(interface_id, endpoint.security_group_ids)
    if "PrivateDnsEnabled" in params:
        if params["PrivateDnsEnabled"]:
            short = endpoint.service_name.removeprefix(f"com.amazonaws.{backend.region_name}.")
            _check_names(backend, vpc, endpoint, short)
        endpoint.private_dns_enabled = params["PrivateDnsEnabled"]


def _add_subnets(backend, endpoint, subnet_ids):
    for subnet_id in subnet_ids:
        description = f"VPC Endpoint Interface {endpoint.id}"
        interface = network.create_interface(backend, subnet_id, endpoint.security_group_ids, description)
        interface.interface_type = "vpc_endpoint"
        endpoint.network_interface_ids.append(interface.id)
        endpoint.subnet_ids.append(subnet_id)


def _remove_subnets(backend, endpoint, subnet_ids):
    for interface_id in list(endpoint.network_interface_ids):
        if backend.enis[interface_id].subnet.id in subnet_ids:
            network.delete_interface(backend, interface_id)
            endpoint.network_interface_ids.remove(interface_id)
    endpoint.subnet_ids = [each for each in endpoint.subnet_ids if each not in subnet_ids]


def _prefix_list(backend, service):
    lists = backend.managed_prefix_lists.values()
    return next(each.id for each in lists if each.prefix_list_name == service)


def _check_tables(backend, endpoint, table_ids):
    for table_id in table_ids:
        table = backend.get_route_table(table_id)
        if table.vpc_id != endpoint.vpc_id:
            raise AwsError("InvalidParameter", f"The route table '{table_id}' is not in the VPC '{endpoint.vpc_id}'")
        prefix = endpoint.destination_prefix_list_id
        if any(route.destination_prefix_list_id == prefix for route in table.routes):
            message = f"route table {table_id} already has a route with destination-prefix-list-id {prefix}"
            raise AwsError("RouteAlreadyExists", message)


def _add_tables(backend, endpoint, table_ids):
    for table_id in table_ids:
        prefix = endpoint.destination_prefix_list_id
        backend.create_route(table_id, None, destination_prefix_list_id=prefix)
        route = next(
            each for each in backend.get_route_table(table_id).routes if each.destination_prefix_list_id == prefix
        )
        route.vpc_endpoint_id = endpoint.id
        endpoint.route_table_ids.append(table_id)


def _remove_tables(backend, endpoint, table_ids):
    for table_id in table_ids:
        if table_id in endpoint.route_table_ids:
            table = backend.route_tables.get(table_id)
            if table is not None:
                gone = [key for key, route in table._routes.items() if route.vpc_endpoint_id == endpoint.id]
                for key in gone:
                    del table._routes[key]
            endpoint.route_table_ids.remove(table_id)


def _become_available(endpoint):
    if endpoint.state == "pending":
        endpoint.state = "available"


def _go(backend, endpoint):
    for interface_id in endpoint.network_interface_ids:
        network.delete_interface(backend, interface_id)
    _remove_tables(backend, endpoint, list(endpoint.route_table_ids))
    backend.vpc_end_points.pop(endpoint.id, None)


def _endpoint(backend, endpoint_id):
    if endpoint_id not in backend.vpc_end_points:
        raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    return backend.vpc_end_points[endpoint_id]


def _values(endpoint):
    return {
        "vpc-endpoint-id": endpoint.id,
        "vpc-id": endpoint.vpc_id,
        "service-name": endpoint.service_name,
        "vpc-endpoint-state": endpoint.state,
        "vpc-endpoint-type": endpoint.vpc_endpoint_type,
    }


def _describe(endpoint):
    """EC2 writes the state in small letters, whatever its model says."""
    return {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.vpc_endpoint_type,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy_document,
        "RouteTableIds": list(endpoint.route_table_ids),
        "SubnetIds": list(endpoint.subnet_ids),
        "Groups": [{"GroupId": each, "GroupName": ""} for each in endpoint.security_group_ids],
        "PrivateDnsEnabled": bool(endpoint.private_dns_enabled),
        "RequesterManaged": False,
        "NetworkInterfaceIds": list(endpoint.network_interface_ids),
        "CreationTimestamp": endpoint.creation_timestamp,
        "OwnerId": endpoint.ec2_backend.account_id,
        "Tags": filters.listed(filters.tags_of(endpoint)),
    }
