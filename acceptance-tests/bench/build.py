"""How long those wait who work on the provider: for a clean build, and for the test of one component that they changed."""

import json
import os
import re
import shutil
import statistics
import subprocess
import time

from bench import SOURCE, TARGET
from bench.table import Row, seconds

# The worked example of CONTRIBUTING.md.
COMPONENT = SOURCE / "crates/components/src/scalable_target.rs"
TURNS = 3


def incremental():
    """The seconds from a change of one component to the end of its tests, some times."""
    command = ["cargo", "test", "--locked", "--package", "thatdot-components", "scalable_target"]
    subprocess.run(command, cwd=SOURCE, check=True, capture_output=True)
    text, took = COMPONENT.read_text(), []
    try:
        for turn in range(TURNS):
            COMPONENT.write_text(text + f"// Changed {turn + 1} times.\n")
            started = time.monotonic()
            subprocess.run(command, cwd=SOURCE, check=True, capture_output=True)
            took.append(time.monotonic() - started)
    finally:
        COMPONENT.write_text(text)
    return took


def clean():
    """The seconds that a build of provider and tests takes with nothing built before, and those of each crate in it."""
    folder = TARGET / "clean"
    shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    command = ["cargo", "build", "--locked", "--bins", "--tests", "--timings", "--target-dir", folder]
    subprocess.run(command, cwd=SOURCE, check=True, capture_output=True)
    took = time.monotonic() - started
    page = (folder / "cargo-timings/cargo-timing.html").read_text()
    shutil.rmtree(folder)
    units = json.loads(re.search(r"^const UNIT_DATA = (\[.*?^\]);", page, re.MULTILINE | re.DOTALL)[1])
    crates = {}
    for unit in units:
        crates[unit["name"]] = crates.get(unit["name"], 0) + unit["duration"]
    return took, crates


def rows(found):
    """The table's rows."""
    made = []
    if took := found.get("incremental"):
        median = statistics.median(took)
        how = f"change a component, `cargo test` of its tests; median of {len(took)}"
        made.append(
            Row("change one component, build, test it", "", "", seconds(median), None, "15 s", median < 15, how)
        )
    if measured := found.get("clean"):
        took, crates = measured
        biggest = max(crates, key=crates.get)
        how = (
            f"`cargo build --bins --tests`, {os.cpu_count()} cores, sources fetched before; of {len(crates)} crates the "
            f"longest is `{biggest}`: {crates[biggest] / 60:.1f} min"
        )
        made.append(Row("a clean build", "", "", f"{took / 60:.1f} min", None, "stated", None, how))
    return made
