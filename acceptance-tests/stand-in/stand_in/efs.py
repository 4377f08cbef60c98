"""EFS file systems, their policies and access points. Kept in moto's tables, so that moto's tagging sees them."""

import json
import uuid

from moto.efs.models import AccessPoint, FileSystem, efs_backends
from moto.moto_api._internal import mock_random

from stand_in import clock, roles
from stand_in.departures import answers
from stand_in.errors import AwsError

_CREATED = 0.2
_UPDATED = 0.1
_DELETED = 0.2


def backend_of(call):
    """moto's EFS tables for the caller's account and region."""
    return efs_backends[call.account][call.region]


def error(code, message, **members):
    """An error of EFS, whose code is also a member."""
    return AwsError(code, message, ErrorCode=code, Message=message, **members)


def file_system(call, file_system_id=None, available=False):
    """The file system that is asked for; ``available`` refuses it in any other state."""
    file_system_id = file_system_id or call.params["FileSystemId"]
    found = backend_of(call).file_systems_by_id.get(file_system_id.rpartition("/")[2])
    if found is None:
        raise error("FileSystemNotFound", f"File system '{file_system_id}' does not exist.")
    if available and found.life_cycle_state != "available":
        message = f"None of the file systems is available: '{found.file_system_id}' is {found.life_cycle_state}."
        raise error("IncorrectFileSystemLifeCycleState", message)
    return found


def page(items, params, size_name="MaxItems", token_name="Marker", default=100):
    """``(items, token of the next page or None)``."""
    start, size = int(params.get(token_name, 0)), params.get(size_name, default)
    return items[start : start + size], str(start + size) if start + size < len(items) else None


@answers("efs", "CreateFileSystem")
def create_file_system(call):
    backend, params = backend_of(call), call.params
    for existing in backend.file_systems_by_id.values():
        if existing.creation_token == params["CreationToken"]:
            identity, token = existing.file_system_id, existing.creation_token
            message = f"File system '{identity}' already exists with creation token '{token}'"
            raise error("FileSystemAlreadyExists", message, FileSystemId=identity)
    mode, provisioned = params.get("ThroughputMode", "bursting"), params.get("ProvisionedThroughputInMibps")
    _check_throughput(mode, provisioned, params.get("PerformanceMode", "generalPurpose"))
    encrypted, key = params.get("Encrypted", False), params.get("KmsKeyId")
    if key and not encrypted:
        raise error("BadRequest", "KmsKeyId requires Encrypted to be true.")
    if encrypted and not key:
        key = f"{_key_prefix(call)}{uuid.uuid5(uuid.NAMESPACE_DNS, call.account + call.region)}"
    elif key and not key.startswith("arn:"):
        key = _key_prefix(call) + key
    created = FileSystem(
        call.account,
        call.region,
        params["CreationToken"],
        f"fs-{mock_random.get_random_hex(17)}",
        context=backend,
        performance_mode=params.get("PerformanceMode"),
        encrypted=encrypted,
        kms_key_id=key,
        throughput_mode=mode,
        provisioned_throughput_in_mibps=provisioned,
        availability_zone_name=params.get("AvailabilityZoneName"),
        backup=params.get("Backup", False),
    )
    created.life_cycle_state = "creating"
    created.backup_status = "ENABLED" if params.get("Backup") or created.availability_zone_name else None
    created.overwrite_protection = "ENABLED"
    backend.file_systems_by_id[created.file_system_id] = created
    backend.tagging_service.tag_resource(created.file_system_id, params.get("Tags", []))
    clock.after(_CREATED, setattr, created, "life_cycle_state", "available")
    return _describe(backend, created)


@answers("efs", "DescribeFileSystems")
def describe_file_systems(call):
    backend, params = backend_of(call), call.params
    if "FileSystemId" in params and "CreationToken" in params:
        raise error("BadRequest", "Request cannot contain both a file system ID and a creation token.")
    found = list(backend.file_systems_by_id.values())
    if "FileSystemId" in params:
        found = [file_system(call)]
    elif "CreationToken" in params:
        found = [item for item in found if item.creation_token == params["CreationToken"]]
    shown, token = page(found, params)
    answer = {"FileSystems": [_describe(backend, item) for item in shown]}
    return answer | ({"NextMarker": token} if token else {})


@answers("efs", "UpdateFileSystem")
def update_file_system(call):
    found, params = file_system(call, available=True), call.params
    mode = params.get("ThroughputMode", found.throughput_mode)
    provisioned = params.get("ProvisionedThroughputInMibps")
    if provisioned is None and mode == found.throughput_mode:
        provisioned = found.provisioned_throughput_in_mibps
    _check_throughput(mode, provisioned, found.performance_mode)
    found.throughput_mode, found.provisioned_throughput_in_mibps = mode, provisioned
    found.life_cycle_state = "updating"
    clock.after(_UPDATED, setattr, found, "life_cycle_state", "available")
    return _describe(backend_of(call), found)


