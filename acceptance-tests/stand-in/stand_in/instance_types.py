"""Instance types, as moto's lists know them."""

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

from stand_in.errors import AwsError


def named(name):
    """The type's description; AWS's refusal where there is none."""
    if name not in INSTANCE_TYPES:
        raise AwsError("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    return INSTANCE_TYPES[name]


def cpu_units(name):
    """1024 for each vCPU."""
    return INSTANCE_TYPES[name]["VCpuInfo"]["DefaultVCpus"] * 1024


def mebibytes(name):
    return INSTANCE_TYPES[name]["MemoryInfo"]["SizeInMiB"]


def gpus(name):
    """How many NVIDIA GPUs it has."""
    listed = (INSTANCE_TYPES[name].get("GpuInfo") or {}).get("Gpus", [])
    return sum(gpu.get("Count", 0) for gpu in listed if gpu.get("Manufacturer") == "NVIDIA")


def zones(name, region):
    """The names of the region's zones that offer it."""
    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    return sorted(offer["Location"] for offer in offered if offer["InstanceType"] == name)


def check(name, image, region, zone):
    """Refuses a type that cannot run the image, or that the zone does not have."""
    architectures = named(name)["ProcessorInfo"]["SupportedArchitectures"]
    if image.architecture not in architectures:
        raise AwsError(
            "InvalidParameterValue",
            f"The architecture '{','.join(architectures)}' of the specified instance type does not match the "
            f"architecture '{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have "
            "matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to "
            "discover the architecture of the instance type or AMI.",
        )
    offered = zones(name, region)
    if not offered:
        message = (
            "The requested configuration is currently not supported. Please check the documentation for supported "
        )
        raise AwsError("Unsupported", message + "configurations.")
    if zone not in offered:
        raise AwsError(
            "Unsupported",
            f"Your requested instance type ({name}) is not supported in your requested Availability Zone ({zone}). "
            "Please retry your request by not specifying an Availability Zone or choosing "
            f"{', '.join(offered)}.",
        )
