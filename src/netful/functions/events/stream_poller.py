"""Poller of a stream that invokes a function: batches of a shard in their order, one at a time (lambda §4.5).

| an invocation ends with | then |
|---|---|
| success | the next batch |
| a function error | the same batch again, halved first where `BisectBatchOnFunctionError` says so |
| a report of failures | again from the first record that it names; the whole batch where the report is invalid |
| an error once more than `MaximumRetryAttempts`, or records older than `MaximumRecordAgeInSeconds` | they are dropped, and the destination receives where they are |
| a refusal, or an invocation that netful could not finish | the same batch again, later |

A shard that was split or merged ends, and its children are read after it. With `ParallelizationFactor` a shard has that number of batches at a time, one for each lane of keys (`stream_lanes`).
With `TumblingWindowInSeconds` a batch has the records of one window, and each window ends with an invocation. Time
comes from a `Clock`.
"""

import asyncio
import functools
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol

import msgspec

from netful.engine.events.event_source_mappings import EventSourceMapping
from netful.functions.events.batch_parts import fitting
from netful.functions.events.batch_response import InvalidResponseError, failures, members
from netful.functions.events.event_filters import passes
from netful.functions.events.event_queue import Clock
from netful.functions.events.event_sources import InvokeFunction, Record
from netful.functions.events.invocation_record import Delivery
from netful.functions.events.stream_lanes import Lanes
from netful.functions.events.tumbling import LARGEST_STATE, TumblingWindows
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.model.core import Frozen, NetfulError, instant

log = logging.getLogger(__name__)

_IDLE_SECONDS = 0.25  # between two reads of a shard without new records
_AWAY_SECONDS = 5.0  # before another request to a stream that did not answer
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0


class Stream(Protocol):
    """A stream to read. Its methods raise ConnectionError if it does not exist.

    `batch_info` is the member of a destination's record with the position of a batch in the stream.
    """

    arn: str
    batch_info: str

    async def shards(self) -> Mapping[str, tuple[str, ...]]:
        """Return the ids of its shards, each with the shards that it was split or merged from."""

    async def iterator(self, shard: str, position: str, moment: float = 0.0) -> str:
        """Return a position in a shard: TRIM_HORIZON, LATEST, or AT_TIMESTAMP with a moment."""

    async def read(self, iterator: str, most: int) -> tuple[Sequence[Record], str]:
        """Return records from a position on, and the position after them; "" if the shard has ended."""


class ReadingPlaces:
    """The places to which a stream has been read for a mapping, kept over changes of the mapping and failures.

    `starts` has the position at which each known shard begins, `places` where it is read on; the shards in `ended` are done.
    """

    def __init__(self) -> None:
        self.starts: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.ended: set[str] = set()


class StreamOutlets(Frozen):
    """The poller's calls: `invoke` runs the function once, `send` delivers to a destination, `arn_of` returns its ARN, `id_of` the mapping's UUID."""

    invoke: InvokeFunction
    send: Callable[[Delivery], Awaitable[None]]
    arn_of: Callable[[str], str]
    id_of: Callable[[str], str] = str


