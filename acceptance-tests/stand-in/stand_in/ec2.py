"""EC2: what is in use cannot be taken away, and names that AWS would not take are refused."""

import re

from moto.ec2.models.security_groups import SecurityGroupRule

from stand_in import network
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

# moto describes rules between groups, too, but looks for it where address ranges have theirs.
SecurityGroupRule.description = property(lambda rule: (rule.source_group or rule.ip_range).get("Description"))

_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


@guards("ec2", "DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeInternetGateways", "CreateVpc")
def complete_default_vpc(call):
    network.backend_of(call.account, call.region)


@guards("ec2", "CreateSecurityGroup")
def create_group(call):
    name = call.params["GroupName"]
    if name.startswith("sg-"):
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({name}) for parameter GroupName is invalid. The name may not start with 'sg-'.",
        )
    for member, text in (("GroupName", name), ("GroupDescription", call.params["Description"])):
        if not text or not _DESCRIPTION.fullmatch(text):
            raise AwsError("InvalidParameterValue", f"Value ({text}) for parameter {member} is invalid.")


@guards("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "ModifySecurityGroupRules")
def authorize(call):
    backend = network.backend_of(call.account, call.region)
    owner = network.group(backend, call.params.get("GroupId", ""))
    for permission in call.params.get("IpPermissions", []):
        _check_ports(permission)
        ranges = permission.get("IpRanges", []) + permission.get("Ipv6Ranges", [])
        pairs = permission.get("UserIdGroupPairs", [])
        for source in ranges + pairs:
            if not _DESCRIPTION.fullmatch(source.get("Description", "")):
                message = f"Invalid rule description '{source['Description']}'."
                raise AwsError("InvalidParameterValue", message)
        for pair in pairs:
            peer = network.group(backend, pair.get("GroupId", ""))
            if "GroupId" in pair and (peer is None or (owner is not None and peer.vpc_id != owner.vpc_id)):
                message = f"The security group '{pair['GroupId']}' does not exist in the group's VPC"
                raise AwsError("InvalidGroup.NotFound", message)


@answers("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress")
def update_descriptions(call):
    """moto changes those of address ranges only, and says nothing of rules that are not there."""
    group = network.group(network.backend_of(call.account, call.region), call.params.get("GroupId", ""))
    if group is None:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{call.params.get('GroupId')}' does not exist")
    rules = group.ingress_rules if call.action.endswith("Ingress") else group.egress_rules
    for fits, description in _described_rules(call.params):
        rule = next((rule for rule in rules if fits(rule)), None)
        if rule is None:
            raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        (rule.source_group or rule.ip_range)["Description"] = description
    return {"Return": True}


@guards("ec2", "DeleteSecurityGroup")
def delete_group(call):
    backend, group_id = network.backend_of(call.account, call.region), call.params.get("GroupId")
    if group_id is None:
        return
    found = network.group(backend, group_id)
    if found is not None and found.name == "default":
        raise AwsError("CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user')
    in_use = any(group_id in [g.id for g in interface.group_set] for interface in backend.enis.values())
    if in_use or _is_referenced(backend, group_id):
        raise AwsError("DependencyViolation", f"resource {group_id} has a dependent object")


@guards("ec2", "DeleteSubnet")
def delete_subnet(call):
    backend, subnet_id = network.backend_of(call.account, call.region), call.params["SubnetId"]
    if any(interface.subnet.id == subnet_id for interface in backend.enis.values()):
        raise AwsError("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    network.forget_associations(backend, subnet_id)


@guards("ec2", "DeleteVpc")
def delete_vpc(call):
    backend, vpc_id = network.backend_of(call.account, call.region), call.params["VpcId"]
    groups = [group for group in backend.groups.get(vpc_id, {}).values() if group.name != "default"]
    interfaces = [interface for interface in backend.enis.values() if interface.vpc_id == vpc_id]
    gateways = [g for g in backend.internet_gateways.values() if g.vpc and g.vpc.id == vpc_id]
    endpoints = [e for e in backend.vpc_end_points.values() if e.vpc_id == vpc_id]
    if groups or interfaces or gateways or endpoints:
        raise AwsError("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


@guards("ec2", "DetachInternetGateway")
def detach_internet_gateway(call):
    backend, vpc_id = network.backend_of(call.account, call.region), call.params["VpcId"]
    if any(interface.public_ip and interface.vpc_id == vpc_id for interface in backend.enis.values()):
        message = (
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway."
        )
        raise AwsError("DependencyViolation", message)


@guards("ec2", "DeleteNetworkInterface")
def delete_interface(call):
    backend = network.backend_of(call.account, call.region)
    interface = backend.enis.get(call.params["NetworkInterfaceId"])
    if interface is not None and interface.status == "in-use":
        raise AwsError("InvalidParameterValue", f"Network interface '{interface.id}' is currently in use.")


def _check_ports(permission):
    if permission.get("IpProtocol") in ("tcp", "udp", "6", "17"):
        first, last = permission.get("FromPort", -1), permission.get("ToPort", -1)
        if not 0 <= first <= last <= 65535:
            raise AwsError("InvalidParameterValue", f"Invalid value for portRange: {first}-{last}")


def _described_rules(params):
    """``(whether a rule is meant, its new description)`` for each rule that the request names."""
    for named in params.get("SecurityGroupRuleDescriptions", []):
        yield lambda rule, named=named: rule.id == named["SecurityGroupRuleId"], named.get("Description")
    for permission in params.get("IpPermissions", []):
        place = permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort")
        kinds = [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("UserIdGroupPairs", "GroupId")]
        for source, key in ((source, key) for kind, key in kinds for source in permission.get(kind, [])):

            def fits(rule, place=place, key=key, wanted=source[key]):
                of_rule = rule.ip_protocol, rule.from_port, rule.to_port
                return of_rule == place and (rule.source_group or rule.ip_range).get(key) == wanted

            yield fits, source.get("Description")


def _is_referenced(backend, group_id):
    """Whether another group's rule names this one; its own rules about itself do not count."""
    return any(
        rule.source_group.get("GroupId") == group_id
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in [*group.ingress_rules, *group.egress_rules]
    )
