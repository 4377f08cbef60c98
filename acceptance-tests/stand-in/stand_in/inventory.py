"""``python -m stand_in.inventory --endpoint URL [--region R …]``: every live object as ``kind id``, in JSON.

Read with List and Describe calls, as anybody would; a service that was never called holds nothing, and is not asked,
since loading it takes its time. What an account has from the start is left out: the default VPC
with its parts, AWS's own policies, service-linked roles. Two inventories that are equal show that nothing was left.

Within the stand-in, what comes and goes by calls of its own alone is read again only after such a call.
"""

from stand_in import calls, command


def inventory(clients_of, regions, called=None):
    """The sorted list of live objects; kinds of one region are led by it when there is more than one region.

    ``clients_of`` answers, for a region, the function that answers a service's client; ``called`` are the services that
    may hold something: where it is left out, those that this stand-in was called for.
    """
    called = set(calls.services) if called is None else called
    objects = set(_unless_unchanged("", _iam, clients_of(regions[0])("iam")))
    for region in regions:
        prefix = f"{region} " if len(regions) > 1 else ""
        for service, listing in _LISTINGS.items():
            if service in called:
                objects |= {prefix + item for item in listing(clients_of(region)(service))}
    return sorted(objects)


def _all(client, operation, member, **parameters):
    """All items of a listing, over its pages where it has pages."""
    if client.can_paginate(operation):
        return [
            item for page in client.get_paginator(operation).paginate(**parameters) for item in page.get(member, [])
        ]
    return getattr(client, operation)(**parameters).get(member, [])


_known = {}


def _unless_unchanged(noun, find, client, *rest):
    """What ``find`` answers for the client; from before, where its service was since called for no change that names ``noun``."""
    service = client.meta.service_model.service_name
    so_far = sum(times for (name, action), times in list(calls.changes.items()) if name == service and noun in action)
    known = _known.get((client, find, *rest))
    if known is None or known[0] != so_far:
        known = _known[client, find, *rest] = so_far, list(find(client, *rest))
    return known[1]


def _iam(iam):
    told = iam.get_account_authorization_details(Filter=["User", "Role", "LocalManagedPolicy"])
    for role in told["RoleDetailList"]:
        if role["Path"].startswith("/aws-service-role/"):
            continue
        name = role["RoleName"]
        yield f"iam-role {name}"
        for policy in role["AttachedManagedPolicies"]:
            yield f"iam-role-attachment {name} {policy['PolicyArn']}"
        for policy in role["RolePolicyList"]:
            yield f"iam-role-policy {name} {policy['PolicyName']}"
    for user in told["UserDetailList"]:
        name = user["UserName"]
        yield f"iam-user {name}"
        for policy in user["AttachedManagedPolicies"]:
            yield f"iam-user-attachment {name} {policy['PolicyArn']}"
    for profile in _all(iam, "list_instance_profiles", "InstanceProfiles"):
        yield f"iam-instance-profile {profile['InstanceProfileName']}"
    for policy in told["Policies"]:
        yield f"iam-policy {policy['Arn']}"


