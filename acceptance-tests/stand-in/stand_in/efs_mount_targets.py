"""EFS mount targets: one for each zone of a file system, each with an interface in its subnet."""

import ipaddress

from moto.efs.models import MountTarget
from moto.moto_api._internal import mock_random

from stand_in import clock, network
from stand_in.departures import answers
from stand_in.efs import backend_of, error, file_system, page

_CREATED = 0.2
_DELETED = 0.2


@answers("efs", "CreateMountTarget")
def create(call):
    backend, params = backend_of(call), call.params
    ec2 = network.backend_of(call.account, call.region)
    found = file_system(call, available=True)
    home = network.subnet(ec2, params["SubnetId"])
    if home is None:
        raise error("SubnetNotFound", f"The subnet ID '{params['SubnetId']}' does not exist")
    groups = params.get("SecurityGroups") or [ec2.get_default_security_group(home.vpc_id).id]
    _check_groups(ec2, groups, home.vpc_id)
    _check_place(found, home, params.get("IpAddress"))
    target = MountTarget(call.account, found, home, params.get("IpAddress"), groups)
    target.mount_target_id = f"fsmt-{mock_random.get_random_hex(17)}"
    description = f"EFS mount target for {found.file_system_id} ({target.mount_target_id})"
    interface = ec2.create_network_interface(home, target.ip_address, group_ids=groups, description=description)
    interface.status, interface.requester_managed = "in-use", True
    target.set_network_interface(interface)
    target.life_cycle_state = "creating"
    backend.mount_targets_by_id[target.mount_target_id] = target
    clock.after(_CREATED, _become_available, target)
    return _describe(target)


@answers("efs", "DescribeMountTargets")
def describe(call):
    backend, params = backend_of(call), call.params
    named = [name for name in ("FileSystemId", "MountTargetId", "AccessPointId") if name in params]
    if len(named) != 1:
        raise error("BadRequest", "Exactly one of FileSystemId, MountTargetId and AccessPointId must be given.")
    if named == ["MountTargetId"]:
        found = [_target(call)]
    elif named == ["FileSystemId"]:
        found = list(file_system(call).iter_mount_targets())
    else:
        access_point = backend.access_points.get(params["AccessPointId"].rpartition("/")[2])
        if access_point is None:
            raise error("AccessPointNotFound", f"Access point {params['AccessPointId']} does not exist.")
        found = list(file_system(call, access_point.file_system_id).iter_mount_targets())
    shown, token = page(found, params, default=10)
    answer = {"MountTargets": [_describe(target) for target in shown]}
    return answer | ({"NextMarker": token} if token else {})


@answers("efs", "DeleteMountTarget")
def delete(call):
    target = _target(call)
    if target.life_cycle_state != "deleting":
        target.life_cycle_state = "deleting"
        clock.after(_DELETED, _forget, call.account, call.region, backend_of(call), target)


@answers("efs", "DescribeMountTargetSecurityGroups")
def describe_groups(call):
    return {"SecurityGroups": _available(call).security_groups}


@answers("efs", "ModifyMountTargetSecurityGroups")
def modify_groups(call):
    target, ec2 = _available(call), network.backend_of(call.account, call.region)
    groups = call.params.get("SecurityGroups") or [ec2.get_default_security_group(target.vpc_id).id]
    _check_groups(ec2, groups, target.vpc_id)
    target.security_groups = groups
    ec2.modify_network_interface_attribute(target.network_interface_id, groups)


def _check_place(found, home, address):
    if found.has_mount_target(home):
        raise error("MountTargetConflict", "mount target already exists in this AZ")
    if any(target.vpc_id != home.vpc_id for target in found.iter_mount_targets()):
        message = "requested subnet for new mount target is not in the same VPC as existing mount targets"
        raise error("MountTargetConflict", message)
    if found.availability_zone_name not in (None, home.availability_zone):
        raise error("AvailabilityZonesMismatch", "The subnet is not in the file system's availability zone.")
    if address is None:
        return
    if ipaddress.ip_address(address) not in home.cidr:
        raise error("BadRequest", "Address does not fall within the subnet's address range")
    if address in home._subnet_ips:
        raise error("IpAddressInUse", f"The address {address} is already in use in the subnet.")


def _check_groups(ec2, groups, vpc_id):
    if len(groups) > 5:
        raise error("SecurityGroupLimitExceeded", "A mount target can have at most five security groups.")
    for group_id in groups:
        group = network.group(ec2, group_id)
        if group is None or group.vpc_id != vpc_id:
            raise error("SecurityGroupNotFound", f"The security group '{group_id}' does not exist in the subnet's VPC.")


def _target(call):
    target = backend_of(call).mount_targets_by_id.get(call.params["MountTargetId"])
    if target is None:
        raise error("MountTargetNotFound", f"Mount target '{call.params['MountTargetId']}' does not exist.")
    return target


def _available(call):
    target = _target(call)
    if target.life_cycle_state != "available":
        message = f"Mount target '{target.mount_target_id}' is {target.life_cycle_state}."
        raise error("IncorrectMountTargetState", message)
    return target


def _become_available(target):
    if target.life_cycle_state == "creating":
        target.life_cycle_state = "available"


def _forget(account, region, backend, target):
    network.delete_interface(network.backend_of(account, region), target.network_interface_id)
    target.clean_up()
    backend.mount_targets_by_id.pop(target.mount_target_id, None)


def _describe(target):
    return {
        "OwnerId": target.owner_id,
        "MountTargetId": target.mount_target_id,
        "FileSystemId": target.file_system_id,
        "SubnetId": target.subnet_id,
        "LifeCycleState": target.life_cycle_state,
        "IpAddress": target.ip_address,
        "NetworkInterfaceId": target.network_interface_id,
        "AvailabilityZoneId": target.availability_zone_id,
        "AvailabilityZoneName": target.availability_zone_name,
        "VpcId": target.vpc_id,
    }
