"""Whole lives of both products with every block on, each call answered after 100 ms: create, no-change plan, destroy."""

import statistics
from collections import Counter

from bench import chain, configurations
from bench.chain import Life
from bench.table import Row, seconds
from bench.world import StandIn, Terraform

LATENCY = 0.1
TURNS = 5
CREATE, REFRESH, DESTROY = "create", "refresh", "destroy"
APPLY = ("apply_start", "apply_complete")
READ = ("refresh_start", "refresh_complete")


class Told:
    """What one operation took, and what it asked of AWS."""

    def __init__(self):
        self.seconds = []
        self.calls = []
        self.peaks = []


def measure(provider):
    """Each product's operations, measured some times; and, once more with the provider's log on, what its calls waited
    for."""
    found = {}
    with StandIn() as stand_in:
        own = configurations.what_users_bring(stand_in)
        stand_in.hurry()
        stand_in.answer_after(LATENCY * 1000)
        for product, whole in configurations.WHOLE.items():
            told = {step: Told() for step in (CREATE, REFRESH, DESTROY)}
            with Terraform(provider, stand_in, whole(stand_in.vpc, own)) as terraform:
                for _ in range(TURNS):
                    _once(terraform, stand_in, told)
                lives = _once(terraform, stand_in, None)
            found[product] = (told, lives)
    return found


def _once(terraform, stand_in, told):
    """One life. With ``told``, what it takes is added there; without, the answer is what the log tells."""
    lives = {}
    rpcs = {CREATE: "ApplyResourceChange", REFRESH: "ReadResource", DESTROY: "ApplyResourceChange"}
    steps = {CREATE: (terraform.apply, APPLY), REFRESH: (terraform.plan, READ), DESTROY: (terraform.destroy, APPLY)}
    for step, (run, spell) in steps.items():
        stand_in.forget_calls()
        done = run(log=None if told else "debug")
        begin, end = done.moments(*spell)
        calls = [call for call in stand_in.calls() if begin - 0.01 <= call["at"] <= end]
        if told:
            told[step].seconds.append(end - begin)
            told[step].calls.append(Counter(call["name"] for call in calls))
            told[step].peaks.append(done.peak)
        else:
            lives[step] = (Life.of(terraform.log(), rpcs[step]), calls, begin)
    return lives


def chains(lives):
    """How many calls the longest chain of each operation has, and through which components it goes."""
    found = {}
    for step, (life, calls, _) in lives.items():
        making, looking = life.steps()
        alone = _alone(life, calls)
        if step == REFRESH:
            count, path = chain.longest(life.calls, lambda _: [])
            found[step] = (count, path)
            continue
        before, _ = chain.longest(looking, lambda _: [])
        count, path = chain.longest(making, life.before if step == CREATE else life.after)
        found[step] = (alone + before + count, path)
    return found


def _alone(life, calls):
    """How many calls, one after the other, were made before the first of any component: what is looked up on the site."""
    first = min(call.begin for call in life.calls) - chain.TOGETHER
    spans = [
        chain.Asked("", call["name"], call["at"], call["at"] + call["ms"] / 1000)
        for call in calls
        if call["at"] < first
    ]
    return len(chain.sequence(spans))


def rows(found):
    """The table's rows."""
    made = []
    targets = {CREATE: 1.10, DESTROY: 1.15}
    for product, (told, lives) in found.items():
        for step, (count, path) in chains(lives).items():
            limit = count * LATENCY
            took = statistics.median(told[step].seconds)
            if step == REFRESH:
                target, met = f"{limit + LATENCY / 2:.2f} s", took <= limit + LATENCY / 2
            else:
                target, met = f"{targets[step]:.2f} ×", took / limit <= targets[step]
            how = f"{count} calls, one after the other, through {', '.join(f'`{part}`' for part in path)}; median of {TURNS}"
            made.append(
                Row(
                    f"{step}, {product} with every block",
                    "critical path",
                    seconds(limit),
                    seconds(took),
                    took / limit,
                    target,
                    met,
                    how,
                )
            )
    return made
