"""Logs in CloudWatch Logs: `/aws/lambda/NAME` of functions, with a stream for each environment, and the groups of tasks.

Logs are delivered when a client is about to read them, so that no invocation waits for the delivery. They take Lambda's own
way, not the function's network: a function without any network logs as well (lambda §1.1).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from netful.functions.environments.service import FunctionService
from netful.functions.invocations.logs import EVENT_OVERHEAD, LogEvent, LogGroup
from netful.model.names import service_names
from netful.services.front.routing import InternetRoute, route
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request, Response

_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1 << 20


class LogDelivery:
    """Handler for the service `logs`. `others` returns the groups that are not of functions."""

    def __init__(
        self, functions: Callable[[], FunctionService], call_host: CallHost, others: Callable[[], Iterable[LogGroup]]
    ) -> None:
        self._functions = functions
        self._others = others
        self._call_host = call_host
        self._delivered: dict[LogGroup, int] = {}
        self._delivering = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request to CloudWatch Logs' host."""
        cloud = self._functions().cloud
        async with self._delivering:
            for group in (*self._functions().log_groups.values(), *self._others()):
                await self._deliver(group, service_names.service("logs").host(cloud.region))
        found = route(cloud, request)
        assert not isinstance(found, InternetRoute)  # the host of this request leads here
        return await self._call_host(found.host, request)

    async def _deliver(self, group: LogGroup, host: str) -> None:
        """Put the events that have not been delivered yet."""
        self._delivered[group], events = group.after(self._delivered.get(group, 0))
        streams: dict[str, list[LogEvent]] = {}
        for event in events:
            streams.setdefault(event.stream, []).append(event)
        for stream, written in streams.items():
            names = {"logGroupName": group.name, "logStreamName": stream}
            await self._call(host, "CreateLogGroup", {"logGroupName": group.name})
            await self._call(host, "CreateLogStream", names)
            for batch in _batches(written):
                entries = [{"timestamp": one.timestamp_ms, "message": one.message} for one in batch]
                await self._call(host, "PutLogEvents", {**names, "logEvents": entries})

    async def _call(self, host: str, operation: str, content: Mapping[str, object]) -> None:
        """Call the back end. The error that a resource already exists is ignored."""
        await self._call_host(host, json_request(f"Logs_20140328.{operation}", content))


def _batches(events: Iterable[LogEvent]) -> Iterator[list[LogEvent]]:
    """Yield the events in batches that are within CloudWatch's limits for a request."""
    batch: list[LogEvent] = []
    size = 0
    for event in events:
        length = len(event.message.encode()) + EVENT_OVERHEAD
        if batch and (len(batch) == _BATCH_EVENTS or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch
