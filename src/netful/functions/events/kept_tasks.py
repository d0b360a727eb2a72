"""Tasks that run as long as what they serve exists: one that fails is logged, and starts again."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Iterable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from netful.engine.events.schedules import Next
from netful.functions.events.event_queue import Clock
from netful.model.cloud import Cloud

log = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)
Run = Callable[[], Awaitable[None]]

_PAUSE_SECONDS = 5.0


class KeptTasks(ABC, Generic[Key]):
    """A task for each thing of a kind in a cloud, until `close`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._tasks: dict[Key, asyncio.Task[None] | None] = {}

    @abstractmethod
    def _wanted(self, cloud: Cloud) -> Iterable[Key]:
        """Return the things of a cloud."""

    @abstractmethod
    def _start(self, key: Key) -> Run | None:
        """Return what the task of a thing runs; None if it has none."""

    async def follow(self, cloud: Cloud) -> None:
        """Start the tasks of what is new in a cloud, and end those of what is gone."""
        await self._follow({*self._wanted(cloud)})

    async def _follow(self, wanted: set[Key]) -> None:
        gone = [self._tasks.pop(key) for key in self._tasks.keys() - wanted]
        for key in wanted - self._tasks.keys():
            run = self._start(key)
            self._tasks[key] = asyncio.create_task(self._keep(key, run)) if run else None
        ended = [task for task in gone if task is not None]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    async def close(self) -> None:
        """End all tasks."""
        await self._follow(set())

    async def _keep(self, key: Key, run: Run) -> None:
        while True:
            try:
                return await run()
            except Exception:
                log.exception("%s failed, and starts again in %d s", key, _PAUSE_SECONDS)
            await self._clock.sleep(_PAUSE_SECONDS)

    async def _at_times(self, due: Next, act: Callable[[datetime], Awaitable[object]]) -> None:
        """Act at each time of a schedule, from now on."""
        moment: datetime | None = datetime.fromtimestamp(self._clock.epoch(), UTC)
        while moment and (moment := due(moment)):
            await self._clock.sleep(max(moment.timestamp() - self._clock.epoch(), 0.0))
            await act(moment)
