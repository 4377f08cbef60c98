"""``python -m stand_in.worlds``: one world for each connection, and worlds to begin from. Prints ``{"port": …}``.

Who connects to the port gets a stand-in of its own, which lives as long as the connection: a copy (``fork``) of the one
that listens there. ``POST /_stand-in/snapshot`` keeps the world as it is at that moment and answers the port where copies of
it are to be had. So a thousand tests can begin from one deployment that stands, each as if it were alone.

One connection has one caller, who waits for each answer: nothing happens at once, and no thread runs, which is what makes
the copies whole. A request may say what time it is, in the header ``x-stand-in-clock`` (seconds since the start). Its
answer tells in ``x-stand-in-operation`` what was asked; in ``x-stand-in-happened`` how much had happened by itself by
then, and in ``x-stand-in-due`` when more will, so that one can tell whether a later answer would be the same; in
``x-stand-in-violations`` what was wrong with the request. ``POST /_stand-in/forget`` ends the world that this one is a
copy of. All ends when stdin closes.
"""

import gc
import json
import os
import select
import signal
import socket
import sys

from moto.core import utils

from stand_in import calls, chance, clock, huge_pages, inventory
from stand_in.http import Handler
from stand_in.middleware import StandIn


class _World:
    """The stand-in on one connection; what ``Handler`` takes for its server."""

    def __init__(self, stand_in, connection):
        self._stand_in = stand_in
        stand_in.control.routes["POST", "snapshot"] = lambda _: _keep(stand_in, connection)
        stand_in.control.routes["POST", "forget"] = lambda _: os.kill(os.getppid(), signal.SIGTERM)

    def app(self, request):
        if (time := request.headers.get("x-stand-in-clock")) is not None:
            clock.follow(float(time))
        wrong_before = len(calls.violations)
        response = self._stand_in(request)
        if not request.path.startswith("/_stand-in/"):
            asked = calls.log[-1]
            response.headers["x-stand-in-operation"] = f"{asked['service']}:{asked['action']}"
        if wrong := calls.violations[wrong_before:]:
            response.headers["x-stand-in-violations"] = json.dumps(wrong)
        moment = _moment()
        response.headers["x-stand-in-happened"] = str(moment["happened"])
        if moment["due"] is not None:
            response.headers["x-stand-in-due"] = repr(moment["due"])
        return response


def _moment():
    """What a world tells of its time."""
    return {"happened": clock.happened, "due": clock.next_due()}


def _keep(stand_in, connection):
    """Keeps the world as it is now; answers where it can be had, and what it tells of its time."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    gc.freeze()
    if os.fork() == 0:
        connection.close()
        _offer(listener, stand_in)
    port = listener.getsockname()[1]
    listener.close()
    return {"port": port, **_moment()}


def _offer(listener, stand_in):
    """A copy for each connection, until stdin closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            os._exit(0)
        connection, address = listener.accept()
        if os.fork() == 0:
            listener.close()
            # A copy lives for seconds: looking for what it could give back costs more than that is worth.
            gc.disable()
            Handler(connection, address, _World(stand_in, connection))
            os._exit(0)
        connection.close()


def _load_all(stand_in):
    """Asks every service once, so that no copy has to load what all need."""
    inventory.inventory(stand_in.control.clients, ["us-east-1"], inventory.SERVICES)
    utils.service_name_from_moto_package_name("ec2")
    calls.forget()


def main():
    stand_in = StandIn()
    stand_in.warming.join()
    _load_all(stand_in)
    gc.collect()
    gc.freeze()
    huge_pages.collapse()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    chance.foretell()
    print(json.dumps({"port": listener.getsockname()[1], **_moment()}), flush=True)
    _offer(listener, stand_in)


if __name__ == "__main__":
    main()
