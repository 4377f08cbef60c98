"""Auto scaling groups: their sizes, their instances, and how they go."""

import pytest

from conftest import code_of, until


@pytest.fixture
def group(aws, place):
    """Makes a group of one to three instances in the private subnets; answers its name."""

    def make(**changes):
        template = changes.pop("template", None) or aws.template("c", [aws.group(place["vpc_id"])])
        subnets = changes.pop("subnets", place["private_subnet_ids"])
        return aws.scaling_group(template, subnets, **{"MinSize": 1, "MaxSize": 3, **changes})

    return make


def in_service(aws, name, count):
    def as_many(found):
        states = [instance["LifecycleState"] for instance in found["Instances"]]
        return states == ["InService"] * count

    return until(lambda: aws.scaling(name), as_many)["Instances"]


def test_a_group_launches_what_its_template_says(aws, place, group):
    owner = aws.group(place["vpc_id"])
    profile = aws.profile()
    tag = {"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}
    template = aws.template("c", [owner], IamInstanceProfile={"Name": profile}, TagSpecifications=[tag])
    name = group(
        template=template,
        DesiredCapacity=2,
        NewInstancesProtectedFromScaleIn=True,
        DefaultInstanceWarmup=60,
        Tags=[{"Key": "own", "Value": "yes", "PropagateAtLaunch": True}, {"Key": "quiet", "Value": "yes"}],
    )
    fresh = aws.scaling(name)
    assert (fresh["MinSize"], fresh["DesiredCapacity"], fresh["MaxSize"], fresh["Instances"]) == (1, 2, 3, [])
    assert fresh["DefaultInstanceWarmup"] == 60 and fresh["LaunchTemplate"]["Version"] == "$Latest"
    members = in_service(aws, name, 2)
    assert {member["AvailabilityZone"] for member in members} == set(fresh["AvailabilityZones"])
    assert all(member["ProtectedFromScaleIn"] for member in members)
    found = aws.ec2.describe_instances(InstanceIds=[members[0]["InstanceId"]])["Reservations"][0]["Instances"][0]
    assert found["InstanceType"] == "m5zn.xlarge" and found["SubnetId"] in place["private_subnet_ids"]
    assert found["IamInstanceProfile"]["Arn"].endswith(profile) and found["SecurityGroups"][0]["GroupId"] == owner
    tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
    assert (tags["from"], tags["own"], tags["aws:autoscaling:groupName"]) == ("template", "yes", name)
    assert "quiet" not in tags
    activities = aws.autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
    assert [activity["StatusCode"] for activity in activities] == ["Successful"] * 2
    assert activities[0]["Description"].startswith("Launching a new EC2 instance: i-")


def test_a_template_of_a_later_version_with_user_data_works(aws, place, group):
    template = aws.template("c", [aws.group(place["vpc_id"])])
    aws.ec2.create_launch_template_version(
        LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "m5zn.3xlarge"}
    )
    [member] = in_service(aws, group(template=template), 1)
    assert (member["InstanceType"], member["LaunchTemplate"]["Version"]) == ("m5zn.3xlarge", "2")


def test_what_a_group_cannot_be_is_refused(aws, place, group):
    def refused(**changes):
        return code_of(group, **changes)

    def words(**changes):
        code, message = refused(**changes)
        assert code == "ValidationError"
        return message

    assert words(MinSize=3, MaxSize=2) == "Max bound, 2, must be greater than or equal to min bound, 3"
    desired = "Desired capacity:9 must be between the specified min size:1 and max size:3"
    assert words(DesiredCapacity=9) == desired
    assert words(subnets=["subnet-00000000000000000"]) == "The subnet ID 'subnet-00000000000000000' does not exist"
    name = group(DesiredCapacity=1)
    taken = code_of(
        aws.autoscaling.create_auto_scaling_group,
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=0,
        VPCZoneIdentifier=place["private_subnet_ids"][0],
    )
    message = f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
    assert taken == ("AlreadyExists", message)
    template = aws.template("c", [aws.group(place["vpc_id"])], IamInstanceProfile={"Name": "nobody"})
    assert "Invalid IAM Instance Profile name" in words(template=template)
    gone = aws.template("c", [aws.group(place["vpc_id"])])
    aws.ec2.delete_launch_template(LaunchTemplateId=gone)
    assert f"with template ID {gone}, does not exist." in words(template=gone)
    missing = code_of(aws.autoscaling.set_desired_capacity, AutoScalingGroupName="nobody", DesiredCapacity=1)
    assert missing == ("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found")
    above = code_of(aws.autoscaling.set_desired_capacity, AutoScalingGroupName=name, DesiredCapacity=4)
    assert above[1] == "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup."


