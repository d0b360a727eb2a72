"""Background tasks, which are kept until they end."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """Tasks of one owner."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def cancel(self) -> None:
        """Cancel the tasks."""
        for task in self.tasks:
            task.cancel()

    async def close(self) -> None:
        """Cancel the tasks, and wait until they have ended."""
        self.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
