"""Which AWS calls waited for which, as the provider's log at DEBUG tells it, and the longest chain of them.

Calls of one component wait for each other where one began after the other had ended; a component waits for what it needs
(in a destruction: for what needs it). What stands is looked at before anything is deleted.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

# The log's moments are whole milliseconds.
TOGETHER = 0.002
_STEP = re.compile(r": (create|update|delete)(?: took [\d.]+ s)?$")


@dataclass(eq=False)
class Asked:
    """One call: for which component, between which moments."""

    component: str
    action: str
    begin: float
    end: float


@dataclass
class Life:
    """One operation on one deployment: its components' spans, their calls, and what each needs."""

    spans: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    needs: dict = field(default_factory=dict)

    @classmethod
    def of(cls, lines, rpc):
        """What the lines of a log tell of Terraform's calls of that name."""
        life, begun = cls(), {}
        for entry in map(json.loads, lines):
            component = entry.get("component")
            if component is None or entry.get("tf_rpc") != rpc:
                continue
            at, message = datetime.fromisoformat(entry["timestamp"]).timestamp(), entry["@message"]
            if "needs" in entry:
                life.needs[component] = entry["needs"].split()
            elif "asked" in entry:
                life.calls.append(Asked(component, entry["asked"], at - float(entry["seconds"]), at))
            elif _STEP.search(message):
                if " took " in message:
                    life.spans[component] = (begun.pop(component), at)
                else:
                    begun[component] = at
        return life

    def steps(self):
        """The calls from where the first component was made, changed or deleted on; and those before: the looking."""
        first = min((begin for begin, _ in self.spans.values()), default=float("inf")) - TOGETHER
        return [call for call in self.calls if call.begin >= first], [call for call in self.calls if call.begin < first]

    def before(self, component):
        """What a create of the component waits for."""
        return [other for other in self.needs.get(component, []) if other in self.needs]

    def after(self, component):
        """What a destruction of the component waits for: whatever needs it."""
        return [other for other, needs in self.needs.items() if component in needs]


def of_each(calls):
    """The calls by their component."""
    found = {}
    for call in calls:
        found.setdefault(call.component, []).append(call)
    return found


def sequence(calls):
    """The most of these calls of which each began after the one before had ended."""
    chain = []
    for call in sorted(calls, key=lambda call: call.end):
        if not chain or call.begin >= chain[-1].end - TOGETHER:
            chain.append(call)
    return chain


def longest(calls, waits_for):
    """How many calls the longest chain has, and through which components it goes."""
    mine = of_each(calls)
    best = {}

    def chain(component):
        if component not in best:
            ahead = (chain(other) for other in waits_for(component))
            count, path = max(ahead, key=lambda it: it[0], default=(0, []))
            best[component] = (count + len(sequence(mine.get(component, []))), [*path, component])
        return best[component]

    return max((chain(component) for component in mine), key=lambda it: it[0], default=(0, []))


def critical(calls, waits_for):
    """The calls that the end really waited for, from the last to the first: of those that a call may have waited for, the
    one that ended last."""
    path, last = [], max(calls, key=lambda call: call.end, default=None)
    while last is not None:
        path.append(last)
        near = _all_ahead(last.component, waits_for)
        ahead = [call for call in calls if call.component in near and call.end <= last.begin + TOGETHER]
        last = max((call for call in ahead if call not in path), key=lambda call: call.end, default=None)
    return path


def _all_ahead(component, waits_for):
    found, open_ = {component}, [component]
    while open_:
        new = [other for other in waits_for(open_.pop()) if other not in found]
        found.update(new)
        open_.extend(new)
    return found