def test_a_launch_that_fails_shows_in_the_activities(aws, place, group):
    profile = aws.profile()
    template = aws.template("c", [aws.group(place["vpc_id"])], IamInstanceProfile={"Name": profile})
    name = group(template=template, MinSize=0)
    aws.iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=profile)
    aws.iam.delete_instance_profile(InstanceProfileName=profile)
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)

    def activities():
        return aws.autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]

    [activity, *_] = until(activities, lambda found: found)
    assert activity["StatusCode"] == "Failed" and "Invalid IAM Instance Profile name" in activity["StatusMessage"]
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def test_protected_instances_stay(aws, group):
    name = group(MinSize=0, DesiredCapacity=1, NewInstancesProtectedFromScaleIn=True)
    [member] = in_service(aws, name, 1)
    scaling = aws.autoscaling
    scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, MaxSize=0)
    activity = until(
        lambda: scaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"][0],
        lambda found: found["StatusCode"] == "Cancelled",
    )
    words = "Could not scale to desired capacity because all remaining instances are protected from scale-in."
    assert activity["Description"] == words
    refusal = code_of(scaling.delete_auto_scaling_group, AutoScalingGroupName=name)
    assert refusal[0] == "ResourceInUse" and "while there are instances" in refusal[1]
    unknown = code_of(
        scaling.set_instance_protection,
        AutoScalingGroupName=name,
        InstanceIds=["i-00000000000000000"],
        ProtectedFromScaleIn=False,
    )
    assert unknown[1] == f"The instance i-00000000000000000 is not part of Auto Scaling group {name}."
    scaling.set_instance_protection(
        AutoScalingGroupName=name, InstanceIds=[member["InstanceId"]], ProtectedFromScaleIn=False
    )
    until(lambda: aws.scaling(name), lambda found: not found["Instances"])
    scaling.delete_auto_scaling_group(AutoScalingGroupName=name)
    assert aws.scaling(name)["Status"] == "Delete in progress"
    until(lambda: aws.scaling(name), lambda found: found is None)


def test_a_forced_deletion_takes_the_instances_along(aws, group):
    name = group(NewInstancesProtectedFromScaleIn=True)
    [member] = in_service(aws, name, 1)
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    assert aws.scaling(name)["Status"] == "Delete in progress"
    until(lambda: aws.scaling(name), lambda found: found is None)
    [ended] = aws.instances(instance_id=member["InstanceId"])
    assert ended["State"]["Name"] == "terminated"


def test_a_terminated_instance_is_replaced(aws, group):
    name = group()
    [member] = in_service(aws, name, 1)

    def replaced(gone):
        def by_another(found):
            return [i["LifecycleState"] for i in found] == ["InService"] and found[0]["InstanceId"] != gone

        return until(lambda: aws.scaling(name)["Instances"], by_another)

    for end in (aws.ec2.terminate_instances, aws.ec2.stop_instances):
        end(InstanceIds=[member["InstanceId"]])
        [member] = replaced(member["InstanceId"])


def test_a_refresh_replaces_the_instances(aws, place, group):
    template = aws.template("c", [aws.group(place["vpc_id"])])
    name = group(template=template, DesiredCapacity=2)
    before = {member["InstanceId"] for member in in_service(aws, name, 2)}
    data = {"InstanceType": "m5zn.3xlarge"}
    aws.ec2.create_launch_template_version(LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData=data)
    refresh = aws.autoscaling.start_instance_refresh(AutoScalingGroupName=name)["InstanceRefreshId"]
    assert code_of(aws.autoscaling.start_instance_refresh, AutoScalingGroupName=name)[0] == "InstanceRefreshInProgress"

    def refreshed():
        found = aws.autoscaling.describe_instance_refreshes(AutoScalingGroupName=name, InstanceRefreshIds=[refresh])
        return found["InstanceRefreshes"][0]

    until(refreshed, lambda found: found["Status"] == "Successful")
    after = in_service(aws, name, 2)
    assert not before & {member["InstanceId"] for member in after}
    assert {member["InstanceType"] for member in after} == {"m5zn.3xlarge"}


