"""Instances made from a launch request, RunInstances' or an auto scaling group's: what EC2 refuses, and what becomes.

They lie in moto's tables, so that its Describe calls and tagging see them.
"""

import uuid

from moto.core.types import Base64EncodedString
from moto.ec2.models.instances import InstanceState

from stand_in import clock, images, instance_types, launch_templates, network, profiles
from stand_in.addresses import public_address
from stand_in.errors import AwsError

_STARTED = 0.12
_ENDED = 0.15


def check(account, region, data, subnet_id):
    """Refuses what EC2 would not launch there. ``data`` has the members of launch template data."""
    backend = network.backend_of(account, region)
    for member in ("ImageId", "InstanceType"):
        if member not in data:
            raise AwsError("MissingParameter", f"The request must contain the parameter {member}")
    home = network.subnet(backend, subnet_id)
    if home is None:
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    data = {**data, "ImageId": image_id(account, region, data)}
    launch_templates.check(backend, data)
    image = images.named(backend, data["ImageId"])
    instance_types.check(data["InstanceType"], image, region, home.availability_zone)
    for group_id in group_ids(data):
        if network.group(backend, group_id).vpc_id != home.vpc_id:
            message = f"Security group {group_id} and subnet {subnet_id} belong to different networks."
            raise AwsError("InvalidParameter", message)
    if data.get("IamInstanceProfile"):
        profiles.named(account, region, data["IamInstanceProfile"])


def image_id(account, region, data):
    """The image that is asked for, by its id or by the name of a public parameter that holds it."""
    asked = data["ImageId"]
    if not asked.startswith("resolve:ssm:"):
        return asked
    from moto.ssm.models import ssm_backends

    name = asked.removeprefix("resolve:ssm:")
    found = ssm_backends[account][region].get_parameters([name])
    if not found:
        raise AwsError("InvalidParameterValue", f"Parameter {name} of the image does not exist in Parameter Store.")
    return next(iter(found.values())).value


def group_ids(data):
    """The security groups that are asked for."""
    interfaces = data.get("NetworkInterfaces", [])
    return data.get("SecurityGroupIds", []) + [g for interface in interfaces for g in interface.get("Groups", [])]


def launch(account, region, data, subnet_id, tags, count=1, spot=False):
    """Starts instances that ``check`` lets pass; answers their reservation.

    ``tags`` maps ``instance``, ``volume`` and ``network-interface`` to dictionaries.
    """
    backend = network.backend_of(account, region)
    home, image = network.subnet(backend, subnet_id), images.named(backend, image_id(account, region, data))
    encoded = data.get("UserData")
    reservation = backend.run_instances(
        image.id,
        count,
        Base64EncodedString(encoded) if encoded else None,
        [],
        instance_type=data["InstanceType"],
        is_instance_type_default=False,
        region_name=region,
        client_token=data.get("ClientToken", ""),
        subnet_id=subnet_id,
        key_name=data.get("KeyName"),
        security_group_ids=group_ids(data),
        private_ip=data.get("PrivateIpAddress"),
        associate_public_ip=False,
        ebs_optimized=data.get("EbsOptimized", False),
        disable_api_stop=data.get("DisableApiStop", False),
        disable_api_termination=data.get("DisableApiTermination", False),
        instance_initiated_shutdown_behavior=data.get("InstanceInitiatedShutdownBehavior"),
        monitoring_state="enabled" if data.get("Monitoring", {}).get("Enabled") else "disabled",
        metadata_options=metadata_options(image, data.get("MetadataOptions", {})),
        instance_market_options="spot" if spot else {},
        block_device_mappings=_volumes(account, region, image, data),
        tags={kind: tags.get(kind, {}) for kind in ("instance", "volume")},
    )
    for instance in reservation.instances:
        _complete(account, region, instance, data, home, tags)
    return reservation


def metadata_options(image, asked):
    """As asked, and for the rest the image's own wishes."""
    tokens = images.wants_tokens(image)
    defaults = {"HttpTokens": "required" if tokens else "optional", "HttpPutResponseHopLimit": 2 if tokens else 1}
    return {**defaults, **asked}


