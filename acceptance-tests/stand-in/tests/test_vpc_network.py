"""The parts of a VPC: what takes a moment, what holds what, and what AWS refuses."""

import pytest

from conftest import code_of, until


@pytest.fixture
def vpc(aws):
    """A VPC of the test's own, with one subnet."""
    made = aws.ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    return made


def subnet(aws, vpc, block="10.3.0.0/20", zone="a"):
    created = aws.ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=f"{aws.name}{zone}")
    return created["Subnet"]["SubnetId"]


def gateway(aws, vpc):
    made = aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    aws.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


def nat_state(aws, nat, state):
    def described():
        return aws.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]

    return until(described, lambda found: found["State"] == state)


def test_each_interface_has_an_address_of_its_own(aws, vpc):
    home = subnet(aws, vpc, "10.3.0.0/28")
    given = {aws.ec2.create_network_interface(SubnetId=home)["NetworkInterface"]["PrivateIpAddress"] for _ in range(11)}
    assert given == {f"10.3.0.{last}" for last in range(4, 15)}, "all but the five that AWS keeps"


def test_a_nat_gateway_comes_up_holds_its_address_and_lets_go(aws, vpc):
    home, internet = subnet(aws, vpc), gateway(aws, vpc)
    address = aws.ec2.allocate_address(Domain="vpc")["AllocationId"]
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "owner", "Value": aws.unique}]}]
    request = {"SubnetId": home, "AllocationId": address, "ClientToken": aws.unique, "TagSpecifications": tags}
    made = aws.ec2.create_nat_gateway(**request)["NatGateway"]
    assert made["State"] == "pending"
    nat = made["NatGatewayId"]
    assert aws.ec2.create_nat_gateway(**request)["NatGateway"]["NatGatewayId"] == nat, "the token is known"
    shown = nat_state(aws, nat, "available")["NatGatewayAddresses"][0]
    assert (shown["AllocationId"], bool(shown["PublicIp"])) == (address, True)
    by_tag = aws.ec2.describe_nat_gateways(Filter=[{"Name": "tag:owner", "Values": [aws.unique]}])["NatGateways"]
    assert [each["NatGatewayId"] for each in by_tag] == [nat]

    assert code_of(aws.ec2.release_address, AllocationId=address)[0] == "AuthFailure"
    assert code_of(aws.ec2.delete_subnet, SubnetId=home)[0] == "DependencyViolation"
    refusal = code_of(aws.ec2.detach_internet_gateway, InternetGatewayId=internet, VpcId=vpc)
    assert refusal[0] == "DependencyViolation" and "mapped public address(es)" in refusal[1]

    table = aws.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    aws.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    aws.ec2.delete_nat_gateway(NatGatewayId=nat)
    nat_state(aws, nat, "deleted")
    routes = aws.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [route["State"] for route in routes if "NatGatewayId" in route] == ["blackhole"]
    aws.ec2.release_address(AllocationId=address)
    aws.ec2.detach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
    aws.ec2.delete_subnet(SubnetId=home)