def test_spot_instances_are_asked_for_by_the_template_or_by_the_group(aws, place, group):
    spot = {"MarketType": "spot"}
    template = aws.template("c", [aws.group(place["vpc_id"])], InstanceMarketOptions=spot)
    plain = aws.template("c", [aws.group(place["vpc_id"])])

    def mixed(template):
        specification = {"LaunchTemplateId": template, "Version": "$Latest"}
        overrides = [{"InstanceType": "m5zn.3xlarge"}]
        return {
            "LaunchTemplate": {"LaunchTemplateSpecification": specification, "Overrides": overrides},
            "InstancesDistribution": {"OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 0},
        }

    def kinds(name):
        [member] = in_service(aws, name, 1)
        [instance] = aws.instances(instance_id=member["InstanceId"])
        return instance.get("InstanceLifecycle"), instance["InstanceType"]

    assert kinds(group(template=template)) == ("spot", "m5zn.xlarge")
    request = {"MinSize": 1, "MaxSize": 1, "VPCZoneIdentifier": place["private_subnet_ids"][0]}
    name = f"mixed-{aws.unique}"
    create = aws.autoscaling.create_auto_scaling_group
    create(AutoScalingGroupName=name, MixedInstancesPolicy=mixed(plain), **request)
    assert kinds(name) == ("spot", "m5zn.3xlarge")
    refusal = code_of(create, AutoScalingGroupName=name + "-2", MixedInstancesPolicy=mixed(template), **request)
    assert refusal[0] == "ValidationError" and "Spot" in refusal[1]


def test_tags_metrics_and_notifications(aws, group):
    name, scaling = group(MinSize=0), aws.autoscaling
    tag = {"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": "a", "Value": "b"}
    scaling.create_or_update_tags(Tags=[{**tag, "PropagateAtLaunch": False}])
    filters = [{"Name": "auto-scaling-group", "Values": [name]}]
    assert scaling.describe_tags(Filters=filters)["Tags"] == [{**tag, "PropagateAtLaunch": False}]
    by_tag = scaling.describe_auto_scaling_groups(Filters=[{"Name": "tag:a", "Values": ["b"]}])["AutoScalingGroups"]
    assert name in [found["AutoScalingGroupName"] for found in by_tag]
    scaling.delete_tags(Tags=[tag])
    assert scaling.describe_tags(Filters=filters)["Tags"] == []
    scaling.enable_metrics_collection(AutoScalingGroupName=name, Granularity="1Minute", Metrics=["GroupMinSize"])
    assert aws.scaling(name)["EnabledMetrics"] == [{"Metric": "GroupMinSize", "Granularity": "1Minute"}]
    scaling.disable_metrics_collection(AutoScalingGroupName=name)
    assert aws.scaling(name)["EnabledMetrics"] == []
    topic = f"arn:aws:sns:{aws.name}:123456789012:nobody"
    kinds = ["autoscaling:EC2_INSTANCE_LAUNCH"]
    request = {"AutoScalingGroupName": name, "TopicARN": topic, "NotificationTypes": kinds}
    assert "Unable to publish test message" in code_of(scaling.put_notification_configuration, **request)[1]
    request["TopicARN"] = aws.sns.create_topic(Name=aws.unique)["TopicArn"]
    scaling.put_notification_configuration(**request)
    [found] = scaling.describe_notification_configurations(AutoScalingGroupNames=[name])["NotificationConfigurations"]
    assert (found["TopicARN"], found["NotificationType"]) == (request["TopicARN"], kinds[0])
    scaling.delete_notification_configuration(AutoScalingGroupName=name, TopicARN=request["TopicARN"])
    listed = scaling.describe_notification_configurations(AutoScalingGroupNames=[name])
    assert listed["NotificationConfigurations"] == []
