"""One, ten and a hundred deployments in one configuration: what is asked of AWS, how long it takes, how much memory."""

from collections import Counter

from bench import configurations
from bench.table import Row, megabytes, seconds, table
from bench.world import StandIn, Terraform

COUNTS = [1, 10, 100]
LATENCY = 0.1
STEPS = ["apply", "no-change plan", "destroy"]
# What AWS describes one by one, and why one call cannot tell of two.
ONE_BY_ONE = {
    "ecs:DescribeTaskDefinition": "takes one `taskDefinition`",
    "iam:GetRole": "takes one `RoleName`",
    "iam:ListAttachedRolePolicies": "takes one `RoleName`",
    "iam:ListRolePolicies": "takes one `RoleName`",
    "iam:GetRolePolicy": "takes one `RoleName` and one `PolicyName`",
    "logs:ListTagsForResource": "takes one `resourceArn`",
    "ecs:DescribeServices": "takes services of one cluster",
    "ecs:ListTasks": "takes one `cluster`",
    "ecs:DescribeTasks": "takes tasks of one cluster",
}


def measure(provider):
    """By count and step: seconds, peak of memory, and the calls by their kind."""
    found = {}
    for count in COUNTS:
        with StandIn() as stand_in:
            stand_in.hurry()
            stand_in.answer_after(LATENCY * 1000)
            with Terraform(provider, stand_in, configurations.many(stand_in.vpc, count)) as terraform:
                for step, run in zip(STEPS, [terraform.apply, terraform.plan, terraform.destroy], strict=True):
                    stand_in.forget_calls()
                    done = run()
                    calls = Counter(call["name"] for call in stand_in.calls())
                    found[f"{count} {step}"] = {"seconds": done.seconds, "peak": done.peak, "calls": dict(calls)}
    return found


def rows(found):
    """The table's rows."""
    made = []
    one, most = COUNTS[0], COUNTS[-1]
    for step in STEPS:
        alone, together = (found[f"{count} {step}"]["seconds"] for count in (one, most))
        ratio = together / alone
        made.append(
            Row(
                f"{step} of {most} detectors",
                "one",
                seconds(alone),
                seconds(together),
                ratio,
                "12 ×",
                ratio <= 12,
                "the whole command, 100 ms for each call",
            )
        )
    calls = found[f"{most} no-change plan"]["calls"]
    joined, times = max(
        ((name, count) for name, count in calls.items() if name not in ONE_BY_ONE), key=lambda found: found[1]
    )
    made.append(
        Row(
            f"calls of a kind that AWS describes many of, no-change plan of {most} detectors",
            "ten deployments in each, as Terraform works",
            f"{most // 10}",
            f"{times}",
            times / (most // 10),
            f"{most // 10} calls",
            times <= most // 10,
            f"the kind with most of them: `{joined}`",
        )
    )
    peaks = {step: found[f"{most} {step}"]["peak"] for step in STEPS}
    peak = max((peak for peak in peaks.values() if peak), default=None)
    told = ", ".join(f"{step} {megabytes(of_step)}" for step, of_step in peaks.items())
    made.append(
        Row(
            f"peak memory with {most} detectors",
            "",
            "",
            megabytes(peak),
            None,
            "60 MB",
            None if peak is None else peak < 60e6,
            f"`VmHWM` of the provider; {told}",
        )
    )
    return made


def section(found):
    """The calls of a no-change plan by their kind."""
    names = sorted(found[f"{COUNTS[-1]} no-change plan"]["calls"])
    lines = []
    for name in names:
        counts = [found[f"{count} no-change plan"]["calls"].get(name, 0) for count in COUNTS]
        lines.append([f"`{name}`", *map(str, counts), ONE_BY_ONE.get(name, "")])
    totals = [sum(found[f"{count} no-change plan"]["calls"].values()) for count in COUNTS]
    lines.append(["all", *map(str, totals), ""])
    return table(["Call", *(f"{count}" for count in COUNTS), "Why not fewer"], lines)
