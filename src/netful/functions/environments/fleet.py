"""All execution environments of a stack: a pool for each invoked version, and the zygotes behind them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from netful.engine.authorization.sessions import Credentials
from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.code.variables import ReadReference, unread, variables, with_references
from netful.functions.code.versions import Version
from netful.functions.environments.debugging import Debugging
from netful.functions.environments.environment import Environment
from netful.functions.environments.file_systems import FileSystems
from netful.functions.environments.machine_clock import MachineClock
from netful.functions.environments.pool import EnvironmentStatus, Pool
from netful.functions.environments.scaling import Scaling
from netful.functions.invocations.attachment import Attach, Attachment
from netful.functions.invocations.invocation import throttled
from netful.functions.invocations.logs import LogGroup
from netful.functions.sandboxes import machine
from netful.functions.sandboxes.zygotes import Zygotes
from netful.model.core import Frozen
from netful.model.functions.function import Function

Key = tuple[str, str, str]
"""A function's id, a version's number, and a tenant ("" without tenant isolation)."""
_TENANT_ENVIRONMENTS = 2.5  # for each of the account's concurrency (newer-aws §8.4)


class FleetContext(Frozen):
    """Region and account of each function, and what the environments need."""

    place_of: Callable[[str], tuple[str, str]]
    credentials: Callable[[Function], Credentials]
    log_groups: Mapping[str, LogGroup]
    attach: Attach
    available_mb: Callable[[], int] = machine.available_mb
    read: ReadReference = unread
    files: FileSystems | None = None
    debugging: Debugging | None = None
    receive_trace: Callable[[bytes], None] = lambda _document: None


class Fleet:
    """The pools by version and tenant."""

    def __init__(self, context: FleetContext, zygotes: Zygotes, scaling: Scaling) -> None:
        self._context = context
        self._zygotes = zygotes
        self._scaling = scaling
        self._clock = MachineClock()
        self._pools: dict[Key, Pool] = {}
        self._retired: list[Pool] = []

    def pool(self, version: Version, tenant_id: str = "") -> Pool:
        """Return a version's environments, of one tenant where the function isolates tenants."""
        key = version.function.id, version.number, tenant_id
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(partial(self._make, version, tenant_id))
        return pool

    def environments(self, function_id: str) -> tuple[EnvironmentStatus, ...]:
        """Return a function's environments, of all its versions."""
        return tuple(one for (owner, _, _), pool in self._pools.items() if owner == function_id for one in pool.status)

    async def retire(self, function_id: str, number: str) -> list[Pool]:
        """End a changed version's environments, each after its invocation; the returned pools are then `over`."""
        old = [self._pools.pop(key) for key in tuple(self._pools) if key[:2] == (function_id, number)]
        self._retired += old
        await asyncio.gather(*(pool.retire() for pool in old))
        return old

    async def reclaim(self, idle_seconds: float) -> None:
        """End the environments that have been idle for this time."""
        for pool in tuple(self._pools.values()):
            await pool.reclaim(idle_seconds)

    async def drain(self) -> None:
        """End all environments, each after its invocation; wait also for those that other pools have taken."""
        pools = (*self._pools.values(), *self._retired)
        await asyncio.gather(*(pool.retire() for pool in pools))
        await asyncio.gather(*(pool.over.wait() for pool in pools))
        await self._zygotes.unused()

    async def close(self) -> None:
        """End them all."""
        try:
            await asyncio.gather(*(pool.close() for pool in (*self._pools.values(), *self._retired)))
        finally:
            await self._zygotes.close()

    async def _make(
        self, version: Version, tenant_id: str, on_ready: Callable[[Environment], None], *, provisioned: bool = False
    ) -> Environment:
        function = version.function
        if tenant_id:
            self._check_tenants()
        if not provisioned:
            self._scaling.scale_up(function.id)
        await self._make_room(function.function_name)
        filled = await with_references(function, self._context.read)
        prepared = self._prepared(version, filled, provisioned=provisioned)
        zygote = await self._zygotes.suitable(prepared.package)
        attachment = await self._context.attach(function)
        try:
            prepared = await self._with_files(prepared, attachment)
        except BaseException:
            attachment.close()
            raise
        debugging = self._context.debugging
        if debugging is not None and debugging.function_id == function.id:
            prepared = debugging.prepared(prepared)
            debugging.opened(attachment)
        environment = Environment(prepared, attachment, zygote, on_ready, self._context.receive_trace, self._clock)
        try:
            await environment.start()
        except BaseException:
            await environment.close()
            raise
        return environment

    async def _with_files(self, prepared: PreparedVersion, attachment: Attachment) -> PreparedVersion:
        """Return a version with the folders of its file systems, which are reached through its interface."""
        if not prepared.function.file_mounts or self._context.files is None:
            return prepared
        return replace(prepared, files=await self._context.files.prepare(prepared.function, attachment))

    def _check_tenants(self) -> None:
        """Refuse another environment of a tenant where the account has its most."""
        if sum(len(pool) for key, pool in self._pools.items() if key[2]) >= _TENANT_ENVIRONMENTS * self._scaling.limit:
            raise throttled("TenantEnvironmentLimitExceeded")

    async def _make_room(self, function_name: str) -> None:
        """End idle environments if memory is short; refuse if that does not help."""
        if self._context.available_mb() >= machine.KEPT_FREE_MB:
            return
        await self.reclaim(0.0)
        left = self._context.available_mb()
        if left < machine.KEPT_FREE_MB:
            raise machine.no_room(function_name, left)

    def _prepared(self, version: Version, function: Function, *, provisioned: bool) -> PreparedVersion:
        context = self._context
        region, account_id = context.place_of(function.id)
        assert version.package is not None  # a function without one is not invoked
        return PreparedVersion(
            function=function,
            package=version.package,
            variables=variables(
                function,
                region,
                context.credentials(function),
                version=version.number,
                provisioned=provisioned,
                image=version.package.image,
            ),
            log_group=context.log_groups[function.id],
            region=region,
            account_id=account_id,
            version=version.number,
        )
