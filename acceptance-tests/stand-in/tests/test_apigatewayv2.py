"""HTTP APIs where they are stricter than moto, and what moto lacks."""

import pytest

from conftest import code_of, until
from test_elbv2 import balancer, listener, target_group


@pytest.fixture
def api(aws):
    return aws.apigatewayv2.create_api(Name=aws.unique, ProtocolType="HTTP", Tags={"a": "b"})["ApiId"]


def link(aws, place, wait=True):
    group = aws.group(place["vpc_id"])
    made = aws.apigatewayv2.create_vpc_link(
        Name=aws.unique, SubnetIds=place["private_subnet_ids"], SecurityGroupIds=[group], Tags={"a": "b"}
    )
    if wait:
        until(lambda: status(aws, made["VpcLinkId"]), lambda status: status == "AVAILABLE")
    return made["VpcLinkId"], group


def status(aws, link_id):
    return aws.apigatewayv2.get_vpc_link(VpcLinkId=link_id)["VpcLinkStatus"]


def links(aws):
    return aws.apigatewayv2.get_vpc_links()["Items"]


def private(api, link_id, listener_arn):
    """The request for a private integration."""
    return {
        "ApiId": api,
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "ConnectionType": "VPC_LINK",
        "ConnectionId": link_id,
        "IntegrationUri": listener_arn,
        "PayloadFormatVersion": "1.0",
    }


def plain(aws, api):
    request = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://example.com"}
    return aws.apigatewayv2.create_integration(ApiId=api, PayloadFormatVersion="1.0", **request)["IntegrationId"]


def test_a_link_takes_a_moment_and_holds_its_places(aws, place):
    link_id, group = link(aws, place, wait=False)
    assert status(aws, link_id) == "PENDING"
    until(lambda: status(aws, link_id), lambda status: status == "AVAILABLE")
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    aws.apigatewayv2.update_vpc_link(VpcLinkId=link_id, Name="other")
    assert ("other", link_id) in [(found["Name"], found["VpcLinkId"]) for found in links(aws)]
    aws.apigatewayv2.delete_vpc_link(VpcLinkId=link_id)
    assert status(aws, link_id) == "DELETING"
    until(lambda: links(aws), lambda found: link_id not in [link["VpcLinkId"] for link in found])
    aws.ec2.delete_security_group(GroupId=group)
    assert code_of(aws.apigatewayv2.get_vpc_link, VpcLinkId=link_id)[0] == "NotFoundException"


def test_a_link_stands_in_a_vpc_that_is_there(aws, place):
    create = aws.apigatewayv2.create_vpc_link
    assert code_of(create, Name="x", SubnetIds=["subnet-00000000"])[0] == "BadRequestException"
    strange = {"SubnetIds": place["private_subnet_ids"], "SecurityGroupIds": ["sg-00000000"]}
    assert code_of(create, Name="x", **strange)[0] == "BadRequestException"


def test_a_private_integration_leads_to_a_listener_that_is_there(aws, place, api):
    pending, _ = link(aws, place, wait=False)
    arn = balancer(aws, place)["LoadBalancerArn"]
    listening = listener(aws, arn, target_group(aws, place))
    create = aws.apigatewayv2.create_integration
    good = private(api, pending, listening)
    until(lambda: status(aws, pending), lambda status: status == "AVAILABLE")
    for wrong in (
        {"IntegrationUri": listening + "0"},
        {"IntegrationUri": "https://example.com"},
        {"PayloadFormatVersion": "2.0"},
        {"IntegrationType": "AWS_PROXY"},
    ):
        assert code_of(create, **{**good, **wrong})[0] == "BadRequestException", wrong
    assert code_of(create, **{**good, "ConnectionId": "nowhere"})[0] == "NotFoundException"
    made = create(**good)["IntegrationId"]
    update = aws.apigatewayv2.update_integration
    changed = {"ApiId": api, "IntegrationId": made, "IntegrationUri": listening + "0"}
    assert code_of(update, **changed)[0] == "BadRequestException"
    assert code_of(aws.apigatewayv2.delete_vpc_link, VpcLinkId=pending)[0] == "BadRequestException"
    assert code_of(aws.elbv2.delete_load_balancer, LoadBalancerArn=arn)[0] == "ResourceInUse"
    aws.apigatewayv2.delete_integration(ApiId=api, IntegrationId=made)
    aws.apigatewayv2.delete_vpc_link(VpcLinkId=pending)
    aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_a_link_that_is_not_there_yet_leads_nowhere(aws, place, api):
    pending, _ = link(aws, place, wait=False)
    request = private(api, pending, "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2")
    assert code_of(aws.apigatewayv2.create_integration, **request)[0] == "BadRequestException"


def test_a_key_has_one_route_to_what_is_there(aws, api):
    create, integration = aws.apigatewayv2.create_route, plain(aws, api)
    target = f"integrations/{integration}"
    assert code_of(create, ApiId=api, RouteKey="default", Target=target)[0] == "BadRequestException"
    assert code_of(create, ApiId=api, RouteKey="$default", Target="integrations/x")[0] == "BadRequestException"
    jwt = {"AuthorizationType": "JWT", "AuthorizerId": "x"}
    assert code_of(create, ApiId=api, RouteKey="$default", Target=target, **jwt)[0] == "BadRequestException"
    route = create(ApiId=api, RouteKey="$default", Target=target, AuthorizationType="AWS_IAM")["RouteId"]
    assert code_of(create, ApiId=api, RouteKey="$default", Target=target)[0] == "ConflictException"
    delete = aws.apigatewayv2.delete_integration
    assert code_of(delete, ApiId=api, IntegrationId=integration)[0] == "ConflictException"
    aws.apigatewayv2.delete_route(ApiId=api, RouteId=route)
    delete(ApiId=api, IntegrationId=integration)


