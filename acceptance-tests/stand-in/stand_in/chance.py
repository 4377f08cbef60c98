"""What AWS draws by chance: ids, tokens, names. In ``worlds`` it can be foretold.

Two copies of a world that are asked for the same changes then draw the same, however often they are asked to tell
something in between: what is drawn begins anew with each change and each event, from how many there were before.
"""

import random
import uuid

from moto.moto_api._internal import mock_random

from stand_in import calls

_foretold = False
_changes = 0


def foretell():
    """From now on chance is foretold."""
    global _foretold
    _foretold = True
    uuid.uuid4 = mock_random.uuid4


def begin(what):
    """What is drawn next depends on ``what``, and on nothing else."""
    if _foretold:
        mock_random.seed(what)
        random.seed(what)


def begin_call(call):
    """What is drawn for a call depends on how many calls before it may have changed something. One that only tells draws
    for what is made when it is first named, and for that it does not matter when it is."""
    global _changes
    if not _foretold:
        return
    if calls.only_reads(call.action):
        begin(f"{call.action} {call.params}")
    else:
        _changes += 1
        begin(f"change {_changes}")
    call.request_id = str(uuid.uuid4())
