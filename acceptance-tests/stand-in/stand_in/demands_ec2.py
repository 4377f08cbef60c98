"""What a call asks leave for in Amazon EC2: of each of its resources under that one's own conditions, what is new by the tags
that it is given, what stands by the tags that it has. Source: AWS *Service Authorization Reference*, *Actions, resources, and
condition keys for Amazon EC2*."""

from moto.ec2.models import ec2_backends
from moto.efs.models import efs_backends

from stand_in.permissions import Demand, listed

_KINDS = {
    "ami": "image",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "i": "instance",
    "key": "key-pair",
    "lt": "launch-template",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
}
_MADE = {
    "AllocateAddress": "elastic-ip",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateLaunchTemplate": "launch-template",
    "CreateNatGateway": "natgateway",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
}
# What a request that makes something names of what stands.
_NAMED = ("AllocationId", "ResourceIds", "RouteTableIds", "SecurityGroupIds", "SubnetId", "SubnetIds", "VpcId")
_CHANGED = ("GroupId", "InstanceId", "InstanceIds", "LaunchTemplateId", "Resources")
_LAUNCHED = ("instance", "volume", "network-interface")


def of_ec2(call):
    """A call of Amazon EC2's own; nothing, where its resources are not told here."""
    params, own = call.params, f"ec2:{call.action}"
    if call.action.startswith("Describe") and not call.action.endswith("Attribute"):
        return [Demand(own, ["*"])]
    if call.action == "RunInstances":
        return _launch(call, params)
    if kind := _MADE.get(call.action):
        named = [found for name in _NAMED for found in listed(params.get(name, []))]
        return [_new(call, own, kind, params), *(_standing(call, own, found) for found in named)]
    ids = [found for name in _CHANGED for found in listed(params.get(name, []))]
    known = [found for found in ids if found.partition("-")[0] in _KINDS]
    return [_standing(call, own, found) for found in known]


def of_others(call):
    """What other services do in Amazon EC2 in the caller's name."""
    params = call.params
    if call.service == "autoscaling" and call.action in ("CreateAutoScalingGroup", "UpdateAutoScalingGroup"):
        template = ec2_backends[call.account][call.region].launch_templates.get(
            params.get("LaunchTemplate", {}).get("LaunchTemplateId")
        )
        if template:
            data = template.get_version(params["LaunchTemplate"].get("Version", "$Default")).data
            return [*_launch(call, data), _standing(call, "ec2:RunInstances", template.id)]
    if call.service == "efs" and call.action == "CreateMountTarget":
        named = [params["SubnetId"], *params.get("SecurityGroups", [])]
        return _interface(call, "ec2:CreateNetworkInterface", "new", named)
    targets = efs_backends[call.account][call.region].mount_targets_by_id if call.service == "efs" else {}
    if target := targets.get(params.get("MountTargetId")):
        interface = target.network_interface_id
        if call.action == "DeleteMountTarget":
            return _interface(call, "ec2:DeleteNetworkInterface", interface, [])
        if call.action == "ModifyMountTargetSecurityGroups":
            return _interface(call, "ec2:ModifyNetworkInterfaceAttribute", interface, params["SecurityGroups"])
    return []


def _interface(call, action, interface, named):
    own = Demand(action, [_arn(call, "network-interface", interface)])
    return [own, *(_standing(call, action, found) for found in named)]


def _launch(call, data):
    """Starting instances: of a request, or of a template's data."""
    own = "ec2:RunInstances"
    placed = data.get("NetworkInterfaces", [])
    named = [data[key] for key in ("ImageId", "SubnetId") if key in data] + data.get("SecurityGroupIds", [])
    named += [found for one in placed for found in (one["SubnetId"], *one.get("Groups", []))]
    named += [f"key-{data['KeyName']}"] if data.get("KeyName") else []
    new = [_new(call, own, kind, data) for kind in _LAUNCHED]
    return [*new, *(_standing(call, own, found) for found in named)]


def _new(call, action, kind, params):
    specs = [spec for spec in params.get("TagSpecifications", []) if spec["ResourceType"] == kind]
    pairs = [(tag["Key"], tag["Value"]) for spec in specs for tag in spec.get("Tags", [])]
    return Demand(action, [_arn(call, kind, "new")], {f"aws:RequestTag/{key}": [value] for key, value in pairs})


def _standing(call, action, found):
    tags = ec2_backends[call.account][call.region].tags.get(found, {})
    kind = _KINDS[found.partition("-")[0]]
    return Demand(action, [_arn(call, kind, found)], {f"aws:ResourceTag/{key}": [value] for key, value in tags.items()})


def _arn(call, kind, name):
    # Images are Amazon's.
    account = "" if kind == "image" else call.account
    return f"arn:aws:ec2:{call.region}:{account}:{kind}/{name}"
