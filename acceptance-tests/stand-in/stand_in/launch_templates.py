"""EC2 launch templates: their versions as AWS keeps them, and what cannot become one.

They lie in moto's table, so that moto's tagging sees them; moto's own versions lose user data and cannot be deleted.
AWS itself does not read most of a template until it launches something. Here an image, a type, a group or a key that
does not exist is refused at once. An instance profile that does not exist shows, as on AWS, at launch.
"""

import base64
import re

from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import generic_filter

from stand_in import clock, images, instance_types, network
from stand_in.departures import answers
from stand_in.errors import AwsError
from stand_in.idempotency import once

_NAME = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}")
_TAGGED_AT_LAUNCH = ("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu")


@answers("ec2", "CreateLaunchTemplate")
def create(call):
    return once(call, lambda: _create(call))


def _create(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    name = params["LaunchTemplateName"]
    if not _NAME.fullmatch(name):
        message = "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and "
        raise AwsError(
            "InvalidLaunchTemplateName.MalformedException", message + "the following characters: - ( ) . / _"
        )
    if name in backend.launch_template_name_to_ids:
        raise AwsError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
    check(backend, params["LaunchTemplateData"])
    tags = {}
    for specification in params.get("TagSpecifications", []):
        if specification.get("ResourceType") != "launch-template":
            message = f"'{specification.get('ResourceType')}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", message)
        tags |= {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])}
    template = LaunchTemplate(
        backend, name, params["LaunchTemplateData"], params.get("VersionDescription"), {"launch-template": tags}
    )
    backend.launch_templates[template.id] = template
    backend.launch_template_name_to_ids[name] = template.id
    return {"LaunchTemplate": _describe(template)}


@answers("ec2", "CreateLaunchTemplateVersion")
def create_version(call):
    return once(call, lambda: _create_version(call))


