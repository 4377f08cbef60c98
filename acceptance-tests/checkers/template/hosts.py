"""Hosts: launch templates, auto scaling groups, and instances by themselves."""

from template.words import DEPLOYMENT, every, ours, picked, tagged, tags


def resources(client):
    """All of them but the instances that a group starts, which the group and its template tell of."""
    ec2 = client("ec2")
    for template in ours(every(ec2, "describe_launch_templates", "LaunchTemplates")):
        found = every(
            ec2,
            "describe_launch_template_versions",
            "LaunchTemplateVersions",
            LaunchTemplateId=template["LaunchTemplateId"],
            Versions=["$Latest"],
        )
        data = dict(found[0]["LaunchTemplateData"])
        data["MetadataOptions"] = _metadata(data)
        yield (
            "AWS::EC2::LaunchTemplate",
            picked(template, "LaunchTemplateName")
            | {
                "LaunchTemplateData": data,
                "TagSpecifications": [{"ResourceType": "launch-template", "Tags": tagged(tags(template))}],
            },
        )
    for group in every(client("autoscaling"), "describe_auto_scaling_groups", "AutoScalingGroups"):
        if DEPLOYMENT in tags(group):
            yield "AWS::AutoScaling::AutoScalingGroup", _group(group)
    for reservation in every(ec2, "describe_instances", "Reservations"):
        for instance in ours(reservation["Instances"]):
            grouped = any(key.startswith("aws:autoscaling") for key in tags(instance))
            if instance["State"]["Name"] != "terminated" and not grouped:
                yield "AWS::EC2::Instance", _instance(ec2, instance)


def _metadata(item):
    options = item.get("MetadataOptions", {})
    return picked(options, "HttpEndpoint", "HttpPutResponseHopLimit", "HttpTokens", "InstanceMetadataTags")


def _group(group):
    template = picked(group["LaunchTemplate"], "LaunchTemplateId", "Version")
    carried = [
        {"Key": tag["Key"], "Value": tag["Value"], "PropagateAtLaunch": tag["PropagateAtLaunch"]}
        for tag in group["Tags"]
    ]
    sizes = {name: str(group[name]) for name in ("MinSize", "MaxSize")}
    return (
        picked(group, "AutoScalingGroupName", "HealthCheckType", "NewInstancesProtectedFromScaleIn")
        | sizes
        | {
            "LaunchTemplate": template,
            "Tags": carried,
            "VPCZoneIdentifier": group["VPCZoneIdentifier"].split(","),
        }
    )


def _instance(ec2, instance):
    ids = [disk["Ebs"]["VolumeId"] for disk in instance["BlockDeviceMappings"]]
    volumes = {volume["VolumeId"]: volume for volume in ec2.describe_volumes(VolumeIds=ids)["Volumes"]}
    disks = [
        {"DeviceName": disk["DeviceName"], "Ebs": picked(volumes[disk["Ebs"]["VolumeId"]], "Encrypted", "VolumeType")}
        for disk in instance["BlockDeviceMappings"]
    ]
    names = picked(instance, "ImageId", "InstanceType", "KeyName", "SubnetId", "EbsOptimized")
    profile = instance.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2]
    return (
        names
        | picked({"IamInstanceProfile": profile}, "IamInstanceProfile")
        | {
            "BlockDeviceMappings": disks,
            "MetadataOptions": _metadata(instance),
            "Monitoring": instance["Monitoring"]["State"] == "enabled",
            "SecurityGroupIds": [group["GroupId"] for group in instance["SecurityGroups"]],
            "Tags": tagged(tags(instance)),
        }
    )
