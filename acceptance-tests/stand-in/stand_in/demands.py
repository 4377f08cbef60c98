"""What a call asks leave for: its own action and those that AWS checks behind it, on which resources. Sources: AWS
*Service Authorization Reference*, *Actions* and *Resource types* of each service; the *Permissions* sections of the API
references. What is not told here is judged by the action alone."""

from moto.efs.models import efs_backends
from moto.iam.models import iam_backends

from stand_in.demands_ec2 import of_ec2, of_others
from stand_in.permissions import Demand

_PREFIXES = {"efs": "elasticfilesystem", "elbv2": "elasticloadbalancing", "meteringmarketplace": "aws-marketplace"}
_TAGGERS = {
    "ecs": "ecs:TagResource",
    "elbv2": "elasticloadbalancing:AddTags",
    "secretsmanager": "secretsmanager:TagResource",
    "logs": "logs:TagResource",
    "autoscaling": "autoscaling:CreateOrUpdateTags",
}


def demands(call):
    """Everything that the call asks leave for."""
    of_service = globals().get(f"_of_{call.service.replace('-', '_')}", lambda _: None)
    own = Demand(action_of(call), *(of_service(call) or ()))
    all_own = (of_ec2(call) if call.service == "ec2" else None) or [own]
    if call.action.startswith(("Describe", "Get", "List")):
        return all_own
    return [*all_own, *_tagging(call, own), *_passing(call), *of_others(call)]


def action_of(call):
    """The action's name in IAM: API Gateway's are the methods of HTTP."""
    if call.service == "apigatewayv2":
        return f"apigateway:{call.request.method}"
    return f"{_PREFIXES.get(call.service, call.service)}:{call.action}"


def _arn(call, service, resource):
    return f"arn:aws:{service}:{call.region}:{call.account}:{resource}"


def _tags(tags):
    if isinstance(tags, dict):
        pairs = tags.items()
    else:
        pairs = [(tag.get("Key", tag.get("key")), tag.get("Value", tag.get("value"))) for tag in tags]
    return {f"aws:RequestTag/{key}": [value] for key, value in pairs}


def _carried(tags):
    return {key.replace("RequestTag", "ResourceTag"): value for key, value in _tags(tags).items()}


def _of_ecs(call):
    params = call.params
    cluster = (params.get("cluster") or params.get("clusterName") or "default").rpartition("/")[2]
    cluster_arn = _arn(call, "ecs", f"cluster/{cluster}")
    in_cluster = {"ecs:cluster": [cluster_arn]}
    action = call.action
    if action in ("CreateCluster", "DeleteCluster", "UpdateClusterSettings", "PutClusterCapacityProviders"):
        return [cluster_arn], {}
    if action == "DescribeClusters":
        return [_arn(call, "ecs", f"cluster/{name.rpartition('/')[2]}") for name in params["clusters"]], {}
    if action == "ListTasks":
        return [_arn(call, "ecs", f"container-instance/{cluster}/*")], in_cluster
    if action == "DescribeTasks":
        return [_arn(call, "ecs", f"task/{cluster}/{name.rpartition('/')[2]}") for name in params["tasks"]], in_cluster
    if action in ("CreateService", "UpdateService", "DeleteService"):
        name = (params.get("serviceName") or params["service"]).rpartition("/")[2]
        return [_arn(call, "ecs", f"service/{cluster}/{name}")], {}
    if action == "DescribeServices":
        return [_arn(call, "ecs", f"service/{cluster}/{name.rpartition('/')[2]}") for name in params["services"]], {}
    if action == "RegisterTaskDefinition":
        return [_arn(call, "ecs", f"task-definition/{params['family']}:1")], {}
    if action in ("CreateCapacityProvider", "UpdateCapacityProvider", "DeleteCapacityProvider"):
        name = params.get("name") or params["capacityProvider"]
        return [_arn(call, "ecs", f"capacity-provider/{name.rpartition('/')[2]}")], {}
    return ([params["resourceArn"]], {}) if action == "UntagResource" and "task/" not in params["resourceArn"] else None


def _of_iam(call):
    params, backend = call.params, iam_backends[call.account]["aws"]
    context = {"iam:PolicyARN": [params["PolicyArn"]]} if "PolicyArn" in params else {}
    if "PermissionsBoundary" in params:
        context["iam:PermissionsBoundary"] = [params["PermissionsBoundary"]]
    iam = f"arn:aws:iam::{call.account}:"
    if call.action == "CreateServiceLinkedRole":
        service = params["AWSServiceName"]
        return [f"{iam}role/aws-service-role/{service}/new"], {"iam:AWSServiceName": [service]}
    if name := params.get("InstanceProfileName"):
        stands = backend.instance_profiles.get(name)
        return [stands.arn if stands else f"{iam}instance-profile{params.get('Path', '/')}{name}"], context
    if name := params.get("RoleName"):
        stands = next((role for role in backend.roles.values() if role.name == name), None)
        if stands and stands.permissions_boundary_arn:
            context.setdefault("iam:PermissionsBoundary", [stands.permissions_boundary_arn])
        return [stands.arn if stands else f"{iam}role{params.get('Path', '/')}{name}"], context
    return None


