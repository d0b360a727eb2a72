"""Traces: decisions about sampling, segments, documents of clients, and the tree of a trace."""

import json
from ipaddress import IPv4Address
from itertools import count

import pytest

from netful.engine.traces.documents import BadDocumentError, document_of
from netful.engine.traces.hops import hops
from netful.engine.traces.summaries import summary
from netful.engine.traces.tracer import Tracer, flags
from netful.engine.traces.tree import outline, spans
from netful.model.network.gateways import InternetGateway
from netful.model.network.route_tables import TargetKind
from tests.helpers.small_clouds import cloud, endpoint, eni, group, main_table, route, rule

ROOT = "1-5759e988-bd862e3fe1be46a994272793"


def tracer(share=1.0, drawn=0.0):
    """A tracer with what it recorded; its clock advances by a second, its bits count."""
    found, clock, numbers = [], count(100), count(1)
    one = Tracer(share, found.append, lambda _bits: next(numbers), lambda: drawn, clock.__next__)
    return one, found


@pytest.mark.parametrize(
    ("header", "share", "drawn", "sampled"),
    [
        ("", 0.5, 0.4, True),
        ("", 0.5, 0.6, False),
        (f"Root={ROOT};Sampled=1", 0.0, 0.9, True),
        (f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0", 1.0, 0.0, False),
        (f"Root={ROOT};Sampled=?", 1.0, 0.0, True),
        ("Sampled=1", 0.5, 0.6, False),  # without a root it is no header
    ],
)
def test_a_decision_that_a_request_brings_holds(header, share, drawn, sampled):
    assert tracer(share, drawn)[0].samples(header) is sampled


def test_a_segment_continues_the_trace_of_its_header():
    one, found = tracer()
    segment = one.segment(f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", "Api/prod", "AWS::ApiGateway::Stage")
    segment.part("later", 103.0, 104.0, "00000000000000aa")
    segment.part("first", 101.0, 102.0)
    segment.end(**flags(502))
    (document,) = found
    assert (document["trace_id"], document["parent_id"], document["fault"]) == (ROOT, "53995c3f42cd8ad8", True)
    assert [(part["name"], part["start_time"], part["end_time"]) for part in document["subsegments"]] == [
        ("first", 101.0, 102.0), ("later", 103.0, 104.0),
    ]  # fmt: skip
    assert segment.onward("00000000000000aa") == f"Root={ROOT};Parent=00000000000000aa;Sampled=1"
    assert document_of(json.dumps(document).encode()) == document


def segment(number, parent=None, parts=(), **more):
    return {
        "id": f"{number:016x}", "name": f"s{number}", "trace_id": ROOT, "start_time": float(number), "end_time": number + 0.5,
        "subsegments": list(parts), **({"parent_id": f"{parent:016x}"} if parent else {}), **more,
    }  # fmt: skip


def test_a_trace_is_a_tree_whatever_the_order_of_its_segments():
    part = {"id": f"{2:016x}", "name": "part", "start_time": 1.5, "end_time": 1.6}
    found = outline([segment(4, parent=2), segment(3, parent=2, fault=True), segment(1, parent=9, parts=[part])])
    assert [(one["depth"], one["name"], one["failed"]) for one in found] == [
        (0, "s1", False), (1, "part", False), (2, "s3", True), (2, "s4", False),
    ]  # fmt: skip
    assert found[2]["begins_ms"] == 2000
    assert found[2]["duration_ms"] == 500


def test_segments_that_are_each_others_parents_are_shown_once():
    circle = [segment(1, parent=2), segment(2, parent=1), segment(3, parent=3)]
    assert sorted(one.document["name"] for one in spans(circle)) == ["s1", "s2", "s3"]
    assert summary(ROOT, circle)["Duration"] == 2.5


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"}, {"trace_id": "1-2-3"}, {"trace_id": ""}, {"name": None}, {"start_time": "now"}, {"subsegments": [{}]},
        {"http": 4}, {"http": {"response": "200"}}, {"metadata": "x" * 70_000}, {"parent_id": 5},
    ],
)  # fmt: skip
def test_what_is_no_segment_is_refused(change):
    with pytest.raises(BadDocumentError):
        document_of(json.dumps(segment(1) | change).encode())


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 60_000, b'{"a":' * 10_000])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(BadDocumentError):
        document_of(text)


