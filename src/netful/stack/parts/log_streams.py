"""Streams of CloudWatch Logs that the stack itself writes, through the back end."""

from collections.abc import Iterable, Iterator, Mapping

from netful.functions.invocations.logs import EVENT_OVERHEAD
from netful.model.core import Frozen
from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Response

_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1 << 20

Entry = tuple[int, str]
"""A time in milliseconds, and a message."""


class LogStreams(Frozen):
    """The streams of a region."""

    call_host: CallHost
    region: str

    async def put(self, group: str, stream: str, entries: Iterable[Entry]) -> Response:
        """Put entries into a stream, which is made if it does not exist, as its group is; return the last answer."""
        names = {"logGroupName": group, "logStreamName": stream}
        await self._call("CreateLogGroup", {"logGroupName": group})
        answer = await self._call("CreateLogStream", names)
        for batch in _batches(entries):
            events = [{"timestamp": at, "message": message} for at, message in batch]
            answer = await self._call("PutLogEvents", {**names, "logEvents": events})
        return answer

    async def _call(self, operation: str, content: Mapping[str, object]) -> Response:
        """Call the back end. The caller ignores the error that a group or a stream exists already."""
        host = service_names.service("logs").host(self.region)
        return await self.call_host(host, json_request(f"Logs_20140328.{operation}", content))


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in batches that are within CloudWatch's limits for a request."""
    batch: list[Entry] = []
    size = 0
    for at, message in entries:
        length = len(message.encode()) + EVENT_OVERHEAD
        if batch and (len(batch) == _BATCH_EVENTS or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((at, message))
        size += length
    if batch:
        yield batch
