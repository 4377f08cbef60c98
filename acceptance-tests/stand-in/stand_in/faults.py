"""Scripted faults: what a test wants AWS to do wrong, and when."""

import threading
from dataclasses import asdict, dataclass

_MODES = ("error", "drop-before", "drop-after", "html", "delay")


@dataclass
class Fault:
    """One rule. ``service`` and ``action`` may be None for any; ``times`` None is for ever; ``skip`` lets some pass."""

    service: str | None = None
    action: str | None = None
    mode: str = "error"
    code: str = "InternalFailure"
    message: str = "A scripted fault."
    status: int | None = None
    times: int | None = 1
    skip: int = 0
    delay_ms: int = 0

    def __post_init__(self):
        if self.mode not in _MODES:
            raise ValueError(f"mode '{self.mode}' is not one of {', '.join(_MODES)}")

    def _fits(self, call):
        return self.service in (None, call.service) and self.action in (None, call.action)


_faults = []
_lock = threading.Lock()


def add(rules):
    """Appends rules, given as the dictionaries that a test posts."""
    new = [Fault(**rule) for rule in rules]
    with _lock:
        _faults.extend(new)


def clear():
    with _lock:
        _faults.clear()


def remaining():
    with _lock:
        return [asdict(fault) for fault in _faults]


def strike(call):
    """The fault that hits this call, if one does: the first that fits and has nothing left to skip."""
    with _lock:
        for fault in _faults:
            if not fault._fits(call):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    _faults.remove(fault)
            return fault
    return None
