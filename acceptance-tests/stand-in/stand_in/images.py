"""Amazon's public machine images: each is made when it is first named, from the lists that moto carries.

moto makes all of them or none, at every start.
"""

import functools

from moto.ec2.models.amis import Ami
from moto.utilities.utils import load_resource

from stand_in import network
from stand_in.departures import guards
from stand_in.errors import AwsError

_ECS_OWNER = "591542846629"


def _block_device_mappings(image):
    ebs = {"SnapshotId": image.ebs_snapshot.id, "VolumeSize": root_size(image), "DeleteOnTermination": True}
    ebs |= {"VolumeType": "gp3", "Encrypted": False}
    return [{"DeviceName": image.root_device_name, "Ebs": ebs}]


# moto's images all have 15 GiB on a magnetic disk.
Ami.block_device_mappings = property(_block_device_mappings)


def find(backend, image_id):
    """The image of that id, or None."""
    if image_id not in backend.amis and image_id not in backend.deleted_amis:
        known = _catalog(backend.region_name).get(image_id)
        if known is not None:
            backend.amis[image_id] = Ami(backend, **known)
    return backend.amis.get(image_id)


def named(backend, image_id):
    """The image of that id; AWS's refusal where there is none."""
    if not image_id.startswith("ami-"):
        raise AwsError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')
    image = find(backend, image_id)
    if image is None:
        raise AwsError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    return image


def root_size(image):
    """The size of the root volume's snapshot, in GiB: no volume made from it may be smaller."""
    if is_ecs_optimized(image):
        return 30
    return 2 if "minimal" in (image.name or "") else 8


def is_ecs_optimized(image):
    """Whether the ECS agent runs on it from the start."""
    return image.owner_id == _ECS_OWNER and "-ecs-" in (image.name or "")


def has_gpu_drivers(image):
    return is_ecs_optimized(image) and "-gpu-" in image.name


def wants_tokens(image):
    """Whether its instances take only IMDSv2 unless told otherwise, as those of Amazon Linux 2023 do."""
    return (image.name or "").startswith("al2023-")


@guards("ec2", "DescribeImages")
def describe_images(call):
    backend = network.backend_of(call.account, call.region)
    for image_id in call.params.get("ImageIds") or _catalog(call.region):
        if image_id not in backend.deleted_amis:
            named(backend, image_id)


@functools.cache
def _catalog(region):
    """What moto's own constructor needs, by the image's id."""
    found = {}
    for path in ("latest_amis", "ecs/optimized_amis"):
        try:
            listed = load_resource(f"ec2/resources/{path}/{region}.json")
        except FileNotFoundError:
            continue
        found |= {image["ami_id"]: {**image, "region_name": f"{region}a"} for image in listed}
    for image in found.values():
        image["owner_alias"] = "amazon"
    return found
