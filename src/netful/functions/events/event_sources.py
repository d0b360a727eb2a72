"""The pollers of all mappings: one for each enabled mapping whose source netful can read."""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from netful.engine.events.event_patterns import PatternError
from netful.functions.events.event_queue import Clock
from netful.functions.events.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.model.cloud import Cloud

log = logging.getLogger(__name__)


class Poller(Protocol):
    """Reads a source."""

    def run(self) -> Awaitable[None]:
        """Read until cancelled."""


class Pollers:
    """One poller per mapping, until `close`. `make` returns None for a source that cannot be read."""

    def __init__(self, make: Callable[[EventSourceMapping], Poller | None], clock: Clock | None = None) -> None:
        self._make = make
        self._tasks = KeptTasks(self._start, clock)

    async def follow(self, cloud: Cloud) -> None:
        """Poll exactly for the mappings of a cloud."""
        await self._tasks.follow(mapping for mapping in event_source_mappings(cloud) if mapping.enabled)

    async def close(self) -> None:
        """Stop all pollers."""
        await self._tasks.close()

    def _start(self, mapping: EventSourceMapping) -> Run | None:
        try:
            poller = self._make(mapping)
        except PatternError as problem:
            log.warning("`%s` ignored: invalid filter pattern: %s", mapping.id, problem)
            return None
        return poller.run if poller else None