@answers("efs", "UpdateFileSystemProtection")
def update_protection(call):
    found = file_system(call, available=True)
    found.overwrite_protection = call.params.get("ReplicationOverwriteProtection", found.overwrite_protection)
    return {"ReplicationOverwriteProtection": found.overwrite_protection}


@answers("efs", "DeleteFileSystem")
def delete_file_system(call):
    backend, found = backend_of(call), file_system(call)
    if found.number_of_mount_targets:
        raise error("FileSystemInUse", f"The file system '{found.file_system_id}' still has mount targets.")
    if found.life_cycle_state != "deleting":
        found.life_cycle_state = "deleting"
        clock.after(_DELETED, _forget_file_system, backend, found)


@answers("efs", "PutBackupPolicy")
def put_backup_policy(call):
    found, status = file_system(call, available=True), call.params["BackupPolicy"]["Status"]
    if status not in ("ENABLED", "DISABLED"):
        raise error("ValidationException", f"The status '{status}' cannot be set.")
    if found.backup_status != status:
        found.backup_status = status.replace("ED", "ING") if status == "DISABLED" else "ENABLING"
        clock.after(_UPDATED, setattr, found, "backup_status", status)
    return {"BackupPolicy": {"Status": found.backup_status}}


@answers("efs", "DescribeBackupPolicy")
def describe_backup_policy(call):
    status = file_system(call).backup_status
    if status is None:
        raise error("PolicyNotFound", "The file system has no backup policy.")
    return {"BackupPolicy": {"Status": status}}


@answers("efs", "PutFileSystemPolicy")
def put_file_system_policy(call):
    found = file_system(call, available=True)
    _check_policy(call, call.params["Policy"])
    found.file_system_policy = json.dumps(_as_kept(json.loads(call.params["Policy"])), indent=2)
    return {"FileSystemId": found.file_system_id, "Policy": found.file_system_policy}


@answers("efs", "DescribeFileSystemPolicy")
def describe_file_system_policy(call):
    found = file_system(call)
    if not found.file_system_policy:
        raise error("PolicyNotFound", "The file system has no policy: the default one is in effect.")
    return {"FileSystemId": found.file_system_id, "Policy": found.file_system_policy}


@answers("efs", "DeleteFileSystemPolicy")
def delete_file_system_policy(call):
    file_system(call, available=True).file_system_policy = None


@answers("efs", "PutLifecycleConfiguration")
def put_lifecycle_configuration(call):
    found, policies = file_system(call, available=True), call.params["LifecyclePolicies"]
    names = [name for policy in policies for name in policy]
    if any(len(policy) != 1 for policy in policies) or len(set(names)) != len(names):
        raise error("BadRequest", "Each lifecycle policy names one transition, and each transition is named once.")
    found.lifecycle_policies = policies
    return {"LifecyclePolicies": policies}


@answers("efs", "DescribeLifecycleConfiguration")
def describe_lifecycle_configuration(call):
    return {"LifecyclePolicies": file_system(call).lifecycle_policies}


@answers("efs", "DescribeTags")
def describe_tags(call):
    found = file_system(call).file_system_id
    shown, token = page(backend_of(call).list_tags_for_resource(found), call.params)
    return {"Tags": shown} | ({"NextMarker": token} if token else {})


@answers("efs", "CreateAccessPoint")
def create_access_point(call):
    backend, params = backend_of(call), call.params
    for existing in backend.access_points.values():
        if existing.client_token == params["ClientToken"]:
            message = f"Access point '{existing.access_point_id}' already exists with this client token."
            raise error("AccessPointAlreadyExists", message, AccessPointId=existing.access_point_id)
    found = file_system(call, available=True)
    created = AccessPoint(
        call.account,
        call.region,
        params["ClientToken"],
        found.file_system_id,
        None,
        params.get("PosixUser"),
        params.get("RootDirectory") or {"Path": "/"},
        context=backend,
    )
    _lengthen_id(created)
    created.life_cycle_state = "creating"
    backend.access_points[created.access_point_id] = created
    backend.tagging_service.tag_resource(created.access_point_id, params.get("Tags", []))
    clock.after(_UPDATED, setattr, created, "life_cycle_state", "available")
    return _describe_access_point(backend, created)


@answers("efs", "DescribeAccessPoints")
def describe_access_points(call):
    backend, params = backend_of(call), call.params
    found = list(backend.access_points.values())
    if "AccessPointId" in params:
        found = [_access_point(call)]
    elif "FileSystemId" in params:
        found = [item for item in found if item.file_system_id == file_system(call).file_system_id]
    shown, token = page(found, params, "MaxResults", "NextToken")
    answer = {"AccessPoints": [_describe_access_point(backend, item) for item in shown]}
    return answer | ({"NextToken": token} if token else {})


@answers("efs", "DeleteAccessPoint")
def delete_access_point(call):
    found = _access_point(call)
    found.life_cycle_state = "deleting"
    clock.after(_UPDATED, backend_of(call).access_points.pop, found.access_point_id, None)


