"""Where things are kept: file systems, logs, secrets."""

import json

from template.words import DEPLOYMENT, every, ours, picked, tagged, tags


def resources(client):
    """All of them."""
    yield from _file_systems(client("efs"))
    logs = client("logs")
    for group in every(logs, "describe_log_groups", "logGroups"):
        found = logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        if DEPLOYMENT in found:
            named = picked(group, LogGroupName="logGroupName", RetentionInDays="retentionInDays", KmsKeyId="kmsKeyId")
            yield "AWS::Logs::LogGroup", named | {"Tags": tagged(found)}
    for secret in ours(every(client("secretsmanager"), "list_secrets", "SecretList")):
        yield "AWS::SecretsManager::Secret", picked(secret, "Description", "KmsKeyId", "Name") | _tags(secret)


def _tags(item, member="Tags"):
    return {member: tagged(tags(item))}


def _file_systems(efs):
    for system in ours(every(efs, "describe_file_systems", "FileSystems")):
        of_it = {"FileSystemId": system["FileSystemId"]}
        names = ("Encrypted", "KmsKeyId", "PerformanceMode", "ThroughputMode")
        moved = efs.describe_lifecycle_configuration(**of_it)
        yield (
            "AWS::EFS::FileSystem",
            picked(system, *names)
            | picked(moved, "LifecyclePolicies")
            | {
                "BackupPolicy": {"Status": efs.describe_backup_policy(**of_it)["BackupPolicy"]["Status"]},
                "FileSystemPolicy": json.loads(efs.describe_file_system_policy(**of_it)["Policy"]),
            }
            | _tags(system, "FileSystemTags"),
        )
        for target in efs.describe_mount_targets(**of_it)["MountTargets"]:
            groups = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])
            yield "AWS::EFS::MountTarget", picked(target, "FileSystemId", "SubnetId") | picked(groups, "SecurityGroups")
        for point in every(efs, "describe_access_points", "AccessPoints", **of_it):
            yield "AWS::EFS::AccessPoint", picked(point, "FileSystemId", "PosixUser", "RootDirectory")
