"""VPCs and what is in them."""

from template.words import every, ours, picked, tagged, tags


def resources(client):
    """Everything of a network, and the security groups of deployments."""
    ec2 = client("ec2")
    for vpc in ours(every(ec2, "describe_vpcs", "Vpcs")):
        yield (
            "AWS::EC2::VPC",
            picked(vpc, "CidrBlock")
            | {
                "EnableDnsSupport": _attribute(ec2, vpc, "enableDnsSupport")["EnableDnsSupport"]["Value"],
                "EnableDnsHostnames": _attribute(ec2, vpc, "enableDnsHostnames")["EnableDnsHostnames"]["Value"],
            }
            | _tags(vpc),
        )
    for subnet in ours(every(ec2, "describe_subnets", "Subnets")):
        yield (
            "AWS::EC2::Subnet",
            picked(subnet, "AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "VpcId") | _tags(subnet),
        )
    for gateway in ours(every(ec2, "describe_internet_gateways", "InternetGateways")):
        yield "AWS::EC2::InternetGateway", _tags(gateway)
        for attachment in gateway["Attachments"]:
            yield "AWS::EC2::VPCGatewayAttachment", picked(gateway, "InternetGatewayId") | picked(attachment, "VpcId")
    for address in ours(ec2.describe_addresses()["Addresses"]):
        yield "AWS::EC2::EIP", picked(address, "Domain") | _tags(address)
    for nat in ours(every(ec2, "describe_nat_gateways", "NatGateways")):
        address = picked(nat["NatGatewayAddresses"][0], "AllocationId")
        yield "AWS::EC2::NatGateway", picked(nat, "SubnetId", "ConnectivityType") | address | _tags(nat)
    for table in ours(every(ec2, "describe_route_tables", "RouteTables")):
        yield from _routes(table)
    for group in ours(every(ec2, "describe_security_groups", "SecurityGroups")):
        yield "AWS::EC2::SecurityGroup", _group(group)
    for log in ours(every(ec2, "describe_flow_logs", "FlowLogs")):
        names = ("DeliverLogsPermissionArn", "LogDestination", "LogDestinationType", "LogGroupName", "ResourceId")
        kind = {"ResourceType": "VPC"}
        yield "AWS::EC2::FlowLog", picked(log, *names, "TrafficType", "MaxAggregationInterval") | kind | _tags(log)
    for endpoint in ours(every(ec2, "describe_vpc_endpoints", "VpcEndpoints")):
        names = ("PrivateDnsEnabled", "RouteTableIds", "ServiceName", "SubnetIds", "VpcEndpointType", "VpcId")
        groups = {"SecurityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])]}
        yield "AWS::EC2::VPCEndpoint", picked(endpoint, *names) | picked(groups, "SecurityGroupIds")


def _tags(item):
    return {"Tags": tagged(tags(item))}


def _routes(table):
    yield "AWS::EC2::RouteTable", picked(table, "VpcId") | _tags(table)
    for route in table["Routes"]:
        if route.get("GatewayId") != "local" and "DestinationCidrBlock" in route:
            way = picked(route, "DestinationCidrBlock", "GatewayId", "NatGatewayId")
            yield "AWS::EC2::Route", picked(table, "RouteTableId") | way
    for association in table["Associations"]:
        if "SubnetId" in association:
            yield "AWS::EC2::SubnetRouteTableAssociation", picked(association, "RouteTableId", "SubnetId")


def _group(group):
    name = picked(group, "GroupName", "VpcId", GroupDescription="Description")
    rules = {
        "SecurityGroupIngress": list(_rules(group["IpPermissions"], "Source")),
        "SecurityGroupEgress": list(_rules(group["IpPermissionsEgress"], "Destination")),
    }
    return name | rules | _tags(group)


def _rules(permissions, direction):
    for permission in permissions:
        base = picked(permission, "IpProtocol", "FromPort", "ToPort")
        for peer in permission.get("IpRanges", []):
            yield base | picked(peer, "CidrIp", "Description")
        for peer in permission.get("Ipv6Ranges", []):
            yield base | picked(peer, "CidrIpv6", "Description")
        for peer in permission.get("PrefixListIds", []):
            yield base | picked(peer, "Description", **{f"{direction}PrefixListId": "PrefixListId"})
        for peer in permission.get("UserIdGroupPairs", []):
            yield base | picked(peer, "Description", **{f"{direction}SecurityGroupId": "GroupId"})


def _attribute(ec2, vpc, name):
    return ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)
