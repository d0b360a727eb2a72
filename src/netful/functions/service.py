"""The functions of a stack: Lambda's Invoke, without the HTTP around it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from netful.functions import package, runtimes
from netful.functions.admission import rejection
from netful.functions.attachment import Attach
from netful.functions.deployment import Deployment
from netful.functions.environment import Environment, Request
from netful.functions.faults import MAX_PAYLOAD
from netful.functions.invocation import Invocation, InvokeRefused, throttled
from netful.functions.layers import layers_of
from netful.functions.logs import LogGroup
from netful.functions.package import Package
from netful.functions.pool import EnvironmentStatus, Make, Pool
from netful.functions.source_watch import SourceWatch
from netful.functions.variables import Credentials, variables
from netful.functions.zygotes import Zygotes
from netful.model.cloud import Cloud
from netful.model.errors import NetfulError, StackError
from netful.model.function import Function
from netful.model.unknown import Unknown

_SWEEP_SECONDS = 30.0


def keys_of(function: Function) -> Credentials:
    """Made-up keys, the same for a function each time."""
    digest = hashlib.sha256(function.id.encode()).hexdigest().upper()
    return Credentials(f"ASIA{digest[:16]}", digest[:40], digest)


@dataclass(frozen=True, slots=True)
class Settings:
    """`ca_bundle`: the file of certificates that sandboxes trust. `idle_seconds`: how long an unused one is kept.

    `concurrency`: the account's limit on invocations at a time (lambda §4.1).
    """

    ca_bundle: Path
    idle_seconds: float = 600.0
    concurrency: int = 1000
    credentials: Callable[[Function], Credentials] = keys_of


class FunctionService:
    """Runs a cloud's functions. Make it, `start` it in the main thread's event loop, and `close` it.

    A function that cannot run is in `problems`, those that Lambda would not create with its StateReasonCode in
    `reason_codes`; the others run all the same. `warnings` are for the user. `cloud` has the functions as they are
    configured now. One that
    follows another over a changed cloud goes on with the logs of the one `before`.
    """

    def __init__(
        self, cloud: Cloud, attach: Attach, state: Path, settings: Settings, before: FunctionService | None = None
    ) -> None:
        self.problems: dict[str, NetfulError] = {}
        self.reason_codes: dict[str, str] = {}
        self.warnings: list[str] = []
        self.cloud = cloud
        self._attach = attach
        self._state = state
        self._settings = settings
        known: dict[str, LogGroup] = before.log_groups if before is not None else {}
        self.log_groups: dict[str, LogGroup] = {
            f.id: known.get(f.id) or LogGroup(f"/aws/lambda/{f.function_name}") for f in cloud.functions.values()
        }
        self._packages: dict[str, Package] = {}
        self._pools: dict[str, Pool] = {}
        self._retired: list[Pool] = []
        self._watches: dict[str, SourceWatch] = {}
        self._running = 0
        self._zygotes: Zygotes | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Prepare the packages and warm the zygotes up."""
        for function in self.cloud.functions.values():
            try:
                self._admit(function)
                self._packages[function.id] = await self._prepare(function)
            except NetfulError as problem:
                self.problems[function.id] = problem
        self._zygotes = Zygotes(self._state, self._packages, self._settings.ca_bundle)
        for function_id, prepared in self._packages.items():
            self._pools[function_id] = self._pool_for(self.cloud.functions[function_id], prepared, self._zygotes)
            if str(prepared.folder) == self.cloud.functions[function_id].code.local_path:  # it is mounted as it is
                self._watches[function_id] = SourceWatch(prepared.folder)
        await self._zygotes.warm_up(self._packages.values())
        self._sweeper = asyncio.create_task(self._sweep())

    async def invoke(
        self,
        function_id: str,
        payload: bytes = b"",
        *,
        client_context: str = "",
        trace_id: str = "",
        request_id: str = "",
        cold: bool = False,
    ) -> Invocation:
        """Run a function once, `cold` in a new environment. A retry keeps the `request_id` of the first attempt.

        Raises InvokeRefused where Lambda's API would, StackError where netful cannot run it.
        """
        pool = await self._current_pool(function_id)
        payload = payload or b"{}"
        check_payload(payload)
        client_context = _one_line(client_context)
        if self._running >= self._settings.concurrency:
            raise throttled("ConcurrentInvocationLimitExceeded")
        request = Request(request_id or str(uuid.uuid4()), payload, trace_id or _new_trace_id(), client_context)
        self._running += 1
        try:
            return await pool.invoke(request, cold=cold)
        finally:
            self._running -= 1

    async def reconfigure(self, function: Function) -> None:
        """Let a function be as given from now on; what runs already ends as it began (lambda §1.4)."""
        old = self._pool(function.id)
        assert self._zygotes is not None
        self._pools[function.id] = self._pool_for(function, self._packages[function.id], self._zygotes)
        self.cloud = replace(self.cloud, functions={**self.cloud.functions, function.id: function})
        self._retired.append(old)
        await old.retire()

    def code_size(self, function_id: str) -> int:
        """The bytes of a function's package; 0 where there is none."""
        prepared = self._packages.get(function_id)
        return prepared.size if prepared else 0

    @property
    def concurrency(self) -> int:
        """The account's limit."""
        return self._settings.concurrency

    def logs(self, function_id: str) -> LogGroup:
        """A function's log."""
        return self.log_groups[function_id]

    def environments(self, function_id: str) -> tuple[EnvironmentStatus, ...]:
        """A function's execution environments."""
        pool = self._pools.get(function_id)
        return pool.status if pool else ()

    async def close(self) -> None:
        """End every sandbox and zygote."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        await asyncio.gather(*(pool.close() for pool in (*self._pools.values(), *self._retired)))
        if self._zygotes is not None:
            await self._zygotes.close()

    async def _current_pool(self, function_id: str) -> Pool:
        """A function's environments; new ones when its code on disk has changed."""
        pool = self._pool(function_id)
        watch = self._watches.get(function_id)
        if watch is None or not watch.changed():
            return pool
        await self.reconfigure(self.cloud.functions[function_id])
        return self._pool(function_id)

    def _pool(self, function_id: str) -> Pool:
        if function_id in self.problems:
            raise self.problems[function_id]
        if function_id not in self._pools:
            raise StackError(f"there is no function `{function_id}`")
        return self._pools[function_id]

    def _admit(self, function: Function) -> None:
        rejected = rejection(self.cloud, function)
        if rejected is not None:
            self.reason_codes[function.id] = rejected.reason_code
            raise rejected.problem

    def _pool_for(self, function: Function, prepared: Package, zygotes: Zygotes) -> Pool:
        maker = self._maker(self._deployment(function, prepared), zygotes)
        return Pool(maker, function.reserved_concurrent_executions)

    async def _prepare(self, function: Function) -> Package:
        if isinstance(function.handler, Unknown):
            raise StackError(
                f"the handler of `{function.id}` is not known", origin=function.origin, why=str(function.handler)
            )
        warning = runtimes.warning(function)
        layers, without = layers_of(self.cloud, function)
        prepared = await asyncio.to_thread(package.prepare, function, self._state / "packages", layers)
        self.warnings += [warning, *without] if warning else without
        self.warnings += _left_out(function)
        return prepared

    def _deployment(self, function: Function, prepared: Package) -> Deployment:
        region = self.cloud.region
        return Deployment(
            function=function,
            package=prepared,
            variables=variables(function, region, self._settings.credentials(function)),
            log_group=self.log_groups[function.id],
            region=region,
            function_arn=f"arn:aws:lambda:{region}:{self.cloud.account_id}:function:{function.function_name}",
        )

    def _maker(self, deployment: Deployment, zygotes: Zygotes) -> Make:
        async def make(on_ready: Callable[[Environment], None]) -> Environment:
            zygote = await zygotes.suitable(deployment.package)
            attachment = await self._attach(deployment.function.id)
            environment = Environment(deployment, attachment, zygote, on_ready)
            try:
                await environment.start()
            except BaseException:
                await environment.close()
                raise
            return environment

        return make

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(_SWEEP_SECONDS, self._settings.idle_seconds))
            for pool in self._pools.values():
                await pool.reclaim(self._settings.idle_seconds)


def check_payload(payload: bytes) -> None:
    """Raise InvokeRefused for an event that Lambda would not accept."""
    if len(payload) > MAX_PAYLOAD:
        message = f"Request must be smaller than {MAX_PAYLOAD} bytes for the InvokeFunction operation"
        raise InvokeRefused(413, "RequestEntityTooLargeException", message)
    try:
        msgspec.json.decode(payload, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        message = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def _one_line(client_context: str) -> str:
    """A client context as it fits into a header: ASCII, without line ends."""
    if not client_context:
        return ""
    try:
        return json.dumps(json.loads(client_context))
    except ValueError as error:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise InvokeRefused(400, "InvalidRequestContentException", message) from error


def _left_out(function: Function) -> list[str]:
    """What a function asks for and does not get."""
    missing = [name for name, value in function.environment.items() if isinstance(value, Unknown)]
    return [
        f"{function.origin}: `{function.id}` runs without the variable `{name}`: its value is not known"
        for name in missing
    ]


def _new_trace_id() -> str:
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
