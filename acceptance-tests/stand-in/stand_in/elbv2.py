"""Load balancers: what is in use, or protected, cannot be deleted."""

from moto.elbv2.models import elbv2_backends

from stand_in.departures import guards
from stand_in.ecs_request import has_listener
from stand_in.errors import AwsError


@guards("elbv2", "DeleteTargetGroup")
def delete_target_group(call):
    arn = call.params["TargetGroupArn"]
    if has_listener(elbv2_backends[call.account][call.region], arn):
        raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")


@guards("elbv2", "DeleteLoadBalancer")
def delete_load_balancer(call):
    arn = call.params["LoadBalancerArn"]
    balancer = elbv2_backends[call.account][call.region].load_balancers.get(arn)
    if balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)
