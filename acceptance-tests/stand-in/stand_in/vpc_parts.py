"""The parts of a VPC where moto is kinder than AWS: what is attached once, what hangs together, what needs a role."""

from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.route_tables import Route

from stand_in import filters, network, roles
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_tables_by_token = {}


def _state(route):
    """A route whose gateway is gone leads nowhere."""
    nat = getattr(route, "nat_gateway", None)
    if nat is not None and nat.state in ("deleted", "failed"):
        return "blackhole"
    gateway = getattr(route, "gateway", None)
    detached = getattr(gateway, "id", "").startswith("igw-") and not getattr(gateway, "vpc", None)
    return "blackhole" if detached else "active"


Route.state = property(_state)
ElasticAddress.network_border_group = property(lambda address: address.ec2_backend.region_name)


@guards("ec2", "AttachInternetGateway")
def attach_internet_gateway(call):
    backend, vpc_id = network.backend_of(call.account, call.region), call.params["VpcId"]
    if any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values()):
        gateway = backend.internet_gateways.get(call.params["InternetGatewayId"])
        if gateway is not None and gateway.vpc:
            message = f"resource {gateway.id} is already attached to network {gateway.vpc.id}"
            raise AwsError("Resource.AlreadyAssociated", message)
        raise AwsError("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")


@answers("ec2", "CreateRouteTable")
def create_route_table(call):
    """moto forgets the client token, which answers a second time with the first table."""
    backend, params = network.backend_of(call.account, call.region), call.params
    token = (call.account, call.region, params.get("ClientToken"))
    if token[2] is None or token not in _tables_by_token:
        made = backend.create_route_table(params["VpcId"])
        made.add_tags(filters.asked_for(params, "route-table"))
        _tables_by_token[token] = made
    table = _tables_by_token[token]
    local = [
        {"DestinationCidrBlock": r.destination_cidr_block, "GatewayId": r.gateway_id} for r in table.routes if r.local
    ]
    routes = [{**route, "Origin": "CreateRouteTable", "State": "active"} for route in local]
    answer = {"RouteTableId": table.id, "VpcId": table.vpc_id, "OwnerId": table.owner_id, "Associations": []}
    return {"RouteTable": {**answer, "Routes": routes, "Tags": filters.listed(filters.tags_of(table))}}


@guards("ec2", "AssociateRouteTable")
def associate_route_table(call):
    backend, subnet_id = network.backend_of(call.account, call.region), call.params.get("SubnetId")
    if subnet_id and any(subnet_id in table._associations.values() for table in backend.route_tables.values()):
        message = f"the specified association for route table {call.params['RouteTableId']} conflicts with an existing "
        raise AwsError("Resource.AlreadyAssociated", f"{message}association")


@guards("ec2", "DeleteRouteTable")
def delete_route_table(call):
    table = network.backend_of(call.account, call.region).route_tables.get(call.params["RouteTableId"])
    if table is not None and table.main_association_id:
        raise AwsError("DependencyViolation", f"The routeTable '{table.id}' has dependencies and cannot be deleted.")


@guards("ec2", "CreateSubnet")
def create_subnet(call):
    zones = [zone.name for zone in network.backend_of(call.account, call.region).describe_availability_zones()]
    if (zone := call.params.get("AvailabilityZone", zones[0])) not in zones:
        message = f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in "
        raise AwsError("InvalidParameterValue", message + f"the following availability zones: {', '.join(zones)}.")


@guards("ec2", "ModifyVpcAttribute")
def modify_vpc_attribute(call):
    vpc = network.backend_of(call.account, call.region).get_vpc(call.params["VpcId"])
    named = [name for name in call.params if name.startswith("Enable")]
    if len(named) != 1:
        raise AwsError("InvalidParameterCombination", "Only one attribute can be modified at a time.")
    if named == ["EnableDnsHostnames"] and call.params[named[0]].get("Value") and not vpc.enable_dns_support:
        raise AwsError("InvalidParameterValue", "DNS hostnames need DNS support in the VPC.")


@guards("ec2", "CreateFlowLogs")
def create_flow_logs(call):
    if call.params.get("LogDestinationType", "cloud-watch-logs") != "cloud-watch-logs":
        return
    role = roles.find(call.account, call.params.get("DeliverLogsPermissionArn", ""))
    if role is None or not roles.trusts(role, "vpc-flow-logs.amazonaws.com"):
        raise AwsError("InvalidParameter", "Unable to assume given IAM role")
