"""The register of what the stand-in answers itself, or refuses before moto is asked."""

_answers = {}
_guards = {}


def answers(service, *operations):
    """The function answers the operation in moto's stead: it gets the call and returns the result's members."""
    return _register(_answers, service, operations)


def guards(service, *operations):
    """The function sees the call before moto does and may raise an ``AwsError``."""
    return _register(_guards, service, operations)


def answer_for(call):
    return _answers.get((call.service, call.action))


def guard_for(call):
    return _guards.get((call.service, call.action))


def _register(table, service, operations):
    def register(function):
        for operation in operations:
            assert (service, operation) not in table, f"{service}.{operation} is registered twice"
            table[service, operation] = function
        return function

    return register