def test_a_nat_gateway_fails_for_awss_reasons(aws, vpc):
    home = subnet(aws, vpc)
    address = aws.ec2.allocate_address(Domain="vpc")["AllocationId"]

    def failure(allocation):
        nat = aws.ec2.create_nat_gateway(SubnetId=home, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
        return nat_state(aws, nat, "failed")["FailureCode"]

    assert failure(address) == "Gateway.NotAttached"
    gateway(aws, vpc)
    assert failure("eipalloc-0123456789abcdef0") == "InvalidAllocationID.NotFound"
    first = aws.ec2.create_nat_gateway(SubnetId=home, AllocationId=address)["NatGateway"]["NatGatewayId"]
    nat_state(aws, first, "available")
    assert failure(address) == "Resource.AlreadyAssociated"
    assert code_of(aws.ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0")[0] == "NatGatewayNotFound"


def test_a_vpc_has_one_internet_gateway(aws, vpc):
    first = gateway(aws, vpc)
    second = aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    attach = aws.ec2.attach_internet_gateway
    assert code_of(attach, InternetGatewayId=second, VpcId=vpc)[0] == "InvalidParameterValue"
    assert code_of(attach, InternetGatewayId=first, VpcId=vpc)[0] == "Resource.AlreadyAssociated"
    assert code_of(aws.ec2.delete_vpc, VpcId=vpc)[0] == "DependencyViolation"


def test_a_subnet_takes_its_tie_to_a_route_table_along(aws, vpc):
    home = subnet(aws, vpc)
    table = aws.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    aws.ec2.associate_route_table(RouteTableId=table, SubnetId=home)
    twice = {"RouteTableId": table, "SubnetId": home}
    assert code_of(aws.ec2.associate_route_table, **twice)[0] == "Resource.AlreadyAssociated"
    token = {"VpcId": vpc, "ClientToken": aws.unique}
    once, again = (aws.ec2.create_route_table(**token)["RouteTable"]["RouteTableId"] for _ in range(2))
    assert once == again
    aws.ec2.delete_route_table(RouteTableId=once)
    assert code_of(aws.ec2.delete_route_table, RouteTableId=table)[0] == "DependencyViolation"
    aws.ec2.delete_subnet(SubnetId=home)
    aws.ec2.delete_route_table(RouteTableId=table)
    tables = aws.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert code_of(aws.ec2.delete_route_table, RouteTableId=tables[0]["RouteTableId"])[0] == "DependencyViolation"
    wrong = {"VpcId": vpc, "CidrBlock": "10.3.0.0/20", "AvailabilityZone": "xx-nowhere-1a"}
    assert code_of(aws.ec2.create_subnet, **wrong)[0] == "InvalidParameterValue"


def endpoint(aws, vpc, service, **request):
    name = f"com.amazonaws.{aws.name}.{service}"
    return aws.ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, **request)["VpcEndpoint"]


def endpoint_state(aws, endpoint_id):
    return aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]["State"]


def test_an_interface_endpoint_needs_names_and_holds_interfaces(aws, vpc):
    one, two = subnet(aws, vpc), subnet(aws, vpc, "10.3.16.0/20", "b")
    twin = subnet(aws, vpc, "10.3.32.0/20")
    group = aws.group(vpc)
    request = {
        "VpcId": vpc,
        "VpcEndpointType": "Interface",
        "ServiceName": f"com.amazonaws.{aws.name}.logs",
        "SubnetIds": [one],
        "SecurityGroupIds": [group],
    }
    refused = code_of(aws.ec2.create_vpc_endpoint, **request)
    assert refused[0] == "InvalidParameter" and "enableDnsHostnames" in refused[1]
    aws.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = aws.ec2.create_vpc_endpoint(**request)["VpcEndpoint"]
    assert made["State"] == "pending"
    made = made["VpcEndpointId"]
    until(lambda: endpoint_state(aws, made), lambda state: state == "available")
    refused = code_of(aws.ec2.create_vpc_endpoint, **request)
    assert refused[0] == "InvalidParameter" and "conflicting DNS domain" in refused[1]
    assert code_of(aws.ec2.delete_subnet, SubnetId=one)[0] == "DependencyViolation"
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"

    modify = aws.ec2.modify_vpc_endpoint
    assert code_of(modify, VpcEndpointId=made, AddSubnetIds=[twin])[0] == "DuplicateSubnetsInSameZone"
    modify(VpcEndpointId=made, AddSubnetIds=[two], RemoveSubnetIds=[one], PrivateDnsEnabled=False, PolicyDocument="{}")
    now = aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"][0]
    assert (now["SubnetIds"], now["PrivateDnsEnabled"], now["PolicyDocument"]) == ([two], False, "{}")
    aws.ec2.delete_subnet(SubnetId=one)
    modify(VpcEndpointId=made, ResetPolicy=True)
    policy = aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"][0]["PolicyDocument"]
    assert "Allow" in policy

    assert aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])["Unsuccessful"] == []
    until(
        lambda: aws.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"],
        lambda found: not found,
    )
    assert code_of(endpoint_state, aws=aws, endpoint_id=made)[0] == "InvalidVpcEndpointId.NotFound"
    [unsuccessful] = aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])["Unsuccessful"]
    assert unsuccessful["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"
    aws.ec2.delete_subnet(SubnetId=two)
    aws.ec2.delete_security_group(GroupId=group)


def test_a_gateway_endpoint_is_a_route_of_each_of_its_tables(aws, vpc):
    tables = [aws.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]

    def led():
        described = aws.ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]
        return [
            table["RouteTableId"]
            for table in described
            if any(route.get("GatewayId", "").startswith("vpce-") for route in table["Routes"])
        ]

    made = endpoint(aws, vpc, "s3", RouteTableIds=tables[:1])["VpcEndpointId"]
    assert led() == tables[:1]
    again = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{aws.name}.s3", "RouteTableIds": tables[:1]}
    assert code_of(aws.ec2.create_vpc_endpoint, **again)[0] == "RouteAlreadyExists"
    aws.ec2.modify_vpc_endpoint(VpcEndpointId=made, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1])
    assert led() == tables[1:]
    assert code_of(aws.ec2.delete_vpc, VpcId=vpc)[0] == "DependencyViolation"
    aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    until(led, lambda found: not found)
    for wrong, code in (("logs", "InvalidParameter"), ("nonsense", "InvalidServiceName")):
        request = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{aws.name}.{wrong}"}
        assert code_of(aws.ec2.create_vpc_endpoint, **request)[0] == code


