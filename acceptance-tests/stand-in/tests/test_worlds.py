"""Worlds: copies that go their own ways, on the caller's clock."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time

import pytest
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

    def snapshot(self):
        return self.control("snapshot", None)["port"]

    def inventory(self):
        return self.control("inventory", {"regions": ["us-east-1"]})

    def efs(self, method, path, at, body=None):
        scope = "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/elasticfilesystem/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}", "x-stand-in-clock": str(at)}
        self._connection.request(method, f"/2015-02-01/{path}", body and json.dumps(body), headers)
        answer = self._connection.getresponse()
        self.told = {name.removeprefix("x-stand-in-"): value for name, value in answer.getheaders()}
        return self.told["operation"], json.loads(answer.read())


def test_a_kept_world_is_had_again_as_it_was():
    with _worlds() as port:
        first = _World(port)
        first.control("vpc", {"regions": ["us-east-1"]})
        kept = first.snapshot()
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


def test_a_world_tells_what_happened_by_itself_and_when_more_will():
    with _worlds() as port:
        world = _World(port)
        _, made = world.efs("POST", "file-systems", 5, {"CreationToken": "a"})
        assert world.told["happened"] == "0"
        due = float(world.told["due"])
        path = f"file-systems?FileSystemId={made['FileSystemId']}"
        world.efs("GET", path, due - 0.1)
        assert (world.told["happened"], float(world.told["due"])) == ("0", due)
        world.efs("GET", path, due + 0.1)
        assert world.told["happened"] == "1"
        assert "due" not in world.told


def test_two_worlds_that_are_asked_for_the_same_draw_the_same_by_chance_whatever_they_tell_in_between():
    with _worlds() as port:
        one, other = _World(port), _World(port)
        first = [one.efs("POST", "file-systems", 5, {"CreationToken": token})[1] for token in ("a", "b")]
        second = [other.efs("POST", "file-systems", 5, {"CreationToken": "a"})[1]]
        other.inventory()
        other.efs("GET", "file-systems", 5)
        second.append(other.efs("POST", "file-systems", 5, {"CreationToken": "b"})[1])
        assert [made["FileSystemId"] for made in first] == [made["FileSystemId"] for made in second]
        assert len({made["FileSystemId"] for made in first}) == 2


def test_a_request_that_no_model_allows_is_told_with_its_answer():
    with _worlds() as port:
        world = _World(port)
        world.efs("POST", "file-systems", 5, {"CreationToken": "a", "PerformanceMode": "none"})
        [wrong] = json.loads(world.told["violations"])
        assert (wrong["service"], wrong["action"]) == ("efs", "CreateFileSystem")


def test_a_world_that_is_forgotten_is_not_to_be_had_any_more():
    with _worlds() as port:
        kept = _World(port).snapshot()
        copy = _World(kept)
        assert copy.inventory() == []
        _World(kept).control("forget", None)
        assert copy.inventory() == []
        with pytest.raises(ConnectionError):
            for _ in range(100):
                _World(kept).inventory()
                time.sleep(0.05)
