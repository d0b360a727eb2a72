"""The pollers of all mappings: one for each enabled mapping whose source netful can read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from netful.functions.events.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.model.cloud import Cloud


class Poller(Protocol):
    """Reads a source."""

    def run(self) -> Awaitable[None]:
        """Read until cancelled."""


class Pollers:
    """One poller per mapping, until `close`. `make` returns None for a source that cannot be read."""

    def __init__(self, make: Callable[[EventSourceMapping], Poller | None]) -> None:
        self._make = make
        self._tasks: dict[EventSourceMapping, asyncio.Task[None]] = {}

    async def follow(self, cloud: Cloud) -> None:
        """Poll exactly for the mappings of a cloud."""
        mappings = {mapping for mapping in event_source_mappings(cloud) if mapping.enabled}
        gone = [self._tasks.pop(mapping) for mapping in self._tasks.keys() - mappings]
        for mapping in mappings - self._tasks.keys():
            poller = self._make(mapping)
            if poller is not None:
                self._tasks[mapping] = asyncio.ensure_future(poller.run())
        await _end(gone)

    async def close(self) -> None:
        """Stop all pollers."""
        tasks, self._tasks = [*self._tasks.values()], {}
        await _end(tasks)


async def _end(tasks: Iterable[asyncio.Future[None]]) -> None:
    tasks = [*tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
