"""Launch templates: versions as AWS counts them, everything that was asked for, and no nonsense."""

from conftest import code_of, encoded


def name_of(aws):
    return f"lt-{aws.unique}"


def test_a_version_tells_what_was_asked_for(aws, place):
    data = {
        "ImageId": aws.image(),
        "InstanceType": "m5zn.xlarge",
        "SecurityGroupIds": [aws.group(place["vpc_id"])],
        "IamInstanceProfile": {"Name": aws.profile()},
        "UserData": encoded("#!/bin/bash\n"),
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3", "Encrypted": True}}
        ],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
        "Monitoring": {"Enabled": True},
    }
    tags = [{"ResourceType": "launch-template", "Tags": [{"Key": "owner", "Value": "x"}]}]
    made = aws.ec2.create_launch_template(
        LaunchTemplateName=name_of(aws), LaunchTemplateData=data, TagSpecifications=tags, VersionDescription="first"
    )["LaunchTemplate"]
    assert made["Tags"] == tags[0]["Tags"] and (made["DefaultVersionNumber"], made["LatestVersionNumber"]) == (1, 1)
    [version] = aws.ec2.describe_launch_template_versions(LaunchTemplateId=made["LaunchTemplateId"])[
        "LaunchTemplateVersions"
    ]
    assert version["LaunchTemplateData"] == data and version["VersionDescription"] == "first"


def test_versions_are_numbered_once_and_for_all(aws, place):
    ec2 = aws.ec2
    template = aws.template("c", [aws.group(place["vpc_id"])])
    named = {"LaunchTemplateId": template}
    second = {"LaunchTemplateData": {"UserData": encoded("#!/bin/sh\n")}, "SourceVersion": "1", **named}
    made = ec2.create_launch_template_version(**second)["LaunchTemplateVersion"]
    assert made["VersionNumber"] == 2 and not made["DefaultVersion"]
    assert made["LaunchTemplateData"]["InstanceType"] == "m5zn.xlarge"

    def numbers(*versions):
        found = ec2.describe_launch_template_versions(Versions=list(versions), **named)["LaunchTemplateVersions"]
        return [version["VersionNumber"] for version in found]

    assert numbers("$Default", "$Latest", "1") == [1, 2, 1]
    ec2.modify_launch_template(DefaultVersion="2", **named)
    assert numbers("$Default") == [2]
    assert code_of(ec2.delete_launch_template_versions, Versions=["2"], **named)[0] == "InvalidParameterValue"
    ec2.delete_launch_template_versions(Versions=["1"], **named)
    assert numbers() == [2]
    third = ec2.create_launch_template_version(LaunchTemplateData={"InstanceType": "t3.small"}, **named)
    assert third["LaunchTemplateVersion"]["VersionNumber"] == 3
    missing = code_of(ec2.describe_launch_template_versions, Versions=["1"], **named)
    assert missing[0] == "InvalidLaunchTemplateId.VersionNotFound"
    ec2.delete_launch_template(**named)
    refusal = code_of(ec2.describe_launch_templates, LaunchTemplateIds=[template])
    assert refusal == (
        "InvalidLaunchTemplateId.NotFound",
        f"The specified launch template, with template ID {template}, does not exist.",
    )


def test_what_could_never_launch_is_refused(aws):
    def refused(**data):
        return code_of(aws.ec2.create_launch_template, LaunchTemplateName=name_of(aws), LaunchTemplateData=data)[0]

    assert refused(ImageId="ami-00000000000000000") == "InvalidAMIID.NotFound"
    assert refused(InstanceType="m5zn.huge") == "InvalidParameterValue"
    assert refused(SecurityGroupIds=["sg-00000000000000000"]) == "InvalidGroup.NotFound"
    assert refused(KeyName="nobody") == "InvalidKeyPair.NotFound"
    assert refused(UserData="not base64") == "InvalidUserData.Malformed"
    small = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]
    assert refused(ImageId=aws.image(), BlockDeviceMappings=small) == "InvalidBlockDeviceMapping"
    assert refused(TagSpecifications=[{"ResourceType": "vpc", "Tags": []}]) == "InvalidParameterValue"


def test_a_name_is_taken_once_and_a_token_answers_again(aws):
    request = {"LaunchTemplateName": name_of(aws), "LaunchTemplateData": {"InstanceType": "t3.small"}}
    first = aws.ec2.create_launch_template(ClientToken=aws.unique, **request)["LaunchTemplate"]
    again = aws.ec2.create_launch_template(ClientToken=aws.unique, **request)["LaunchTemplate"]
    assert again["LaunchTemplateId"] == first["LaunchTemplateId"]
    taken = code_of(aws.ec2.create_launch_template, **request)
    assert taken == ("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
    other = {**request, "LaunchTemplateData": {"InstanceType": "t3.micro"}}
    assert code_of(aws.ec2.create_launch_template, ClientToken=aws.unique, **other)[0] == "IdempotentParameterMismatch"
