"""Brings the departures into the register: a service's when it is first called, so that start-up stays quick."""

import functools
import importlib

_FILES = {
    "apigatewayv2": ["apigatewayv2", "apigatewayv2_parts", "apigatewayv2_vpc_links"],
    "application-autoscaling": ["application_autoscaling"],
    "autoscaling": ["autoscaling", "autoscaling_extras", "autoscaling_instances"],
    "ec2": [
        *("ec2", "images", "instances", "launch_templates"),
        *("nat_gateways", "vpc_endpoints", "vpc_parts"),
    ],
    "ecr": ["ecr"],
    "ecs": [
        *("ecs_capacity_providers", "ecs_clusters", "ecs_container_instances", "ecs_services", "ecs_tags"),
        *("ecs_task_definitions", "ecs_tasks"),
    ],
    "efs": ["efs", "efs_mount_targets"],
    "elbv2": ["elbv2", "elbv2_health", "elbv2_listeners"],
    "iam": ["iam", "iam_policies", "iam_users"],
    "logs": ["logs"],
    "meteringmarketplace": ["metering"],
    "secretsmanager": ["secretsmanager"],
    "ssm": ["ssm"],
    "wafv2": ["wafv2"],
}


@functools.cache
def departures_of(service):
    """Imports the files of one service, whose functions register themselves."""
    for name in _FILES.get(service, ()):
        importlib.import_module(f"stand_in.{name}")
