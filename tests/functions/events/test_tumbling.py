"""Tumbling windows of a stream: which records a window has, its state, and its end."""

import asyncio
import json

import pytest

from netful.engine.events.event_source_mappings import EventSourceMapping
from netful.functions.events.stream_poller import StreamOutlets, StreamPoller
from netful.functions.invocations.invocation import Invocation, Usage
from tests.helpers.streams import ARN, Clock, Record, Stream


def run(times, answer, ends, batch=100):
    """The events that a function got for records that came at these times, up to so many ends of windows."""
    events = []

    async def main():
        done = asyncio.Event()

        async def invoke(_function_id, event):
            events.append(json.loads(event))
            answered = answer(events[-1], len(events))
            if sum(one["isFinalInvokeForWindow"] for one in events) == ends:
                done.set()
            error = "Unhandled" if answered is None else None
            return Invocation("id", json.dumps(answered).encode(), error, b"", Usage(1.0, None, 1))

        async def send(_delivery):
            raise AssertionError

        stream = Stream(0)
        stream.records = [Record({"n": n}, str(n), at) for n, at in enumerate(times)]
        mapping = EventSourceMapping("M", "Fn", ARN, batch, starting_position="TRIM_HORIZON", tumbling_seconds=60)
        task = asyncio.create_task(StreamPoller(mapping, stream, StreamOutlets(invoke, send, str), Clock()).run())
        await asyncio.wait_for(done.wait(), 5)
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(main())
    return events


def count(event, _number):
    return {"state": {"seen": event["state"].get("seen", 0) + len(event["Records"])}}


def told(event):
    numbers = [record["n"] for record in event["Records"]]
    return event["window"]["start"][11:19], numbers, event["state"].get("seen"), event["isFinalInvokeForWindow"]


def test_each_window_has_its_records_its_state_and_its_end():
    events = run([1000.0, 1001.0, 1030.0], count, ends=2)
    assert [told(event) for event in events] == [
        ("00:16:00", [0, 1], None, False),
        ("00:16:00", [], 2, True),
        ("00:17:00", [2], None, False),
        ("00:17:00", [], 1, True),
    ]
    assert events[0] | {"Records": []} == {
        "Records": [], "window": {"start": "1970-01-01T00:16:00Z", "end": "1970-01-01T00:17:00Z"}, "state": {},
        "shardId": "shard-1", "eventSourceARN": ARN, "isFinalInvokeForWindow": False, "isWindowTerminatedEarly": False,
    }  # fmt: skip


def test_batches_of_a_window_go_on_from_its_state():
    events = run([1000.0, 1001.0, 1002.0], count, ends=1, batch=2)
    assert [told(event)[1:] for event in events] == [([0, 1], None, False), ([2], 2, False), ([], 3, True)]


def test_what_fails_leaves_the_state_and_comes_again():
    events = run([1000.0], lambda e, n: None if n in {1, 3} else count(e, n), ends=2)
    assert [told(event)[1:] for event in events] == [
        ([0], None, False), ([0], None, False), ([], 1, True), ([], 1, True),
    ]  # fmt: skip


def test_a_state_that_is_too_large_ends_its_window_early():
    events = run([1000.0], lambda _e, _n: {"state": {"text": "x" * (1 << 20)}}, ends=1)
    assert [(e["isFinalInvokeForWindow"], e["isWindowTerminatedEarly"]) for e in events] == [
        (False, False),
        (True, True),
    ]


def test_an_answer_that_is_not_an_object_is_a_failure():
    events = run([1000.0], lambda event, number: 3 if number == 1 else count(event, number), ends=1)
    assert [told(event)[1:] for event in events] == [([0], None, False), ([0], None, False), ([], 1, True)]


@pytest.mark.parametrize("answer", [[], {"state": 3}, {}])
def test_an_answer_without_a_state_is_an_empty_one(answer):
    assert [event["state"] for event in run([1000.0], lambda _event, _number: answer, ends=1)] == [{}, {}]
