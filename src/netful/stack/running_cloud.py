"""The cloud that runs, and its one way to another cloud: every part of the stack follows, or none does.

Rules:
1. A change is a pure step from the cloud that runs to the next one. Changes queue: each begins where the last one ended.
2. Parts follow in the order of their construction. A part finds the parts before it at the new cloud already.
3. A part that fails, or a caller that is cancelled, reverts the change. The way back is also a way to another cloud: all
   parts follow it in the same order, so a part finds again what the parts before it have restored.
4. What a way back needs is kept until the change is over (`settle`): the functions that ran, the tables that are gone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.steps import Step

log = logging.getLogger(__name__)


class Part:
    """A part of a stack. It is made for one cloud and follows the stack to others; a step that it does not have does nothing."""

    async def start(self) -> None:
        """Begin to run."""

    async def follow(self, before: Cloud, cloud: Cloud) -> None:
        """Go from one cloud to another, also if the part is somewhere between the two."""

    async def settle(self) -> None:
        """Release what the current cloud does not need: a change is over."""

    async def close(self) -> None:
        """End, whether the part has started or not."""


class FollowingPart(Part):
    """A part that starts as it follows: from nothing to the cloud that it was made for."""

    _cloud: Cloud

    async def start(self) -> None:
        """Begin to run."""
        await self.follow(self._cloud, self._cloud)


Start: TypeAlias = Callable[[Part], Coroutine[Any, Any, None]]


class RunningCloud:
    """The cloud of a running stack. `warnings` report changes that could be neither finished nor reverted."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.warnings: tuple[str, ...] = ()
        self.parts: tuple[Part, ...] = ()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[Any] | None = None
        self._closed = False

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[Start]:
        """Yield the starter of parts. Parts follow in the order of their start; changes wait until all have started."""

        def start(part: Part) -> Coroutine[Any, Any, None]:
            self.parts = (*self.parts, part)
            return part.start()

        async with self._turn:
            yield start

    @asynccontextmanager
    async def unchanging(self) -> AsyncIterator[Cloud]:
        """Yield the cloud; no change begins while the block runs."""
        async with self._turn:
            yield self.cloud

    async def become(self, step: Step) -> Cloud:
        """Apply a step as a whole, or not at all; return the cloud after it.

        Raises the error of the step or of a part; the stack is then the same as before.
        """
        async with self._turn:
            if self._closed:
                raise StackError("the stack is ending")
            before, self._task = self.cloud, asyncio.current_task()
            try:
                cloud = step(before)
                if cloud is not before:
                    await self._go(before, cloud)
            finally:
                self._task = None
        return cloud

    async def _go(self, before: Cloud, cloud: Cloud) -> None:
        try:
            for part in self.parts:
                await part.follow(before, cloud)
        except BaseException:
            if not self._closed:
                await _to_its_end(self._go_back(cloud, before))
            raise
        self.cloud = cloud
        await _to_its_end(self._settle())

    async def _go_back(self, cloud: Cloud, before: Cloud) -> None:
        for part in self.parts:
            try:
                await part.follow(cloud, before)
            except Exception as fault:
                log.exception("a change could not be taken back")
                what = f"a change failed and could not be taken back: {type(fault).__name__}: {fault}"
                self.warnings = (*self.warnings, f"{what}; `netful down`, then up")
        await self._settle()

    async def _settle(self) -> None:
        for part in self.parts:
            try:
                await part.settle()
            except Exception:
                log.exception("something of the cloud before is left")

    async def close(self) -> None:
        """Refuse changes, cancel the current one, and end all parts in the opposite order."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        async with self._turn:
            while self.parts:
                *others, last = self.parts
                self.parts = tuple(others)
                try:
                    await last.close()
                except Exception:
                    log.exception("a part of the stack did not end in order")


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Run work to its end even if the caller is cancelled meanwhile, then raise the cancellation."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    task.result()
