"""Instances: launched as asked or refused, and gone only after a while."""

import pytest

from conftest import code_of, encoded, until


@pytest.fixture
def run(aws, place):
    """Runs an instance of Amazon Linux 2023 in the first public subnet; answers it."""

    def launch(**changes):
        request = {
            "ImageId": aws.plain_image(),
            "InstanceType": "t2.micro",
            "SubnetId": place["public_subnet_ids"][0],
            "MinCount": 1,
            "MaxCount": 1,
            **changes,
        }
        request = {name: value for name, value in request.items() if value is not None}
        return aws.ec2.run_instances(**request)["Instances"][0]

    return launch


def state_of(aws, instance):
    described = aws.ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
    return described["Reservations"][0]["Instances"][0]


def running(aws, instance):
    return until(lambda: state_of(aws, instance), lambda i: i["State"]["Name"] == "running")


def test_an_instance_is_as_asked(aws, place, run):
    group, profile, subnet = aws.group(place["vpc_id"]), aws.profile(None), place["public_subnet_ids"][0]
    public = {
        "DeviceIndex": 0,
        "SubnetId": subnet,
        "Groups": [group],
        "AssociatePublicIpAddress": True,
        "DeleteOnTermination": True,
    }
    made = run(
        SubnetId=None,
        NetworkInterfaces=[public],
        IamInstanceProfile={"Name": profile},
        UserData="#!/bin/bash\n",
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3},
        Monitoring={"Enabled": True},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "c", "Value": "d"}]},
        ],
    )
    assert made["State"]["Name"] == "pending" and "PublicIpAddress" not in state_of(aws, made)
    now = running(aws, made)
    assert now["PublicIpAddress"] and now["SubnetId"] == subnet and now["SecurityGroups"][0]["GroupId"] == group
    assert now["IamInstanceProfile"]["Arn"].endswith(f":instance-profile/{profile}")
    assert now["MetadataOptions"]["HttpTokens"] == "required" and now["Tags"] == [{"Key": "a", "Value": "b"}]
    assert now["MetadataOptions"]["HttpPutResponseHopLimit"] == 3 and now["Monitoring"]["State"] == "enabled"
    volume = now["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    described = aws.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert described["Size"] == 8 and described["Tags"] == [{"Key": "c", "Value": "d"}]
    attribute = aws.ec2.describe_instance_attribute(InstanceId=made["InstanceId"], Attribute="userData")
    assert attribute["UserData"]["Value"] == encoded("#!/bin/bash\n")


def test_it_goes_in_steps_and_takes_its_interface_along(aws, place, run):
    group = aws.group(place["vpc_id"])
    made = run(SecurityGroupIds=[group])
    now = running(aws, made)
    assert "PublicIpAddress" not in now
    change = aws.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])["TerminatingInstances"][0]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "shutting-down")
    assert code_of(aws.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    until(lambda: state_of(aws, made), lambda i: i["State"]["Name"] == "terminated")
    aws.ec2.delete_security_group(GroupId=group)
    interface = now["NetworkInterfaces"][0]["NetworkInterfaceId"]
    gone = code_of(aws.ec2.describe_network_interfaces, NetworkInterfaceIds=[interface])
    assert gone[0] == "InvalidNetworkInterfaceID.NotFound"
    volume = now["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    assert code_of(aws.ec2.describe_volumes, VolumeIds=[volume])[0] == "InvalidVolume.NotFound"


def test_it_can_be_switched_off_and_on(aws, place, run):
    subnet = place["public_subnet_ids"][0]
    made = run(
        SubnetId=None, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}]
    )
    first = running(aws, made)
    named = {"InstanceIds": [made["InstanceId"]]}
    assert aws.ec2.stop_instances(**named)["StoppingInstances"][0]["CurrentState"]["Name"] == "stopping"
    stopped = until(lambda: state_of(aws, made), lambda i: i["State"]["Name"] == "stopped")
    assert "PublicIpAddress" not in stopped and stopped["PrivateIpAddress"] == first["PrivateIpAddress"]
    assert aws.ec2.start_instances(**named)["StartingInstances"][0]["CurrentState"]["Name"] == "pending"
    again = running(aws, made)
    assert again["PublicIpAddress"] != first["PublicIpAddress"]
    aws.ec2.terminate_instances(**named)
    assert code_of(aws.ec2.start_instances, **named)[0] == "IncorrectInstanceState"


