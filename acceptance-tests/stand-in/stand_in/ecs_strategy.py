"""Capacity provider strategies: what one may hold, and which of its providers gets the next task."""

from stand_in.errors import AwsError

FARGATE = ("FARGATE", "FARGATE_SPOT")


def refusal(message):
    """ECS's usual word for a request that does not fit."""
    return AwsError("InvalidParameterException", message)


def check(names, strategy):
    """Refuses what no strategy may hold, of a cluster, a service or RunTask alike."""
    if {name in FARGATE for name in names} == {True, False}:
        raise refusal(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and "
            "Fargate providers. Specify one or the other and try again."
        )
    if len(set(names)) != len(names):
        raise refusal("A capacity provider strategy cannot name a capacity provider twice.")
    if len([item for item in strategy if item.get("base")]) > 1:
        raise refusal("Only one capacity provider in a capacity provider strategy can have a base defined.")
    if strategy and all(item.get("weight", 0) == 0 for item in strategy):
        raise refusal("A capacity provider strategy must have at least one capacity provider with a weight above 0.")


def choose(strategy, running):
    """The provider of a strategy that gets the next task: first the base, then by the weights.

    ``running`` are the names of the providers of the tasks that run already.
    """
    for item in strategy:
        if running.count(item["capacityProvider"]) < item.get("base", 0):
            return item["capacityProvider"]
    weighted = [item for item in strategy if item.get("weight", 0) > 0] or strategy
    return min(weighted, key=lambda i: (running.count(i["capacityProvider"]) + 1) / max(i.get("weight", 0), 1e-9))[
        "capacityProvider"
    ]
