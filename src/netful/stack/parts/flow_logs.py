"""Flow logs of the running network: what its routers count, in the log groups and buckets that the logs name.

AWS aggregates for up to ten minutes. Here a record is of at most some seconds, and a client that reads CloudWatch Logs gets
what has been counted until then. Records that a destination does not accept are lost, as on AWS.
"""

import asyncio
import gzip
import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from secrets import token_hex

from netful.engine.flow_logs.destinations import bucket, log_group, log_stream, object_key, undelivered
from netful.engine.flow_logs.lines import Recorded, admits, empty_line, interface_id, line
from netful.engine.flow_logs.log_format import format_of
from netful.engine.flow_logs.scopes import is_of, places, stream_place
from netful.model.cloud import Cloud
from netful.model.network.flow_logs import FlowLog, LogDestinationType, SeenFlow
from netful.services.http.backend_requests import CallHost, call_bucket
from netful.stack.control.tasks import end
from netful.stack.network.flow_watch import FlowWatch, Look, Seen
from netful.stack.network.networks import Networks
from netful.stack.parts.log_streams import LogStreams
from netful.stack.running_cloud import Part

log = logging.getLogger(__name__)

AGGREGATION_SECONDS = 10.0
_KEPT = 10_000
_SKIPPED, _NO_DATA = "SKIPDATA", "NODATA"

Written = tuple[float, str, str]
"""The end of a record, the interface or gateway whose stream has it, and the line."""


class FlowLogs(Part):
    """The flow logs of a stack. `watch` has the counters; `recent` the last records, for clients that come later."""

    def __init__(self, cloud: Cloud, networks: Networks, call_host: CallHost) -> None:
        self.watch = FlowWatch(networks)
        self.recent: deque[Seen] = deque(maxlen=_KEPT)
        self._cloud = cloud
        self._call_host = call_host
        self._window: dict[SeenFlow, Seen] = {}
        self._overflowed: set[str] = set()
        self._begun = time.time()
        self._told: dict[str, tuple[float, set[str]]] = {}
        self._failures: dict[str, str] = {}
        self._delivering = asyncio.Lock()
        self._turns: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to count if a log wants it."""
        await self._sync()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Become the logs of another cloud, in the network that it has now."""
        self._cloud = cloud
        await self.watch.follow()
        await self._sync()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The logs that are not delivered, with the reasons."""
        logs = self._cloud.network.flow_logs.values()
        refused = (
            f"{one.origin}: the flow log `{one.id}` is not delivered: {why}"
            for one in logs
            if (why := undelivered(one))
        )
        return (*refused, *self._failures.values())

    @property
    def counting(self) -> bool:
        """Return whether a log records flows."""
        return self._turns is not None

    def _delivered(self) -> list[FlowLog]:
        return [one for one in self._cloud.network.flow_logs.values() if undelivered(one) is None]

    async def _sync(self) -> None:
        """Count while there are logs, and not otherwise."""
        wanted = bool(self._delivered())
        self._told = {one.id: self._told.get(one.id, (time.time(), set())) for one in self._delivered()}
        self._failures = {id_: text for id_, text in self._failures.items() if id_ in self._told}
        if wanted and self._turns is None:
            self._begun = time.time()
            await self.watch.add(self._hear)
            self._turns = asyncio.create_task(self._deliver_in_turns())
        elif not wanted and self._turns is not None:
            await self._end()

    async def _end(self) -> None:
        if self._turns is not None:
            turns, self._turns = self._turns, None
            await end(turns)
            await self.watch.remove(self._hear)

    def _hear(self, look: Look) -> None:
        """Add a look to the records of this window."""
        self._overflowed |= look.overflowed
        for seen in look.seen:
            known = self._window.get(seen.record.flow)
            self._window[seen.record.flow] = Seen(known.record.joined(seen.record), seen.interface) if known else seen

    async def _deliver_in_turns(self) -> None:
        while True:
            await asyncio.sleep(AGGREGATION_SECONDS)
            try:
                await self.deliver()
            except Exception:
                log.exception("flow logs could not be delivered")

    async def deliver(self) -> None:
        """Deliver what has been counted until now."""
        async with self._delivering:
            if self._turns is None:
                return
            await self.watch.look()
            window, self._window = self._window, {}
            overflowed, self._overflowed = self._overflowed, set()
            span, self._begun = (self._begun, time.time()), time.time()
            self.recent.extend(window.values())
            for one in self._delivered():
                lines = [*self._lines(one, window.values(), overflowed, span)]
                if lines:
                    await self._put(one, lines)

    def _lines(
        self, one: FlowLog, window: Iterable[Seen], overflowed: set[str], span: tuple[float, float]
    ) -> Iterator[Written]:
        """Yield the lines of a log: its records, and after an interval without one, that an interface had none."""
        log_format, (begun, busy) = format_of(one), self._told[one.id]
        for seen in window:
            flow = seen.record.flow
            if is_of(one, flow, seen.interface) and admits(flow.action, one.traffic_type):
                busy.add(seen.interface.id)
                recorded = Recorded(self._cloud, seen.record, seen.interface)
                yield seen.record.last, stream_place(self._cloud, seen.interface.id), line(recorded, log_format)
        ended = span[1] - begun >= one.max_aggregation_interval
        for network_id, place_id in places(self._cloud, one):
            stream = stream_place(self._cloud, place_id)
            if network_id in overflowed:
                yield span[1], stream, empty_line(self._cloud, place_id, log_format, span, _SKIPPED)
            if ended and place_id not in busy:
                yield span[1], stream, empty_line(self._cloud, place_id, log_format, (begun, span[1]), _NO_DATA)
        if ended:
            self._told[one.id] = span[1], set()

    async def _put(self, one: FlowLog, lines: list[Written]) -> None:
        lines.sort()
        if one.log_destination_type is LogDestinationType.S3:
            text = "\n".join((" ".join(format_of(one).fields), *(text for _, _, text in lines), ""))
            place = bucket(one)[0], object_key(self._cloud, one, datetime.now(UTC), token_hex(4))
            answers = [
                await call_bucket(
                    self._call_host, self._cloud.region, "delivery.logs", "PUT", place, gzip.compress(text.encode())
                )
            ]
        else:
            streams = LogStreams(self._call_host, self._cloud.region)
            by_place: dict[str, list[tuple[int, str]]] = {}
            for at, place_id, text in lines:
                by_place.setdefault(place_id, []).append((int(at * 1000), text))
            answers = [
                await streams.put(log_group(one), log_stream(one, interface_id(self._cloud, place_id)), entries)
                for place_id, entries in by_place.items()
            ]
        refused = next((answer for answer in answers if answer.status >= 300), None)
        if refused is None:
            self._failures.pop(one.id, None)
        else:
            why = refused.body[:200].decode("utf-8", "replace")
            self._failures[one.id] = (
                f"{one.origin}: the destination of the flow log `{one.id}` did not take records: {why}"
            )

    async def close(self) -> None:
        """End the counting."""
        await self._end()
        await self.watch.close()
