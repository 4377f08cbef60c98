"""How many AWS calls each operation makes, against the fewest that AWS's APIs allow."""

import statistics

from bench.fewest import fewest, why
from bench.table import Row, table

INTRODUCTION = """## AWS calls

What one operation asks of AWS, by kind, and how many of it are needed. A call without a remark makes, changes, deletes or
describes one object, and AWS has none for two. A destruction looks once more at what it is about to delete, since nothing is
deleted that is not ours by then.
"""


def _typical(told):
    """The calls of the turn whose number is the median: a wait may have looked once more in one of them."""
    totals = [sum(calls.values()) for calls in told.calls]
    return told.calls[totals.index(statistics.median_low(totals))]


def _needed(step, name, calls):
    """How many calls of that name a step needs, by those of every step."""
    return fewest(step, name, calls[step].get(name, 0), calls["refresh"].get(name, 0))


def _least(step, calls):
    return sum(_needed(step, name, calls) for name in calls[step])


def rows(found):
    """The table's rows."""
    made = []
    for product, (told, _) in found.items():
        calls = {step: _typical(of_step) for step, of_step in told.items()}
        for step, of_step in calls.items():
            count, least = sum(of_step.values()), _least(step, calls)
            what = f"AWS calls of a {step}, {product} with every block"
            peer = "the fewest that the APIs allow"
            ratio = count / least
            made.append(
                Row(what, peer, str(least), str(count), ratio, "1.10 ×", ratio <= 1.10, "argued below, call by call")
            )
    return made


def section(found):
    """The calls by their kind."""
    parts = [INTRODUCTION]
    for product, (told, _) in found.items():
        calls = {step: _typical(of_step) for step, of_step in told.items()}
        lines = [
            [f"`{name}`", *(_cell(step, name, calls) for step in calls), why(name)]
            for name in sorted({name for of_step in calls.values() for name in of_step})
        ]
        sums = [f"{sum(of_step.values())} of {_least(step, calls)}" for step, of_step in calls.items()]
        parts += [
            f"### {product}",
            "",
            table(["Call", *calls, "Why no more are needed"], [*lines, ["all", *sums, ""]]),
            "",
        ]
    return "\n".join(parts)


def _cell(step, name, calls):
    made = calls[step].get(name, 0)
    if not made:
        return ""
    least = _needed(step, name, calls)
    return str(made) if made == least else f"**{made}**, needed {least}"
