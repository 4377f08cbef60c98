"""``python -m stand_in.vpc --endpoint URL --region R``: a plain VPC to deploy into, printed as JSON.

10.0.0.0/16 with DNS host names; in two zones a public subnet each (internet gateway) and a private one each, whose
way out is one NAT gateway.
"""

from stand_in import command


def make(client):
    """Makes the VPC with an EC2 client; answers its ids."""
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=_named("vpc", "demo"))["Vpc"]["VpcId"]
    client.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    zones = [z["ZoneName"] for z in client.describe_availability_zones()["AvailabilityZones"]][:2]
    public = [_subnet(client, vpc, zone, f"10.0.{n}.0/24", "public") for n, zone in enumerate(zones)]
    private = [_subnet(client, vpc, zone, f"10.0.{n + 10}.0/24", "private") for n, zone in enumerate(zones)]
    address = client.allocate_address(Domain="vpc")["AllocationId"]
    nat = client.create_nat_gateway(SubnetId=public[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    client.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 0.1})
    _route(client, vpc, public, {"GatewayId": gateway})
    _route(client, vpc, private, {"NatGatewayId": nat})
    return {"vpc_id": vpc, "public_subnet_ids": public, "private_subnet_ids": private}


def _named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _subnet(client, vpc, zone, block, name):
    tags = _named("subnet", f"demo-{name}-{zone}")
    created = client.create_subnet(VpcId=vpc, AvailabilityZone=zone, CidrBlock=block, TagSpecifications=tags)
    return created["Subnet"]["SubnetId"]


def _route(client, vpc, subnets, target):
    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    for subnet in subnets:
        client.associate_route_table(RouteTableId=table, SubnetId=subnet)


if __name__ == "__main__":
    command.run("vpc", __doc__)
