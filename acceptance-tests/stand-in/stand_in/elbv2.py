"""Load balancers: where they may stand, what they hold there, states that take a moment, and what keeps them."""

import re

from moto.elbv2.models import FakeLoadBalancer, elbv2_backends

from stand_in import clock, network
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_ACTIVE = 0.2
_INTERFACES_GONE = 0.3
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_FREE_ADDRESSES = 8

# moto makes a balancer active as soon as anybody looks at it.
FakeLoadBalancer.activate = lambda balancer: None

# What DescribeLoadBalancerAttributes tells of a balancer that was told nothing; moto leaves some out.
_DEFAULTS = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http2.enabled": "true",
}
_RANGES = {"idle_timeout.timeout_seconds": (1, 4000), "client_keep_alive.seconds": (60, 604800)}


def backend_of(call):
    return elbv2_backends[call.account][call.region]


def invalid(message):
    return AwsError("InvalidConfigurationRequest", message)


@answers("elbv2", "CreateLoadBalancer")
def create(call):
    """The same name and settings answer the one that stands, as on AWS."""
    backend, params = backend_of(call), call.params
    name, scheme = params["Name"], params.get("Scheme", "internet-facing")
    _check_name(name)
    if params.get("Type", "application") != "application":
        raise NotImplementedError
    ec2 = network.backend_of(call.account, call.region)
    subnets = _subnets(ec2, params, scheme)
    vpc_id = network.subnet(ec2, subnets[0]).vpc_id
    groups = params.get("SecurityGroups") or [ec2.get_default_security_group(vpc_id).id]
    _check_groups(ec2, groups, vpc_id)
    standing = next((b for b in backend.load_balancers.values() if b.name == name), None)
    if standing is not None:
        same = {s.id for s in standing.subnets} == set(subnets) and set(standing.security_groups) == set(groups)
        if not same or standing.scheme != scheme:
            message = f"A load balancer with the same name '{name}' exists, but with different settings"
            raise AwsError("DuplicateLoadBalancerName", message)
        return {"LoadBalancers": [describe(standing)]}
    _check_tags(params.get("Tags", []))
    made = backend.create_load_balancer(name, groups, subnets, None, scheme, "application", tags=params.get("Tags", []))
    made.dns_name = f"{'internal-' if scheme == 'internal' else ''}{made.dns_name}"
    made.attrs = dict(_DEFAULTS)
    made.interfaces = {}
    _place(ec2, made)
    clock.after(_ACTIVE, setattr, made, "state", "active")
    return {"LoadBalancers": [describe(made)]}


@answers("elbv2", "DeleteLoadBalancer")
def delete(call):
    backend, arn = backend_of(call), call.params["LoadBalancerArn"]
    balancer = backend.load_balancers.get(arn)
    if balancer is None:
        return
    if balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)
    if _is_behind_a_vpc_link(call, balancer):
        message = f"Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
        raise AwsError("ResourceInUse", message)
    backend.delete_load_balancer(arn)
    _forget_in_groups(backend, arn)
    _forget_in_wafv2(call, arn)
    ec2 = network.backend_of(call.account, call.region)
    clock.after(_INTERFACES_GONE, _remove_interfaces, ec2, list(balancer.interfaces.values()))


@answers("elbv2", "SetSubnets")
def set_subnets(call):
    balancer, ec2 = _balancer(call), network.backend_of(call.account, call.region)
    subnets = _subnets(ec2, call.params, balancer.scheme, balancer)
    backend_of(call).set_subnets(balancer.arn, subnets, [])
    _place(ec2, balancer)
    return {"AvailabilityZones": describe(balancer)["AvailabilityZones"]}


@answers("elbv2", "SetSecurityGroups")
def set_groups(call):
    balancer, ec2 = _balancer(call), network.backend_of(call.account, call.region)
    groups = call.params["SecurityGroups"]
    _check_groups(ec2, groups, balancer.vpc_id)
    balancer.security_groups = groups
    for interface in balancer.interfaces.values():
        ec2.modify_network_interface_attribute(interface, groups)
    return {"SecurityGroupIds": groups}


@guards("elbv2", "ModifyLoadBalancerAttributes")
def modify_attributes(call):
    """Values are judged as well as names. A bucket's policy is not: only its name is."""
    balancer = _balancer(call)
    changes = {item["Key"]: item.get("Value", "") for item in call.params["Attributes"]}
    for key, value in changes.items():
        if key.endswith(".enabled") and value not in ("true", "false"):
            raise AwsError("ValidationError", f"'{key}' value '{value}' must be either 'true' or 'false'")
        if key in _RANGES:
            least, most = _RANGES[key]
            if not value.isdecimal() or not least <= int(value) <= most:
                message = f"'{key}' value '{value}' must be between '{least}-{most}' inclusive"
                raise AwsError("ValidationError", message)
    wanted = {**balancer.attrs, **changes}
    bucket, prefix = wanted.get("access_logs.s3.bucket", ""), wanted.get("access_logs.s3.prefix", "")
    if wanted.get("access_logs.s3.enabled") == "true":
        if not _BUCKET.fullmatch(bucket):
            raise invalid(f"Access Denied for bucket: {bucket}. Please check S3bucket permission")
        if prefix.startswith("/") or prefix.endswith("/"):
            raise AwsError("ValidationError", f"The access log prefix '{prefix}' cannot begin or end with '/'")


