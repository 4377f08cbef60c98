"""The call log, scripted faults, latency, and the server itself."""

import http.client
import os
import signal
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from conftest import Region, StandIn, code_of
from stand_in import calls
from stand_in.call import Call
from stand_in.http import Request


@pytest.fixture
def fault(stand_in):
    """Scripts one fault; takes all away afterwards."""
    yield lambda **rule: stand_in.control("POST", "faults", [rule])
    stand_in.control("DELETE", "faults")


def test_the_log_tells_each_call(aws):
    aws.stand_in.control("DELETE", "calls")
    aws.ecs.list_clusters()
    code_of(aws.iam.get_role, RoleName="nobody")
    log = aws.stand_in.control("GET", "calls")
    assert [(c["n"], c["service"], c["action"], c["status"], c["error_code"]) for c in log] == [
        (1, "ecs", "ListClusters", 200, None),
        (2, "iam", "GetRole", 404, "NoSuchEntity"),
    ]
    assert log[1]["params"] == {"RoleName": "nobody"}
    assert log[0]["region"] == aws.name
    assert 0 <= log[0]["ms"] < 5000 and abs(log[0]["at"] - time.time()) < 60


def test_what_is_being_answered_is_counted(aws, fault):
    control = aws.stand_in.control
    fault(service="ecs", action="ListClusters", mode="delay", delay_ms=700)
    caller = threading.Thread(target=aws.ecs.list_clusters)
    caller.start()
    seen = {control("GET", "under-way")}
    while caller.is_alive():
        seen.add(control("GET", "under-way"))
    assert 1 in seen
    assert control("GET", "under-way") == 0


@pytest.mark.parametrize(
    "service, call",
    [
        ("ecs", lambda aws: aws.ecs.list_clusters()),
        ("iam", lambda aws: aws.iam.list_roles()),
        ("ec2", lambda aws: aws.ec2.describe_vpcs()),
        ("efs", lambda aws: aws.efs.describe_file_systems()),
    ],
)
def test_a_fault_speaks_the_services_protocol(aws, fault, service, call):
    fault(service=service, code="ThrottlingException", message="Rate exceeded", status=429)
    with pytest.raises(ClientError) as refusal:
        call(aws)
    answer = refusal.value.response
    assert answer["Error"]["Code"] == "ThrottlingException"
    assert answer["Error"]["Message"] == "Rate exceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["ResponseMetadata"]["RequestId"]
    call(aws)


def test_a_fault_waits_its_turn_and_wears_out(aws, fault):
    fault(service="ecs", action="ListClusters", code="ServerException", times=2, skip=1)
    outcomes = []
    for _ in range(4):
        try:
            aws.ecs.list_clusters()
            outcomes.append("done")
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])
    assert outcomes == ["done", "ServerException", "ServerException", "done"]
    assert aws.stand_in.control("GET", "faults") == []


def test_a_fault_without_number_stays(aws, fault):
    fault(service="ecs", action="ListClusters", code="ServerException", times=None)
    for _ in range(3):
        assert code_of(aws.ecs.list_clusters)[0] == "ServerException"
    assert aws.stand_in.control("GET", "faults")[0]["times"] is None


def test_a_connection_drops_before_the_work_or_after(aws, fault):
    fault(service="ecs", action="CreateCluster", mode="drop-before")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        aws.ecs.create_cluster(clusterName=f"before-{aws.unique}")
    fault(service="ecs", action="CreateCluster", mode="drop-after")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        aws.ecs.create_cluster(clusterName=f"after-{aws.unique}")
    names = [arn.rpartition("/")[2] for arn in aws.ecs.list_clusters()["clusterArns"]]
    assert f"after-{aws.unique}" in names and f"before-{aws.unique}" not in names
    assert aws.stand_in.calls("ecs", "CreateCluster")[-1]["error_code"] == "ConnectionDropped"


def test_html_comes_where_an_answer_was_due(aws, fault):
    fault(service="ecs", action="ListClusters", mode="html")
    with pytest.raises(Exception) as refusal:
        aws.ecs.list_clusters()
    assert "500" in str(refusal.value)


