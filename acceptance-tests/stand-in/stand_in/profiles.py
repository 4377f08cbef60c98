"""Instance profiles as EC2 sees them: whether they exist, and what their role may do."""

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from stand_in import roles
from stand_in.errors import AwsError


def named(account, region, asked):
    """The profile that ``{"Name"}`` or ``{"Arn"}`` means, with a role in it; EC2's refusal otherwise."""
    kind = "arn" if "Arn" in asked else "name"
    value = asked.get("Arn", asked.get("Name", ""))
    profile = find(account, region, asked)
    if profile is None:
        kind_name = {"arn": "ARN", "name": "name"}[kind]
        message = f"Value ({value}) for parameter iamInstanceProfile.{kind} is invalid. "
        raise AwsError("InvalidParameterValue", message + f"Invalid IAM Instance Profile {kind_name}")
    if not profile.roles:
        raise AwsError("InvalidParameterValue", f'IAM Instance Profile "{profile.arn}" has no associated IAM Roles')
    return profile


def find(account, region, asked):
    """The profile, or None."""
    known = iam_backends[account][get_partition(region)].instance_profiles.values()
    return next((p for p in known if asked.get("Arn", p.arn) == p.arn and asked.get("Name", p.name) == p.name), None)


def allows(profile, *actions):
    """Whether an instance with that profile may do all of the actions, on any resource at all."""
    if profile is None or not profile.roles:
        return False
    role = profile.roles[0]
    return roles.trusts(role, "ec2.amazonaws.com") and all(roles.allows(role, action) for action in actions)
