"""``python -m stand_in.describe --endpoint URL --region R``: what AWS tells of objects.

Standard input is a JSON list of queries, each with an object's ``kind`` (a component's type), its ``id``, its ``arn`` where
it has one, and an ``expression``: a JMESPath on what AWS's own Describe or Get call tells. Prints the answers as a JSON
list, in the queries' order.
"""

import argparse
import base64
import json
import sys

import jmespath

from stand_in.clients import clients


def _list(service, operation, parameter, path):
    """A call that takes a list of ids and tells of each."""
    return lambda client, id, arn: jmespath.search(path, getattr(client(service), operation)(**{parameter: [id]}))


def _launch_template(client, id, arn):
    versions = client("ec2").describe_launch_template_versions(LaunchTemplateId=id, Versions=["$Latest"])
    data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    template = client("ec2").describe_launch_templates(LaunchTemplateIds=[id])["LaunchTemplates"][0]
    user_data = base64.b64decode(data.get("UserData", "")).decode()
    return {**data, "UserData": user_data, "Tags": template.get("Tags", [])}


def _auto_scaling_group(client, id, arn):
    groups = client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[id])
    group = groups["AutoScalingGroups"][0]
    notices = client("autoscaling").describe_notification_configurations(AutoScalingGroupNames=[id])
    subnets = group["VPCZoneIdentifier"].split(",")
    return {**group, "Subnets": subnets, "Notifications": notices["NotificationConfigurations"]}


def _file_system(client, id, arn):
    found = client("efs").describe_file_systems(FileSystemId=id)["FileSystems"][0]
    policy = client("efs").describe_file_system_policy(FileSystemId=id)["Policy"]
    backup = client("efs").describe_backup_policy(FileSystemId=id)["BackupPolicy"]["Status"]
    return {**found, "Policy": policy, "BackupPolicy": backup}


def _task(client, id, arn):
    cluster = arn.split("/")[1]
    return client("ecs").describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]


def _image(client, id, arn):
    return client("ecr").describe_images(repositoryName=id)["imageDetails"][0]


def _instance(client, id, arn):
    instance = client("ec2").describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0]
    data = client("ec2").describe_instance_attribute(InstanceId=id, Attribute="userData")["UserData"].get("Value", "")
    return {**instance, "UserData": base64.b64decode(data).decode()}


def _subnet(client, id, arn):
    subnet = client("ec2").describe_subnets(SubnetIds=[id])["Subnets"][0]
    by_subnet = [{"Name": "association.subnet-id", "Values": [id]}]
    tables = client("ec2").describe_route_tables(Filters=by_subnet)["RouteTables"]
    return {**subnet, "RouteTableId": tables[0]["RouteTableId"] if tables else None}


def _mount_target(client, id, arn):
    target = client("efs").describe_mount_targets(MountTargetId=id)["MountTargets"][0]
    groups = client("efs").describe_mount_target_security_groups(MountTargetId=id)["SecurityGroups"]
    return {**target, "SecurityGroups": groups}


def _tags(client, arn):
    return client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]


def _load_balancer(client, id, arn):
    balancer = client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    return {**balancer, "Tags": _tags(client, arn)}


def _target_group(client, id, arn):
    group = client("elbv2").describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    health = client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {**group, "Targets": health, "Tags": _tags(client, arn)}


def _user(client, id, arn):
    user = client("iam").get_user(UserName=id)["User"]
    attached = client("iam").list_attached_user_policies(UserName=id)["AttachedPolicies"]
    return {**user, "AttachedPolicies": [policy["PolicyName"] for policy in attached]}


def _role(client, id, arn):
    role = client("iam").get_role(RoleName=id)["Role"]
    attached = client("iam").list_attached_role_policies(RoleName=id)["AttachedPolicies"]
    return {**role, "AttachedPolicies": [policy["PolicyName"] for policy in attached]}


def _policy(client, id, arn):
    policy = client("iam").get_policy(PolicyArn=arn)["Policy"]
    version = client("iam").get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    tags = client("iam").list_policy_tags(PolicyArn=arn)["Tags"]
    document = version["Document"]
    statements = document["Statement"]
    flat = [
        {"Action": action, "Resource": statement["Resource"]}
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    return {**policy, "Tags": tags, "Statement": flat}


def _service(client, id, arn):
    cluster = arn.split("/")[1]
    return client("ecs").describe_services(cluster=cluster, services=[arn], include=["TAGS"])["services"][0]


def _cluster(client, id, arn):
    return client("ecs").describe_clusters(clusters=[arn or id], include=["SETTINGS", "TAGS"])["clusters"][0]


def _task_definition(client, id, arn):
    answer = client("ecs").describe_task_definition(taskDefinition=arn, include=["TAGS"])
    return {**answer["taskDefinition"], "tags": answer.get("tags", [])}


def _log_group(client, id, arn):
    groups = client("logs").describe_log_groups(logGroupNamePrefix=id)["logGroups"]
    return next(group for group in groups if group["logGroupName"] == id)


def _repository(client, id, arn):
    return client("ecr").describe_repositories(repositoryNames=[id])["repositories"][0]


def _scalable_target(client, id, arn):
    resource = id.split(":")[-1]
    found = client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])
    return found["ScalableTargets"][0]


KINDS = {
    "auto_scaling_group": _auto_scaling_group,
    "capacity_provider": _list("ecs", "describe_capacity_providers", "capacityProviders", "capacityProviders[0]"),
    "cluster_capacity_providers": _cluster,
    "container_image": _image,
    "ec2_instance": _instance,
    "ecr_repository": _repository,
    "ecs_cluster": _cluster,
    "ecs_service": _service,
    "ecs_task_definition": _task_definition,
    "ecs_task": _task,
    "efs_file_system": _file_system,
    "efs_mount_target": _mount_target,
    "iam_policy": _policy,
    "iam_role": _role,
    "iam_user": _user,
    "launch_template": _launch_template,
    "listener": _list("elbv2", "describe_listeners", "ListenerArns", "Listeners[0]"),
    "load_balancer": _load_balancer,
    "log_group": _log_group,
    "nat_gateway": _list("ec2", "describe_nat_gateways", "NatGatewayIds", "NatGateways[0]"),
    "route_table": _list("ec2", "describe_route_tables", "RouteTableIds", "RouteTables[0]"),
    "scalable_target": _scalable_target,
    "secret": lambda client, id, arn: client("secretsmanager").get_secret_value(SecretId=arn),
    "security_group": _list("ec2", "describe_security_groups", "GroupIds", "SecurityGroups[0]"),
    "subnet": _subnet,
    "target_group": _target_group,
    "vpc": _list("ec2", "describe_vpcs", "VpcIds", "Vpcs[0]"),
}


def main():
    parser = argparse.ArgumentParser(prog="stand_in.describe", description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", default="us-east-1")
    options = parser.parse_args()
    client = clients(options.endpoint, options.region)
    told, answers = {}, []
    for query in json.load(sys.stdin):
        kind, id = query["kind"], query["id"]
        if (kind, id) not in told:
            told[kind, id] = KINDS[kind](client, id, query.get("arn"))
        answers.append(jmespath.search(query["expression"], told[kind, id]))
    print(json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