def terminate(backend, instance):
    """Shuts the instance down, once. Its interface goes with it, and only at the end."""
    if instance.state in ("shutting-down", "terminated"):
        return
    instance._state = InstanceState("shutting-down", 32)
    _tell(backend, instance)
    clock.after(_ENDED, _terminated, backend, instance)


def stop(backend, instance):
    """Switches it off: it keeps its interface and loses its public address."""
    if instance.state == "running":
        instance._state = InstanceState("stopping", 64)
        _tell(backend, instance)
        clock.after(_ENDED, _stopped, backend, instance)


def start(backend, instance):
    """Switches it on again, with another public address where it had one."""
    if instance.state == "stopped":
        instance._state = InstanceState("pending", 0)
        clock.after(_STARTED, _started, backend, instance, instance.nics[0].public_ip_auto_assign)


def _complete(account, region, instance, data, home, tags):
    """What moto leaves out, or does too early."""
    backend = instance.ec2_backend
    instance._state = InstanceState("pending", 0)
    instance.tags_at_launch = tags
    interface = instance.nics[0]
    interface.delete_on_termination = True
    interface.add_tags(tags.get("network-interface", {}))
    asked = next(iter(data.get("NetworkInterfaces", [])), {}).get("AssociatePublicIpAddress")
    public = home.map_public_ip_on_launch in (True, "true") if asked is None else asked
    if data.get("IamInstanceProfile"):
        profile = profiles.named(account, region, data["IamInstanceProfile"])
        backend.associate_iam_instance_profile(instance.id, iam_instance_profile_arn=profile.arn)
        instance.iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}
    clock.after(_STARTED, _started, backend, instance, public)


def _started(backend, instance, public):
    if instance.state != "pending":
        return
    if public:
        instance.nics[0].public_ip = public_address()
        instance.nics[0].public_ip_auto_assign = True
    instance._state = InstanceState("running", 16)
    _tell(backend, instance)


def _stopped(backend, instance):
    if instance.state == "stopping":
        instance.stop()
        _tell(backend, instance)


def _terminated(backend, instance):
    instance.disable_api_termination = False
    instance.terminate()
    _tell(backend, instance)


def _tell(backend, instance):
    """Those who care: the ECS agent on it, and its auto scaling group."""
    from stand_in import autoscaling_groups, ecs_hosts

    autoscaling_groups.instance_changed(backend, instance)
    ecs_hosts.instance_changed(backend, instance)


def _volumes(account, region, image, data):
    """The volumes that come up: the image's own, changed by what is asked for, and what is asked for besides."""
    volumes = {mapping["DeviceName"]: mapping["Ebs"] for mapping in image.block_device_mappings}
    for mapping in data.get("BlockDeviceMappings", []):
        if "NoDevice" in mapping:
            volumes.pop(mapping["DeviceName"], None)
        elif "Ebs" in mapping:
            before = volumes.get(mapping["DeviceName"], {"DeleteOnTermination": True, "VolumeType": "gp3"})
            volumes[mapping["DeviceName"]] = {**before, **mapping["Ebs"]}
    key = f"arn:aws:kms:{region}:{account}:key/{uuid.uuid5(uuid.NAMESPACE_DNS, account + region)}"
    for ebs in volumes.values():
        if ebs.get("Encrypted"):
            ebs.setdefault("KmsKeyId", key)
    return [{"DeviceName": device, "Ebs": ebs} for device, ebs in volumes.items()]


def from_template(account, region, asked):
    """``(template, version)`` of a launch template specification."""
    backend = network.backend_of(account, region)
    named = {name: asked[name] for name in ("LaunchTemplateId", "LaunchTemplateName") if name in asked}
    template = launch_templates.find(backend, named)
    return template, launch_templates.version(template, asked.get("Version"))


def tags_of(data):
    """A template's or a request's tags, by what they are for."""
    return {
        specification["ResourceType"]: {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])}
        for specification in data.get("TagSpecifications", [])
        if "ResourceType" in specification
    }
