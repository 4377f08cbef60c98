"""The inventory lists what lives, and nothing that an account has from the start."""

from conftest import Region, StandIn

from stand_in.inventory import inventory


def test_it_starts_empty_and_ends_as_it_was():
    stand_in = StandIn()
    try:
        aws = Region(stand_in, "eu-north-1")
        assert inventory(stand_in.endpoint, ["eu-north-1"]) == []
        aws.ec2.describe_vpcs()
        name = aws.cluster()
        role = aws.role().rpartition("/")[2]
        definition = aws.task_definition()
        aws.logs.create_log_group(logGroupName="/x")
        aws.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        assert inventory(stand_in.endpoint, ["eu-north-1"]) == [
            f"ecs-cluster arn:aws:ecs:eu-north-1:123456789012:cluster/{name}",
            f"ecs-task-definition {definition}",
            f"iam-role {role}",
            "log-group /x",
        ]
        aws.ecs.delete_cluster(cluster=name)
        aws.ecs.deregister_task_definition(taskDefinition=definition)
        aws.iam.delete_role(RoleName=role)
        aws.logs.delete_log_group(logGroupName="/x")
        assert inventory(stand_in.endpoint, ["eu-north-1"]) == []
    finally:
        stand_in.stop()
