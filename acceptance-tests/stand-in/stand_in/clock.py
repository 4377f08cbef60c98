"""What happens by itself, a little later: states that AWS passes through in minutes, here in fractions of a second.

Nothing runs in the background. Before each AWS call is answered, everything that has come due happens, each at its
own moment and in order, so an answer shows the same state however rarely one asks. A caller whose own clock runs
otherwise than ours (a test that pauses it) says with each request what time it is: see ``follow``.
"""

import heapq
import itertools
import time
from datetime import datetime, timezone

from stand_in import chance

_due = []
_order = itertools.count()
_moment = None
_start = time.monotonic()
_followed = None
_pace = 1.0
# Between the two clocks, measured once: what happens at one moment carries one time.
_EPOCH = time.time() - time.monotonic()

# How much has happened by itself.
happened = 0


def follow(seconds):
    """From now on the present is ``seconds`` after the stand-in's start, until another request says otherwise."""
    global _followed
    _followed = seconds


def hurry(body):
    """From now on what happens by itself takes ``factor`` of its time, for who measures calls and not AWS's own pace."""
    global _pace
    _pace = float(body["factor"])


def _present():
    return time.monotonic() if _followed is None else _start + _followed


def now():
    """The present, as AWS's answers carry it; while something happens, the moment at which it was due."""
    moment = _present() if _moment is None else _moment
    return datetime.fromtimestamp(_EPOCH + moment, timezone.utc)


def after(seconds, action, *args):
    """Calls ``action`` with ``args`` once ``seconds`` have passed, or as much of them as the pace says."""
    start = _present() if _moment is None else _moment
    # However much it is hurried, what comes again and again leaves time for answers in between.
    shortened = max(seconds * _pace, min(seconds, 0.001))
    heapq.heappush(_due, (start + shortened, next(_order), action, args))


def advance():
    """Does everything that has come due, also what follows from it."""
    global _moment, happened
    present = _present()
    try:
        while _due and _due[0][0] <= present:
            _moment, _, action, args = heapq.heappop(_due)
            happened += 1
            chance.begin(f"event {happened}")
            action(*args)
    finally:
        _moment = None


def next_due():
    """When something will happen by itself, in seconds after the stand-in's start; None, where nothing will."""
    return _due[0][0] - _start if _due else None
