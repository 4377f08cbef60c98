"""NAT gateways that take a moment to come up and to go, fail as AWS's do, and hold an interface and their address."""

from moto.core.utils import utcnow
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.utils import random_nat_gateway_id

from stand_in import clock, filters, network
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_CREATED = 0.15
_DELETED = 0.15

_made_by_token = {}


@answers("ec2", "CreateNatGateway")
def create(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    token = (call.account, call.region, params.get("ClientToken"))
    if token[2] and token in _made_by_token:
        return {"ClientToken": token[2], "NatGateway": _describe(_made_by_token[token])}
    home = network.subnet(backend, params["SubnetId"])
    if home is None:
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{params['SubnetId']}' does not exist")
    if home.availability_zone_id in network.OLD_ZONES:
        raise AwsError("NotAvailableInZone", "Nat Gateway is not available in this availability zone")
    if params.get("ConnectivityType", "public") == "public" and "AllocationId" not in params:
        raise AwsError("MissingParameter", "The request must include the AllocationId parameter.")
    gateway = _make(backend, home, params)
    _made_by_token[token] = gateway
    clock.after(_CREATED, _come_up, backend, gateway, params.get("AllocationId"))
    return (
        {"ClientToken": token[2], "NatGateway": _describe(gateway)} if token[2] else {"NatGateway": _describe(gateway)}
    )


@answers("ec2", "DescribeNatGateways")
def describe(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    found = [_gateway(backend, each) for each in params.get("NatGatewayIds", [])] or backend.nat_gateways.values()
    wanted = params.get("Filter", []) + params.get("Filters", [])
    shown = [gateway for gateway in found if filters.fits(wanted, _values(gateway), filters.tags_of(gateway))]
    return {"NatGateways": [_describe(gateway) for gateway in shown]}


@answers("ec2", "DeleteNatGateway")
def delete(call):
    backend = network.backend_of(call.account, call.region)
    gateway = _gateway(backend, call.params["NatGatewayId"])
    if gateway.state in ("pending", "available", "failed"):
        gateway.state = "deleting"
        clock.after(_DELETED, _go, backend, gateway)
    return {"NatGatewayId": gateway.id}


@guards("ec2", "ReleaseAddress")
def release_address(call):
    backend = network.backend_of(call.account, call.region)
    address = next((a for a in backend.addresses if a.allocation_id == call.params.get("AllocationId")), None)
    if address is None or not address.association_id:
        return
    if any(_holds(gateway, address) for gateway in backend.nat_gateways.values()):
        raise AwsError("AuthFailure", "You do not have permission to access the specified resource.")
    raise AwsError("InvalidIPAddress.InUse", f"The address '{address.allocation_id}' is in use.")


def _make(backend, home, params):
    """A gateway as moto keeps it, without what moto's own constructor does at once."""
    gateway = NatGateway.__new__(NatGateway)
    gateway.id, gateway.ec2_backend, gateway._created_at = random_nat_gateway_id(), backend, utcnow()
    gateway.subnet_id, gateway.vpc_id, gateway.state = home.id, home.vpc_id, "pending"
    gateway.connectivity_type = params.get("ConnectivityType", "public")
    gateway.failure = None
    gateway._eni = network.create_interface(backend, home.id, None, f"Interface for NAT Gateway {gateway.id}")
    gateway._eni.interface_type = "nat_gateway"
    gateway.private_ip = gateway._eni.private_ip_address
    gateway.address_set = [
        {
            "allocationId": params.get("AllocationId"),
            "networkInterfaceId": gateway._eni.id,
            "privateIp": gateway.private_ip,
            "publicIp": None,
        }
    ]
    gateway.add_tags(filters.asked_for(params, "natgateway"))
    backend.nat_gateways[gateway.id] = gateway
    return gateway


def _come_up(backend, gateway, allocation):
    if gateway.state != "pending":
        return
    if gateway.connectivity_type == "private":
        gateway.state = "available"
        return
    address = next((address for address in backend.addresses if address.allocation_id == allocation), None)
    attached = any(each.vpc and each.vpc.id == gateway.vpc_id for each in backend.internet_gateways.values())
    if not attached:
        _fail(gateway, "Gateway.NotAttached", f"Network {gateway.vpc_id} has no Internet gateway attached")
    elif address is None:
        _fail(gateway, "InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
    elif address.association_id:
        _fail(gateway, "Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated")
    else:
        backend.associate_address(eni=gateway._eni, allocation_id=allocation)
        gateway.address_set[0]["publicIp"] = address.public_ip
        gateway.state = "available"


def _fail(gateway, code, message):
    gateway.state, gateway.failure = "failed", (code, message)
    network.delete_interface(gateway.ec2_backend, gateway._eni.id)


def _go(backend, gateway):
    for address in backend.addresses:
        if _holds(gateway, address):
            backend.disassociate_address(association_id=address.association_id)
    network.delete_interface(backend, gateway._eni.id)
    gateway.state = "deleted"


def _holds(gateway, address):
    return address.eni is not None and address.eni.id == gateway._eni.id


def _gateway(backend, gateway_id):
    if gateway_id not in backend.nat_gateways:
        raise AwsError("NatGatewayNotFound", f"NAT gateway {gateway_id} was not found")
    return backend.nat_gateways[gateway_id]


def _values(gateway):
    return {
        "nat-gateway-id": gateway.id,
        "state": gateway.state,
        "subnet-id": gateway.subnet_id,
        "vpc-id": gateway.vpc_id,
    }


def _describe(gateway):
    names = {
        "AllocationId": "allocationId",
        "NetworkInterfaceId": "networkInterfaceId",
        "PrivateIp": "privateIp",
        "PublicIp": "publicIp",
    }
    addresses = [
        {shown: each[kept] for shown, kept in names.items() if each.get(kept) is not None}
        for each in gateway.address_set
    ]
    answer = {
        "NatGatewayId": gateway.id,
        "SubnetId": gateway.subnet_id,
        "VpcId": gateway.vpc_id,
        "State": gateway.state,
        "ConnectivityType": gateway.connectivity_type,
        "CreateTime": gateway._created_at,
        "NatGatewayAddresses": addresses,
        "Tags": filters.listed(filters.tags_of(gateway)),
    }
    if gateway.failure:
        answer["FailureCode"], answer["FailureMessage"] = gateway.failure
    return answer
