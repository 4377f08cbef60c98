"""Client tokens: a call that repeats an earlier one's token gets the earlier one's answer, and must ask the same."""

import copy

from stand_in.errors import AwsError

_answers = {}


def once(call, answer, mismatch=None):
    """What ``answer()`` returns, or what it returned for an earlier call with the same token.

    ``mismatch`` makes the error for a token that comes back with other parameters; EC2's is the default.
    """
    token = call.params.get("ClientToken")
    if not token:
        return answer()
    key = call.account, call.region, call.service, call.action, token
    if key not in _answers:
        _answers[key] = copy.deepcopy(call.params), answer()
    params, answered = _answers[key]
    if params != call.params:
        message = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        raise mismatch() if mismatch else AwsError("IdempotentParameterMismatch", message)
    return answered
