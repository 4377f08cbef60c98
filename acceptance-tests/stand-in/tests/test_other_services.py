"""EC2, IAM and Logs where they are stricter than moto."""

import json

from conftest import code_of


def test_groups_in_use_stay(aws, place):
    used, user = aws.group(place["vpc_id"]), aws.group(place["vpc_id"])
    own = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": used}]}]
    aws.ec2.authorize_security_group_ingress(GroupId=used, IpPermissions=own)
    aws.ec2.authorize_security_group_ingress(GroupId=user, IpPermissions=own)
    assert code_of(aws.ec2.delete_security_group, GroupId=used)[0] == "DependencyViolation"
    aws.ec2.revoke_security_group_ingress(GroupId=user, IpPermissions=own)
    aws.ec2.delete_security_group(GroupId=used)


def test_groups_are_named_as_aws_wants(aws, place):
    def refused(**request):
        return code_of(
            aws.ec2.create_security_group, **{"GroupName": "x", "Description": "x", "VpcId": place["vpc_id"], **request}
        )[0]

    assert refused(Description="it's") == "InvalidParameterValue"
    assert refused(GroupName="sg-x") == "InvalidParameterValue"
    group = aws.group(place["vpc_id"])
    rule = [
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "ü"}]}
    ]
    assert (
        code_of(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=rule)[0]
        == "InvalidParameterValue"
    )
    nobody = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": "sg-00000000"}]}]
    assert (
        code_of(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=nobody)[0]
        == "InvalidGroup.NotFound"
    )


def test_rules_are_described_anew(aws, place):
    group, peer = aws.group(place["vpc_id"]), aws.group(place["vpc_id"])
    at = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}

    def rules(ranges, pairs):
        sources = {
            "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": ranges}],
            "UserIdGroupPairs": [{"GroupId": peer, "Description": pairs}],
        }
        return {"GroupId": group, "IpPermissions": [{**at, **sources}]}

    def descriptions():
        [found] = aws.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        return found["IpRanges"][0]["Description"], found["UserIdGroupPairs"][0]["Description"]

    aws.ec2.authorize_security_group_ingress(**rules("one", "two"))
    aws.ec2.update_security_group_rule_descriptions_ingress(**rules("three", "four"))
    assert descriptions() == ("three", "four")
    listed = aws.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])[
        "SecurityGroupRules"
    ]
    [between] = [rule for rule in listed if "ReferencedGroupInfo" in rule]
    assert between["Description"] == "four"
    named = [{"SecurityGroupRuleId": between["SecurityGroupRuleId"], "Description": "five"}]
    update = aws.ec2.update_security_group_rule_descriptions_ingress
    update(GroupId=group, SecurityGroupRuleDescriptions=named)
    assert descriptions() == ("three", "five")
    nowhere = [{**at, "FromPort": 81, "ToPort": 81, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    assert code_of(update, GroupId=group, IpPermissions=nowhere)[0] == "InvalidPermission.NotFound"
    beyond = [{**at, "ToPort": 70000, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    authorize = aws.ec2.authorize_security_group_ingress
    assert code_of(authorize, GroupId=group, IpPermissions=beyond)[0] == "InvalidParameterValue"


def test_a_vpc_goes_last(aws, place):
    gateway = aws.ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [place["vpc_id"]]}])
    assert code_of(aws.ec2.delete_vpc, VpcId=place["vpc_id"])[0] == "DependencyViolation"
    bare = aws.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    group = aws.group(bare)
    assert code_of(aws.ec2.delete_vpc, VpcId=bare)[0] == "DependencyViolation"
    aws.ec2.delete_security_group(GroupId=group)
    aws.ec2.delete_vpc(VpcId=bare)
    assert gateway["InternetGateways"]


def test_the_default_vpc_leads_to_the_internet(aws):
    vpc = aws.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    tables = aws.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert any(route.get("GatewayId", "").startswith("igw-") for route in tables[0]["Routes"])


def test_documents_are_read_before_they_are_kept(aws):
    def trust(document):
        return code_of(aws.iam.create_role, RoleName=f"r-{aws.unique}", AssumeRolePolicyDocument=document)[0]

    statement = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    for wrong in (
        "{",
        json.dumps({"Statement": [{**statement, "Effect": "Perhaps"}]}),
        json.dumps({"Statement": [{**statement, "Resource": "*"}]}),
        json.dumps({"Statement": [{**statement, "Principal": {"Service": "ecs-tasks"}}]}),
        json.dumps({"Version": "2012-10-18", "Statement": [statement]}),
    ):
        assert trust(wrong) == "MalformedPolicyDocument", wrong
    role = aws.role().rpartition("/")[2]
    no_resource = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]})
    put = {"RoleName": role, "PolicyName": "p", "PolicyDocument": no_resource}
    assert code_of(aws.iam.put_role_policy, **put)[0] == "MalformedPolicyDocument"


