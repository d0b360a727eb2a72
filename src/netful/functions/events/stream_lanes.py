"""The lanes of a shard: `ParallelizationFactor` allows several of its batches at a time (lambda §4.5).

The records of one key are always in the same lane, and a lane has one batch at a time, so they keep their order. A
blocked lane blocks the others only when many of its records wait.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Self
from zlib import crc32

from netful.engine.events.event_source_mappings import EventSourceMapping
from netful.functions.events.event_queue import Clock
from netful.functions.events.event_sources import Record

_WAITING_RECORDS = 10_000
_IDLE_SECONDS = 0.25  # between two checks of a lane whose batch is not full


class Lanes:
    """A number of lanes, each with a task that passes its batches to `work_off`; a context that ends them."""

    def __init__(
        self,
        number: int,
        mapping: EventSourceMapping,
        clock: Clock,
        work_off: Callable[[list[Record]], Awaitable[None]],
    ) -> None:
        self._mapping = mapping
        self._clock = clock
        self._work_off = work_off
        self._lanes = [asyncio.Queue[Record](_WAITING_RECORDS) for _ in range(number)]
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._tasks = [self._group.create_task(self._serve(lane)) for lane in self._lanes]
        return self

    async def __aexit__(self, *how: object) -> None:
        await self._group.__aexit__(*how)  # type: ignore[arg-type]

    async def put(self, records: Iterable[Record]) -> None:
        """Queue records for processing, each in its key's lane."""
        for record in records:
            await self._lanes[crc32(_key(record)) % len(self._lanes)].put(record)

    async def drain(self) -> None:
        """Wait until all queued records have been processed, and end the lanes."""
        for lane in self._lanes:
            await lane.join()
        for task in self._tasks:
            task.cancel()

    async def _serve(self, lane: asyncio.Queue[Record]) -> None:
        while True:
            batch = [await lane.get()]
            end = self._clock.now() + self._mapping.window_seconds
            while len(batch) < self._mapping.batch_size:
                if not lane.empty():
                    batch.append(lane.get_nowait())
                elif self._clock.now() < end:
                    await self._clock.sleep(_IDLE_SECONDS)
                else:
                    break
            await self._work_off(batch)
            for _ in batch:
                lane.task_done()


def _key(record: Record) -> bytes:
    """Return the ordering key of a record: its partition key, or the key of its item."""
    kinesis, change = record.content.get("kinesis") or {}, record.content.get("dynamodb") or {}
    return str(kinesis.get("partitionKey") or json.dumps(change.get("Keys"), sort_keys=True)).encode()