@answers("elbv2", "AddTags")
def add_tags(call):
    """moto stops at ten tags; AWS takes fifty."""
    backend, arns = backend_of(call), call.params["ResourceArns"]
    for arn in arns:
        backend._get_resource_by_arn(arn)
        tags = {**backend.tagging_service.get_tag_dict_for_resource(arn)}
        tags.update((tag["Key"], tag.get("Value", "")) for tag in call.params["Tags"])
        _check_tags(tags)
    for arn in arns:
        backend.tagging_service.tag_resource(arn, call.params["Tags"])


@guards("elbv2", "DescribeTags")
def describe_tags(call):
    """moto answers with no tags for what does not exist."""
    if len(call.params["ResourceArns"]) > 20:
        raise AwsError("ValidationError", "The number of resource ARNs cannot exceed 20")
    for arn in call.params["ResourceArns"]:
        backend_of(call)._get_resource_by_arn(arn)


def describe(balancer):
    """The balancer as DescribeLoadBalancers tells it."""
    return {
        "LoadBalancerArn": balancer.arn,
        "DNSName": balancer.dns_name,
        "CanonicalHostedZoneId": balancer.canonical_hosted_zone_id,
        "CreatedTime": balancer.created_time,
        "LoadBalancerName": balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "State": {"Code": balancer.state},
        "Type": balancer.type,
        "AvailabilityZones": [
            {"ZoneName": zone.zone_name, "SubnetId": zone.subnet_id} for zone in balancer.availability_zones
        ],
        "SecurityGroups": balancer.security_groups,
        "IpAddressType": balancer.ip_address_type,
    }


def _balancer(call):
    return backend_of(call)._get_resource_by_arn(call.params["LoadBalancerArn"])


def _check_name(name):
    if len(name) > 32:
        raise AwsError("ValidationError", f"The load balancer name '{name}' cannot be longer than '32' characters")
    if not _NAME.fullmatch(name):
        message = f"The load balancer name '{name}' can only contain alphanumeric characters, and hyphens(-) inside"
        raise AwsError("ValidationError", message)
    if name.startswith("internal-"):
        raise AwsError("ValidationError", f"The load balancer name '{name}' cannot begin with 'internal-'")


def _check_tags(tags):
    if len(tags) > 50:
        raise AwsError("TooManyTags", "The limit on the number of tags for the resource has been reached")


def _check_groups(ec2, groups, vpc_id):
    for group_id in groups:
        group = network.group(ec2, group_id)
        if group is None or group.vpc_id != vpc_id:
            raise AwsError("InvalidSecurityGroup", f"Security group '{group_id}' does not exist in VPC '{vpc_id}'")


def _subnets(ec2, params, scheme, balancer=None):
    """The ids that the request names, where a balancer may stand there."""
    ids = params.get("Subnets") or [mapping["SubnetId"] for mapping in params.get("SubnetMappings", [])]
    homes = [network.subnet(ec2, subnet_id) for subnet_id in ids]
    for subnet_id, home in zip(ids, homes):
        if home is None:
            raise AwsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
    zones = [home.availability_zone for home in homes]
    if len(set(zones)) < len(zones):
        raise invalid("A load balancer cannot be attached to multiple subnets in the same Availability Zone")
    if len(zones) < 2:
        message = "At least two subnets in two different Availability Zones must be specified"
        raise AwsError("ValidationError", message)
    if len({home.vpc_id for home in homes}) > 1 or (balancer and homes[0].vpc_id != balancer.vpc_id):
        raise AwsError("InvalidSubnet", "All subnets must belong to the same VPC")
    for home in homes:
        if scheme == "internet-facing" and not network.leads_to_internet_gateway(ec2, home.id):
            # AWS itself stops at a VPC without a gateway; nobody reaches a balancer in such a subnet either.
            raise AwsError("InvalidSubnet", f"VPC {home.vpc_id} has no internet gateway for subnet {home.id}")
        held = balancer is not None and home.id in balancer.interfaces
        if not held and home.available_ip_address_count < _FREE_ADDRESSES:
            needs = "ELB requires at least 8 free IP addresses in each subnet"
            raise AwsError("InvalidSubnet", f"Not enough IP space available in {home.id}. {needs}")
    return ids


def _place(ec2, balancer):
    """One interface in each of the balancer's subnets, and none elsewhere."""
    description = "ELB " + balancer.arn.partition(":loadbalancer/")[2]
    wanted = [subnet.id for subnet in balancer.subnets]
    for subnet_id in [subnet_id for subnet_id in balancer.interfaces if subnet_id not in wanted]:
        network.delete_interface(ec2, balancer.interfaces.pop(subnet_id))
    for subnet_id in wanted:
        if subnet_id not in balancer.interfaces:
            public, groups = balancer.scheme == "internet-facing", balancer.security_groups
            interface = network.create_interface(ec2, subnet_id, groups, description, public)
            balancer.interfaces[subnet_id] = interface.id


def _remove_interfaces(ec2, interfaces):
    for interface in interfaces:
        network.delete_interface(ec2, interface)


def _forget_in_groups(backend, arn):
    for group in backend.target_groups.values():
        group.load_balancer_arns = [other for other in group.load_balancer_arns if other != arn]


def _forget_in_wafv2(call, arn):
    from moto.wafv2.models import wafv2_backends

    wafv2_backends[call.account][call.region].disassociate_web_acl(arn)


def _is_behind_a_vpc_link(call, balancer):
    from moto.apigatewayv2.models import apigatewayv2_backends

    apis = apigatewayv2_backends[call.account][call.region].apis.values()
    integrations = [integration for api in apis for integration in api.integrations.values()]
    return any(i.connection_type == "VPC_LINK" and i.integration_uri in balancer.listeners for i in integrations)