def test_an_authorizer_is_held_by_its_routes_until_they_let_go(aws, api):
    create = aws.apigatewayv2.create_authorizer
    good = {
        "ApiId": api,
        "Name": "jwt",
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": "https://issuer.example.com", "Audience": ["x"]},
    }
    for wrong in (
        {"JwtConfiguration": {"Issuer": "http://issuer.example.com", "Audience": ["x"]}},
        {"JwtConfiguration": {"Issuer": "https://issuer.example.com", "Audience": []}},
        {"IdentitySource": ["Authorization"]},
    ):
        assert code_of(create, **{**good, **wrong})[0] == "BadRequestException", wrong
    authorizer = create(**good)["AuthorizerId"]
    assert code_of(create, **good)[0] == "ConflictException"
    [listed] = aws.apigatewayv2.get_authorizers(ApiId=api)["Items"]
    assert listed["AuthorizerId"] == authorizer and listed["JwtConfiguration"] == good["JwtConfiguration"]
    target = f"integrations/{plain(aws, api)}"
    jwt = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "AuthorizationScopes": ["read"]}
    made = aws.apigatewayv2.create_route(ApiId=api, RouteKey="$default", Target=target, **jwt)
    route = {"ApiId": api, "RouteId": made["RouteId"]}
    delete = aws.apigatewayv2.delete_authorizer
    assert code_of(delete, ApiId=api, AuthorizerId=authorizer)[0] == "ConflictException"
    update = aws.apigatewayv2.update_route
    assert code_of(update, **route, AuthorizationType="NONE")[0] == "BadRequestException"
    update(**route, AuthorizationType="NONE", AuthorizerId="", AuthorizationScopes=[])
    assert aws.apigatewayv2.get_route(**route)["AuthorizationScopes"] == []
    delete(ApiId=api, AuthorizerId=authorizer)


def test_a_stage_changes_in_part_and_logs_to_a_group_that_is_there(aws, api):
    create, update = aws.apigatewayv2.create_stage, aws.apigatewayv2.update_stage
    stage = {"ApiId": api, "StageName": "$default"}
    made = create(**stage, AutoDeploy=True, Tags={"a": "b"})
    assert made["DefaultRouteSettings"] == {"DetailedMetricsEnabled": False} and "AccessLogSettings" not in made
    assert code_of(create, **stage)[0] == "ConflictException"
    group = f"/{aws.unique}"
    arn = f"arn:aws:logs:{aws.name}:123456789012:log-group:{group}"
    log = {"DestinationArn": arn, "Format": '{"id":"$context.requestId"}'}
    assert code_of(update, **stage, AccessLogSettings=log)[0] == "BadRequestException"
    aws.logs.create_log_group(logGroupName=group)
    for wrong in ("$context.path", '{"id":"$context.requestId"', "$context.requestId\n$context.path"):
        assert code_of(update, **stage, AccessLogSettings={**log, "Format": wrong})[0] == "BadRequestException", wrong
    update(**stage, AccessLogSettings=log)
    update(**stage, DefaultRouteSettings={"ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5})
    told = aws.apigatewayv2.get_stage(**stage)
    assert told["DefaultRouteSettings"]["ThrottlingRateLimit"] == 2.5 and told["AutoDeploy"] is True
    assert told["AccessLogSettings"] == log
    aws.apigatewayv2.delete_access_log_settings(**stage)
    assert "AccessLogSettings" not in aws.apigatewayv2.get_stage(**stage)
    aws.apigatewayv2.delete_stage(**stage)
    assert code_of(aws.apigatewayv2.get_stage, **stage)[0] == "NotFoundException"


def test_tags_are_those_of_what_exists(aws, place, api):
    aws.apigatewayv2.create_stage(ApiId=api, StageName="$default", Tags={"a": "b"})
    link_id, _ = link(aws, place)
    path = f"arn:aws:apigateway:{aws.name}::"
    for arn in (f"{path}/apis/{api}", f"{path}/apis/{api}/stages/$default", f"{path}/vpclinks/{link_id}"):
        aws.apigatewayv2.tag_resource(ResourceArn=arn, Tags={"c": "d"})
        aws.apigatewayv2.untag_resource(ResourceArn=arn, TagKeys=["a"])
        assert aws.apigatewayv2.get_tags(ResourceArn=arn)["Tags"] == {"c": "d"}, arn
    assert aws.apigatewayv2.get_stage(ApiId=api, StageName="$default")["Tags"] == {"c": "d"}
    assert aws.apigatewayv2.get_api(ApiId=api)["Tags"] == {"c": "d"}
    nowhere = {"ResourceArn": f"{path}/apis/nowhere", "Tags": {"a": "b"}}
    assert code_of(aws.apigatewayv2.tag_resource, **nowhere)[0] == "NotFoundException"


def test_a_link_fails_for_want_of_an_address(aws, place):
    vpc = aws.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnet = aws.ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.0.0/28")["Subnet"]["SubnetId"]
    for _ in range(11):
        aws.ec2.create_network_interface(SubnetId=subnet)
    made = aws.apigatewayv2.create_vpc_link(Name=aws.unique, SubnetIds=[subnet])["VpcLinkId"]
    until(lambda: status(aws, made), lambda status: status == "FAILED")
    found = aws.apigatewayv2.get_vpc_link(VpcLinkId=made)
    assert subnet in found["VpcLinkStatusMessage"]
    aws.apigatewayv2.delete_vpc_link(VpcLinkId=made)