def test_subsegments_are_not_nested_without_end():
    inner = segment(1)
    for _ in range(60):
        inner = segment(1, parts=[inner])
    with pytest.raises(BadDocumentError, match="nested"):
        document_of(json.dumps(inner).encode())


@pytest.mark.parametrize(
    ("status", "marks"),
    [
        (399, set()),
        (400, {"error"}),
        (429, {"throttle", "error"}),
        (499, {"error"}),
        (500, {"fault"}),
        (503, {"fault"}),
    ],
)
def test_marks_of_a_response_and_of_its_trace(status, marks):
    http = {"response": {"status": status}}
    found = [segment(1, http=http, **flags(status))]
    shown = summary(ROOT, found)
    assert {mark for mark in ("error", "fault", "throttle") if shown[f"Has{mark.title()}"]} == marks
    assert [(one["status"], one["failed"]) for one in outline(found)] == [(status, bool(marks))]


def test_a_status_that_is_no_number_is_not_shown():
    assert outline([segment(1, http={"response": {"status": "200"}})])[0]["status"] is None


def test_the_summary_of_a_trace():
    request = {"url": "https://a.example/", "method": "GET", "user_agent": "u", "client_ip": "203.0.113.9"}
    first = {
        "id": "00000000000000aa", "name": "Api/prod", "start_time": 100.0, "end_time": 101.5,
        "http": {"request": request, "response": {"status": 200}},
    }  # fmt: skip
    inner = {
        "id": "00000000000000bb",
        "parent_id": "00000000000000aa",
        "name": "Fn",
        "start_time": 101.0,
        "error": True,
    }
    assert summary(ROOT, [first, inner]) == {
        "Id": ROOT,
        "StartTime": 100.0,
        "Duration": 1.5,
        "ResponseTime": 1.5,
        "HasFault": False,
        "HasError": True,
        "HasThrottle": False,
        "IsPartial": True,
        "Http": {
            "HttpURL": "https://a.example/", "HttpStatus": 200, "HttpMethod": "GET", "UserAgent": "u",
            "ClientIp": "203.0.113.9",
        },
        "ServiceIds": [{"Name": "Api/prod", "Names": ["Api/prod"]}, {"Name": "Fn", "Names": ["Fn"]}],
        "EntryPoint": {"Name": "Api/prod", "Names": ["Api/prod"]},
    }  # fmt: skip


MADE = cloud(
    endpoint(),
    group("Sg", ingress=(rule(),)),
    main_table(route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")),
    InternetGateway("Igw", "Vpc"),
    eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7")),
)


@pytest.mark.parametrize(
    ("arrival", "caller", "shown"),
    [
        ({"door": "vpc", "vpc": "Vpc", "client": "10.0.1.9", "asked": "aws:ssm"}, "", ["name Ssm", "endpoint Ssm"]),
        ({"door": "vpc", "vpc": "Vpc", "client": "10.0.1.77", "asked": "aws:ssm"}, "Web", ["name Ssm", "endpoint Ssm"]),
        ({"door": "public", "vpc": None, "client": "203.0.113.250", "asked": "Web:tcp/443"}, "", ["igw Igw"]),
        ({"door": "public", "vpc": None, "client": "203.0.113.250", "asked": "no place"}, "", []),
        ({"door": "local", "vpc": None, "client": "127.0.0.1", "asked": "Web:tcp/443"}, "", []),
    ],
)
def test_hops_of_the_network_on_the_way_of_a_request(arrival, caller, shown):
    assert [f"{hop['kind']} {hop['component']}" for hop in hops(MADE, arrival, caller)] == shown
