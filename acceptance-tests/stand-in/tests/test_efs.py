"""EFS: life cycles, conflicts, policies."""

import json

import pytest

from conftest import code_of, until


@pytest.fixture
def system(aws):
    """A file system that is available."""
    created = aws.efs.create_file_system(CreationToken=aws.unique, Encrypted=True, Tags=[{"Key": "Name", "Value": "n"}])
    assert created["LifeCycleState"] == "creating" and created["Name"] == "n"
    return available(aws, created["FileSystemId"])


def described(aws, system):
    return aws.efs.describe_file_systems(FileSystemId=system)["FileSystems"][0]


def available(aws, system):
    until(lambda: described(aws, system), lambda found: found["LifeCycleState"] == "available")
    return system


def targets(aws, system):
    return aws.efs.describe_mount_targets(FileSystemId=system)["MountTargets"]


def test_a_token_answers_once(aws, system):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as refusal:
        aws.efs.create_file_system(CreationToken=aws.unique)
    answer = refusal.value.response
    assert answer["Error"]["Code"] == "FileSystemAlreadyExists" and answer["FileSystemId"] == system
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 409
    aws.efs.delete_file_system(FileSystemId=system)
    assert described(aws, system)["LifeCycleState"] == "deleting"
    until(lambda: aws.efs.describe_file_systems()["FileSystems"], lambda f: system not in str(f))
    assert code_of(aws.efs.describe_file_systems, FileSystemId=system)[0] == "FileSystemNotFound"
    aws.efs.create_file_system(CreationToken=aws.unique)


def test_a_file_system_keeps_what_was_asked(aws, system):
    found = described(aws, system)
    assert found["Encrypted"] and found["KmsKeyId"].startswith(f"arn:aws:kms:{aws.name}:")
    assert (found["PerformanceMode"], found["ThroughputMode"]) == ("generalPurpose", "bursting")
    updated = aws.efs.update_file_system(FileSystemId=system, ThroughputMode="elastic")
    assert (updated["LifeCycleState"], updated["ThroughputMode"]) == ("updating", "elastic")
    assert (
        code_of(aws.efs.update_file_system, FileSystemId=system, ThroughputMode="bursting")[0]
        == "IncorrectFileSystemLifeCycleState"
    )
    available(aws, system)
    assert code_of(aws.efs.update_file_system, FileSystemId=system, ThroughputMode="provisioned")[0] == "BadRequest"


def test_mount_targets_live_and_hold_the_file_system(aws, place):
    created = aws.efs.create_file_system(CreationToken=aws.unique)["FileSystemId"]
    group = aws.group(place["vpc_id"])
    first, second = place["public_subnet_ids"]
    request = {"FileSystemId": created, "SubnetId": first, "SecurityGroups": [group]}
    assert code_of(aws.efs.create_mount_target, **request)[0] == "IncorrectFileSystemLifeCycleState"
    available(aws, created)
    target = aws.efs.create_mount_target(**request)
    assert target["LifeCycleState"] == "creating" and target["VpcId"] == place["vpc_id"]
    modify = {"MountTargetId": target["MountTargetId"], "SecurityGroups": [group]}
    assert code_of(aws.efs.modify_mount_target_security_groups, **modify)[0] == "IncorrectMountTargetState"
    assert code_of(aws.efs.create_mount_target, **request)[0] == "MountTargetConflict"
    same_zone = place["private_subnet_ids"][0]
    assert code_of(aws.efs.create_mount_target, **{**request, "SubnetId": same_zone})[0] == "MountTargetConflict"
    aws.efs.create_mount_target(**{**request, "SubnetId": second})
    until(lambda: targets(aws, created), lambda found: [t["LifeCycleState"] for t in found] == ["available"] * 2)
    interface = aws.ec2.describe_network_interfaces(NetworkInterfaceIds=[target["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ][0]
    assert interface["SubnetId"] == first and interface["PrivateIpAddress"] == target["IpAddress"]
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    assert code_of(aws.ec2.delete_subnet, SubnetId=first)[0] == "DependencyViolation"
    assert code_of(aws.efs.delete_file_system, FileSystemId=created)[0] == "FileSystemInUse"
    other = aws.group(place["vpc_id"])
    aws.efs.modify_mount_target_security_groups(MountTargetId=target["MountTargetId"], SecurityGroups=[other])
    assert aws.efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])["SecurityGroups"] == [
        other
    ]
    for found in targets(aws, created):
        aws.efs.delete_mount_target(MountTargetId=found["MountTargetId"])
    assert [t["LifeCycleState"] for t in targets(aws, created)] == ["deleting"] * 2
    until(lambda: targets(aws, created), lambda found: not found)
    assert code_of(aws.efs.describe_mount_targets, MountTargetId=target["MountTargetId"])[0] == "MountTargetNotFound"
    aws.ec2.delete_security_group(GroupId=group)
    aws.efs.delete_file_system(FileSystemId=created)


def test_mount_targets_need_what_exists_in_their_vpc(aws, system, place):
    subnet = place["public_subnet_ids"][0]
    other = aws.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]

    def refused(**request):
        return code_of(aws.efs.create_mount_target, **{"FileSystemId": system, "SubnetId": subnet, **request})[0]

    assert refused(FileSystemId="fs-0123456789abcdef0") == "FileSystemNotFound"
    assert refused(SubnetId="subnet-0123456789abcdef0") == "SubnetNotFound"
    assert refused(SecurityGroups=["sg-0123456789abcdef0"]) == "SecurityGroupNotFound"
    assert refused(SecurityGroups=[aws.group(other)]) == "SecurityGroupNotFound"
    assert refused(IpAddress="192.168.0.1") == "BadRequest"


