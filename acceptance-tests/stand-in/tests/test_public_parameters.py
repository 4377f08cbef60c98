"""AWS's public parameters: the images that it recommends, and nothing of them among one's own."""

import json

from conftest import code_of


def test_a_recommendation_is_told_whole_and_in_parts(aws):
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
    whole = json.loads(aws.ssm.get_parameter(Name=name)["Parameter"]["Value"])
    assert whole["image_id"] == aws.image() and whole["image_name"].startswith("al2023-ami-ecs-hvm-")
    assert code_of(aws.ssm.get_parameter, Name=f"{name}/nothing")[0] == "ParameterNotFound"


def test_only_ones_own_are_listed(aws):
    assert aws.image() == aws.image()
    aws.ssm.put_parameter(Name=f"/{aws.unique}", Value="x", Type="String")
    listed = [found["Name"] for found in aws.ssm.describe_parameters(MaxResults=50)["Parameters"]]
    assert f"/{aws.unique}" in listed and not [name for name in listed if name.startswith("/aws/")]
    assert aws.image()


def test_aws_publishes_a_newer_image(aws):
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"
    aws.stand_in.control("POST", "public-parameter", {"name": name, "value": "ami-newer"})
    assert aws.ssm.get_parameter(Name=name)["Parameter"]["Value"] == "ami-newer"
    assert aws.image() != "ami-newer"
