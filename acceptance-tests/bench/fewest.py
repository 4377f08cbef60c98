"""The fewest calls that AWS's APIs allow, argued.

A call that is not listed makes, changes, deletes or describes one object, and AWS has none for two of them: as many are
needed as were made. Of those below, so many are needed in a create, in a refresh and in a destruction (`EACH`: as many as
were made), whatever the number of objects.

A destruction looks first, once, at what it is about to delete, since nothing is deleted that is not ours by then: what a
refresh needs is therefore needed there too, unless it says otherwise here.
"""

EACH = None
AS_REFRESH = "as a refresh"

_PLANNED = "looked up while planning; nothing makes apply ask again"
_AS_ONE = "one call tells of all"
_GOES_ALONG = "goes with what it belongs to"

FEWEST = {
    # What the site is like.
    "ec2:DescribeImages": (0, 0, 0, _PLANNED),
    "ec2:DescribeInstanceTypeOfferings": (0, 0, 0, _PLANNED),
    "ec2:DescribeInstanceTypes": (0, 0, 0, _PLANNED),
    "ec2:DescribeRouteTables": (0, 0, 0, _PLANNED),
    "ec2:DescribeSubnets": (0, 0, 0, _PLANNED),
    "ec2:DescribeVpcEndpoints": (0, 0, 0, _PLANNED),
    "ec2:DescribeVpcs": (0, 0, 0, _PLANNED),
    "ecr:BatchGetImage": (0, 0, 0, _PLANNED),
    # What is made at once, and answered with all there is to know.
    "ec2:DescribeSecurityGroups": (
        EACH,
        1,
        AS_REFRESH,
        "no answer tells whether the VPC has IPv6 addresses, for which EC2 gives a new group one way out more",
    ),
    "wafv2:GetWebACLForResource": (0, 1, AS_REFRESH, "a balancer that was just made has none"),
    "application-autoscaling:DescribeScalableTargets": (1, 1, AS_REFRESH, "registering takes over what is there"),
    "application-autoscaling:DescribeScalingPolicies": (
        1,
        1,
        AS_REFRESH,
        "putting takes over what is there; " + _AS_ONE,
    ),
    # What takes a while: one look, at the right moment, for all of a kind.
    "autoscaling:DescribeAutoScalingGroups": (1, 1, 2, "its ARN; once it is empty; once it is gone"),
    "ec2:DescribeInstances": (1, 1, 2, "runs; is gone"),
    "ec2:DescribeNetworkInterfaces": (1, 1, 2, "the task's address; once the balancer's are gone"),
    "ecs:DescribeCapacityProviders": (1, 1, 2, "is ready; is gone"),
    "ecs:DescribeClusters": (
        2,
        1,
        2,
        "whose one of that name is, which `CreateCluster` would answer; its providers are attached; are detached",
    ),
    "ecs:DescribeServices": (1, 1, 2, "is steady; is gone"),
    "ecs:DescribeTasks": (1, 1, AS_REFRESH, _AS_ONE),
    "ecs:ListTasks": (1, 1, AS_REFRESH, "of one service"),
    "efs:DescribeAccessPoints": (1, 1, 2, "is available; is gone"),
    "efs:DescribeFileSystems": (1, 1, 2, "is available; is gone"),
    "efs:DescribeMountTargets": (1, 1, 2, "are available; are gone; one call tells of a file system's"),
    "elbv2:DescribeLoadBalancers": (1, 1, AS_REFRESH, "is active"),
    "apigatewayv2:GetVpcLink": (1, 1, 2, "is available; is gone"),
    "secretsmanager:DescribeSecret": (0, 1, 2, "is gone"),
    # What can be said with another call.
    "ecs:PutClusterCapacityProviders": (1, 0, 1, "`CreateCluster` takes those that are there already"),
    "ecs:ListTaskDefinitions": (0, 0, 0, "the state knows its revision"),
    "iam:ListAttachedRolePolicies": (0, EACH, AS_REFRESH, "the look before tells them"),
    "iam:ListRolePolicies": (0, EACH, AS_REFRESH, "the look before tells them"),
    "iam:GetInstanceProfile": (0, EACH, AS_REFRESH, "the look before tells its role"),
    "iam:ListInstanceProfilesForRole": (0, 0, 0, "the profiles of a deployment are its own, and gone before"),
    # What AWS deletes itself.
    "apigatewayv2:DeleteAuthorizer": (0, 0, 0, _GOES_ALONG),
    "apigatewayv2:DeleteIntegration": (0, 0, 0, _GOES_ALONG),
    "apigatewayv2:DeleteRoute": (0, 0, 0, _GOES_ALONG),
    "apigatewayv2:DeleteStage": (0, 0, 0, _GOES_ALONG),
    "application-autoscaling:DeleteScalingPolicy": (0, 0, 0, _GOES_ALONG),
    "autoscaling:UpdateAutoScalingGroup": (0, 0, 0, "a deletion by force ends the hosts"),
    "elbv2:DeleteListener": (0, 0, 0, _GOES_ALONG),
}
STEPS = ["create", "refresh", "destroy"]


def fewest(step, name, made, refreshed):
    """How many calls of that name the step needs, by how many were made in it and in a refresh."""
    rule = FEWEST.get(name)
    if rule is None:
        return made
    needed = rule[STEPS.index(step)]
    if needed == AS_REFRESH:
        needed = refreshed if rule[STEPS.index("refresh")] is EACH else rule[STEPS.index("refresh")]
    return made if needed is EACH else min(needed, made)


def why(name):
    """The argument, where there is one."""
    return FEWEST[name][3] if name in FEWEST else ""
