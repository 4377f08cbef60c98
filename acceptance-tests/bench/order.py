"""``python -m bench.order PROVIDER``: finds which functions a start and a plan run, for ``release/in-order.sh`` to lay out together.

The provider is a release that still has its symbols. Each of its processes is run by valgrind, which tells what it called.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import SOURCE, TARGET, configurations
from bench.world import StandIn, Terraform

ORDER = SOURCE / "release/order.txt"
CALLED = re.compile(r"^c?fn=\(\d+\) ([^\s']+)", re.MULTILINE)


def main(provider):
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing: apt-get install valgrind, or see https://valgrind.org")
    known = listed(provider)
    if not known:
        sys.exit(f"{provider} has no symbols: `make order` builds one that has")
    order = {}
    for called in processes(provider):
        order |= dict.fromkeys(sorted(plain(line for name, line in known.items() if name in called)))
    ORDER.write_text("".join(f"{name}\n" for name in order))
    print(f"wrote {ORDER.relative_to(SOURCE)}: {len(order)} functions")


def listed(program):
    """What nm lists of a program: the line of each name."""
    told = subprocess.run(
        ["nm", "--format=posix", "--defined-only", program], capture_output=True, text=True, check=True
    )
    return {line.split(" ", 1)[0]: line for line in told.stdout.splitlines()}


def plain(lines):
    """The functions among what nm lists, by the names that ``release/in-order.sh`` looks for."""
    command = ["awk", "-f", str(SOURCE / "release/order.awk")]
    return subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=True
    ).stdout.splitlines()


def processes(provider):
    """What each process of a plan calls, in the order in which Terraform starts them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=TARGET) as folder:
        found = Path(folder) / "called"
        found.mkdir()
        watched = Path(folder) / "watched"
        watched.write_text(
            "#!/bin/sh\n"
            f'exec valgrind --tool=callgrind --demangle=no --callgrind-out-file="{found}/$(date +%s%N)" "{provider}" 2>/dev/null\n'
        )
        watched.chmod(0o755)
        with StandIn() as stand_in:
            plain_one = configurations.of(configurations.DETECTOR, this=configurations.plain(stand_in.vpc))
            with Terraform(watched, stand_in, plain_one) as terraform:
                terraform.plan()
        for told in sorted(found.iterdir()):
            yield set(CALLED.findall(told.read_text()))


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
