"""What was asked of the stand-in: the log of calls, and the requests that broke their service's model."""

import contextlib
import re
import time
from collections import Counter

_ERROR_CODE = re.compile(rb"<Code>([^<]+)</Code>")
_READS = ("BatchGet", "Describe", "Get", "List", "Simulate")

log = []
under_way = set()
violations = []
services = set()
# How many calls there were that may have changed something, by service and action. It is never set back.
changes = Counter()


def only_reads(action):
    """Whether calls of that name change nothing."""
    return action.startswith(_READS)


@contextlib.contextmanager
def being_answered(call):
    """The call is under way meanwhile."""
    under_way.add(call)
    try:
        yield
    finally:
        under_way.remove(call)


def record(call, status, error_code, started):
    """Adds one answered (or dropped) call to the log."""
    services.add(call.service)
    if not only_reads(call.action):
        changes[call.service, call.action] += 1
    log.append(
        {
            "n": len(log) + 1,
            "service": call.service,
            "action": call.action,
            "caller": call.access_key,
            "region": call.region,
            "status": status,
            "error_code": error_code,
            "ms": round((time.monotonic() - started) * 1000, 1),
            "at": time.time() - (time.monotonic() - started),
            "params": call.params,
        }
    )


def forget():
    """Makes as if nothing had been asked yet."""
    log.clear()
    violations.clear()
    services.clear()


def record_violations(call, problems):
    """Keeps what was wrong with a request."""
    violations.extend({"service": call.service, "action": call.action, "problem": problem} for problem in problems)


def error_code(response):
    """AWS's error code in an answer, in whichever protocol it is; None for a success."""
    if response.status < 400:
        return None
    for name, value in response.headers.items():
        if name.lower() == "x-amzn-errortype":
            return value.rpartition("#")[2].split(":")[0]
    if found := _ERROR_CODE.search(response.body):
        return found[1].decode()
    if found := re.search(rb'"__type"\s*:\s*"(?:[^"]*#)?([^"]+)"', response.body):
        return found[1].decode()
    return str(response.status)
