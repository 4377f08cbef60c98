"""IAM users and managed policies where the stand-in is stricter than moto."""

import json

import pytest

from conftest import code_of


def allowing(action):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@pytest.fixture
def policy(aws):
    return aws.iam.create_policy(PolicyName=f"p-{aws.unique}", PolicyDocument=allowing("s3:Get*"))["Policy"]["Arn"]


@pytest.fixture
def user(aws):
    return aws.iam.create_user(UserName=f"u-{aws.unique}")["User"]["UserName"]


def test_a_policys_name_is_taken_whatever_its_path_and_case(aws, policy):
    create = {"PolicyDocument": allowing("s3:Get*"), "Path": "/other/"}
    assert code_of(aws.iam.create_policy, PolicyName=f"P-{aws.unique}", **create)[0] == "EntityAlreadyExists"


def test_a_policy_goes_only_when_nobody_holds_it_and_without_versions(aws, policy, user):
    aws.iam.attach_user_policy(UserName=user, PolicyArn=policy)
    refused = code_of(aws.iam.delete_policy, PolicyArn=policy)
    assert refused == ("DeleteConflict", "Cannot delete a policy attached to entities.")
    aws.iam.detach_user_policy(UserName=user, PolicyArn=policy)
    aws.iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=policy)
    assert code_of(aws.iam.delete_policy, PolicyArn=policy)[0] == "DeleteConflict"
    aws.iam.delete_user_permissions_boundary(UserName=user)
    aws.iam.create_policy_version(PolicyArn=policy, PolicyDocument=allowing("s3:Put*"), SetAsDefault=True)
    code, message = code_of(aws.iam.delete_policy, PolicyArn=policy)
    assert code == "DeleteConflict" and "more than one version" in message
    assert code_of(aws.iam.delete_policy_version, PolicyArn=policy, VersionId="v2")[0] == "DeleteConflict"
    aws.iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    aws.iam.delete_policy(PolicyArn=policy)


def test_a_sixth_version_is_refused(aws, policy):
    for number in range(4):
        aws.iam.create_policy_version(PolicyArn=policy, PolicyDocument=allowing(f"s3:Get{number}*"))
    refused = code_of(aws.iam.create_policy_version, PolicyArn=policy, PolicyDocument=allowing("s3:*"))
    assert refused[0] == "LimitExceeded"


def test_a_user_and_a_role_have_ten_policies_at_most(aws, user):
    role = aws.role().rpartition("/")[2]
    document = allowing("s3:Get*")
    for number in range(11):
        arn = aws.iam.create_policy(PolicyName=f"p{number}-{aws.unique}", PolicyDocument=document)["Policy"]["Arn"]
        if number < 10:
            aws.iam.attach_user_policy(UserName=user, PolicyArn=arn)
            aws.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    refused = code_of(aws.iam.attach_user_policy, UserName=user, PolicyArn=arn)
    assert refused == ("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10")
    refused = code_of(aws.iam.attach_role_policy, RoleName=role, PolicyArn=arn)
    assert refused == ("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")


def test_a_users_name_is_taken_whatever_its_case(aws, user):
    assert code_of(aws.iam.create_user, UserName=user.upper())[0] == "EntityAlreadyExists"


def test_names_and_paths_are_as_aws_wants_them(aws):
    assert code_of(aws.iam.create_user, UserName="a b")[0] == "ValidationException"
    assert code_of(aws.iam.create_user, UserName="ab", Path="team")[0] == "ValidationException"


def test_a_user_is_bounded(aws, policy):
    name = f"b-{aws.unique}"
    nobody = policy + "-not"
    assert code_of(aws.iam.create_user, UserName=name, PermissionsBoundary=nobody)[0] == "NoSuchEntity"
    aws.iam.create_user(UserName=name, PermissionsBoundary=policy)

    def boundary():
        return aws.iam.get_user(UserName=name)["User"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")

    assert boundary() == policy
    aws.iam.delete_user_permissions_boundary(UserName=name)
    assert boundary() is None
    assert code_of(aws.iam.delete_user_permissions_boundary, UserName=name)[0] == "NoSuchEntity"
    assert (
        code_of(aws.iam.put_user_permissions_boundary, UserName=name, PermissionsBoundary=nobody)[0] == "NoSuchEntity"
    )
    aws.iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=policy)
    assert boundary() == policy
    aws.iam.delete_user(UserName=name)
    aws.iam.create_user(UserName=name)
    assert boundary() is None


def test_a_user_is_held_by_what_others_gave_it(aws, user):
    def refused():
        code, message = code_of(aws.iam.delete_user, UserName=user)
        assert code == "DeleteConflict"
        return message

    aws.iam.create_login_profile(UserName=user, Password="Correct-horse-7")
    assert "login profile" in refused()
    aws.iam.delete_login_profile(UserName=user)
    key = aws.iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    assert "access keys" in refused()
    aws.iam.delete_access_key(UserName=user, AccessKeyId=key)
    group = aws.iam.create_group(GroupName=f"g-{aws.unique}")["Group"]["GroupName"]
    aws.iam.add_user_to_group(UserName=user, GroupName=group)
    assert "group" in refused()
    aws.iam.remove_user_from_group(UserName=user, GroupName=group)
    assert aws.iam.list_service_specific_credentials(UserName=user)["ServiceSpecificCredentials"] == []
    aws.iam.delete_user(UserName=user)


def test_a_trust_policy_names_principals_that_exist(aws, user):
    def create(arn):
        statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return aws.iam.create_role, {"RoleName": f"r-{aws.unique}", "AssumeRolePolicyDocument": document}

    action, request = create("arn:aws:iam::123456789012:user/nobody")
    code, message = code_of(action, **request)
    assert code == "MalformedPolicyDocument" and "Invalid principal in policy" in message
    action, request = create(
        ["210987654321", f"arn:aws:iam::123456789012:user/{user}", "arn:aws:iam::123456789012:root"]
    )
    action(**request)
