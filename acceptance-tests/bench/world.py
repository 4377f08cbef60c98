"""The world that is measured: a stand-in of its own, what users bring to it, and the real Terraform in a folder."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import boto3

from bench import SOURCE, TARGET

REGION = "us-east-1"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATERRAFORM", "AWS_SECRET_ACCESS_KEY": "terraform"}
# What AWS does in its own time (a task that starts, a file system that comes up) takes a hundredth of what the tests let
# it take: where calls are counted in round trips, nothing but calls is to count.
BRISK = 0.01


class StandIn:
    """A stand-in for AWS, with a VPC in it."""

    def __init__(self):
        environment = {**os.environ, "PYTHONPATH": str(SOURCE / "acceptance-tests/stand-in")}
        command = [sys.executable, "-B", "-m", "stand_in", "--port", "0"]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.endpoint = json.loads(self.process.stdout.readline())["endpoint"]
        self.vpc = self.control("POST", "vpc", {"regions": [REGION]})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()

    def control(self, method, what, body=None):
        """What ``stand_in.control`` answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_stand-in/{what}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def answer_after(self, milliseconds):
        """Lets every AWS call take that long from now on; the stand-in's own work is done meanwhile, and does not count."""
        self.control("POST", "round-trip", {"ms": milliseconds})

    def hurry(self, pace=BRISK):
        """Lets AWS do by itself in so much of its time what it does by itself."""
        self.control("POST", "pace", {"factor": pace})

    def forget_calls(self):
        self.control("DELETE", "calls")

    def calls(self):
        """The AWS calls since they were last forgotten, each ``service:Action``, ``at`` and ``ms``, in their order."""
        calls = self.control("GET", "calls")
        for call in calls:
            call["name"] = f"{call['service']}:{call['action']}"
        return sorted(calls, key=lambda call: call["at"])

    def client(self, service):
        """boto3's client of a service here."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def environment(self):
        """An environment in which AWS is this stand-in, and nothing of the user's settings counts."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return (
            kept
            | KEYS
            | {
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                # The tasks' addresses lead nowhere: what is not on this machine is not asked.
                "HTTP_PROXY": "http://127.0.0.1:9",
                "NO_PROXY": "127.0.0.1,localhost",
            }
        )


class Terraform:
    """A folder with a configuration, in which a provider works on a stand-in."""

    def __init__(self, provider, stand_in, configuration):
        self.provider = Path(provider).resolve()
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=TARGET))
        home = self.folder / "home"
        home.mkdir()
        plugins = self.folder / "plugins"
        plugins.mkdir()
        (plugins / "terraform-provider-thatdot").symlink_to(self.provider)
        (self.folder / "terraform.rc").write_text(
            f'provider_installation {{\n  dev_overrides {{\n    "thatdot/thatdot" = "{plugins}"\n  }}\n}}\n'
        )
        self.environment = stand_in.environment() | {
            "HOME": str(home),
            "TMPDIR": str(home),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraform.rc"),
        }
        self.configure(configuration)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, configuration):
        """Another configuration, in Terraform's JSON."""
        (self.folder / "main.tf.json").write_text(json.dumps(configuration))

    def run(self, *arguments, log=None, alone=False):
        """Runs a command to its end, with the provider's log at that level; ``alone``: with nobody who looks how much memory the
        provider takes, which takes time itself."""
        environment = dict(self.environment)
        if log:
            path = str(self.folder / "provider.log")
            environment |= {"TF_LOG": "JSON", "TF_LOG_CORE": "off", "TF_LOG_PROVIDER": log, "TF_LOG_PATH": path}
        with Footprint(None if alone else self.provider) as footprint:
            started = time.monotonic()
            done = subprocess.run(
                [tool(), *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
            )
            seconds = time.monotonic() - started
        if done.returncode not in (0, 2):
            raise RuntimeError(f"terraform {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return Done(seconds, footprint.peak, done.stdout)

    def apply(self, *options, log=None):
        return self.run("apply", "-auto-approve", "-input=false", "-json", *options, log=log)

    def destroy(self, *options, log=None):
        return self.run("destroy", "-auto-approve", "-input=false", "-json", *options, log=log)

    def plan(self, *options, log=None, alone=False):
        return self.run("plan", "-input=false", "-json", *options, log=log, alone=alone)

    def log(self):
        """The lines of the provider's log so far, which are forgotten."""
        path = self.folder / "provider.log"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


class Done:
    """A Terraform command that ended well: how long it took, the provider's peak of memory, and what Terraform said."""

    def __init__(self, seconds, peak, output):
        self.seconds = seconds
        self.peak = peak
        self.said = [json.loads(line) for line in output.splitlines() if line.startswith("{")]

    def moments(self, begin, end):
        """When Terraform said its first message of that type (``apply_start``), and its last of the other."""
        at = {kind: [_moment(line) for line in self.said if line.get("type") == kind] for kind in (begin, end)}
        return min(at[begin]), max(at[end])


class Footprint:
    """Watches the most memory that any process of a program takes, in bytes; ``None`` without a program, and where the system
    does not tell."""

    def __init__(self, program):
        self.program = program and str(program)
        self.peak = None
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        if self.program and Path("/proc/self/status").exists():
            self._watch.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        if self._watch.is_alive():
            self._watch.join()

    def _look(self):
        others, known = set(), set()
        while not self._over.wait(0.01):
            for process in os.listdir("/proc"):
                if not process.isdigit() or process in others:
                    continue
                try:
                    if process not in known:
                        program = os.readlink(f"/proc/{process}/exe")
                        if program != self.program:
                            # What forks now and executes the program later is looked at again.
                            if "terraform" not in program:
                                others.add(process)
                            continue
                        known.add(process)
                    status = Path(f"/proc/{process}/status").read_text()
                except OSError:
                    continue
                for line in status.splitlines():
                    if line.startswith("VmHWM:"):
                        self.peak = max(self.peak or 0, int(line.split()[1]) * 1024)


def _moment(line):
    return datetime.fromisoformat(line["@timestamp"]).timestamp()


def tool():
    """The Terraform that is measured: ``TF_ACC_TERRAFORM_PATH``, else ``terraform``, else ``tofu``."""
    asked = os.environ.get("TF_ACC_TERRAFORM_PATH")
    found = next(filter(None, map(shutil.which, [asked] if asked else ["terraform", "tofu"])), None)
    if found is None:
        sys.exit("terraform (or tofu) is missing: see https://developer.hashicorp.com/terraform/install")
    return found