def test_services_are_found_by_their_names(aws):
    names = [f"com.amazonaws.{aws.name}.{service}" for service in ("s3", "ecr.api", "nonsense")]
    answer = aws.ec2.describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": names}])
    assert answer["ServiceNames"] == sorted(names[:2])
    kinds = {(each["ServiceName"], each["ServiceType"][0]["ServiceType"]) for each in answer["ServiceDetails"]}
    assert kinds == {(names[0], "Gateway"), (names[0], "Interface"), (names[1], "Interface")}
    unknown = {"Filters": [{"Name": "colour", "Values": ["red"]}]}
    assert code_of(aws.ec2.describe_vpc_endpoint_services, **unknown)[0] == "InvalidParameterValue"


def test_a_flow_log_is_written_as_a_role_that_can_be_assumed(aws, vpc):
    group = f"/flow/{aws.unique}"
    aws.logs.create_log_group(logGroupName=group)
    request = {"ResourceType": "VPC", "ResourceIds": [vpc], "TrafficType": "ALL", "LogGroupName": group}

    def make(role):
        return {**request, "DeliverLogsPermissionArn": role}

    assert code_of(aws.ec2.create_flow_logs, **make(aws.role()))[0] == "InvalidParameter"
    role = aws.role("vpc-flow-logs.amazonaws.com")
    made = aws.ec2.create_flow_logs(**make(role))["FlowLogIds"]
    assert code_of(aws.ec2.create_flow_logs, **make(role))[0] == "FlowLogAlreadyExists"
    aws.ec2.delete_flow_logs(FlowLogIds=made)
    assert code_of(aws.ec2.delete_flow_logs, FlowLogIds=made)[0] == "InvalidFlowLogId.NotFound"


def test_dns_attributes_change_one_at_a_time(aws, vpc):
    modify = aws.ec2.modify_vpc_attribute
    both = {"EnableDnsSupport": {"Value": False}, "EnableDnsHostnames": {"Value": True}}
    assert code_of(modify, VpcId=vpc, **both)[0] == "InvalidParameterCombination"
    modify(VpcId=vpc, EnableDnsSupport={"Value": False})
    assert code_of(modify, VpcId=vpc, EnableDnsHostnames={"Value": True})[0] == "InvalidParameterValue"
