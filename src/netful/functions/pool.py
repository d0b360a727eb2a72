"""The execution environments of one function: the most recently used idle one serves, else a new one starts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from netful.functions.environment import Environment, Request
from netful.functions.invocation import Invocation, throttled
from netful.model.errors import StackError

_RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"

Make = Callable[[Callable[[Environment], None]], Awaitable[Environment]]
"""Makes a new environment; what it is given is called when the environment can take another invocation."""


@dataclass(frozen=True, slots=True)
class EnvironmentStatus:
    """What is told about an environment."""

    id: str
    log_stream: str
    busy: bool


class Pool:
    """A function's environments."""

    def __init__(self, make: Make, reserved: int | None) -> None:
        self._make = make
        self._reserved = reserved
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._running = 0
        self._closed = False
        self._retired = False

    @property
    def status(self) -> tuple[EnvironmentStatus, ...]:
        """Its environments, busy ones first."""
        both = ((environment, environment in self._busy) for environment in (*self._busy, *self._idle))
        return tuple(EnvironmentStatus(e.id, e.log_stream.name, busy) for e, busy in both)

    async def invoke(self, request: Request, *, cold: bool = False) -> Invocation:
        """Run the function once; `cold`: in a new environment, even if one is idle."""
        if self._reserved is not None and self._running >= self._reserved:
            raise throttled(_RESERVED)
        self._running += 1
        try:
            return await self._invoke(request, cold=cold)
        finally:
            self._running -= 1

    async def reclaim(self, idle_seconds: float) -> None:
        """End the environments that have been idle for too long."""
        oldest = time.monotonic() - idle_seconds
        old = [environment for environment in self._idle if environment.idle_since <= oldest]
        self._idle = [environment for environment in self._idle if environment not in old]
        await _close(old)

    async def retire(self) -> None:
        """End the idle ones, and each of the others when its invocation is over."""
        self._retired = True
        await self.reclaim(0.0)

    async def close(self) -> None:
        """End them all; one that is only starting ends when it has started."""
        self._closed = True
        everyone = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await _close(everyone)

    async def _invoke(self, request: Request, *, cold: bool) -> Invocation:
        environment = await (self._start() if cold else self._take())
        try:
            invocation = await environment.invoke(request)
        except BaseException:  # also when the caller is gone: nobody knows what the runtime does now
            self._busy.discard(environment)
            await environment.close()
            raise
        if self._retired:
            self._busy.discard(environment)
            await environment.close()
        elif environment.ready:
            self._give_back(environment)
        return invocation

    async def _take(self) -> Environment:
        while self._idle:
            environment = self._idle.pop()
            if environment.usable:
                self._busy.add(environment)
                return environment
            await environment.close()
        return await self._start()

    async def _start(self) -> Environment:
        environment = await self._make(self._give_back)
        if self._closed:
            await environment.close()
            raise StackError("the function was invoked while the stack went down")
        self._busy.add(environment)
        return environment

    def _give_back(self, environment: Environment) -> None:
        if environment in self._busy and not environment.invoking:
            self._busy.discard(environment)
            self._idle.append(environment)


async def _close(environments: list[Environment]) -> None:
    await asyncio.gather(*(environment.close() for environment in environments))
