"""Segments that functions send to X-Ray's daemon: floods, forged hops, times and nests that no exporter can count."""

import json

import pytest

from netful.engine.traces.documents import BadDocumentError, document_of
from netful.model.cloud import Cloud
from netful.stack.traces.traces import Traces

TRACE = "1-00000000-{:024x}"
SEGMENT = {"id": "0" * 16, "name": "n", "start_time": 1.0, "end_time": 2.0}


def text(number=0, **more):
    return json.dumps({**SEGMENT, "trace_id": TRACE.format(number), **more}).encode()


def test_a_flood_keeps_a_bounded_memory_and_the_latest():
    traces, long = Traces(0.0, Cloud), "x" * 63_000
    for number in range(2_000):
        for segment in range(2):
            traces.receive(text(number % 900, id=f"{number * 2 + segment:016x}", metadata={"a": long}))
    kept = [document for _, documents in traces.all() for document in documents]
    assert sum(len(json.dumps(one)) for one in kept) < 40 << 20
    assert traces.get(TRACE.format(1_999 % 900))


def test_a_client_writes_no_hops_of_the_network():
    forged = {"hop": {"kind": "sg in", "verdict": "allow"}, "arrival": {}}
    document = document_of(text(netful=forged, subsegments=[{**SEGMENT, "netful": forged}]))
    assert "netful" not in document
    assert "netful" not in document["subsegments"][0]


@pytest.mark.parametrize(
    "sent",
    [
        text(start_time=1e308),
        text(start_time=-1.0),
        b"[" * 60_000,
        b'{"a":' * 10_000,
        text()[:-1] + b',"subsegments":[' * 3_000,
        b"\xff" * 100,
        text(trace_id="../../x"),
        text(id={"a": 1}),
    ],
)
def test_what_is_no_segment_is_lost(sent):
    with pytest.raises(BadDocumentError):
        document_of(sent)
    traces = Traces(0.0, Cloud)
    traces.receive(sent)
    assert [*traces.all()] == []
