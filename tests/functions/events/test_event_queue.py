"""Asynchronous invocations: what is tried again, when, and who is told. Time is the test's own."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from netful.engine.traces import lineage
from netful.engine.traces.trace_header import TraceHeader
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import EventSettings
from netful.functions.events.invocation_record import Event, key_in_bucket
from netful.functions.invocations.invocation import Invocation, InvokeRefused, Usage, throttled
from netful.model.functions.function import Code, Function

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:fn"
GOOD = b'{"fine": true}'
BAD = b'{"errorMessage": "no", "errorType": "ValueError"}'
BROKEN = b"Segmentation fault"
EVENT = Event("Fn", ARN, "request-1", b'{"n": 1}')
TOLD = EventSettings(on_success="arn:ok", on_failure="arn:failed", dead_letter="arn:dead")


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self):
        self.time = 0.0
        self.slept = []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def run(*outcomes, settings=TOLD, event=EVENT, **function):
    """See one event through; the outcomes of its attempts follow each other, the last one for ever."""
    clock, events, deliveries = Clock(), [], []

    async def invoke(asked):
        events.append(asked)
        outcome = outcomes[min(len(events), len(outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        error = "Unhandled" if outcome in {BAD, BROKEN} else None
        return Invocation(asked.request_id, outcome, error, b"", Usage(1.0, None, 10))

    async def send(delivery):
        deliveries.append(delivery)

    async def main():
        one = Function("Fn", "fn", Code(), **function)
        queue = EventQueue(Outlets(invoke, send, lambda _id: one, lambda _id: settings), clock)
        queue.put(event)
        await queue.drained()

    asyncio.run(main())
    return clock, events, {delivery.target: delivery for delivery in deliveries}


def test_success_is_told_to_its_destination_alone():
    clock, events, told = run(GOOD)
    assert (clock.slept, len(events), [*told]) == ([], 1, ["arn:ok"])
    record = json.loads(told["arn:ok"].body)
    assert record["requestContext"] == {
        "requestId": "request-1", "functionArn": f"{ARN}:$LATEST", "condition": "Success", "approximateInvokeCount": 1,
    }  # fmt: skip
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert (record["requestPayload"], record["responsePayload"]) == ({"n": 1}, {"fine": True})


def test_destinations_receive_a_response_that_is_not_json_as_a_text():
    assert json.loads(run(b"plain \xff")[2]["arn:ok"].body)["responsePayload"] == "plain \N{REPLACEMENT CHARACTER}"
    failed = run(BROKEN)[2]
    assert json.loads(failed["arn:failed"].body)["responsePayload"] == "Segmentation fault"
    assert json.loads(failed["arn:dead"].body) == {"n": 1}


def test_an_error_is_tried_twice_again_with_the_same_request_id():
    clock, events, told = run(BAD)
    assert clock.slept == [60.0, 120.0]
    assert [event.request_id for event in events] == ["request-1"] * 3
    assert [*told] == ["arn:failed", "arn:dead"]
    record = json.loads(told["arn:failed"].body)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"]["functionError"] == "Unhandled"


def test_a_dead_letter_is_the_event_with_the_reason():
    letter = run(BAD)[2]["arn:dead"]
    assert letter.body == '{"n": 1}'
    assert {name: (one.type, one.value) for name, one in letter.attributes.items()} == {
        "RequestID": ("String", "request-1"), "ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "no"),
    }  # fmt: skip


def test_the_event_of_a_loop_goes_to_the_failure_destination_and_the_dead_letter_queue_at_once():
    clock, events, told = run(InvokeRefused(400, "RecursiveInvocationException", "stopped"))
    assert (clock.slept, len(events), [*told]) == ([], 1, ["arn:failed", "arn:dead"])
    assert told["arn:dead"].body == '{"n": 1}'


@pytest.mark.parametrize(("outcome", "target"), [(GOOD, "arn:ok"), (BAD, "arn:failed"), (BAD, "arn:dead")])
def test_what_is_sent_has_the_run_of_the_function_in_its_lineage(outcome, target):
    event = replace(EVENT, trace_id="Root=1-1-1;Parent=1;Sampled=0;Lineage=0000000a:2")
    onward = TraceHeader.of(run(outcome, event=event)[2][target].trace_id)
    assert (onward.root, onward.lineage) == ("1-1-1", lineage.after_run("0000000a:2", "Fn"))


def test_a_retry_that_works_is_a_success():
    clock, events, told = run(BAD, GOOD)
    assert (clock.slept, len(events), [*told]) == ([60.0], 2, ["arn:ok"])


@pytest.mark.parametrize("attempts", [0, 1])
def test_as_many_retries_as_are_allowed(attempts):
    settings = EventSettings(maximum_retry_attempts=attempts)
    _, events, told = run(BAD, settings=settings)
    assert (len(events), told) == (attempts + 1, {})


def test_throttled_events_wait_longer_and_longer_until_they_are_too_old():
    settings = EventSettings(maximum_event_age=60, on_failure="arn:failed")
    clock, _, told = run(throttled("ConcurrentInvocationLimitExceeded"), settings=settings)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0]
    record = json.loads(told["arn:failed"].body)
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert "responseContext" not in record


def test_pauses_end_at_five_minutes_and_after_six_hours():
    clock, _, _ = run(InvokeRefused(500, "ServiceException", "no sandbox"))
    assert max(clock.slept) == 300.0
    assert 6 * 3600 - 300 <= clock.time <= 6 * 3600


def test_without_any_concurrency_the_function_is_not_tried():
    _, events, told = run(GOOD, reserved_concurrent_executions=0)
    record = json.loads(told["arn:failed"].body)
    assert (events, record["requestContext"]["condition"]) == ([], "ZeroReservedConcurrency")
    assert record["requestContext"]["approximateInvokeCount"] == 0


def test_close_ends_what_waits():
    async def never(_event):
        await asyncio.Event().wait()

    async def main():
        queue = EventQueue(Outlets(never, never, lambda _id: Function("Fn", "fn", Code()), lambda _id: EventSettings()))
        queue.put(EVENT)
        await asyncio.sleep(0)
        await queue.close()
        await queue.drained()

    asyncio.run(asyncio.wait_for(main(), 5))


def test_a_bucket_receives_the_record_below_the_name_of_the_function():
    _, _, told = run(BAD, settings=EventSettings(0, on_failure="arn:aws:s3:::bucket"))
    sent = told["arn:aws:s3:::bucket"]
    key = key_in_bucket(sent.folder, datetime(2026, 2, 1, 3, 4, 5, tzinfo=UTC))
    assert key.startswith("aws/lambda/async/fn/2026/02/01/2026-02-01T03.04.05-")
    assert sent.of_bucket == sent.body
