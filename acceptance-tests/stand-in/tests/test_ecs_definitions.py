"""Clusters and task definitions."""

import pytest

from conftest import code_of, until


def container(**changes):
    return {"name": "service", "image": "example/image:1", **changes}


def test_a_cluster_name_in_use_answers_the_first_cluster(aws):
    name = aws.cluster()
    again = aws.ecs.create_cluster(clusterName=name, tags=[{"key": "a", "value": "b"}])["cluster"]
    assert again["status"] == "ACTIVE" and again["tags"] == []


def test_a_cluster_tells_only_what_is_asked_for(aws):
    settings = [{"name": "containerInsights", "value": "enhanced"}]
    name = f"cluster-{aws.unique}"
    aws.ecs.create_cluster(clusterName=name, settings=settings, tags=[{"key": "a", "value": "b"}])
    plain = aws.ecs.describe_clusters(clusters=[name])["clusters"][0]
    assert plain["settings"] == [] and plain["tags"] == []
    full = aws.ecs.describe_clusters(clusters=[name], include=["SETTINGS", "TAGS"])["clusters"][0]
    assert full["settings"] == settings and full["tags"] == [{"key": "a", "value": "b"}]
    aws.ecs.update_cluster_settings(cluster=name, settings=[{"name": "containerInsights", "value": "disabled"}])
    assert aws.ecs.update_cluster(cluster=name)["cluster"]["settings"][0]["value"] == "disabled"


def test_a_missing_cluster_is_a_failure_and_a_deleted_one_lingers(aws):
    name = aws.cluster()
    aws.ecs.delete_cluster(cluster=name)
    answer = aws.ecs.describe_clusters(clusters=[name, "nowhere"])
    assert [c["status"] for c in answer["clusters"]] == ["INACTIVE"]
    assert [f["reason"] for f in answer["failures"]] == ["MISSING"]
    assert name not in str(aws.ecs.list_clusters())
    assert code_of(aws.ecs.delete_cluster, cluster=name)[0] == "ClusterNotFoundException"


@pytest.mark.parametrize(
    "cpu, memory, legal",
    [
        ("256", "512", True),
        ("256", "3072", False),
        ("512", "1024", True),
        ("1024", "14336", False),
        ("2048", "6144", True),
        ("2048", "6000", False),
        ("2 vCPU", "6 GB", True),
        ("4096", "30720", True),
        ("8192", "20480", True),
        ("8192", "17408", False),
        ("16384", "122880", True),
        ("3072", "6144", False),
    ],
)
def test_fargate_takes_only_its_own_sizes(aws, cpu, memory, legal):
    if legal:
        aws.task_definition(cpu=cpu, memory=memory)
    else:
        refusal = code_of(aws.task_definition, cpu=cpu, memory=memory)
        assert refusal == ("ClientException", "No Fargate configuration exists for given values.")


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"networkMode": "bridge"}, "network mode"),
        ({"executionRoleArn": "arn:aws:iam::123456789012:role/nobody"}, "Role is not valid"),
        ({"taskRoleArn": "just-a-name"}, "Role is not valid"),
        ({"ephemeralStorage": {"sizeInGiB": 20}}, "ephemeral storage"),
        ({"containerDefinitions": [container(secrets=[{"name": "A", "valueFrom": "x"}])]}, "executionRoleArn"),
        ({"containerDefinitions": [container(image="1.dkr.ecr.us-east-1.amazonaws.com/x")]}, "execution role"),
        ({"containerDefinitions": [container(stopTimeout=121)]}, "stopTimeout"),
        ({"containerDefinitions": [container(), container()]}, "unique"),
        (
            {"containerDefinitions": [container(mountPoints=[{"sourceVolume": "v", "containerPath": "/"}])]},
            "Unknown volume",
        ),
        ({"containerDefinitions": [container(portMappings=[{"containerPort": 1, "hostPort": 2}])]}, "must match"),
        (
            {
                "containerDefinitions": [
                    container(logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "x"}})
                ]
            },
            "awslogs-region",
        ),
        (
            {
                "volumes": [
                    {
                        "name": "v",
                        "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}},
                    }
                ]
            },
            "transit encryption",
        ),
    ],
)
def test_definitions_that_aws_refuses(aws, changes, words):
    code, message = code_of(aws.task_definition, **changes)
    assert code == "ClientException" and words in message


