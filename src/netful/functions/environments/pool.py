"""The execution environments of one version: the most recently used idle one serves, else a new one starts.

The provisioned number of environments starts at once and does not end when idle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from netful.functions.environments.environment import Environment
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import Invocation
from netful.functions.invocations.requests import InvocationRequest
from netful.model.core import Frozen, StackError


class Make(Protocol):
    """Makes a new environment; `on_ready` is called when it can accept another invocation."""

    def __call__(self, on_ready: Callable[[Environment], None], *, provisioned: bool = False) -> Awaitable[Environment]:
        """Make one."""


class EnvironmentStatus(Frozen):
    """The status of an environment."""

    id: str
    log_stream: str
    busy: bool


class Pool:
    """A version's environments. `provisioned` is the number to keep, `available` the number that exists."""

    def __init__(self, make: Make) -> None:
        self.provisioned = 0
        self._make = make
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._waiting = 0  # invocations that have no environment yet
        self._closed = False
        self._retired = False
        self._ending = Background()
        self.over = asyncio.Event()  # it is retired, and runs nothing any more

    def __len__(self) -> int:
        return len(self._idle) + len(self._busy)

    @property
    def available(self) -> int:
        """The provisioned environments that have started."""
        return min(len(self), self.provisioned)

    @property
    def status(self) -> tuple[EnvironmentStatus, ...]:
        """Its environments, busy ones first."""
        both = ((environment, environment in self._busy) for environment in (*self._busy, *self._idle))
        return tuple(EnvironmentStatus(e.id, e.log_stream.name, busy) for e, busy in both)

    async def invoke(self, request: InvocationRequest, *, cold: bool = False) -> Invocation:
        """Run the function once; `cold`: in a new environment, even if one is idle."""
        self._waiting += 1
        try:
            environment = await (self._start() if cold else self._take())
        finally:
            self._waiting -= 1
            self._check_over()
        try:
            invocation = await environment.invoke(request)
        except BaseException:  # also if the caller is gone: the state of the runtime is then unknown
            await self._end(environment)
            raise
        if environment.ready:  # else it is given back when its extensions are done
            self._give_back(environment)
        return invocation

    async def provision(self, number: int) -> bool:
        """Keep this number of environments from now on; False when one of the new ones failed to start.

        Raises an error of those that could not be made; the others are there.
        """
        self.provisioned = number
        missing = range(number - len(self))
        made = await asyncio.gather(*(self._make_ahead() for _ in missing), return_exceptions=True)
        problem = next((one for one in made if isinstance(one, BaseException)), None)
        if problem is not None:
            raise problem
        return not any(made)

    async def reclaim(self, idle_seconds: float) -> None:
        """End the environments that have been idle for too long, but keep the provisioned number."""
        oldest = time.monotonic() - idle_seconds
        spare = len(self) - self.provisioned
        old = [environment for environment in self._idle if environment.idle_since <= oldest]
        old = old[: max(spare, 0)]
        self._idle = [environment for environment in self._idle if environment not in old]
        await _close(old)

    async def retire(self) -> None:
        """End the idle ones, and each of the others after its invocation."""
        self._retired = True
        self.provisioned = 0
        await self.reclaim(0.0)
        self._check_over()

    def take(self, other: Pool) -> None:
        """Take the idle environments of another pool; those that were made ahead stay there."""
        if not other.provisioned:
            for environment in other._idle:
                environment.on_ready = self._give_back
            self._idle += other._idle
            other._idle = []

    async def close(self) -> None:
        """End them all; an environment that is starting ends after its start."""
        self._closed = True
        everyone = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await _close(everyone)
        await self._ending.close()

    async def _take(self) -> Environment:
        while self._idle:
            environment = self._idle.pop()
            if environment.usable:
                self._busy.add(environment)
                return environment
            await environment.close()
        return await self._start()

    async def _start(self) -> Environment:
        environment = await self._made(provisioned=False)
        self._busy.add(environment)
        return environment

    async def _make_ahead(self) -> bool:
        """Make an environment that waits for its first invocation; True where it failed to start."""
        environment = await self._made(provisioned=True)
        self._idle.append(environment)
        return environment.failed_init

    async def _made(self, *, provisioned: bool) -> Environment:
        environment = await self._make(self._give_back, provisioned=provisioned)
        if self._closed or (self._retired and provisioned):
            await environment.close()
            raise StackError("the function changed or its stack went down while an environment started")
        return environment

    async def _end(self, environment: Environment) -> None:
        self._busy.discard(environment)
        try:
            await environment.close()
        finally:
            self._check_over()

    def _check_over(self) -> None:
        if self._retired and not self._busy and not self._waiting:
            self.over.set()

    def _give_back(self, environment: Environment) -> None:
        if environment not in self._busy or environment.invoking:
            return
        if self._retired:
            self._ending.start(self._end(environment))
        else:
            self._busy.discard(environment)
            self._idle.append(environment)


async def _close(environments: list[Environment]) -> None:
    await asyncio.gather(*(environment.close() for environment in environments))
