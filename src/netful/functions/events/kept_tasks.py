"""Tasks that run as long as what they serve exists: one that fails is logged, and starts again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Generic, TypeVar

from netful.functions.events.event_queue import Clock, WallClock

log = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)
Run = Callable[[], Awaitable[None]]

_PAUSE_SECONDS = 5.0


class KeptTasks(Generic[Key]):
    """A task for each key, until `close`. `start` returns what the task runs, or None for a key that has none."""

    def __init__(self, start: Callable[[Key], Run | None], clock: Clock | None = None) -> None:
        self._start = start
        self._clock = clock or WallClock()
        self._tasks: dict[Key, asyncio.Task[None] | None] = {}

    async def follow(self, keys: Iterable[Key]) -> None:
        """Start the tasks of the keys that are new, and end those of the keys that are gone."""
        wanted = {*keys}
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
        await self.follow(())

    async def _keep(self, key: Key, run: Run) -> None:
        while True:
            try:
                return await run()
            except Exception:
                log.exception("%s failed, and starts again in %d s", key, _PAUSE_SECONDS)
            await self._clock.sleep(_PAUSE_SECONDS)
