"""Poller of a queue that invokes a function (lambda §4.5).

A poller runs in the service, not in the function's VPC. A batch whose invocation fails stays in the queue until its
visibility time-out is over; with `ReportBatchItemFailures` only the messages that the function names stay. Up to five
batches are processed at a time. In a FIFO queue each message group has a batch of its own, and one at a time: the queue
returns no more messages of a group while some of it are processed.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Protocol

from netful.engine.events.event_source_mappings import EventSourceMapping
from netful.engine.traces import lineage
from netful.engine.traces.trace_header import TraceHeader
from netful.functions.events.batch_parts import fitting
from netful.functions.events.batch_response import failures
from netful.functions.events.event_filters import passes
from netful.functions.events.event_sources import InvokeFunction
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model.core import NetfulError

log = logging.getLogger(__name__)

_BATCHES_AT_A_TIME, _GROUPS_AT_A_TIME = 5, 1000
_PAUSE_SECONDS = 5.0  # before another request to a queue that did not answer, or after a function that could not run
_ATTRIBUTES = {"StringValue": "stringValue", "BinaryValue": "binaryValue", "DataType": "dataType"}


class Queue(Protocol):
    """A queue to poll."""

    arn: str
    region: str

    async def receive(self, most: int, seconds: float) -> list[dict[str, Any]]:
        """Wait for messages. Raises ConnectionError if the queue does not exist."""

    async def delete(self, receipt_handles: Iterable[str]) -> None:
        """Delete messages."""


class QueuePoller:
    """Polls one queue for one mapping."""

    def __init__(self, mapping: EventSourceMapping, queue: Queue, invoke: InvokeFunction) -> None:
        self._mapping = mapping
        self._queue = queue
        self._invoke = invoke
        self._passes = passes(mapping.filters)
        self._is_fifo = queue.arn.endswith(".fifo")
        most = _GROUPS_AT_A_TIME if self._is_fifo else _BATCHES_AT_A_TIME
        self._room = asyncio.Semaphore(mapping.concurrency or most)
        self._batches: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled; a batch in progress then stays in its queue."""
        try:
            while True:
                await self._room.acquire()
                self._room.release()  # a batch exists: received messages do not wait for the rest of it
                for messages in _by_group(await self._receive()):
                    await self._room.acquire()
                    batch = asyncio.create_task(self._serve(messages))
                    self._batches.add(batch)
                    batch.add_done_callback(self._done)
        finally:
            for batch in self._batches:
                batch.cancel()

    def _done(self, batch: asyncio.Task[None]) -> None:
        self._batches.discard(batch)
        self._room.release()

    async def _receive(self) -> list[dict[str, Any]]:
        while True:
            try:
                messages = await self._queue.receive(self._mapping.batch_size, self._mapping.window_seconds)
            except ConnectionError as problem:
                await self._wait(problem)
            else:
                if messages:
                    return messages

    async def _serve(self, messages: list[dict[str, Any]]) -> None:
        records = {message["ReceiptHandle"]: _record(message, self._queue) for message in messages}
        unwanted = [handle for handle, record in records.items() if not self._passes(record)]
        for handle in unwanted:
            del records[handle]
        try:
            await self._queue.delete(unwanted)
            for part in fitting(records.items(), itemgetter(1)):
                if not await self._serve_part(dict(part)) and self._is_fifo:
                    break  # what follows in the group would come out of its order
        except (ConnectionError, InvokeRefused, NetfulError) as problem:
            await self._wait(problem)
        except Exception:
            log.exception("a batch of `%s` for `%s` failed", self._mapping.source_arn, self._mapping.function_id)

    async def _serve_part(self, records: dict[str, dict[str, Any]]) -> bool:
        """Invoke the function with records, and delete those that it has processed; return whether it has processed all."""
        event = json.dumps({"Records": [*records.values()]}).encode()
        done = await self._invoke(self._mapping.function_id, event, _trace_of(records.values()))
        processed = self._worked_on(records, done)
        await self._queue.delete(processed)
        return len(processed) == len(records)

    def _worked_on(self, records: dict[str, dict[str, Any]], done: Invocation) -> list[str]:
        if done.function_error is not None:
            return []
        ids = {handle: record["messageId"] for handle, record in records.items()}
        failed = failures(done.payload, ids.values()) if self._mapping.partial else ()
        return [handle for handle, id_ in ids.items() if id_ not in failed]

    async def _wait(self, problem: Exception) -> None:
        log.warning("polling of %s for `%s` failed: %s", self._mapping.source_arn, self._mapping.function_id, problem)
        await asyncio.sleep(_PAUSE_SECONDS)


def _by_group(messages: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Return the messages of each group, in order; all of them without groups."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        groups.setdefault((message.get("Attributes") or {}).get("MessageGroupId", ""), []).append(message)
    return groups.values()


def _record(message: dict[str, Any], queue: Queue) -> dict[str, Any]:
    """Return a message in the function's format: SQS's members, with names that begin in lower case."""
    attributes = message.get("MessageAttributes") or {}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes") or {},
        "messageAttributes": {name: _attribute(one) for name, one in attributes.items()},
        **({"md5OfMessageAttributes": digest} if (digest := message.get("MD5OfMessageAttributes")) else {}),
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": queue.region,
    }


def _trace_of(records: Iterable[dict[str, Any]]) -> str:
    """Return the trace header that all messages of a batch have in common, with the lineage of all.

    Of messages of different traces only the lineage goes on.
    """
    headers = {TraceHeader.of(record["attributes"].get("AWSTraceHeader", "")) for record in records}
    if len(headers) == 1:
        return str(headers.pop())
    return str(TraceHeader(lineage=lineage.merged({one.lineage for one in headers})))


def _attribute(one: dict[str, Any]) -> dict[str, Any]:
    known = {ours: one[theirs] for theirs, ours in _ATTRIBUTES.items() if theirs in one}
    return {**known, "stringListValues": [], "binaryListValues": []}