def test_awslogs_on_fargate_needs_an_execution_role(aws):
    options = {"awslogs-group": "x", "awslogs-region": aws.name, "awslogs-stream-prefix": "x"}
    logging = [container(logConfiguration={"logDriver": "awslogs", "options": options})]
    assert "execution role" in code_of(aws.task_definition, containerDefinitions=logging)[1]
    aws.task_definition(containerDefinitions=logging, executionRoleArn=aws.role())


def test_a_definition_comes_back_with_what_aws_adds(aws):
    main = container(
        portMappings=[{"containerPort": 8080}],
        environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    )
    volume = {"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-01234567"}}
    arn = aws.task_definition(containerDefinitions=[main], volumes=[volume], tags=[{"key": "a", "value": "b"}])
    found = aws.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    [kept] = found["containerDefinitions"]
    assert kept["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert [variable["name"] for variable in kept["environment"]] == ["B", "A"]
    assert (kept["cpu"], kept["essential"], kept["volumesFrom"], kept["mountPoints"]) == (0, True, [], [])
    assert found["volumes"][0]["efsVolumeConfiguration"]["rootDirectory"] == "/"
    assert "FARGATE" in found["compatibilities"] and found["registeredAt"]


def test_a_revision_lives_and_its_number_is_never_used_again(aws):
    family = f"family-{aws.unique}"
    first, second = aws.task_definition(family=family), aws.task_definition(family=family)
    assert second.endswith(f"{family}:2")
    assert aws.ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]["revision"] == 2
    aws.ecs.deregister_task_definition(taskDefinition=second)
    assert aws.ecs.describe_task_definition(taskDefinition=second)["taskDefinition"]["status"] == "INACTIVE"
    assert aws.ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]["revision"] == 1
    refused = aws.ecs.delete_task_definitions(taskDefinitions=[first, "nobody:1"])
    assert [failure["reason"][:40] for failure in refused["failures"]] == [
        "The specified task definition is still i",
        "TASK_DEFINITION_NOT_FOUND",
    ]
    gone = aws.ecs.delete_task_definitions(taskDefinitions=[second])["taskDefinitions"]
    assert gone[0]["status"] == "DELETE_IN_PROGRESS"

    def statuses():
        return aws.ecs.list_task_definitions(familyPrefix=family, status="DELETE_IN_PROGRESS")["taskDefinitionArns"]

    until(statuses, lambda found: not found)
    assert code_of(aws.ecs.describe_task_definition, taskDefinition=second)[0] == "ClientException"
    assert aws.task_definition(family=family).endswith(f"{family}:3")


def test_tags_are_read_where_asked_for_and_changed_by_arn(aws):
    arn = aws.task_definition(tags=[{"key": "a", "value": "1"}])
    assert "tags" not in aws.ecs.describe_task_definition(taskDefinition=arn)
    aws.ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "2"}, {"key": "b", "value": "3"}])
    aws.ecs.untag_resource(resourceArn=arn, tagKeys=["b"])
    tags = aws.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])["tags"]
    assert tags == aws.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "2"}]
    missing = arn.replace("task-definition/", "service/none/")
    assert code_of(aws.ecs.tag_resource, resourceArn=missing, tags=[])[0] == "InvalidParameterException"


def test_revisions_are_listed_in_their_order_page_by_page_and_by_status(aws):
    family = f"listed-{aws.unique}"
    register = {"family": family, "containerDefinitions": [container(memory=128)]}
    arns = [aws.ecs.register_task_definition(**register)["taskDefinition"]["taskDefinitionArn"] for _ in range(3)]

    def listed(**how):
        answer = aws.ecs.list_task_definitions(familyPrefix=family, **how)
        return answer["taskDefinitionArns"], answer.get("nextToken")

    assert listed() == (arns, None)
    assert listed(sort="DESC") == (arns[::-1], None)
    newest, token = listed(sort="DESC", maxResults=2)
    assert newest == [arns[2], arns[1]]
    assert listed(sort="DESC", maxResults=2, nextToken=token) == ([arns[0]], None)
    aws.ecs.deregister_task_definition(taskDefinition=arns[1])
    assert listed()[0] == [arns[0], arns[2]] and listed(status="INACTIVE")[0] == [arns[1]]
    assert aws.ecs.list_task_definitions(familyPrefix=family[:-1])["taskDefinitionArns"] == []
