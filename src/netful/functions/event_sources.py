"""Queues that invoke functions: the pollers of the template's event source mappings (lambda §4.5).

A poller runs in the service, not in the function's VPC. A batch whose invocation fails stays in the queue until its
visibility time-out is over; with `ReportBatchItemFailures` only the messages that the function names stay.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from netful.functions.invocation import Invocation, InvokeRefused
from netful.model.cloud import Cloud
from netful.model.errors import NetfulError

log = logging.getLogger(__name__)

_MAPPING = "AWS::Lambda::EventSourceMapping"
_BATCH_SIZE = 10
_PAUSE_SECONDS = 5.0  # before a queue is asked again that did not answer, or a function that could not run
_ATTRIBUTES = {
    "StringValue": "stringValue",
    "BinaryValue": "binaryValue",
    "DataType": "dataType",
}


class Queue(Protocol):
    """A queue to poll."""

    arn: str
    region: str

    async def receive(self, most: int) -> list[dict[str, Any]]:
        """Wait for messages; raises ConnectionError where there is no such queue."""

    async def delete(self, receipt_handles: Iterable[str]) -> None:
        """Take messages out."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A queue and the function that it invokes. `partial`: the function reports which messages failed."""

    function_id: str
    queue_arn: str
    batch_size: int = _BATCH_SIZE
    partial: bool = False


Invoke = Callable[[str, bytes], Awaitable[Invocation]]


def queue_mappings(cloud: Cloud) -> Iterator[Mapping]:
    """The enabled mappings of the template whose source is a queue."""
    for resource in cloud.resources.values():
        written = resource.properties
        arn = written.get("EventSourceArn")
        if resource.type != _MAPPING or not isinstance(arn, str) or not arn.startswith("arn:aws:sqs:"):
            continue
        named = str(written.get("FunctionName")).partition(":function:")
        name = (named[2] or named[0]).partition(":")[0]
        function = next((f for f in cloud.functions.values() if name in {f.id, f.function_name}), None)
        if function is not None and str(written.get("Enabled", True)).lower() != "false":
            size = str(written.get("BatchSize", _BATCH_SIZE))
            partial = "ReportBatchItemFailures" in (written.get("FunctionResponseTypes") or ())
            yield Mapping(function.id, arn, int(size) if size.isdigit() else _BATCH_SIZE, partial)


class Pollers:
    """One poller a mapping, from `start` until `close`."""

    def __init__(self, queue: Callable[[str], Queue], invoke: Invoke) -> None:
        self._queue = queue
        self._invoke = invoke
        self._tasks: dict[Mapping, asyncio.Task[None]] = {}

    async def follow(self, cloud: Cloud) -> None:
        """Poll for the mappings of a cloud, and for no others any more."""
        mappings = {*queue_mappings(cloud)}
        gone = [self._tasks.pop(mapping) for mapping in self._tasks.keys() - mappings]
        for mapping in mappings - self._tasks.keys():
            self._tasks[mapping] = asyncio.create_task(self._poll(mapping))
        await _end(gone)

    async def close(self) -> None:
        """End them; a batch under way stays in its queue."""
        tasks, self._tasks = [*self._tasks.values()], {}
        await _end(tasks)

    async def _poll(self, mapping: Mapping) -> None:
        queue = self._queue(mapping.queue_arn)
        while True:
            try:
                await self._serve_batch(mapping, queue)
            except (ConnectionError, InvokeRefused, NetfulError) as problem:
                log.warning("`%s` is not served from %s: %s", mapping.function_id, mapping.queue_arn, problem)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _serve_batch(self, mapping: Mapping, queue: Queue) -> None:
        messages = await queue.receive(mapping.batch_size)
        if not messages:
            return
        event = json.dumps({"Records": [_record(message, queue) for message in messages]}).encode()
        done = await self._invoke(mapping.function_id, event)
        if done.function_error is None:
            failed = _failures(done.payload) if mapping.partial else frozenset()
            await queue.delete(m["ReceiptHandle"] for m in messages if m["MessageId"] not in failed)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = [*tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _record(message: dict[str, Any], queue: Queue) -> dict[str, Any]:
    """A message as a function gets it: SQS's members, their names begun in lower case."""
    attributes = message.get("MessageAttributes") or {}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes") or {},
        "messageAttributes": {name: _attribute(one) for name, one in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": queue.region,
    }


def _attribute(one: dict[str, Any]) -> dict[str, Any]:
    known = {ours: one[theirs] for theirs, ours in _ATTRIBUTES.items() if theirs in one}
    return {**known, "stringListValues": [], "binaryListValues": []}


def _failures(payload: bytes) -> frozenset[str]:
    """The messages that a function names as failed."""
    answer = json.loads(payload)
    items = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    return frozenset(str(item.get("itemIdentifier")) for item in items or ())