def _ecs(ecs):
    for arn in _all(ecs, "list_clusters", "clusterArns"):
        yield f"ecs-cluster {arn}"
        for service in _all(ecs, "list_services", "serviceArns", cluster=arn):
            yield f"ecs-service {service}"
        for task in _all(ecs, "list_tasks", "taskArns", cluster=arn):
            yield f"ecs-task {task}"
        for host in _all(ecs, "list_container_instances", "containerInstanceArns", cluster=arn):
            yield f"ecs-container-instance {host}"
    for provider in ecs.describe_capacity_providers(maxResults=100)["capacityProviders"]:
        if not provider["name"].startswith("FARGATE") and provider["status"] != "INACTIVE":
            yield f"ecs-capacity-provider {provider['name']}"
    for arn in _all(ecs, "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
        yield f"ecs-task-definition {arn}"


def _logs(logs):
    for group in _all(logs, "describe_log_groups", "logGroups"):
        yield f"log-group {group['logGroupName']}"


def _efs(efs):
    for file_system in _all(efs, "describe_file_systems", "FileSystems"):
        identity = file_system["FileSystemId"]
        yield f"efs-file-system {identity}"
        for target in efs.describe_mount_targets(FileSystemId=identity, MaxItems=100)["MountTargets"]:
            yield f"efs-mount-target {target['MountTargetId']}"
    for point in _all(efs, "describe_access_points", "AccessPoints"):
        yield f"efs-access-point {point['AccessPointId']}"


def _ec2(ec2):
    def called_for(noun, operation, member):
        return _unless_unchanged(noun, _all, ec2, operation, member)

    vpcs = called_for("Vpc", "describe_vpcs", "Vpcs")
    default = {vpc["VpcId"] for vpc in vpcs if vpc.get("IsDefault")}
    for vpc in vpcs:
        if vpc["VpcId"] not in default:
            yield f"vpc {vpc['VpcId']}"
    for subnet in called_for("Subnet", "describe_subnets", "Subnets"):
        if not subnet.get("DefaultForAz"):
            yield f"subnet {subnet['SubnetId']}"
    for group in called_for("SecurityGroup", "describe_security_groups", "SecurityGroups"):
        if group["GroupName"] != "default":
            yield f"security-group {group['GroupId']}"
    for table in called_for("RouteTable", "describe_route_tables", "RouteTables"):
        if not any(association.get("Main") for association in table["Associations"]):
            yield f"route-table {table['RouteTableId']}"
    for gateway in called_for("InternetGateway", "describe_internet_gateways", "InternetGateways"):
        if not {attachment["VpcId"] for attachment in gateway["Attachments"]} & default:
            yield f"internet-gateway {gateway['InternetGatewayId']}"
    for nat in _all(ec2, "describe_nat_gateways", "NatGateways"):
        if nat["State"] != "deleted":
            yield f"nat-gateway {nat['NatGatewayId']}"
    for address in called_for("Address", "describe_addresses", "Addresses"):
        yield f"address {address['AllocationId']}"
    for interface in _all(ec2, "describe_network_interfaces", "NetworkInterfaces"):
        yield f"network-interface {interface['NetworkInterfaceId']}"
    for endpoint in _all(ec2, "describe_vpc_endpoints", "VpcEndpoints"):
        if endpoint["State"].lower() != "deleted":
            yield f"vpc-endpoint {endpoint['VpcEndpointId']}"
    for log in called_for("FlowLog", "describe_flow_logs", "FlowLogs"):
        yield f"flow-log {log['FlowLogId']}"
    for template in called_for("LaunchTemplate", "describe_launch_templates", "LaunchTemplates"):
        yield f"launch-template {template['LaunchTemplateId']}"
    for reservation in _all(ec2, "describe_instances", "Reservations"):
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield f"instance {instance['InstanceId']}"
    for volume in _all(ec2, "describe_volumes", "Volumes"):
        yield f"volume {volume['VolumeId']}"
    for key in called_for("KeyPair", "describe_key_pairs", "KeyPairs"):
        yield f"key-pair {key['KeyName']}"


def _elbv2(elbv2):
    for balancer in _all(elbv2, "describe_load_balancers", "LoadBalancers"):
        arn = balancer["LoadBalancerArn"]
        yield f"load-balancer {arn}"
        for listener in _all(elbv2, "describe_listeners", "Listeners", LoadBalancerArn=arn):
            yield f"listener {listener['ListenerArn']}"
    for group in _all(elbv2, "describe_target_groups", "TargetGroups"):
        yield f"target-group {group['TargetGroupArn']}"


def _named(kind, operation, member, name, **parameters):
    """A listing whose items have a name of their own."""
    return lambda client: (f"{kind} {item[name]}" for item in _all(client, operation, member, **parameters))


def _apis(api):
    for found in _all(api, "get_apis", "Items"):
        yield f"api {found['ApiId']}"
    for link in api.get_vpc_links().get("Items", []):
        yield f"vpc-link {link['VpcLinkId']}"


def _scalable_targets(scaling):
    for target in _all(scaling, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs"):
        yield f"scalable-target {target['ResourceId']}"
    for policy in _all(scaling, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs"):
        yield f"scaling-policy {policy['ResourceId']} {policy['PolicyName']}"


def _wafv2(wafv2):
    for acl in wafv2.list_web_acls(Scope="REGIONAL", Limit=100)["WebACLs"]:
        held = wafv2.list_resources_for_web_acl(WebACLArn=acl["ARN"], ResourceType="APPLICATION_LOAD_BALANCER")
        for arn in held["ResourceArns"]:
            yield f"web-acl-association {arn}"


_LISTINGS = {
    "apigatewayv2": _apis,
    "application-autoscaling": _scalable_targets,
    "autoscaling": _named(
        "auto-scaling-group", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"
    ),
    "ec2": _ec2,
    "ecr": _named("image-repository", "describe_repositories", "repositories", "repositoryName"),
    "ecs": _ecs,
    "efs": _efs,
    "elbv2": _elbv2,
    "logs": _logs,
    "secretsmanager": _named("secret", "list_secrets", "SecretList", "Name", IncludePlannedDeletion=True),
    "ssm": _named("parameter", "describe_parameters", "Parameters", "Name"),
    "wafv2": _wafv2,
}

# Every service that is looked at.
SERVICES = frozenset(_LISTINGS)


if __name__ == "__main__":
    command.run("inventory", __doc__)
