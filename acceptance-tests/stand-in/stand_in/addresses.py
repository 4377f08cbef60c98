"""Public addresses that nobody has (RFC 5737): whoever asks a task that does not really run reaches no stranger."""

import ipaddress
import itertools

_RANGES = ("192.0.2.0/24", "198.51.100.0/24")
_free = itertools.cycle(str(host) for text in _RANGES for host in ipaddress.ip_network(text).hosts())


def public_address():
    """The next of them."""
    return next(_free)