def test_what_ec2_cannot_launch_is_refused(aws, place, run):
    def refused(**changes):
        return code_of(run, **changes)

    other = aws.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    profile = refused(IamInstanceProfile={"Name": "nobody"})
    message = "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
    assert profile == ("InvalidParameterValue", message)
    empty = f"empty-{aws.unique}"
    aws.iam.create_instance_profile(InstanceProfileName=empty)
    assert "has no associated IAM Roles" in refused(IamInstanceProfile={"Name": empty})[1]
    assert refused(ImageId="ami-00000000000000000")[0] == "InvalidAMIID.NotFound"
    assert refused(InstanceType="t2.giant")[0] == "InvalidParameterValue"
    assert "architecture" in refused(InstanceType="m7g.large")[1]
    assert refused(SubnetId="subnet-00000000000000000")[0] == "InvalidSubnetID.NotFound"
    assert refused(SecurityGroupIds=["sg-00000000000000000"])[0] == "InvalidGroup.NotFound"
    assert refused(SecurityGroupIds=[aws.group(other)])[0] == "InvalidParameter"
    assert refused(KeyName="nobody")[0] == "InvalidKeyPair.NotFound"
    nowhere = aws.ec2.create_subnet(VpcId=other, CidrBlock="10.8.0.0/24")["Subnet"]["SubnetId"]
    aws.ec2.delete_subnet(SubnetId=nowhere)
    assert refused(SubnetId=nowhere)[0] == "InvalidSubnetID.NotFound"


def test_a_token_launches_once(aws, run):
    token = f"token-{aws.unique}"
    assert run(ClientToken=token)["InstanceId"] == run(ClientToken=token)["InstanceId"]
    assert code_of(run, ClientToken=token, InstanceType="t3.micro")[0] == "IdempotentParameterMismatch"


def test_changes_reach_the_instance_or_are_refused(aws, place, run):
    made = run()
    running(aws, made)
    named = {"InstanceId": made["InstanceId"]}
    group = aws.group(place["vpc_id"])
    aws.ec2.modify_instance_attribute(Groups=[group], **named)
    now = state_of(aws, made)
    assert [g["GroupId"] for g in now["SecurityGroups"]] == [group]
    assert [g["GroupId"] for g in now["NetworkInterfaces"][0]["Groups"]] == [group]
    aws.ec2.modify_instance_metadata_options(HttpPutResponseHopLimit=5, **named)
    options = state_of(aws, made)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 5)
    refusal = code_of(aws.ec2.modify_instance_attribute, InstanceType={"Value": "t3.micro"}, **named)
    assert refusal[0] == "IncorrectInstanceState"
    aws.ec2.modify_instance_attribute(DisableApiTermination={"Value": True}, **named)
    assert code_of(aws.ec2.terminate_instances, InstanceIds=[made["InstanceId"]])[0] == "OperationNotPermitted"


def test_images_are_amazons(aws):
    kinds = {"amazon-linux-2023": "x86_64", "amazon-linux-2023/arm64": "arm64", "amazon-linux-2023/gpu": "x86_64"}
    for kind, architecture in kinds.items():
        [image] = aws.ec2.describe_images(ImageIds=[aws.image(kind)])["Images"]
        assert (image["Architecture"], image["RootDeviceName"]) == (architecture, "/dev/xvda")
    [image] = aws.ec2.describe_images(ImageIds=[aws.plain_image()])["Images"]
    assert (image["Architecture"], image["RootDeviceName"], image["State"]) == ("x86_64", "/dev/xvda", "available")
    missing = code_of(aws.ec2.describe_images, ImageIds=["ami-00000000000000000"])
    assert missing == ("InvalidAMIID.NotFound", "The image id '[ami-00000000000000000]' does not exist")


def test_a_role_that_is_not_in_a_profile_is_not_taken_out(aws):
    empty = f"empty-{aws.unique}"
    aws.iam.create_instance_profile(InstanceProfileName=empty)
    named = {"InstanceProfileName": empty, "RoleName": "nobody"}
    assert code_of(aws.iam.remove_role_from_instance_profile, **named)[0] == "NoSuchEntity"
