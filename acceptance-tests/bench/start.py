"""From the start of the process to the handshake line, with mutual TLS; and what a plan takes with and without us."""

import os
import shutil
import statistics
import subprocess
import tempfile
import time

from cryptography.hazmat.primitives.asymmetric import ec

from bench import TARGET, certificate, configurations
from bench.table import Row, milliseconds
from bench.world import StandIn, Terraform

STARTS = 100
PLANS = 101


def handshake(provider):
    """The provider against a process that only prints the line, turn by turn."""
    shown, _ = certificate.make("localhost", ec.SECP521R1())
    sockets = tempfile.mkdtemp(prefix="bench-", dir=TARGET)
    environment = {
        "PATH": os.environ["PATH"],
        "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
        "PLUGIN_PROTOCOL_VERSIONS": "5,6",
        "PLUGIN_CLIENT_CERT": shown,
        "PLUGIN_UNIX_SOCKET_DIR": sockets,
    }
    printing = shutil.which("printf", path="/usr/bin:/bin")
    line = _line([str(provider)], environment)[1]
    took = {"ours": [], "peer": []}
    for _ in range(STARTS):
        took["peer"].append(_line([printing, "%s\n", line], environment)[0])
        took["ours"].append(_line([str(provider)], environment)[0])
    shutil.rmtree(sockets, ignore_errors=True)
    ours, peer = (statistics.median(took[who]) for who in ("ours", "peer"))
    return [
        Row(
            "start: from exec to the handshake line, mutual TLS",
            "a process that only prints the line",
            milliseconds(peer),
            milliseconds(ours),
            ours / peer,
            "3 ms more",
            ours - peer <= 0.003,
            f"{milliseconds(ours - peer)} more; medians of {STARTS} starts, turn by turn",
        )
    ]


def _line(command, environment):
    """How long a process takes to say its first line, and the line."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    line = process.stdout.readline()
    took = time.perf_counter() - started
    process.stdout.close()
    process.kill()
    process.wait()
    assert line, f"{command[0]} says nothing"
    return took, line.decode().rstrip("\n")


def plan(provider, idle):
    """`terraform plan` of one detector, with us and with a provider that does nothing."""
    with StandIn() as stand_in:
        configuration = configurations.of(configurations.DETECTOR, this=configurations.plain(stand_in.vpc))
        with Terraform(provider, stand_in, configuration) as ours, Terraform(idle, stand_in, configuration) as peer:
            took = {who: [] for who in (ours, peer)}
            for turn in range(PLANS + 1):
                for who in (peer, ours):
                    seconds = who.plan(alone=True).seconds
                    # The first fills the caches of both.
                    if turn:
                        took[who].append(seconds)
            us, them = (statistics.median(took[who]) for who in (ours, peer))
    return [
        Row(
            "`terraform plan` of one detector, no added latency",
            "the same with a provider that does nothing",
            milliseconds(them),
            milliseconds(us),
            us / them,
            "1.15 ×",
            us / them <= 1.15,
            f"medians of {PLANS} plans, turn by turn",
        )
    ]