def test_policies(aws, system):
    assert code_of(aws.efs.describe_file_system_policy, FileSystemId=system)[0] == "PolicyNotFound"
    role = aws.role()

    def policy(principal):
        statement = {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "elasticfilesystem:ClientMount",
            "Resource": "*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    aws.efs.put_file_system_policy(FileSystemId=system, Policy=policy({"AWS": [role]}))
    found = aws.efs.describe_file_system_policy(FileSystemId=system)
    assert json.loads(found["Policy"])["Statement"][0]["Principal"] == {"AWS": role}
    for wrong in ("no json", policy({"AWS": role + "x"}), "{}"):
        code = code_of(aws.efs.put_file_system_policy, FileSystemId=system, Policy=wrong)[0]
        assert code == "InvalidPolicyException"
    aws.efs.delete_file_system_policy(FileSystemId=system)
    assert code_of(aws.efs.describe_file_system_policy, FileSystemId=system)[0] == "PolicyNotFound"


def test_backup_and_lifecycle(aws, system):
    def backup():
        return aws.efs.describe_backup_policy(FileSystemId=system)["BackupPolicy"]["Status"]

    assert code_of(aws.efs.describe_backup_policy, FileSystemId=system)[0] == "PolicyNotFound"
    aws.efs.put_backup_policy(FileSystemId=system, BackupPolicy={"Status": "ENABLED"})
    assert backup() == "ENABLING"
    until(backup, lambda status: status == "ENABLED")
    aws.efs.put_backup_policy(FileSystemId=system, BackupPolicy={"Status": "DISABLED"})
    assert backup() == "DISABLING"
    until(backup, lambda status: status == "DISABLED")
    policies = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]
    aws.efs.put_lifecycle_configuration(FileSystemId=system, LifecyclePolicies=policies)
    assert aws.efs.describe_lifecycle_configuration(FileSystemId=system)["LifecyclePolicies"] == policies
    both = [{"TransitionToIA": "AFTER_30_DAYS", "TransitionToArchive": "AFTER_90_DAYS"}]
    assert code_of(aws.efs.put_lifecycle_configuration, FileSystemId=system, LifecyclePolicies=both)[0] == "BadRequest"


def test_access_points(aws, system):
    request = {"ClientToken": aws.unique, "FileSystemId": system, "RootDirectory": {"Path": "/data"}}
    point = aws.efs.create_access_point(
        **request, PosixUser={"Uid": 1000, "Gid": 1000}, Tags=[{"Key": "a", "Value": "b"}]
    )
    identity = point["AccessPointId"]
    assert point["LifeCycleState"] == "creating" and point["Tags"] == [{"Key": "a", "Value": "b"}]
    assert code_of(aws.efs.create_access_point, **request)[0] == "AccessPointAlreadyExists"
    found = until(
        lambda: aws.efs.describe_access_points(AccessPointId=identity)["AccessPoints"][0],
        lambda p: p["LifeCycleState"] == "available",
    )
    assert found["PosixUser"] == {"Uid": 1000, "Gid": 1000} and found["RootDirectory"] == {"Path": "/data"}
    aws.efs.delete_access_point(AccessPointId=identity)
    until(lambda: aws.efs.describe_access_points(FileSystemId=system)["AccessPoints"], lambda points: not points)
    assert code_of(aws.efs.describe_access_points, AccessPointId=identity)[0] == "AccessPointNotFound"


def test_tags(aws, system):
    for name in (system, described(aws, system)["FileSystemArn"]):
        aws.efs.tag_resource(ResourceId=name, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
        aws.efs.untag_resource(ResourceId=name, TagKeys=["Name", "c"])
        assert aws.efs.list_tags_for_resource(ResourceId=name)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert code_of(aws.efs.tag_resource, ResourceId="fs-0123456789abcdef0", Tags=[])[0] == "FileSystemNotFound"
    with pytest.raises(Exception, match="does not match the pattern"):
        aws.efs.tag_resource(ResourceId=system, Tags=[{"Key": "aws:x", "Value": "b"}])
