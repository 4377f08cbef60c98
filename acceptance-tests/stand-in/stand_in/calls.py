"""What was asked of the stand-in: the log of calls, and the requests that broke their service's model."""

import re
import time

_ERROR_CODE = re.compile(rb"<Code>([^<]+)</Code>")

log = []
under_way = []
violations = []
services = set()


def record(call, status, error_code, started):
    """Adds one answered (or dropped) call to the log."""
    services.add(call.service)
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
