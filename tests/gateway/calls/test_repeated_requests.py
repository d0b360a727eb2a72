"""A request object that comes again: its plan is kept with it until the cloud changes."""

from pathlib import Path

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import ClientConnection, Request

API = Path(__file__).parents[2].joinpath("templates/mock-api.yaml").read_text()


@pytest.fixture
def bench(bench_of):
    return bench_of(API)


def request_of(bench, *headers):
    host = f"{next(iter(bench.gateway.cloud.apis.rest_apis))}.execute-api.us-east-1.amazonaws.com"
    connection = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)
    return Request("GET", "/prod/", (("Host", host), *headers), b"", connection)


def test_until_the_cloud_changes(bench):
    request = request_of(bench)
    assert bench.gateway.known(request) is None
    bench.gateway.answer(request)
    first, again = (bench.gateway.known(request) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert first.own != again.own  # each has its own id
    bench.gateway.change(bench.gateway.cloud)
    assert bench.gateway.known(request) is None


def test_a_signed_request_is_judged_each_time(bench):
    signed = request_of(
        bench, ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/execute-api/aws4_request")
    )
    bench.gateway.answer(signed)
    assert bench.gateway.known(request_of(bench)) is None  # its plan is that of no other
    assert bench.gateway.known(signed) is None
