"""One execution environment: init, invocations, resets, end (lambda §3.1).

Its life in AWS's words: INIT starts the extensions, then the runtime, and ends when all of them ask for an event, within
10 s; when it fails it runs once more inside the first invocation, under the function's timeout. A timeout or the end of
the runtime kills every process; the next invocation starts new ones in the same environment (*suppressed init*): /tmp is
still there, global state is not. Extensions are told before they are killed.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from netful.functions.code.deployment import Deployment
from netful.functions.code.variables import RUNTIME_API_ADDRESS, RUNTIME_API_PORT, for_extensions
from netful.functions.invocations.attachment import Attachment
from netful.functions.invocations.faults import Exit
from netful.functions.invocations.invocation import Invocation, InvokeRefused, Usage
from netful.functions.invocations.logs import LogStream
from netful.functions.invocations.response_stream import ResponseStream
from netful.functions.sandboxes.extensions_api import About, ExtensionsApi
from netful.functions.sandboxes.outcome import Answer, Expired, ExtensionFailed, Outcome, Ready, fault_of, init_line
from netful.functions.sandboxes.report_json import lines_of
from netful.functions.sandboxes.runtime_api import Event, RuntimeApi, State
from netful.functions.sandboxes.sandbox import Sandbox
from netful.functions.sandboxes.sandbox_http import ApiRequest, Connection
from netful.functions.sandboxes.sandbox_post import post
from netful.functions.sandboxes.telemetry import Telemetry
from netful.functions.sandboxes.telemetry_events import InitTelemetry, tell_end, tell_start
from netful.functions.sandboxes.zygote import Zygote

_INIT_SECONDS = 10.0


class Request(msgspec.Struct, frozen=True):
    """What a caller asks: the event and what describes it. `qualifier`: the version or alias that was named."""

    request_id: str
    payload: bytes
    trace_id: str
    client_context: str = ""
    qualifier: str = ""
    stream: ResponseStream | None = None


class Environment:
    """An execution environment of a version. One invocation at a time; `on_ready` is called when it can take another."""

    def __init__(
        self, deployment: Deployment, attachment: Attachment, zygote: Zygote, on_ready: Callable[[Environment], None]
    ) -> None:
        self.id = secrets.token_hex(16)
        today = datetime.now(UTC).strftime("%Y/%m/%d")
        self.log_stream = LogStream(deployment.log_group, f"{today}/[{deployment.version}]{self.id}")
        self.idle_since = time.monotonic()
        self.failed_init = False
        self._deployment = deployment
        self._lines = lines_of(deployment.function)
        self._attachment = attachment
        self._zygote = zygote
        self._on_ready = on_ready
        self._loop = asyncio.get_running_loop()
        self._extensions = ExtensionsApi(
            _about(deployment), frozenset(map(_name, deployment.package.extensions)), self._on_extension, self._settle
        )
        self._telemetry = Telemetry(self._post, self._extensions.name_of)
        self._api = RuntimeApi(self._settle, self._on_next, self._further)
        self._sandbox: Sandbox | None = None
        self._outcome: asyncio.Future[Outcome] | None = None
        self._starting = False
        self._overrun: asyncio.TimerHandle | None = None
        self._reset: asyncio.Task[None] | None = None
        self._init_ms: float | None = None

    @property
    def ready(self) -> bool:
        """Whether an invocation can start now: all wait for an event, or nothing runs and will be started."""
        if self._reset is not None:
            return False
        return self._sandbox is None or (self._api.state is State.READY and self._extensions.idle)

    @property
    def invoking(self) -> bool:
        """Whether an invocation is under way."""
        return self._outcome is not None

    @property
    def usable(self) -> bool:
        """Whether new sandboxes can be started in it."""
        return not self._zygote.ended.is_set()

    async def start(self) -> None:
        """Run the init phase ahead of the first invocation; a failed one leaves the environment without a runtime."""
        await self._api.serve(self._attachment.listen(RUNTIME_API_ADDRESS, RUNTIME_API_PORT))
        self.log_stream.platform(self._lines.init_start(self._deployment))
        began = time.perf_counter()
        outcome = await self._init(_INIT_SECONDS, "init")
        elapsed = _ms_since(began)
        if isinstance(outcome, Ready):
            self._init_ms = elapsed
        else:
            self.failed_init = True
            self.log_stream.platform(init_line(self._lines, outcome, elapsed, "init"))

    async def invoke(self, request: Request) -> Invocation:
        """Run the handler for one event."""
        function, began = self._deployment.function, time.perf_counter()
        if self._reset is not None:
            await self._reset
        if self._sandbox is None:
            outcome = await self._init(function.timeout, "invoke")
            if not isinstance(outcome, Ready):
                if not isinstance(outcome, Expired):
                    self.log_stream.platform(init_line(self._lines, outcome, _ms_since(began), "invoke"))
                self._tell_start(request)
                if isinstance(outcome, Exit) and outcome.signal == signal.SIGSEGV:  # Lambda waits on (lambda §3.8)
                    outcome = await self._phase(max(function.timeout - _ms_since(began) / 1000, 0.0), lambda: None)
                return self._conclude(request, outcome, _ms_since(began))
        self._tell_start(request)
        left = max(function.timeout - (time.perf_counter() - began), 0.0)
        outcome = await self._phase(left, lambda: self._deliver(request, left))
        duration_ms = _ms_since(began)
        invocation = self._conclude(request, outcome, duration_ms)
        if not isinstance(outcome, Answer):
            await self.stop("TIMEOUT" if isinstance(outcome, Expired) else "FAILURE")
        elif not self._extensions.idle:  # the rest of the time is theirs
            left = max(function.timeout - (time.perf_counter() - began), 0.0)
            self._overrun = self._loop.call_later(left, self._on_overrun)
        self._freeze()
        return invocation

    async def stop(self, reason: str = "SPINDOWN") -> None:
        """End the runtime; the environment stays."""
        sandbox, self._sandbox = self._sandbox, None
        self._cancel_overrun()
        if sandbox is not None:
            await self._shut_down(sandbox, reason)
        self._api.restart()
        self._extensions.restart()
        if sandbox is not None:
            await sandbox.kill()
        self._telemetry.close()

    async def close(self) -> None:
        """End the environment."""
        await self.stop()
        self._zygote.release(self.id)
        self._api.close()
        self._attachment.close()

    async def _shut_down(self, sandbox: Sandbox, reason: str) -> None:
        """Give the extensions their time (lambda §2.4)."""
        grace = self._extensions.grace
        if not grace or sandbox.ended.is_set():
            return
        sandbox.thaw()
        sandbox.terminate()
        self._telemetry.flush()
        self._extensions.shut_down(reason, int((time.time() + grace) * 1000))
        await sandbox.emptied(grace)

    async def _init(self, seconds: float, phase: str) -> Outcome:
        """Start everything and wait until all of it asks for an event."""
        self._starting = True
        told = InitTelemetry(self._telemetry, self._deployment, phase)
        self.log_stream.listener = self._telemetry.tell
        try:
            outcome = await self._phase(seconds, self._start_sandbox)
        finally:
            self._starting = False
        told.end(outcome, self._extensions.all)
        if not self._telemetry.on:
            self.log_stream.listener = None
        self._extensions.close_registration()
        if isinstance(outcome, Ready):
            return outcome
        await self.stop("TIMEOUT" if isinstance(outcome, Expired) else "FAILURE")
        if isinstance(outcome, Exit) and outcome.failed:
            raise InvokeRefused(500, "ServiceException", f"a sandbox could not be started: {outcome.failed}")
        return outcome

    def _start_sandbox(self) -> None:
        function, package = self._deployment.function, self._deployment.package
        self._api.restart()
        self._sandbox = Sandbox(self._zygote, self.id, self.log_stream, function.memory_size, self)
        variables = {**self._deployment.variables, "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream.name}
        order = {
            "package": package.name,
            "layers": package.layers_name,
            "program": package.program,
            "handler": str(function.handler),
            "variables": variables,
            "tmp_mb": function.ephemeral_storage,
            "nameserver": self._attachment.nameserver,
            "extensions": package.extensions,
            "extension_variables": for_extensions(variables) if package.extensions else {},
        }
        self._sandbox.start(order, self._attachment.netns_fd)

    async def _phase(self, seconds: float, begin: Callable[[], None]) -> Outcome:
        """Begin a phase and wait for its end, whichever it is."""
        self._outcome = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._settle, Expired())
        try:
            begin()
            return await self._outcome
        finally:
            timer.cancel()
            self._outcome = None

    def _settle(self, outcome: Outcome) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)

    def runtime_ended(self, end: Exit) -> None:
        """The runtime is gone, and extensions run on: they are ended, now or with the invocation."""
        if self._outcome is not None:
            self._settle(end)
        elif self._sandbox is not None:
            self._reset = self._loop.create_task(self._end_everything("FAILURE"))

    def extension_ended(self, name: str, code: int) -> None:
        """An extension is gone: that fails the environment."""
        reason = f"signal: {-code}" if code < 0 else f"exit status {code}"
        self._settle(ExtensionFailed("Extension.Crash", f"{name}: {reason}"))

    def sandbox_ended(self, end: Exit) -> None:
        """No process is left."""
        self._settle(end)
        if self._sandbox is None:  # it was asked for
            return
        self._sandbox = None
        self._api.restart()
        self._extensions.restart()
        if not self.invoking:
            self._become_ready()

    def freezing(self) -> None:
        """What the runtime is owed leaves before its processes are stopped."""
        self._api.flush()

    def _on_extension(self) -> None:
        """An extension has registered, or asks for an event."""
        if self._starting and self._extensions.registered and self._sandbox is not None:
            self._sandbox.start_runtime()
        self._on_next()

    def _on_next(self) -> None:
        """The runtime or an extension asks for an event."""
        if self._api.state is not State.READY or not self._extensions.idle:
            return
        if self._starting:
            self._settle(Ready())
        else:
            self._cancel_overrun()
            self._become_ready()

    def _on_overrun(self) -> None:
        """Extensions have not come back within the function's timeout."""
        self._reset = self._loop.create_task(self._end_everything("TIMEOUT"))

    async def _end_everything(self, reason: str) -> None:
        await self.stop(reason)
        self._reset = None
        self._become_ready()

    def _cancel_overrun(self) -> None:
        if self._overrun is not None:
            self._overrun.cancel()
            self._overrun = None

    def _become_ready(self) -> None:
        self.idle_since = time.monotonic()
        if not self.invoking:
            self._freeze()
        self._on_ready(self)

    def _freeze(self) -> None:
        if self._sandbox is not None and self.ready:
            self._sandbox.freeze()

    def _deliver(self, request: Request, seconds_left: float) -> None:
        assert self._sandbox is not None
        self._sandbox.thaw()
        deadline_ms = int((time.time() + seconds_left) * 1000)
        arn = self._deployment.function_arn
        if request.qualifier:
            arn = f"{arn}:{request.qualifier}"
        self._extensions.invoke(request.request_id, deadline_ms, arn, request.trace_id)
        self._api.deliver(
            Event(
                request.request_id, request.payload, deadline_ms, arn, request.trace_id, request.client_context,
                request.stream,
            )
        )  # fmt: skip

    def _conclude(self, request: Request, outcome: Outcome, duration_ms: float) -> Invocation:
        """The result of an invocation, and Lambda's lines after the function's own."""
        function, request_id = self._deployment.function, request.request_id
        memory_mb = self._memory_mb(outcome)
        fault = fault_of(outcome, request_id, function.timeout)
        if isinstance(outcome, Expired):
            duration_ms = function.timeout * 1000.0
            self.log_stream.platform(self._lines.timed_out(request_id, function.timeout))
        init_ms, self._init_ms = self._init_ms, None
        usage = Usage(duration_ms, init_ms, memory_mb)
        if self._telemetry.on:
            tell_end(self._telemetry, request, outcome, fault, usage, function.memory_size)
        self.log_stream.platform(self._lines.end(request_id))
        self.log_stream.platform(self._lines.report(request_id, usage, function.memory_size, fault))
        return Invocation(
            request_id=request_id,
            payload=fault.payload if fault else _payload(outcome),
            function_error="Unhandled" if fault else None,
            log_tail=self.log_stream.take_tail(),
            usage=usage,
            executed_version=self._deployment.version,
        )

    def _tell_start(self, request: Request) -> None:
        version = self._deployment.version
        self.log_stream.platform(self._lines.start(request.request_id, version))
        if self._telemetry.on:
            tell_start(self._telemetry, request, version)

    def _further(self, connection: Connection, request: ApiRequest) -> bool:
        return self._extensions.handle(connection, request) or self._telemetry.handle(connection, request)

    async def _post(self, port: int, path: str, body: bytes) -> bool:
        return await post(await self._attachment.socket(), (RUNTIME_API_ADDRESS, port), path, body)

    def _memory_mb(self, outcome: Outcome) -> int:
        if isinstance(outcome, Exit):
            return outcome.peak_mb
        if self._sandbox is None:
            return 0
        self._sandbox.drain()
        return self._sandbox.peak_memory_mb(outcome.peak_kb if isinstance(outcome, Answer) else 0)


def _about(deployment: Deployment) -> About:
    function = deployment.function
    return About(function.function_name, deployment.version, str(function.handler), deployment.account_id)


def _name(path: str) -> str:
    return Path(path).name


def _payload(outcome: Outcome) -> bytes:
    assert isinstance(outcome, Answer)  # whatever else came is a fault
    return outcome.payload


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
