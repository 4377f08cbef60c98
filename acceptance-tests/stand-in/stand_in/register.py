"""Brings the departures into the register: a service's when it is first called, so that start-up stays quick."""

import functools
import importlib

_FILES = {
    "apigatewayv2": ["apigatewayv2", "apigatewayv2_parts", "apigatewayv2_vpc_links"],
    "ec2": ["ec2"],
    "ecs": ["ecs_clusters", "ecs_task_definitions", "ecs_services", "ecs_tasks", "ecs_tags"],
    "efs": ["efs", "efs_mount_targets"],
    "elbv2": ["elbv2", "elbv2_listeners"],
    "iam": ["iam", "iam_policies", "iam_users"],
    "logs": ["logs"],
    "wafv2": ["wafv2"],
}


@functools.cache
def departures_of(service):
    """Imports the files of one service, whose functions register themselves."""
    for name in _FILES.get(service, ()):
        importlib.import_module(f"stand_in.{name}")