class StreamPoller:
    """Reads one stream for one mapping."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        stream: Stream,
        outlets: StreamOutlets,
        clock: Clock | None = None,
        reading: ReadingPlaces | None = None,
    ) -> None:
        self._mapping = mapping
        self._stream = stream
        self._outlets = outlets
        self._clock = clock or Clock()
        self._passes = passes(mapping.filters)
        self._reading = reading or ReadingPlaces()
        self._places = self._reading.places
        self._begun: set[str] = set()

    async def run(self) -> None:
        """Read all shards until cancelled."""
        self._begun.clear()
        async with asyncio.TaskGroup() as group:
            await self._begin(group)

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        """Begin with the shards that come next: those whose parents are gone or have been read to their end."""
        starts, ended = self._reading.starts, self._reading.ended
        start = "TRIM_HORIZON" if starts else self._mapping.starting_position or "LATEST"
        shards = await self._persist(self._stream.shards)
        for shard in shards:
            starts.setdefault(shard, start)
        for shard, parents in shards.items():
            if shard not in ended | self._begun and not {*parents} & shards.keys() - ended:
                self._begun.add(shard)
                group.create_task(self._follow(shard, group))

    async def _follow(self, shard: str, group: asyncio.TaskGroup) -> None:
        if shard not in self._places:
            start = self._reading.starts[shard], self._mapping.starting_moment
            self._places[shard] = await self._persist(lambda: self._stream.iterator(shard, *start))
        seconds, many = self._mapping.tumbling_seconds, self._mapping.parallelization
        if seconds:
            windows = TumblingWindows(seconds, shard, self._stream.arn)
            await self._through(shard, windows)
            if windows.is_open:
                await self._end(windows)
        elif many > 1:
            async with Lanes(many, self._mapping, self._clock, functools.partial(self._work_off, shard)) as lanes:
                await self._through(shard, lanes)
                await lanes.drain()
        else:
            await self._through(shard, None)
        self._reading.ended.add(shard)
        await self._begin(group)

    async def _through(self, shard: str, windows: TumblingWindows | Lanes | None) -> None:
        """Read a shard from a position on to its end."""
        while place := self._places[shard]:
            try:
                batch, place = await (self._many(place) if isinstance(windows, Lanes) else self._batch(place))
            except ConnectionError as problem:  # the back ends were replaced; their stream starts from the beginning
                await self._away(problem)
                self._places[shard] = await self._persist(lambda: self._stream.iterator(shard, "TRIM_HORIZON"))
                continue
            if isinstance(windows, Lanes):
                await windows.put(batch)
            elif windows is not None:
                await self._through_windows(shard, batch, windows)
            elif batch:
                await self._work_off(shard, batch)
            self._places[shard] = place
            if not batch and place:
                await self._clock.sleep(_IDLE_SECONDS)

    async def _batch(self, place: str) -> tuple[list[Record], str]:
        """Return the next records; wait for a full batch as long as the mapping allows."""
        begun, batch = self._clock.now(), list[Record]()
        while True:
            missing = self._mapping.batch_size - len(batch)
            more, place = await self._stream.read(place, missing)
            batch += more
            full = len(batch) >= self._mapping.batch_size
            if not batch or full or not place or self._clock.now() - begun >= self._mapping.window_seconds:
                return [record for record in batch if self._passes(record.content)], place
            await self._clock.sleep(_IDLE_SECONDS)

    async def _many(self, place: str) -> tuple[list[Record], str]:
        """Return the next records for all lanes, which make batches of them."""
        more, place = await self._stream.read(place, self._mapping.batch_size * self._mapping.parallelization)
        return [record for record in more if self._passes(record.content)], place

    async def _through_windows(self, shard: str, batch: list[Record], windows: TumblingWindows) -> None:
        """Process the records of one window after those of another, and end a window when it is over."""
        for part in windows.parts(batch):
            if windows.is_over(part[0].at):
                await self._end(windows)
            windows.open(part[0].at)
            await self._work_off(shard, part, windows)
            if windows.ends_early:
                await self._end(windows)
        if windows.is_over(self._clock.epoch()):
            await self._end(windows)

    async def _end(self, windows: TumblingWindows) -> None:
        """Invoke the function for the last time in a window, again if it fails, and close the window."""
        attempts, pause = 0, _SHORTEST_PAUSE
        while True:
            done = await self._attempt([], windows, final=True)
            if done is not None:
                attempts += 1
                if done.function_error is None or 0 <= self._mapping.retry_attempts < attempts:
                    windows.close()
                    return
            await self._clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _work_off(self, shard: str, batch: list[Record], windows: TumblingWindows | None = None) -> None:
        for part in fitting(batch, attrgetter("content"), LARGEST_STATE if windows else 0):
            await self._work_off_part(shard, part, windows)

    async def _work_off_part(self, shard: str, batch: list[Record], windows: TumblingWindows | None) -> None:
        attempts, pause = 0, _SHORTEST_PAUSE
        while batch := await self._young_enough(shard, batch):
            done = await self._attempt(batch, windows)
            if done is not None:
                attempts += 1
                if done.function_error is None:
                    left = self._after_success(batch, done)
                    if len(left) < len(batch):
                        attempts, pause = 0, _SHORTEST_PAUSE
                    if not left:
                        return
                    batch = left
                elif self._mapping.bisect and len(batch) > 1:
                    half = (len(batch) + 1) // 2
                    await self._work_off(shard, batch[:half], windows)
                    batch, attempts = batch[half:], 0
                    continue
                if 0 <= self._mapping.retry_attempts < attempts:
                    await self._let_go(shard, batch, "RetryAttemptsExhausted", attempts, done)
                    return
            await self._clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _attempt(
        self, batch: list[Record], windows: TumblingWindows | None = None, *, final: bool = False
    ) -> Invocation | None:
        """Invoke the function; return None if it did not run."""
        window = windows.members(final=final) if windows else {}
        event = json.dumps({"Records": [record.content for record in batch], **window}).encode()
        try:
            done = await self._outlets.invoke(self._mapping.function_id, event)
        except (InvokeRefused, NetfulError) as problem:
            log.warning("polling of %s for `%s` failed: %s", self._stream.arn, self._mapping.function_id, problem)
            return None
        except Exception:
            log.exception("a batch of `%s` for `%s` failed", self._stream.arn, self._mapping.function_id)
            return None
        if windows is not None and done.function_error is None:
            try:
                windows.take(members(done.payload).get("state"))
            except InvalidResponseError:
                return msgspec.structs.replace(done, function_error="Unhandled")
        return done

    def _after_success(self, batch: list[Record], done: Invocation) -> list[Record]:
        """Return the rest of a batch: all from the first reported record on."""
        numbers = [record.sequence_number for record in batch]
        reported = failures(done.payload, numbers) if self._mapping.partial else ()
        places = [index for index, record in enumerate(batch) if record.sequence_number in reported]
        return batch[min(places) :] if places else []

    async def _young_enough(self, shard: str, batch: list[Record]) -> list[Record]:
        if self._mapping.record_age < 0:
            return batch
        oldest = self._clock.epoch() - self._mapping.record_age
        young = [record for record in batch if record.at >= oldest]
        if len(young) < len(batch):
            old = [record for record in batch if record.at < oldest]
            await self._let_go(shard, old, "RecordAgeExceeded", 0, None)
        return young

    async def _let_go(
        self, shard: str, batch: list[Record], condition: str, attempts: int, last: Invocation | None
    ) -> None:
        """Skip records and report them to the destination."""
        if not self._mapping.on_failure:
            return
        first, latest = batch[0], batch[-1]
        content: dict[str, Any] = {
            "requestContext": {
                "requestId": last.request_id if last else str(uuid.uuid4()),
                "functionArn": self._outlets.arn_of(self._mapping.function_id),
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "version": "1.0",
            "timestamp": instant(self._clock.epoch()),
            self._stream.batch_info: {
                "shardId": shard,
                "startSequenceNumber": first.sequence_number,
                "endSequenceNumber": latest.sequence_number,
                "approximateArrivalOfFirstRecord": instant(first.at),
                "approximateArrivalOfLastRecord": instant(latest.at),
                "batchSize": len(batch),
                "streamArn": self._stream.arn,
            },
        }
        if last is not None:
            content["responseContext"] = {
                "statusCode": last.status,
                "executedVersion": last.executed_version,
                "functionError": last.function_error,
            }
        payload, function_id = json.dumps({"Records": [record.content for record in batch]}), self._mapping.function_id
        folder = f"{self._outlets.id_of(self._mapping.id)}/{shard}"
        await self._outlets.send(
            Delivery(self._mapping.on_failure, json.dumps(content), {}, function_id, folder, payload)
        )

    async def _persist(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a request until it succeeds."""
        while True:
            try:
                return await ask()
            except ConnectionError as problem:
                await self._away(problem)

    async def _away(self, problem: ConnectionError) -> None:
        log.warning("%s does not answer: %s", self._mapping.source_arn, problem)
        await self._clock.sleep(_AWAY_SECONDS)
