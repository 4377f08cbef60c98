"""Worlds: copies that go their own ways, on the caller's clock."""

import contextlib
import http.client
import json
import os
import subprocess
import sys

from conftest import ROOT


@contextlib.contextmanager
def _worlds():
    command = [sys.executable, "-m", "stand_in.worlds"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=pipe, stdout=pipe)
    try:
        yield json.loads(process.stdout.readline())["port"]
    finally:
        process.stdin.close()
        assert process.wait(10) == 0


class _World:
    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def control(self, path, body):
        self._connection.request("POST", f"/_stand-in/{path}", json.dumps(body))
        return json.loads(self._connection.getresponse().read())

    def inventory(self):
        return self.control("inventory", {"regions": ["us-east-1"]})

    def efs(self, method, path, at, body=None):
        scope = "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/elasticfilesystem/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}", "x-stand-in-clock": str(at)}
        self._connection.request(method, f"/2015-02-01/{path}", body and json.dumps(body), headers)
        answer = self._connection.getresponse()
        return answer.getheader("x-stand-in-operation"), json.loads(answer.read())


def test_a_kept_world_is_had_again_as_it_was():
    with _worlds() as port:
        first = _World(port)
        first.control("vpc", {"regions": ["us-east-1"]})
        kept = first.control("snapshot", None)
        found = first.inventory()
        first.control("vpc", {"regions": ["us-east-1"]})
        assert len(first.inventory()) > len(found)
        second, third = _World(kept), _World(kept)
        second.control("vpc", {"regions": ["us-east-1"]})
        assert len(second.inventory()) > len(found)
        assert third.inventory() == found
        assert _World(port).inventory() == []


def test_time_passes_as_the_caller_says():
    with _worlds() as port:
        world = _World(port)
        operation, made = world.efs("POST", "file-systems", 5, {"CreationToken": "a"})
        assert (operation, made["LifeCycleState"]) == ("efs:CreateFileSystem", "creating")
        path = f"file-systems?FileSystemId={made['FileSystemId']}"
        assert world.efs("GET", path, 5)[1]["FileSystems"][0]["LifeCycleState"] == "creating"
        assert world.efs("GET", path, 3600)[1]["FileSystems"][0]["LifeCycleState"] == "available"
