"""The same steps by a shell script over the AWS CLI, and by an Ansible playbook, on the same stand-in."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import TARGET, configurations
from bench.table import Row, seconds
from bench.world import StandIn, Terraform

HERE = Path(__file__).parent
LATENCY = 0.1
TURNS = 3
STEPS = ["apply", "a no-change run", "destroy"]


def tools():
    """The folder with `aws` and `ansible-playbook`, in an environment of their own, which is made where it is missing."""
    folder, wanted = TARGET / "peers", HERE / "requirements.txt"
    stamp = folder / "installed-requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", wanted], check=True)
        stamp.write_text(wanted.read_text())
    return folder / "bin"


def measure(provider):
    """How long each of the three takes for each step, turn by turn."""
    took = {who: {step: [] for step in STEPS} for who in ("ours", "AWS CLI", "Ansible")}
    folder = tools()
    with StandIn() as stand_in:
        stand_in.hurry()
        stand_in.answer_after(LATENCY * 1000)
        configuration = configurations.of(configurations.DETECTOR, this=configurations.persistent(stand_in.vpc))
        with Terraform(provider, stand_in, configuration) as terraform:
            for _ in range(TURNS):
                runs = {
                    "ours": [terraform.apply, terraform.apply, terraform.destroy],
                    "AWS CLI": [_script(folder, stand_in, verb) for verb in ("apply", "apply", "destroy")],
                    "Ansible": [_playbook(folder, stand_in, state) for state in ("present", "present", "absent")],
                }
                for who, steps in runs.items():
                    for step, run in zip(STEPS, steps, strict=True):
                        started = time.monotonic()
                        run()
                        took[who][step].append(time.monotonic() - started)
    return took


def _environment(folder, stand_in):
    environment = stand_in.environment()
    return environment | {"PATH": f"{folder}{os.pathsep}{environment['PATH']}", "HOME": str(TARGET)}


def _script(folder, stand_in, verb):
    where = {"VPC": stand_in.vpc["vpc_id"], "SUBNETS": ",".join(stand_in.vpc["private_subnet_ids"])}
    return lambda: _run([HERE / "detector.sh", verb], _environment(folder, stand_in) | where)


def _playbook(folder, stand_in, state):
    said = {
        "ansible_python_interpreter": str(folder / "python"),
        "vpc": stand_in.vpc["vpc_id"],
        "subnets": stand_in.vpc["private_subnet_ids"],
        "wanted": state,
    }
    command = [folder / "ansible-playbook", "-i", "localhost,", "-e", json.dumps(said), HERE / "detector.yml"]
    return lambda: _run(command, _environment(folder, stand_in))


def _run(command, environment):
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{said.read()}")


def rows(took):
    """The table's rows."""
    made = []
    for who in ("AWS CLI", "Ansible"):
        for step in STEPS:
            ours, theirs = (statistics.median(took[it][step]) for it in ("ours", who))
            made.append(
                Row(
                    f"{step}: detector with a volume",
                    {"AWS CLI": "a shell script over the AWS CLI", "Ansible": "an Ansible playbook"}[who],
                    seconds(theirs),
                    seconds(ours),
                    theirs / ours,
                    "5 × faster",
                    theirs / ours >= 5,
                    f"whole commands, 100 ms for each call; medians of {TURNS}, turn by turn",
                )
            )
    return made
