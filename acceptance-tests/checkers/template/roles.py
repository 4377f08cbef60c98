"""IAM."""

from template.words import every, ours, picked, tagged, tags


def resources(client):
    """Roles with their policies, and instance profiles."""
    iam = client("iam")
    named = every(iam, "list_roles", "Roles")
    for role in ours([iam.get_role(RoleName=role["RoleName"])["Role"] for role in named]):
        name = role["RoleName"]
        attached = every(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        inline = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)
            for policy in every(iam, "list_role_policies", "PolicyNames", RoleName=name)
        ]
        properties = picked(role, "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "Path", "RoleName")
        yield (
            "AWS::IAM::Role",
            properties
            | {
                "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
                "Policies": [picked(policy, "PolicyDocument", "PolicyName") for policy in inline],
                "Tags": tagged(tags(role)),
            },
        )
    for profile in every(iam, "list_instance_profiles", "InstanceProfiles"):
        roles = [role["RoleName"] for role in profile["Roles"]]
        yield "AWS::IAM::InstanceProfile", picked(profile, "InstanceProfileName", "Path") | {"Roles": roles}
