"""What an HTTP API is made of: integrations, routes and authorizers that name one another, and hold one another."""

import re

from stand_in.apigatewayv2 import absent, backend_of, bad, by_member, conflict
from stand_in.departures import answers, guards

_ROUTE_KEY = re.compile(r"\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*")
_LISTENER = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d+:listener/.+")


@guards("apigatewayv2", "CreateIntegration")
def create_integration(call):
    backend_of(call).get_api(call.params["ApiId"])
    _check_integration(call, call.params)


@guards("apigatewayv2", "UpdateIntegration")
def update_integration(call):
    held = _api(call).get_integration(call.params["IntegrationId"])
    told = {
        "IntegrationType": held.integration_type,
        "IntegrationMethod": held.integration_method,
        "IntegrationUri": held.integration_uri,
        "ConnectionType": held.connection_type,
        "ConnectionId": held.connection_id,
        "PayloadFormatVersion": held.payload_format_version,
    }
    _check_integration(call, {**told, **call.params})


@guards("apigatewayv2", "DeleteIntegration")
def delete_integration(call):
    api, wanted = _api(call), call.params["IntegrationId"]
    api.get_integration(wanted)
    users = [route.route_key for route in api.routes.values() if route.target == f"integrations/{wanted}"]
    if users:
        raise conflict(f"Cannot delete Integration '{wanted}' is referenced in Route '{users[0]}'.")


@guards("apigatewayv2", "CreateRoute")
def create_route(call):
    _check_route(call, call.params, None)


@guards("apigatewayv2", "UpdateRoute")
def update_route(call):
    """What is left out stays; moto does not take scopes away."""
    held = _api(call).get_route(call.params["RouteId"])
    told = {
        "RouteKey": held.route_key,
        "Target": held.target,
        "AuthorizationType": held.authorization_type,
        "AuthorizerId": held.authorizer_id,
    }
    _check_route(call, {**told, **call.params}, held)
    if call.params.get("AuthorizationScopes") == []:
        held.authorization_scopes = []


@guards("apigatewayv2", "DeleteRoute")
def delete_route(call):
    _api(call).get_route(call.params["RouteId"])


@guards("apigatewayv2", "CreateAuthorizer", "UpdateAuthorizer")
def check_authorizer(call):
    api, params = _api(call), call.params
    itself = params.get("AuthorizerId")
    if itself:
        api.get_authorizer(itself)
    others = [other for other in api.authorizers.values() if other.id != itself]
    if any(other.name == params.get("Name") for other in others):
        raise conflict(f"Authorizer with name {params['Name']} already exists for this API")
    if params.get("AuthorizerType") != "JWT":
        return
    jwt = params.get("JwtConfiguration", {})
    if not jwt.get("Issuer", "").startswith("https://"):
        raise bad(f"Invalid issuer: {jwt.get('Issuer')}. Issuer must be a valid HTTPS URL")
    if not jwt.get("Audience"):
        raise bad("Audience must have at least one value for JWT authorizer")
    for source in params.get("IdentitySource", []):
        if not re.fullmatch(r"\$request\.(header|querystring)\.[\w-]+", source):
            raise bad(f"Invalid identity source: {source}")


@answers("apigatewayv2", "GetAuthorizers")
def get_authorizers(call):
    """moto has none."""
    told = [authorizer.to_json() for authorizer in _api(call).authorizers.values()]
    return {"Items": [by_member(authorizer, "jwtConfiguration") for authorizer in told]}


@guards("apigatewayv2", "DeleteAuthorizer")
def delete_authorizer(call):
    api, wanted = _api(call), call.params["AuthorizerId"]
    api.get_authorizer(wanted)
    users = [route.route_key for route in api.routes.values() if route.authorizer_id == wanted]
    if users:
        raise conflict(f"Cannot delete authorizer '{wanted}', is referenced in route: {users[0]}")


def _api(call):
    return backend_of(call).get_api(call.params["ApiId"])


def _check_integration(call, wanted):
    if wanted.get("ConnectionType") != "VPC_LINK":
        return
    link = backend_of(call).vpc_links.get(wanted.get("ConnectionId"))
    if link is None:
        raise absent(f"Invalid VpcLink identifier specified {wanted.get('ConnectionId')}")
    if link.status not in ("AVAILABLE", "INACTIVE"):
        raise bad(f"VpcLink {link.id} is not available: {link.status}")
    if wanted.get("IntegrationType") != "HTTP_PROXY":
        raise bad("Private integrations of HTTP APIs must be of type HTTP_PROXY")
    if wanted.get("PayloadFormatVersion") != "1.0":
        raise bad("PayloadFormatVersion must be 1.0 for HTTP_PROXY integrations")
    if not wanted.get("IntegrationMethod"):
        raise bad("HttpMethod must not be empty for HTTP_PROXY integrations")
    uri = wanted.get("IntegrationUri", "")
    if not _LISTENER.fullmatch(uri) or not _listener_exists(call, uri):
        raise bad(f"Invalid integration URI specified: {uri}. It must be the ARN of a listener that exists")


def _listener_exists(call, arn):
    from moto.elbv2.models import elbv2_backends

    balancers = elbv2_backends[call.account][call.region].load_balancers.values()
    return any(arn in balancer.listeners for balancer in balancers)


def _check_route(call, wanted, itself):
    api, key = _api(call), wanted["RouteKey"]
    if not _ROUTE_KEY.fullmatch(key):
        raise bad(f"The provided route key is not formatted properly for HTTP protocol: {key}")
    if any(route.route_key == key for route in api.routes.values() if route is not itself):
        raise conflict(f"Route with key {key} already exists for this API")
    kind, _, integration = wanted.get("Target", "").partition("/")
    if wanted.get("Target") and (kind != "integrations" or integration not in api.integrations):
        raise bad(f"Invalid target: {wanted['Target']}. It must be integrations/ID of an integration of this API")
    needs_authorizer = wanted.get("AuthorizationType") in ("JWT", "CUSTOM")
    if needs_authorizer and wanted.get("AuthorizerId") not in api.authorizers:
        raise bad(f"Invalid authorizer identifier specified {wanted.get('AuthorizerId')}")
    if not needs_authorizer and wanted.get("AuthorizerId"):
        raise bad("AuthorizerId must not be set for this AuthorizationType")