def test_a_delay_is_waited_and_the_work_is_done(aws, fault):
    fault(service="ecs", action="ListClusters", mode="delay", delay_ms=200)
    begin = time.monotonic()
    aws.ecs.list_clusters()
    assert time.monotonic() - begin >= 0.2


def test_a_fault_that_makes_no_sense_is_refused(aws):
    with pytest.raises(Exception, match="400"):
        aws.stand_in.control("POST", "faults", [{"mode": "explode"}])
    with pytest.raises(Exception, match="400"):
        aws.stand_in.control("POST", "faults", [{"servise": "ecs"}])


def test_latency_is_added_to_every_call(aws):
    aws.ecs.list_clusters()
    aws.stand_in.control("POST", "latency", {"ms": 150})
    try:
        begin = time.monotonic()
        aws.ecs.list_clusters()
        assert time.monotonic() - begin >= 0.15
    finally:
        aws.stand_in.control("POST", "latency", {"ms": 0})


def test_a_round_trip_takes_so_long_and_no_longer(aws):
    aws.ecs.list_clusters()
    aws.stand_in.control("POST", "round-trip", {"ms": 300})
    try:
        begin = time.monotonic()
        aws.ecs.list_clusters()
        assert 0.3 <= time.monotonic() - begin
        assert aws.stand_in.control("GET", "calls")[-1]["ms"] < 400
    finally:
        aws.stand_in.control("POST", "round-trip", {"ms": 0})


def test_what_aws_does_by_itself_can_be_hurried(aws):
    aws.stand_in.control("POST", "pace", {"factor": 0})
    try:
        made = aws.efs.create_file_system(CreationToken=f"hurried-{aws.unique}")
        told = aws.efs.describe_file_systems(FileSystemId=made["FileSystemId"])["FileSystems"][0]
        assert (made["LifeCycleState"], told["LifeCycleState"]) == ("creating", "available")
    finally:
        aws.stand_in.control("POST", "pace", {"factor": 1})


def test_regions_are_apart_and_unknown_ones_unreachable(stand_in):
    here, there = Region(stand_in, "eu-west-1"), Region(stand_in, "eu-west-2")
    here.ecs.create_cluster(clusterName=f"here-{here.unique}")
    assert f"here-{here.unique}" not in str(there.ecs.list_clusters()["clusterArns"])
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        Region(stand_in, "xx-nowhere-1").ecs.list_clusters()


def test_one_connection_serves_many_requests(stand_in):
    connection = http.client.HTTPConnection(urlsplit(stand_in.endpoint).netloc)
    connection.connect()
    sockets = set()
    for path in ("calls", "faults", "nowhere", "violations"):
        connection.request("GET", f"/_stand-in/{path}")
        answer = connection.getresponse()
        answer.read()
        sockets.add(connection.sock)
        assert answer.version == 11
    assert len(sockets) == 1 and None not in sockets


def test_a_chunked_body_is_read(stand_in):
    connection = http.client.HTTPConnection(urlsplit(stand_in.endpoint).netloc)
    parts = iter([b'{"ms"', b": 0}"])
    connection.request(
        "POST", "/_stand-in/latency", parts, encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    assert connection.getresponse().status == 200


def test_it_ends_with_its_stdin_and_on_sigterm():
    first = StandIn()
    assert first.stop() == 0
    second = StandIn()
    os.kill(second.process.pid, signal.SIGTERM)
    assert second.process.wait(10) == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", urlsplit(second.endpoint).port), timeout=1)


def test_what_is_under_way_is_known_whoever_else_comes_and_goes(monkeypatch):
    monkeypatch.setattr(calls, "under_way", set())
    lost = []

    def come_and_go():
        for _ in range(500):
            call = Call(Request("POST", "/", "", {}, b""), "ecs", "DescribeClusters", "us-east-1", "AKIAIOSFODNN7EXAMPLE")
            try:
                with calls.being_answered(call):
                    time.sleep(0)
            except (KeyError, ValueError) as error:
                lost.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    callers = [threading.Thread(target=come_and_go) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    sys.setswitchinterval(interval)
    assert not lost
    assert not calls.under_way
