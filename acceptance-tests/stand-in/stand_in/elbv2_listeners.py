"""Listeners and target groups: one listener per port, certificates that exist, groups that serve one balancer."""

from stand_in import network
from stand_in.departures import answers, guards
from stand_in.ecs_request import has_listener
from stand_in.elbv2 import backend_of, invalid
from stand_in.errors import AwsError

_PROTOCOLS = ("HTTP", "HTTPS")


@guards("elbv2", "CreateListener")
def create_listener(call):
    balancer = backend_of(call)._get_resource_by_arn(call.params["LoadBalancerArn"])
    _check_port(balancer, call.params.get("Port"))
    _check_protocol(call, call.params.get("Protocol"), call.params.get("Certificates", []))
    _check_actions(call, balancer)


@guards("elbv2", "ModifyListener")
def modify_listener(call):
    backend, params = backend_of(call), call.params
    listener = backend._get_resource_by_arn(params["ListenerArn"])
    balancer = backend.load_balancers[listener.load_balancer_arn]
    _check_port(balancer, params.get("Port", listener.port), listener)
    held = [{"CertificateArn": arn} for arn in listener.certificates]
    _check_protocol(call, params.get("Protocol", listener.protocol), params.get("Certificates") or held)
    _check_actions(call, balancer)
    if params.get("Protocol") == "HTTP":
        listener.certificate, listener.certificates, listener.ssl_policy = None, [], None


@guards("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def check_health_check(call):
    """moto does not ask, when a group is changed, how interval and timeout go together."""
    params = call.params
    held = backend_of(call).target_groups.get(params.get("TargetGroupArn"))
    interval = params.get("HealthCheckIntervalSeconds", held.health_check_interval_seconds if held else 30)
    timeout = params.get("HealthCheckTimeoutSeconds", held.health_check_timeout_seconds if held else 5)
    if int(timeout) >= int(interval):
        message = f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'"
        raise AwsError("ValidationError", message)
    if not params.get("HealthCheckPath", "/").startswith("/"):
        raise AwsError("ValidationError", f"Health check path '{params['HealthCheckPath']}' must begin with a '/'")


@answers("elbv2", "ModifyTargetGroupAttributes")
def modify_attributes(call):
    """moto takes no deregistration delay of a whole hour."""
    backend, key = backend_of(call), "deregistration_delay.timeout_seconds"
    group = backend._get_resource_by_arn(call.params["TargetGroupArn"])
    changes = {item["Key"]: item.get("Value", "") for item in call.params["Attributes"]}
    judged = {name: value for name, value in changes.items() if (name, value) != (key, "3600")}
    backend.modify_target_group_attributes(group.arn, judged)
    group.attributes.update(changes)
    return {"Attributes": [{"Key": name, "Value": str(value)} for name, value in group.attributes.items()]}


@guards("elbv2", "DeleteTargetGroup")
def delete_target_group(call):
    arn = call.params["TargetGroupArn"]
    if has_listener(backend_of(call), arn):
        raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")


@answers("elbv2", "RegisterTargets")
def register_targets(call):
    """moto keeps one port for each address and looks for instances alone; addresses must lie in the group's VPC."""
    backend = backend_of(call)
    group = backend._get_resource_by_arn(call.params["TargetGroupArn"])
    if group.target_type != "ip":
        backend.register_targets(group.arn, call.params["Targets"])
        return
    ec2 = network.backend_of(call.account, call.region)
    for target in call.params["Targets"]:
        if not network.is_within_vpc(ec2, group.vpc_id, target["Id"]):
            message = f"The following targets are not within the VPC '{group.vpc_id}': '{target['Id']}'"
            raise AwsError("InvalidTarget", message)
    for target in call.params["Targets"]:
        group.targets[target["Id"]] = {"Id": target["Id"], "Port": target.get("Port", group.port)}


def _check_port(balancer, port, itself=None):
    if port is None:
        raise AwsError("ValidationError", "A listener port must be specified")
    others = [listener for listener in balancer.listeners.values() if listener is not itself]
    if any(int(listener.port) == int(port) for listener in others):
        message = f"A listener already exists on this port for this load balancer '{balancer.arn}'"
        raise AwsError("DuplicateListener", message)


def _check_protocol(call, protocol, certificates):
    if protocol not in _PROTOCOLS:
        raise AwsError("ValidationError", f"Listener protocol '{protocol}' must be one of 'HTTPS, HTTP'")
    if protocol == "HTTP":
        if call.params.get("Certificates"):
            raise invalid("You cannot specify certificates for a listener with the HTTP protocol")
        return
    if len(certificates) != 1:
        raise invalid("Exactly one certificate ARN must be specified for HTTPS listeners")
    arn = certificates[0]["CertificateArn"]
    if not backend_of(call)._certificate_exists(arn):
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")


def _check_actions(call, balancer):
    for action in call.params.get("DefaultActions", []):
        arns = [action["TargetGroupArn"]] if "TargetGroupArn" in action else []
        arns += [item["TargetGroupArn"] for item in action.get("ForwardConfig", {}).get("TargetGroups", [])]
        for arn in arns:
            group = backend_of(call)._get_resource_by_arn(arn)
            if group.vpc_id != balancer.vpc_id:
                raise invalid(f"The following target groups are not in the same VPC as the load balancer: '{arn}'")
            if set(group.load_balancer_arns) - {balancer.arn}:
                message = f"The following target groups cannot be associated with more than one load balancer: {arn}"
                raise AwsError("TargetGroupAssociationLimit", message)
