"""Amazon API Gateway's HTTP APIs."""

from template.words import DEPLOYMENT, every, picked, tags


def resources(client):
    """APIs with their parts, and VPC links."""
    gateway = client("apigatewayv2")
    for link in gateway.get_vpc_links().get("Items", []):
        if DEPLOYMENT in tags(link):
            yield "AWS::ApiGatewayV2::VpcLink", picked(link, "Name", "SecurityGroupIds", "SubnetIds", "Tags")
    for api in every(gateway, "get_apis", "Items"):
        if DEPLOYMENT in tags(api):
            described = ("Description", "DisableExecuteApiEndpoint", "Name", "ProtocolType", "Tags")
            yield "AWS::ApiGatewayV2::Api", picked(api, *described)
            for operation, kind, names in _PARTS:
                for part in every(gateway, operation, "Items", ApiId=api["ApiId"]):
                    yield f"AWS::ApiGatewayV2::{kind}", picked(api, "ApiId") | picked(part, *names)


_PARTS = [
    ("get_authorizers", "Authorizer", ["AuthorizerType", "IdentitySource", "JwtConfiguration", "Name"]),
    (
        "get_integrations",
        "Integration",
        [
            "ConnectionId",
            "ConnectionType",
            "IntegrationMethod",
            "IntegrationType",
            "IntegrationUri",
            "PayloadFormatVersion",
            "TimeoutInMillis",
            "TlsConfig",
        ],
    ),
    ("get_routes", "Route", ["AuthorizationScopes", "AuthorizationType", "AuthorizerId", "RouteKey", "Target"]),
    ("get_stages", "Stage", ["AccessLogSettings", "AutoDeploy", "DefaultRouteSettings", "StageName", "Tags"]),
]
