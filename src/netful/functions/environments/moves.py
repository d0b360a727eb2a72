"""Functions that move into a VPC, between VPCs, or out of one (lambda §1.3, §1.4).

The new VpcConfig is checked before anything else. A move takes as long as the creation of its missing interfaces;
until then the function runs in its old place. A move fails if the subnet has no free address, and the function stays.
An interface is removed when no function and no published version has its subnet and groups.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from netful.functions.code.versions import Version, Versions
from netful.functions.environments.admission import Rejection, rejection
from netful.functions.environments.pool import Pool
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.allocation import with_functions
from netful.model.cloud import Cloud
from netful.model.core import Frozen, NetfulError, StackError
from netful.model.functions.function import Function
from netful.model.steps import Step

_UNDER_WAY = "The operation cannot be performed at this time. An update is in progress for resource: {}"

Become: TypeAlias = Callable[[Step], Awaitable[Cloud]]
"""Applies a step, to the network too; returns the cloud after it."""
Settle: TypeAlias = Callable[[Version], Awaitable[list[Pool]]]
"""Makes this version `$LATEST`; the event is set when no old environment runs any more."""


class Move(Frozen):
    """`version` is the future `$LATEST`; `failure` is the reason why the move failed."""

    version: Version
    failure: Rejection | None = None


class Moves:
    """The moves of all functions. `begin` starts one, `of` returns the last one until it is done."""

    def __init__(
        self, cloud: Callable[[], Cloud], versions: Mapping[str, Versions], become: Become, settle: Settle
    ) -> None:
        self._cloud = cloud
        self._versions = versions
        self._become = become
        self._settle = settle
        self._of: dict[str, Move] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._ending = Background()
        self._left: set[str] = set()

    def of(self, function_id: str) -> Move | None:
        """Return the move that is in progress, or that failed last."""
        return self._of.get(function_id)

    def check_over(self, function_id: str, arn: str) -> None:
        """Check a function before a change or a publication. Raises InvokeRefused during a move."""
        if function_id in self._under_way:
            raise InvokeRefused(409, "ResourceConflictException", _UNDER_WAY.format(arn))

    def left(self, function_id: str) -> bool:
        """Return whether a function was removed from its VPC."""
        return function_id in self._left

    def rejection(self, function: Function) -> Rejection | None:
        """Return the reason why Lambda rejects a function's new VpcConfig; None if Lambda accepts it."""
        return rejection(self.having(function, self._cloud()), function) if function.in_vpc else None

    async def begin(self, version: Version, seconds: Callable[[Cloud, str], float]) -> None:
        """Start the move of `$LATEST` to this version.

        `seconds` returns the creation time of its interfaces in a cloud.
        """
        function = version.function
        failure = self.rejection(function)
        self._of[function.id] = Move(version, failure)
        if failure is not None:
            return
        wait = seconds(self.having(function, self._cloud()), function.id)
        task = self._under_way[function.id] = asyncio.ensure_future(self._move(version, wait))
        if not wait:
            await task

    def having(self, function: Function, cloud: Cloud) -> Cloud:
        """Return the cloud with one more function, or with another configuration of one, and with its interfaces."""
        return self.running({**cloud.compute.functions, function.id: function}, cloud)

    def running(self, functions: Mapping[str, Function], cloud: Cloud) -> Cloud:
        """Return the cloud with these functions, and with the interfaces of them and of their versions."""
        return with_functions(cloud, functions, self._elsewhere(functions))

    async def release(self) -> None:
        """Remove the interfaces that no function and no version needs any more."""
        await self._become(lambda cloud: self.running(cloud.compute.functions, cloud))

    def forget(self, function_id: str) -> None:
        """Forget a function's failed move, since another change replaces it."""
        self._of.pop(function_id, None)

    async def close(self) -> None:
        """Cancel all moves; every function stays in its place."""
        tasks = (*self._under_way.values(), *self._ending.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _move(self, version: Version, seconds: float) -> None:
        function, before = version.function, version.function

        def moved(cloud: Cloud) -> Cloud:
            nonlocal function, before
            before = cloud.compute.functions[function.id]
            function = replace(configured(before, function), code=before.code)  # which may have changed meanwhile
            functions = {**cloud.compute.functions, function.id: function}
            old = [replace(before, id=f"{function.id}:before")] if before.in_vpc else []
            return with_functions(cloud, functions, [*self._elsewhere(functions), *old])

        try:
            await asyncio.sleep(seconds)
            await self._become(moved)
            over = await self._settle(replace(version, function=function))
            self._of.pop(function.id, None)
            if before.in_vpc:
                (self._left.discard if function.in_vpc else self._left.add)(function.id)
                self._end(over)
        except NetfulError as problem:
            self._of[function.id] = Move(version, Rejection(StackError(problem.what, why=problem.why), "InternalError"))
        finally:
            del self._under_way[function.id]

    def _end(self, over: list[Pool]) -> None:
        """Remove the old interfaces when nothing uses them any more."""

        async def end() -> None:
            for pool in over:
                await pool.over.wait()
            await self.release()

        self._ending.start(end())

    def _elsewhere(self, functions: Mapping[str, Function]) -> list[Function]:
        return elsewhere({id_: one.published.values() for id_, one in self._versions.items()}, functions)


def elsewhere(published: Mapping[str, Iterable[Version]], functions: Mapping[str, Function]) -> list[Function]:
    """Return the published versions whose VpcConfig differs from their function's."""
    return [
        replace(version.function, id=f"{function_id}:{version.number}")
        for function_id, versions in published.items()
        for version in versions
        if version.function.in_vpc
        and function_id in functions
        and not version.function.same_place(functions[function_id])
    ]


def configured(now: Function, function: Function) -> Function:
    """Return the function's new configuration, with the settings of separate calls: concurrency and tags."""
    return replace(function, reserved_concurrent_executions=now.reserved_concurrent_executions, tags=now.tags)
