"""Access logs: a line for each request to a stage with an access log, kept for `netful logs` and sent to its destination.

Lines wait while earlier ones are sent, and are sent together. Lines that a destination rejects are lost, as in AWS; the
daemon's log contains one message for each such answer.
"""

import asyncio
import base64
import logging
import time

from netful.functions.invocations.logs import LogGroup
from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request

log = logging.getLogger(__name__)

_MOST_AT_ONCE = 400
_FIREHOSE = ":deliverystream/"

_Lines = list[tuple[int, str]]
"""Times in milliseconds, and lines."""


class AccessLogs:
    """Access logs of all stages."""

    def __init__(self, call_host: CallHost) -> None:
        self._call_host = call_host
        self._groups: dict[str, LogGroup] = {}
        self._waiting: dict[tuple[str, str], _Lines] = {}
        self._known: set[tuple[str, str]] = set()
        self._sending: asyncio.Task[None] | None = None

    def of(self, api_id: str) -> LogGroup:
        """Return the lines of an API."""
        return self._groups.setdefault(api_id, LogGroup(api_id))

    def write(self, api_id: str, stage: str, destination_arn: object, line: str) -> None:
        """Write a line for a stage."""
        self.of(api_id).append(stage, line + "\n")
        if not isinstance(destination_arn, str):
            return
        place = (destination_arn, f"{api_id}/{stage}")
        self._waiting.setdefault(place, []).append((time.time_ns() // 1_000_000, line))
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def settled(self) -> None:
        """Wait until every written line has been sent."""
        while self._sending is not None:
            await self._sending

    async def _send(self) -> None:
        try:
            while self._waiting:
                place = next(iter(self._waiting))
                lines = self._waiting.pop(place)
                for start in range(0, len(lines), _MOST_AT_ONCE):
                    await self._put(place, lines[start : start + _MOST_AT_ONCE])
        finally:
            self._sending = None

    async def _put(self, place: tuple[str, str], lines: _Lines) -> None:
        arn, stream = place
        region = arn.split(":")[3] if arn.count(":") >= 5 else ""
        if _FIREHOSE in arn:
            records: list[dict[str, str]] = [
                {"Data": base64.b64encode(f"{line}\n".encode()).decode()} for _, line in lines
            ]
            batch = {"DeliveryStreamName": arn.rpartition("/")[2], "Records": records}
            await self._ask("kinesis-firehose", region, json_request("Firehose_20150804.PutRecordBatch", batch))
            return
        group = arn.partition(":log-group:")[2].removesuffix(":*")
        if place not in self._known:
            self._known.add(place)
            await self._make(region, group, stream)
        events = [{"timestamp": at, "message": line} for at, line in lines]
        put = {"logGroupName": group, "logStreamName": stream, "logEvents": events}
        await self._ask("logs", region, json_request("Logs_20140328.PutLogEvents", put))

    async def _make(self, region: str, group: str, stream: str) -> None:
        """Make a log group and its stream; both may exist already."""
        host = service_names.service("logs").host(region)
        named = {"logGroupName": group}
        await self._call_host(host, json_request("Logs_20140328.CreateLogGroup", named))
        await self._call_host(host, json_request("Logs_20140328.CreateLogStream", named | {"logStreamName": stream}))

    async def _ask(self, service: str, region: str, request: Request) -> None:
        response = await self._call_host(service_names.service(service).host(region), request)
        if response.status >= 300:
            log.warning("an access log was not taken: %s", response.body.decode(errors="replace"))
