"""How many AWS calls each operation makes, against the fewest that AWS's APIs allow."""

import json
import statistics
from pathlib import Path

from bench.table import Row, table

# By product and step, by call: how many AWS cannot do without, and why. What is missing is not argued yet.
FEWEST = Path(__file__).parent / "fewest.json"


def _fewest():
    return json.loads(FEWEST.read_text()) if FEWEST.exists() else {}


def _typical(told):
    """The calls of the turn whose number is the median: a wait may have looked once more in one of them."""
    totals = [sum(calls.values()) for calls in told.calls]
    return told.calls[totals.index(statistics.median_low(totals))]


def rows(found):
    """The table's rows."""
    made, argued = [], _fewest()
    for product, (told, _) in found.items():
        for step, of_step in told.items():
            count = sum(_typical(of_step).values())
            fewest = argued.get(product, {}).get(step)
            least = sum(it["calls"] for it in fewest.values()) if fewest else None
            made.append(
                Row(
                    f"AWS calls of a {step}, {product} with every block",
                    "the fewest that the APIs allow",
                    str(least) if least else "not argued",
                    str(count),
                    count / least if least else None,
                    "1.10 ×",
                    count / least <= 1.10 if least else None,
                    "see *AWS calls*",
                )
            )
    return made


def section(found):
    """The calls by their kind."""
    parts, argued = ["## AWS calls", "", "What one operation asks of AWS, by kind.", ""], _fewest()
    for product, (told, _) in found.items():
        steps = list(told)
        calls = {step: _typical(told[step]) for step in steps}
        fewest = {step: argued.get(product, {}).get(step, {}) for step in steps}
        names = sorted({*(name for step in steps for name in calls[step]), *(name for step in steps for name in fewest[step])})
        lines = []
        for name in names:
            cells = []
            for step in steps:
                least = fewest[step].get(name, {}).get("calls")
                cells.append(f"{calls[step].get(name, 0) or ''}{f' of {least}' if least is not None else ''}")
            why = "; ".join(filter(None, (fewest[step].get(name, {}).get("why") for step in steps)))
            lines.append([f"`{name}`", *cells, why])
        lines.append(["all", *(str(sum(calls[step].values())) for step in steps), ""])
        parts += [f"### {product}", "", table(["Call", *steps, "Why"], lines), ""]
    return "\n".join(parts)