def _create_version(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    template = find(backend, params)
    data = params["LaunchTemplateData"]
    if "SourceVersion" in params:
        data = {**version(template, params["SourceVersion"]).data, **data}
    check(backend, data)
    made = template.create_version(data, params.get("VersionDescription"))
    made.create_time = clock.now()
    return {"LaunchTemplateVersion": _describe_version(made)}


@answers("ec2", "DescribeLaunchTemplates")
def describe(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    if "LaunchTemplateIds" in params:
        found = [find(backend, {"LaunchTemplateId": value}) for value in params["LaunchTemplateIds"]]
    elif "LaunchTemplateNames" in params:
        found = [find(backend, {"LaunchTemplateName": value}) for value in params["LaunchTemplateNames"]]
    else:
        found = list(backend.launch_templates.values())
    filters = {wanted["Name"]: wanted.get("Values", []) for wanted in params.get("Filters", [])}
    shown, token = _page(generic_filter(filters, found), params)
    return {"LaunchTemplates": [_describe(template) for template in shown], **token}


@answers("ec2", "DescribeLaunchTemplateVersions")
def describe_versions(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    wanted = params.get("Versions", [])
    if "LaunchTemplateId" in params or "LaunchTemplateName" in params:
        template = find(backend, params)
        found = [version(template, number) for number in wanted] if wanted else _living(template)
    elif not wanted or set(wanted) - {"$Latest", "$Default"}:
        message = "A launch template's id or name is needed, unless the versions are '$Latest' or '$Default'."
        raise AwsError("MissingParameter", message)
    else:
        found = [version(template, number) for template in backend.launch_templates.values() for number in wanted]
    shown, token = _page(found, params)
    return {"LaunchTemplateVersions": [_describe_version(item) for item in shown], **token}


@answers("ec2", "ModifyLaunchTemplate")
def modify(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    template = find(backend, params)
    if "DefaultVersion" in params:
        template.default_version_number = version(template, params["DefaultVersion"]).number
    return {"LaunchTemplate": _describe(template)}


@answers("ec2", "DeleteLaunchTemplate")
def delete(call):
    backend = network.backend_of(call.account, call.region)
    template = find(backend, call.params)
    described = _describe(template)
    del backend.launch_templates[template.id], backend.launch_template_name_to_ids[template.name]
    backend.delete_tags([template.id], {tag["Key"]: None for tag in described["Tags"]})
    return {"LaunchTemplate": described}


@answers("ec2", "DeleteLaunchTemplateVersions")
def delete_versions(call):
    backend, params = network.backend_of(call.account, call.region), call.params
    template = find(backend, params)
    identity = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name}
    deleted, failed = [], []
    for number in params["Versions"]:
        try:
            doomed = version(template, number)
        except AwsError as error:
            refusal = {"Code": "launchTemplateVersionDoesNotExist", "Message": error.message}
            failed.append({**identity, "VersionNumber": _number(number), "ResponseError": refusal})
            continue
        if template.is_default(doomed):
            message = "You cannot delete the launch template version specified because it is the default version."
            raise AwsError("InvalidParameterValue", message)
        doomed.deleted = True
        deleted.append({**identity, "VersionNumber": doomed.number})
    answer = {"SuccessfullyDeletedLaunchTemplateVersions": deleted}
    return answer | {"UnsuccessfullyDeletedLaunchTemplateVersions": failed}


def find(backend, named):
    """The template that ``LaunchTemplateId`` or ``LaunchTemplateName`` means, exactly one of which must be there."""
    if ("LaunchTemplateId" in named) == ("LaunchTemplateName" in named):
        message = "Exactly one of the launch template's ID and its name must be specified."
        raise AwsError(
            "MissingParameter" if "LaunchTemplateId" not in named else "InvalidParameterCombination", message
        )
    if "LaunchTemplateName" in named:
        name = named["LaunchTemplateName"]
        if name not in backend.launch_template_name_to_ids:
            message = f"The specified launch template, with template name {name}, does not exist."
            raise AwsError("InvalidLaunchTemplateName.NotFoundException", message)
        return backend.launch_templates[backend.launch_template_name_to_ids[name]]
    template_id = named["LaunchTemplateId"]
    if not template_id.startswith("lt-"):
        message = f"A launch template ID must begin with 'lt-', not as in '{template_id}'."
        raise AwsError("InvalidLaunchTemplateId.Malformed", message)
    if template_id not in backend.launch_templates:
        message = f"The specified launch template, with template ID {template_id}, does not exist."
        raise AwsError("InvalidLaunchTemplateId.NotFound", message)
    return backend.launch_templates[template_id]


def version(template, number=None):
    """The version that a number, ``$Latest``, or ``$Default`` means; none means the default one."""
    living = _living(template)
    if number in (None, "", "$Default"):
        number = template.default_version_number
    elif number == "$Latest":
        number = living[-1].number
    found = next((item for item in living if str(item.number) == str(number)), None)
    if found is None:
        message = f"Could not find launch template version {number} for launch template {template.id}"
        raise AwsError("InvalidLaunchTemplateId.VersionNotFound", message)
    return found


def check(backend, data):
    """Refuses the data of a template that could never launch."""
    if "ImageId" in data and not data["ImageId"].startswith("resolve:ssm:"):
        image = images.named(backend, data["ImageId"])
        for mapping in data.get("BlockDeviceMappings", []):
            _check_volume(image, mapping)
    if "InstanceType" in data:
        instance_types.named(data["InstanceType"])
    interfaces = data.get("NetworkInterfaces", [])
    if interfaces and data.get("SecurityGroupIds"):
        message = "Network interfaces and an instance-level security groups may not be specified on the same request"
        raise AwsError("InvalidParameterCombination", message)
    groups = data.get("SecurityGroupIds", []) + [g for interface in interfaces for g in interface.get("Groups", [])]
    for group_id in groups:
        if network.group(backend, group_id) is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    key = data.get("KeyName")
    if key and key not in backend.key_pairs:
        raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    for specification in data.get("TagSpecifications", []):
        if specification.get("ResourceType") not in _TAGGED_AT_LAUNCH:
            message = f"'{specification.get('ResourceType')}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", message)
    user_data(data)
    options = data.get("MetadataOptions", {})
    if not 1 <= options.get("HttpPutResponseHopLimit", 1) <= 64:
        raise AwsError("InvalidParameterValue", "HttpPutResponseHopLimit must be from 1 to 64.")


def user_data(data):
    """The user data in the clear; None where there is none."""
    if not data.get("UserData"):
        return None
    try:
        decoded = base64.b64decode(data["UserData"], validate=True)
    except ValueError:
        raise AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
    if len(decoded) > 16384:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")
    return decoded.decode("utf-8", "replace")


def _check_volume(image, mapping):
    ebs = mapping.get("Ebs", {})
    size, least = ebs.get("VolumeSize"), images.root_size(image)
    if mapping.get("DeviceName") != image.root_device_name:
        if not size and "SnapshotId" not in ebs and "NoDevice" not in mapping and "VirtualName" not in mapping:
            raise AwsError("MissingParameter", "The request must contain the parameter size or snapshotId")
    elif size is not None and size < least:
        message = (
            f"Volume of size {size}GB is smaller than snapshot '{image.ebs_snapshot.id}', expect size >= {least}GB"
        )
        raise AwsError("InvalidBlockDeviceMapping", message)
    if ebs.get("KmsKeyId") and not ebs.get("Encrypted"):
        raise AwsError(
            "InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set."
        )


def _living(template):
    return [item for item in template.versions if not getattr(item, "deleted", False)]


def _number(text):
    return int(text) if str(text).isdigit() else 0


def _page(items, params):
    start, size = int(params.get("NextToken", 0)), params.get("MaxResults", 200)
    rest = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], rest


def _describe(template):
    return {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "CreateTime": template.create_time,
        "CreatedBy": _creator(template),
        "DefaultVersionNumber": template.default_version_number,
        "LatestVersionNumber": _living(template)[-1].number,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in template.get_tags()],
    }


def _describe_version(item):
    template = item.template
    described = {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "VersionNumber": item.number,
        "VersionDescription": item.description,
        "CreateTime": item.create_time,
        "CreatedBy": _creator(template),
        "DefaultVersion": template.is_default(item),
        "LaunchTemplateData": item.data,
    }
    return {name: value for name, value in described.items() if value is not None}


def _creator(template):
    backend = template.ec2_backend
    return f"arn:{backend.partition}:iam::{backend.account_id}:root"
