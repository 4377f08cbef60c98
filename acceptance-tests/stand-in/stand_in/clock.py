"""What happens by itself, a little later: states that AWS passes through in minutes, here in fractions of a second.

Nothing runs in the background. Before each AWS call is answered, everything that has come due happens, each at its
own moment and in order, so an answer shows the same state however rarely one asks.
"""

import heapq
import itertools
import time
from datetime import datetime, timezone

_due = []
_order = itertools.count()
_moment = None


def now():
    """The present, as AWS's answers carry it; while something happens, the moment at which it was due."""
    late = 0 if _moment is None else time.monotonic() - _moment
    return datetime.fromtimestamp(time.time() - late, timezone.utc)


def after(seconds, action, *args):
    """Calls ``action`` with ``args`` once ``seconds`` have passed."""
    start = time.monotonic() if _moment is None else _moment
    heapq.heappush(_due, (start + seconds, next(_order), action, args))


def advance():
    """Does everything that has come due, also what follows from it."""
    global _moment
    present = time.monotonic()
    try:
        while _due and _due[0][0] <= present:
            _moment, _, action, args = heapq.heappop(_due)
            action(*args)
    finally:
        _moment = None