def test_roles_are_held_by_their_policies(aws):
    name = aws.role().rpartition("/")[2]
    assert code_of(aws.iam.create_role, RoleName=name, AssumeRolePolicyDocument=trusting())[0] == "EntityAlreadyExists"
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    aws.iam.attach_role_policy(RoleName=name, PolicyArn=managed)
    assert code_of(aws.iam.delete_role, RoleName=name)[0] == "DeleteConflict"
    aws.iam.detach_role_policy(RoleName=name, PolicyArn=managed)
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    aws.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(allow))
    assert code_of(aws.iam.delete_role, RoleName=name)[0] == "DeleteConflict"
    aws.iam.delete_role_policy(RoleName=name, PolicyName="p")
    aws.iam.delete_role(RoleName=name)
    wrong = "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy"
    other = aws.role().rpartition("/")[2]
    assert code_of(aws.iam.attach_role_policy, RoleName=other, PolicyArn=wrong)[0] == "NoSuchEntity"


def trusting():
    statement = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_service_linked_roles_are_made_once(aws):
    try:
        name = aws.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["RoleName"]
        assert name == "AWSServiceRoleForECS"
    finally:
        again = code_of(aws.iam.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    assert again[0] == "InvalidInput" and "has been taken" in again[1]


def test_permissions_can_be_asked_for(aws):
    arn = aws.role()
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    aws.iam.put_role_policy(RoleName=arn.rpartition("/")[2], PolicyName="p", PolicyDocument=json.dumps(allow))
    answer = aws.iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject", "s3:PutObject"])
    assert [result["EvalDecision"] for result in answer["EvaluationResults"]] == ["allowed", "implicitDeny"]


def test_log_groups(aws):
    name = f"/{aws.unique}"
    aws.logs.create_log_group(logGroupName=name)
    assert code_of(aws.logs.create_log_group, logGroupName=name)[0] == "ResourceAlreadyExistsException"
    aws.logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    assert (
        code_of(aws.logs.put_retention_policy, logGroupName=name, retentionInDays=31)[0] == "InvalidParameterException"
    )
    arn = f"arn:aws:logs:{aws.name}:123456789012:log-group:/none-{aws.unique}"
    assert code_of(aws.logs.tag_resource, resourceArn=arn, tags={"a": "b"})[0] == "ResourceNotFoundException"


def test_log_groups_are_told_by_whole_names_or_by_a_prefix(aws):
    """Amazon CloudWatch Logs API, DescribeLogGroups: logGroupIdentifiers."""
    names = [f"/{aws.unique}/{end}" for end in ("a", "b", "b-and-more")]
    for name in names:
        aws.logs.create_log_group(logGroupName=name)
    told = aws.logs.describe_log_groups(logGroupIdentifiers=[names[1], f"/{aws.unique}/none", names[0]])
    assert [group["logGroupName"] for group in told["logGroups"]] == names[:2]
    told = aws.logs.describe_log_groups(logGroupNamePrefix=names[1])
    assert [group["logGroupName"] for group in told["logGroups"]] == names[1:]
    both = {"logGroupIdentifiers": names, "logGroupNamePrefix": "/"}
    assert code_of(aws.logs.describe_log_groups, **both)[0] == "InvalidParameterException"


def test_tagged_objects_are_found_across_services(aws, place):
    tags = [{"key": "owner", "value": aws.unique}]
    aws.ecs.create_cluster(clusterName=f"c-{aws.unique}", tags=tags)
    network = aws.network(place["public_subnet_ids"], [])
    aws.ecs.create_service(
        cluster=f"c-{aws.unique}",
        serviceName="s",
        taskDefinition=aws.task_definition(tags=tags),
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=network,
        tags=tags,
    )
    aws.efs.create_file_system(CreationToken=aws.unique, Tags=[{"Key": "owner", "Value": aws.unique}])
    found = aws.resourcegroupstaggingapi.get_resources(TagFilters=[{"Key": "owner", "Values": [aws.unique]}])
    kinds = sorted(item["ResourceARN"].split(":", 5)[5].partition("/")[0] for item in found["ResourceTagMappingList"])
    assert kinds == ["cluster", "file-system", "service", "task-definition"]
