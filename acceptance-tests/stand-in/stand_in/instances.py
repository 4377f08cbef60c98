"""EC2 instances: launched only as AWS would, changed only where AWS can, and gone only after a while."""

from moto.core.types import Base64EncodedString
from moto.ec2.models.instances import MetadataOptions

from stand_in import launching, network
from stand_in.departures import answers, guards
from stand_in.errors import AwsError
from stand_in.idempotency import once

# What a launch request has of its own; the rest is as in a launch template.
_OWN = ("DryRun", "LaunchTemplate", "MaxCount", "MinCount", "SubnetId", "Placement")
_BEFORE = {"StartInstances": ("stopped", "running", "pending"), "StopInstances": ("running", "stopped", "stopping")}
_NEEDS_STOP = ("InstanceType", "UserData", "EbsOptimized", "Kernel", "Ramdisk", "SriovNetSupport")


@answers("ec2", "RunInstances")
def run_instances(call):
    return once(call, lambda: _run(call))


def _run(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    data = {name: value for name, value in params.items() if name not in _OWN}
    template_tags = {}
    if "LaunchTemplate" in params:
        template, version = launching.from_template(call.account, call.region, params["LaunchTemplate"])
        data = {**version.data, **data}
        template_tags = {"aws:ec2launchtemplate:id": template.id, "aws:ec2launchtemplate:version": str(version.number)}
    interfaces = data.get("NetworkInterfaces", [])
    if interfaces and "SubnetId" in params:
        message = "Network interfaces and an instance-level subnet ID may not be specified on the same request"
        raise AwsError("InvalidParameterCombination", message)
    named = params.get("SubnetId") or next((i["SubnetId"] for i in interfaces if "SubnetId" in i), None)
    subnet_id = named or _default_subnet(backend, params)
    if not 1 <= params["MinCount"] <= params["MaxCount"]:
        raise AwsError("InvalidParameterValue", "MaxCount must be at least MinCount, which must be at least 1.")
    if data.get("SecurityGroups"):
        message = "The parameter groupName cannot be used with the parameter subnet"
        raise AwsError("InvalidParameterCombination", message)
    launching.check(call.account, call.region, data, subnet_id)
    if params.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    tags = launching.tags_of(data)
    tags["instance"] = {**tags.get("instance", {}), **template_tags}
    spot = data.get("InstanceMarketOptions", {}).get("MarketType") == "spot"
    reservation = launching.launch(call.account, call.region, data, subnet_id, tags, params["MaxCount"], spot)
    return {
        "ReservationId": reservation.id,
        "OwnerId": call.account,
        "Groups": [],
        "Instances": [_describe(instance, data) for instance in reservation.instances],
    }


@answers("ec2", "TerminateInstances")
def terminate_instances(call):
    backend = network.backend_of(call.account, call.region)
    found = _named(backend, call.params["InstanceIds"])
    for instance in found:
        if instance.disable_api_termination in (True, "true"):
            message = (
                f"The instance '{instance.id}' may not be terminated. Modify its 'disableApiTermination' instance "
            )
            raise AwsError("OperationNotPermitted", message + "attribute and try again.")
    changes = []
    for instance in found:
        before = {"Code": instance.state_code, "Name": instance.state}
        launching.terminate(backend, instance)
        after = {"Code": instance.state_code, "Name": instance.state}
        changes.append({"InstanceId": instance.id, "PreviousState": before, "CurrentState": after})
    return {"TerminatingInstances": changes}


@answers("ec2", "StartInstances", "StopInstances")
def change_state(call):
    """Both pass through a state in between; what is there already stays there."""
    backend, starts = network.backend_of(call.account, call.region), call.action == "StartInstances"
    found = _named(backend, call.params["InstanceIds"])
    for instance in found:
        if instance.state not in _BEFORE[call.action]:
            message = f"The instance '{instance.id}' is not in a state from which it can be "
            raise AwsError("IncorrectInstanceState", message + ("started." if starts else "stopped."))
    changes = []
    for instance in found:
        before = {"Code": instance.state_code, "Name": instance.state}
        (launching.start if starts else launching.stop)(backend, instance)
        after = {"Code": instance.state_code, "Name": instance.state}
        changes.append({"InstanceId": instance.id, "PreviousState": before, "CurrentState": after})
    return {"StartingInstances" if starts else "StoppingInstances": changes}


@guards("ec2", "RebootInstances")
def reboot(call):
    for instance in _named(network.backend_of(call.account, call.region), call.params["InstanceIds"]):
        if instance.state != "running":
            message = f"The instance '{instance.id}' is not in a state from which it can be rebooted."
            raise AwsError("IncorrectInstanceState", message)


@answers("ec2", "ModifyInstanceAttribute")
def modify_attribute(call):
    """One attribute at a time; those that a running instance cannot change are refused."""
    backend, params = network.backend_of(call.account, call.region), call.params
    [instance] = _named(backend, [params["InstanceId"]])
    for member in _NEEDS_STOP:
        if member in params and instance.state != "stopped":
            message = f"The instance '{instance.id}' is not in the 'stopped' state."
            raise AwsError("IncorrectInstanceState", message)
    if "Groups" in params:
        _change_groups(backend, instance, params["Groups"])
    if "UserData" in params:
        instance.user_data = Base64EncodedString(params["UserData"].get("Value", ""))
    for member, name in (
        ("InstanceType", "instance_type"),
        ("EbsOptimized", "ebs_optimized"),
        ("DisableApiTermination", "disable_api_termination"),
        ("DisableApiStop", "disable_api_stop"),
        ("SourceDestCheck", "source_dest_check"),
        ("InstanceInitiatedShutdownBehavior", "instance_initiated_shutdown_behavior"),
    ):
        if member in params:
            setattr(instance, name, params[member].get("Value"))
    if "SourceDestCheck" in params:
        instance.nics[0].source_dest_check = params["SourceDestCheck"].get("Value")


@answers("ec2", "ModifyInstanceMetadataOptions")
def modify_metadata_options(call):
    """What is not named stays as it is."""
    [instance] = _named(network.backend_of(call.account, call.region), [call.params["InstanceId"]])
    asked = {name: value for name, value in call.params.items() if name not in ("InstanceId", "DryRun")}
    instance.metadata_options = MetadataOptions({**_options(instance.metadata_options), **asked})
    return {"InstanceId": instance.id, "InstanceMetadataOptions": _options(instance.metadata_options)}


@answers("ec2", "MonitorInstances", "UnmonitorInstances")
def monitor(call):
    found = _named(network.backend_of(call.account, call.region), call.params["InstanceIds"])
    for instance in found:
        instance.monitoring_state = "enabled" if call.action == "MonitorInstances" else "disabled"
    return {"InstanceMonitorings": [{"InstanceId": i.id, "Monitoring": {"State": i.monitoring_state}} for i in found]}


def _named(backend, instance_ids):
    """The instances of those ids, which must exist."""
    known = {instance.id: instance for instance in backend.all_instances()}
    for instance_id in instance_ids:
        if not instance_id.startswith("i-"):
            raise AwsError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        if instance_id not in known:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
    return [known[instance_id] for instance_id in instance_ids]


def _change_groups(backend, instance, group_ids):
    if not group_ids:
        raise AwsError("InvalidParameterValue", "An instance needs at least one security group.")
    groups = []
    for group_id in group_ids:
        group = network.group(backend, group_id)
        if group is None or group.vpc_id != instance.vpc_id:
            message = f"The security group '{group_id}' does not exist in VPC '{instance.vpc_id}'"
            raise AwsError("InvalidGroup.NotFound", message)
        groups.append(group)
    instance.security_groups = groups
    instance.nics[0]._group_set = list(groups)


def _default_subnet(backend, params):
    zone = params.get("Placement", {}).get("AvailabilityZone")
    default = sorted(backend.get_default_subnets().items())
    found = next((subnet.id for name, subnet in default if zone in (None, name)), None)
    if found is None:
        raise AwsError("MissingInput", "No subnets found for the default VPC. Please specify a subnet.")
    return found


def _options(options):
    return {
        "State": "applied",
        "HttpTokens": options.http_tokens,
        "HttpPutResponseHopLimit": options.http_put_response_hop_limit,
        "HttpEndpoint": options.http_endpoint,
        "HttpProtocolIpv6": options.http_protocol_ipv6,
        "InstanceMetadataTags": options.instance_metadata_tags,
    }


def _describe(instance, data):
    """What RunInstances tells; DescribeInstances tells the rest."""
    groups = [{"GroupId": group.id, "GroupName": group.name} for group in instance.nics[0].group_set]
    described = {
        "InstanceId": instance.id,
        "ImageId": instance.image_id,
        "InstanceType": instance.instance_type,
        "KeyName": instance.key_name,
        "LaunchTime": instance.launch_time,
        "State": {"Code": instance.state_code, "Name": instance.state},
        "Placement": {"AvailabilityZone": instance.availability_zone, "Tenancy": "default"},
        "PrivateIpAddress": instance.private_ip,
        "PrivateDnsName": instance.private_dns_name,
        "SubnetId": instance.subnet_id,
        "VpcId": instance.vpc_id,
        "Architecture": instance.architecture,
        "ClientToken": data.get("ClientToken", ""),
        "EbsOptimized": bool(instance.ebs_optimized),
        "IamInstanceProfile": instance.iam_instance_profile,
        "MetadataOptions": {**_options(instance.metadata_options), "State": "pending"},
        "Monitoring": {"State": instance.monitoring_state},
        "RootDeviceName": instance.root_device_name,
        "RootDeviceType": "ebs",
        "SecurityGroups": groups,
        "SourceDestCheck": True,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in instance.get_tags()],
        "VirtualizationType": instance.virtualization_type,
    }
    return {name: value for name, value in described.items() if value is not None}
