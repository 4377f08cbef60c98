"""Staged task outcomes: how tasks end that a test wants to end."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """How tasks of the families with this prefix end (None: of all); the names are those of ECS's own answers.

    ``containers`` holds ``{"exitCode", "reason"}`` in the order of the task definition; ``log_lines`` are written to
    the first container's log stream; ``events`` become service events.
    """

    family_prefix: str | None = None
    stoppedReason: str = "Essential container in task exited"
    stopCode: str = "EssentialContainerExited"
    containers: list = field(default_factory=list)
    events: list = field(default_factory=list)
    log_lines: list = field(default_factory=list)


_staged = []


def stage(outcome):
    """From now on, for tasks that start. The latest that fits counts."""
    _staged.insert(0, Outcome(**outcome))


def clear():
    _staged.clear()


def for_family(family):
    """The outcome staged for a task of this family, or None: the task runs."""
    return next((o for o in _staged if family.startswith(o.family_prefix or "")), None)