@answers("efs", "TagResource")
def tag_resource(call):
    tags = {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    backend_of(call).tag_resource(_tagged(call), tags)


@answers("efs", "UntagResource")
def untag_resource(call):
    backend_of(call).untag_resource(_tagged(call), call.params["TagKeys"])


@answers("efs", "ListTagsForResource")
def list_tags(call):
    shown, token = page(backend_of(call).list_tags_for_resource(_tagged(call)), call.params, "MaxResults", "NextToken")
    return {"Tags": shown} | ({"NextToken": token} if token else {})


def _tagged(call):
    """The id of what a tagging call names, by id or by ARN: it must exist."""
    resource = call.params["ResourceId"].rpartition("/")[2]
    if resource.startswith("fsap-"):
        return _access_point(call, resource).access_point_id
    return file_system(call, resource).file_system_id


def _access_point(call, access_point_id=None):
    access_point_id = (access_point_id or call.params["AccessPointId"]).rpartition("/")[2]
    found = backend_of(call).access_points.get(access_point_id)
    if found is None:
        raise error("AccessPointNotFound", f"Access point {access_point_id} does not exist.")
    return found


def _key_prefix(call):
    return f"arn:{backend_of(call).partition}:kms:{call.region}:{call.account}:key/"


def _check_throughput(mode, provisioned, performance_mode):
    if (mode == "provisioned") != (provisioned is not None):
        raise error(
            "BadRequest", "ProvisionedThroughputInMibps goes with the throughput mode 'provisioned', and only with it."
        )
    if mode == "elastic" and performance_mode == "maxIO":
        raise error("BadRequest", "Elastic throughput is not supported with the performance mode maxIO.")


def _check_policy(call, text):
    """A policy document of statements whose principals, where they are roles of this account, exist."""
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise error("InvalidPolicyException", "The policy is not a valid policy document.") from None
    for statement in roles.listed(statements):
        if (
            statement.get("Effect") not in ("Allow", "Deny")
            or "Principal" not in statement
            or "Action" not in statement
        ):
            raise error("InvalidPolicyException", "Each statement needs an effect, a principal and an action.")
        principal = statement["Principal"]
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for arn in roles.listed(named):
            ours = f":iam::{call.account}:role/" in arn
            if ours and roles.find(call.account, arn) is None:
                raise error("InvalidPolicyException", "Policy contains invalid Principal block")


def _as_kept(value):
    """A policy document as AWS answers it: a list of one value as that value."""
    if isinstance(value, dict):
        return {key: _as_kept(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_as_kept(item) for item in value]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return value


def _forget_file_system(backend, found):
    backend.file_systems_by_id.pop(found.file_system_id, None)
    for access_point in list(backend.access_points.values()):
        if access_point.file_system_id == found.file_system_id:
            del backend.access_points[access_point.access_point_id]


def _name_of(tags):
    return next(({"Name": tag["Value"]} for tag in tags if tag["Key"] == "Name"), {})


def _lengthen_id(access_point):
    """moto's ids are shorter than AWS's."""
    short, long = access_point.access_point_id, f"fsap-{mock_random.get_random_hex(17)}"
    access_point.access_point_arn = access_point.access_point_arn.replace(short, long)
    access_point.access_point_id = long


def _describe(backend, found):
    tags = backend.list_tags_for_resource(found.file_system_id)
    members = {
        "OwnerId": found.owner_id,
        "CreationToken": found.creation_token,
        "FileSystemId": found.file_system_id,
        "FileSystemArn": found.file_system_arn,
        "CreationTime": found.creation_time,
        "LifeCycleState": found.life_cycle_state,
        "NumberOfMountTargets": found.number_of_mount_targets,
        "SizeInBytes": {"Value": 6144, "ValueInIA": 0, "ValueInStandard": 6144, "ValueInArchive": 0},
        "PerformanceMode": found.performance_mode,
        "Encrypted": found.encrypted,
        "KmsKeyId": found.kms_key_id,
        "ThroughputMode": found.throughput_mode,
        "ProvisionedThroughputInMibps": found.provisioned_throughput_in_mibps,
        "AvailabilityZoneName": found.availability_zone_name,
        "AvailabilityZoneId": found.availability_zone_id,
        "FileSystemProtection": {"ReplicationOverwriteProtection": found.overwrite_protection},
        "Tags": tags,
        **_name_of(tags),
    }
    return {name: value for name, value in members.items() if value is not None}


def _describe_access_point(backend, found):
    tags = backend.list_tags_for_resource(found.access_point_id)
    members = {
        "ClientToken": found.client_token,
        "AccessPointId": found.access_point_id,
        "AccessPointArn": found.access_point_arn,
        "FileSystemId": found.file_system_id,
        "PosixUser": found.posix_user,
        "RootDirectory": found.root_directory,
        "OwnerId": found.account_id,
        "LifeCycleState": found.life_cycle_state,
        "Tags": tags,
        **_name_of(tags),
    }
    return {name: value for name, value in members.items() if value is not None}
