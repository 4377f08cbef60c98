"""``python -m bench [PART…]``: measures, and writes BENCHMARKS.md. Without parts: all but the clean build.

What a part measured is kept until it is measured again, so that one can be repeated alone.
"""

import argparse
import os
import pickle
import platform
import subprocess
import sys
from pathlib import Path

from bench import TARGET, build, lives, many, peers, report, start


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}")
    wanted = parser.parse_args().parts or [part for part in PARTS if part != "clean"]
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    TARGET.mkdir(parents=True, exist_ok=True)
    for part in wanted:
        print(f"measuring: {part}", flush=True)
        found = PARTS[part]()
        with (TARGET / f"{part}.measured").open("wb") as file:
            pickle.dump((_machine(), found), file)
    measured = _measured()
    report.write(measured, provider())
    print("wrote BENCHMARKS.md")
    if missing := [part for part in PARTS if part not in measured]:
        print(f"never measured here, and left out of it: {' '.join(missing)}")


def provider():
    """The provider that is measured: ``make bench`` builds it as for a release, and names it."""
    return Path(os.environ["THATDOT_PROVIDER"]).resolve()


def idle():
    """The provider that does nothing, built as ours is."""
    return Path(os.environ["IDLE_PROVIDER"]).resolve()


PARTS = {
    "start": lambda: start.handshake(provider()),
    "plan": lambda: start.plan(provider(), idle()),
    "lives": lambda: lives.measure(provider()),
    "peers": lambda: peers.measure(provider()),
    "many": lambda: many.measure(provider()),
    "incremental": build.incremental,
    "clean": build.clean,
}


def _measured():
    """What each part measured last, and on which machine."""
    found = {}
    for part in PARTS:
        path = TARGET / f"{part}.measured"
        if path.exists():
            found[part] = pickle.loads(path.read_bytes())
    return found


def _machine():
    version = subprocess.run(["terraform", "version"], capture_output=True, text=True, check=False).stdout
    first = version.splitlines()[0] if version else "Terraform"
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {first}"


if __name__ == "__main__":
    sys.exit(main())