def _of_application_autoscaling(call):
    params = call.params
    if call.action.startswith("Describe"):
        return ["*"], {}
    context = {
        "application-autoscaling:service-namespace": [params["ServiceNamespace"]],
        "application-autoscaling:scalable-dimension": [params["ScalableDimension"]],
    }
    return [_arn(call, "application-autoscaling", "scalable-target/new")], context


def _of_efs(call):
    params, backend = call.params, efs_backends[call.account][call.region]
    if call.action == "CreateFileSystem":
        return ["*"], _tags(params.get("Tags", []))
    target = backend.mount_targets_by_id.get(params.get("MountTargetId"))
    if file_system := params.get("FileSystemId") or (target and target.file_system_id):
        tags = backend.list_tags_for_resource(file_system) if file_system in backend.file_systems_by_id else []
        return [_arn(call, "elasticfilesystem", f"file-system/{file_system}")], _carried(tags)
    return None


def _of_logs(call):
    name = call.params.get("logGroupName")
    return ([_arn(call, "logs", f"log-group:{name}:*")], {}) if name else None


def _of_secretsmanager(call):
    secret = call.params.get("SecretId") or call.params.get("Name")
    return [secret if secret.startswith("arn:") else _arn(call, "secretsmanager", f"secret:{secret}")], {}


def _of_autoscaling(call):
    names = {tag["ResourceId"] for tag in call.params.get("Tags", []) if "ResourceId" in tag}
    names |= {call.params[key] for key in ("AutoScalingGroupName",) if key in call.params}
    groups = [_arn(call, "autoscaling", f"autoScalingGroup:id:autoScalingGroupName/{name}") for name in sorted(names)]
    return (groups, {}) if groups and not call.action.startswith("Describe") else None


def _of_elbv2(call):
    params = call.params
    if call.action == "CreateLoadBalancer":
        return [_arn(call, "elasticloadbalancing", f"loadbalancer/app/{params['Name']}/new")], {}
    if call.action == "CreateTargetGroup":
        return [_arn(call, "elasticloadbalancing", f"targetgroup/{params['Name']}/new")], {}
    if call.action.startswith("Describe"):
        return ["*"], {}
    return None


def _of_apigatewayv2(call):
    path = call.request.path.removeprefix("/v2")
    if path in ("/apis", "/vpclinks"):
        return [f"arn:aws:apigateway:{call.region}::{path}"], _tags(call.params.get("Tags", {}))
    return None


def _tagging(call, own):
    params = call.params
    if call.service == "ec2" and params.get("TagSpecifications"):
        made = {"ec2:CreateAction": [call.action]}
        kinds = {spec["ResourceType"] for spec in params["TagSpecifications"]}
        return [Demand("ec2:CreateTags", [_arn(call, "ec2", f"{kind}/new") for kind in sorted(kinds)], made)]
    tags = params.get("tags") or params.get("Tags")
    if not tags or not call.action.startswith(("Create", "Register", "Run")):
        return []
    if call.service == "efs":
        made = {"elasticfilesystem:CreateAction": [call.action]}
        kind = "file-system" if call.action == "CreateFileSystem" else "access-point"
        return [Demand("elasticfilesystem:TagResource", [_arn(call, "elasticfilesystem", f"{kind}/new")], made)]
    if call.service == "iam":
        return [Demand("iam:Tag" + call.action.removeprefix("Create"), own.resources, own.context)]
    if call.service in _TAGGERS:
        resources = None if call.action == "CreateListener" else own.resources
        return [Demand(_TAGGERS[call.service], resources, {"ecs:CreateAction": [call.action]})]
    return []


def _passing(call):
    """Handing a role to a service."""
    params, iam = call.params, iam_backends[call.account]["aws"]
    arns, service = [], "ecs-tasks.amazonaws.com"
    if call.action == "RegisterTaskDefinition":
        arns = [params[key] for key in ("taskRoleArn", "executionRoleArn") if params.get(key)]
    elif call.action == "AddRoleToInstanceProfile":
        service = "ec2.amazonaws.com"
        arns = [role.arn for role in iam.roles.values() if role.name == params["RoleName"]]
    elif call.action == "RunInstances" and "IamInstanceProfile" in params:
        service = "ec2.amazonaws.com"
        named = params["IamInstanceProfile"]
        profiles = [p for p in iam.instance_profiles.values() if named in ({"Arn": p.arn}, {"Name": p.name})]
        arns = [role.arn for profile in profiles for role in profile.roles]
    return [Demand("iam:PassRole", [arn], {"iam:PassedToService": [service]}) for arn in arns]
