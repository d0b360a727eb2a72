"""One execution environment: init, invocations, resets, end (lambda §3.1).

Its life in AWS's words: INIT starts the extensions, then the runtime. It ends when all of them request an event,
within 10 s. A failed INIT runs again inside the first invocation, under the function's timeout. A timeout or the end
of the runtime kills every process. The next invocation starts new processes in the same environment (*suppressed
init*): /tmp remains, global state does not. Extensions receive a notice before they are killed.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.code.variables import RUNTIME_API_ADDRESS, RUNTIME_API_PORT, for_extensions
from netful.functions.environments.invocation_report import InvocationReport, memory_mb
from netful.functions.environments.machine_clock import MachineClock
from netful.functions.environments.phase import Phase
from netful.functions.invocations.attachment import Attachment
from netful.functions.invocations.faults import Exit
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.logs import LogStream
from netful.functions.invocations.requests import InvocationRequest
from netful.functions.sandboxes.extensions_api import About, ExtensionsApi
from netful.functions.sandboxes.outcome import Expired, ExtensionFailed, Outcome, Ready, RuntimeReport
from netful.functions.sandboxes.runtime_api import Event, RuntimeApi, State
from netful.functions.sandboxes.sandbox import Sandbox
from netful.functions.sandboxes.sandbox_post import post
from netful.functions.sandboxes.telemetry import Telemetry
from netful.functions.sandboxes.telemetry_events import InitTelemetry
from netful.functions.sandboxes.trace_receiver import TraceReceiver
from netful.functions.sandboxes.zygote import Zygote

INIT_SECONDS = 10.0
_END_SECONDS = 1.0  # the longest wait for the end of a runtime that has reported an error


class Environment:
    """An execution environment of a version.

    One invocation at a time; `on_ready` is called when it can accept another. One class, because every step of this life reads
    and sets the same phase, sandbox and invocation.
    """

    def __init__(
        self,
        prepared: PreparedVersion,
        attachment: Attachment,
        zygote: Zygote,
        on_ready: Callable[[Environment], None],
        receive_trace: Callable[[bytes], None],
        clock: MachineClock,
    ) -> None:
        self.id = secrets.token_hex(16)
        today = datetime.now(UTC).strftime("%Y/%m/%d")
        self.log_stream = LogStream(prepared.log_group, f"{today}/[{prepared.version}]{self.id}")
        self.idle_since = time.monotonic()
        self.failed_init = False
        self._prepared = prepared
        self._attachment = attachment
        self._zygote = zygote
        self.on_ready = on_ready
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        self._phase = Phase(clock)
        settle, names = self._phase.settle, {Path(path).name for path in prepared.package.extensions}
        self._extensions = ExtensionsApi(_about(prepared), names, self._on_extension, settle)
        self._telemetry = Telemetry(self._post, self._extensions.name_of)
        self._report = InvocationReport(prepared, self.log_stream, self._telemetry)
        others = self._extensions, self._telemetry
        self._api = RuntimeApi(settle, self._on_next, lambda *request: any(api.handle(*request) for api in others))
        self._sandbox: Sandbox | None = None
        self._failed_mb = 0  # of an init
        self._starting = self._concluding = False
        self._overrun: asyncio.TimerHandle | None = None
        self._reset: asyncio.Task[None] | None = None
        self._init_ms: float | None = None
        daemon = attachment.trace_daemon
        self._traces = TraceReceiver(daemon, receive_trace) if daemon is not None else None

    @property
    def ready(self) -> bool:
        """Return whether an invocation can start now: all processes wait for an event, or none runs yet."""
        if self._reset is not None:
            return False
        return self._sandbox is None or (self._api.state is State.READY and self._extensions.idle)

    @property
    def invoking(self) -> bool:
        """Return whether an invocation is in progress."""
        return self._phase.running or self._concluding

    @property
    def usable(self) -> bool:
        """Return whether it can run invocations: its zygote lives, and its network exists."""
        return not self._zygote.ended.is_set() and not self._attachment.cut

    async def start(self) -> None:
        """Run the init phase ahead of the first invocation; after a failure the environment has no runtime."""
        await self._api.serve(self._attachment.listen(RUNTIME_API_ADDRESS, RUNTIME_API_PORT))
        self._report.init_started()
        began = time.perf_counter()
        seconds = self._prepared.function.timeout if self._prepared.debugged else INIT_SECONDS
        outcome = await self._init(seconds, "init")
        elapsed = _ms_since(began)
        if isinstance(outcome, Ready):
            self._init_ms = elapsed
        else:
            self.failed_init = True
            self._report.init_failed(outcome, elapsed, "init")

    async def invoke(self, request: InvocationRequest) -> Invocation:
        """Run the handler for one event."""
        function, began = self._prepared.function, time.perf_counter()
        ends = self._clock.now() + function.timeout
        if self._reset is not None:
            await self._reset
        if self._sandbox is None:
            outcome = await self._init(function.timeout, "invoke")
            if not isinstance(outcome, Ready):
                if not isinstance(outcome, Expired):
                    self._report.init_failed(outcome, _ms_since(began), "invoke")
                self._report.started(request)
                if isinstance(outcome, Exit) and outcome.signal == signal.SIGSEGV:  # Lambda waits on (lambda §3.8)
                    outcome = await self._phase.run(self._clock.seconds_until(ends), lambda: None)
                return self._conclude(request, outcome, _ms_since(began))
        self._report.started(request)
        left = self._clock.seconds_until(ends)
        outcome = await self._phase.run(left, lambda: self._deliver_in_time(request, left))
        duration_ms = _ms_since(began)
        await self._read_output()
        invocation = self._conclude(request, outcome, duration_ms)
        if not isinstance(outcome, RuntimeReport):
            await self.stop("TIMEOUT" if isinstance(outcome, Expired) else "FAILURE")
        elif not self._extensions.idle:  # the extensions get the rest of the time
            left = self._clock.seconds_until(ends)
            self._overrun = self._loop.call_later(left, self._end_soon, "TIMEOUT")
        self._freeze()
        return invocation

    def _deliver_in_time(self, request: InvocationRequest, left: float) -> None:
        """Deliver an event, after the delay of a fault; one that is longer than the rest of the time is a timeout."""
        delay = request.startup_delay
        if not delay:
            self._deliver(request, left)
        elif delay < left:
            self._loop.call_later(delay, self._deliver, request, left - delay)

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
        """End the environment; its network goes also where its processes could not be waited for."""
        try:
            await self.stop()
        finally:
            self._zygote.release(self.id)
            self._api.close()
            if self._traces is not None:
                self._traces.close()
            self._attachment.close()

    async def _shut_down(self, sandbox: Sandbox, reason: str) -> None:
        """Give the extensions their time to shut down (lambda §2.4)."""
        grace = self._extensions.grace
        if not grace or sandbox.ended.is_set():
            return
        sandbox.thaw()
        sandbox.terminate()
        self._telemetry.flush()
        self._extensions.shut_down(reason, int((time.time() + grace) * 1000))
        await sandbox.emptied(grace)

    async def _init(self, seconds: float, phase: str) -> Outcome:
        """Start all processes and wait until all of them request an event."""
        self._starting = True
        telemetry = InitTelemetry(self._telemetry, self._prepared, phase)
        self.log_stream.listener = self._telemetry.tell
        try:
            outcome = await self._phase.run(seconds, self._start_sandbox)
        finally:
            self._starting = False
        telemetry.end(outcome, self._extensions.all)
        if not self._telemetry.on:
            self.log_stream.listener = None
        self._extensions.close_registration()
        if isinstance(outcome, Ready):
            self._report.extensions_started(self._extensions.all)
            return outcome
        self._failed_mb = await self._memory_of_failed(outcome)
        await self.stop("TIMEOUT" if isinstance(outcome, Expired) else "FAILURE")
        if isinstance(outcome, Exit) and outcome.failed:
            code = self._prepared.package.folder
            why = outcome.failed if code.exists() else f"the folder of its code, `{code}`, does not exist"
            raise InvokeRefused(500, "ServiceException", f"a sandbox could not be started: {why}")
        return outcome

    async def _memory_of_failed(self, outcome: Outcome) -> int:
        """Return the peak memory of an init. A runtime that reports an error ends at once, and may have ended before it is asked."""
        sandbox = self._sandbox  # it is let go when it ends
        if (used_mb := memory_mb(sandbox, outcome)) or sandbox is None:
            return used_mb
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await sandbox.ended.wait()
        return memory_mb(sandbox, outcome)

    def _start_sandbox(self) -> None:
        function, package = self._prepared.function, self._prepared.package
        self._api.restart()
        self._sandbox = Sandbox(self._zygote, self.id, self.log_stream, function.memory_size, self)
        variables = {**self._prepared.variables, "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream.name}
        order = {
            "image": package.image.folder if package.image else "",
            "cwd": package.image.working_directory if package.image else "/var/task",
            "files": self._prepared.files,
            "package": package.name,
            "layers": package.layers_name,
            "bundles": package.bundles,
            "program": package.program,
            "handler": str(function.handler),
            "variables": variables,
            "tmp_mb": function.ephemeral_storage,
            "nameserver": self._attachment.nameserver,
            "extensions": package.extensions,
            "extension_variables": for_extensions(variables) if package.extensions else {},
        }
        self._sandbox.start(order, self._attachment.netns_fd)

    def runtime_ended(self, end: Exit) -> None:
        """End the extensions, which outlive the runtime, now or with the invocation."""
        if self._phase.running:
            self._phase.settle(end)
        elif self._sandbox is not None:
            self._end_soon("FAILURE")

    def extension_ended(self, name: str, code: int) -> None:
        """Fail the environment, since an extension ended."""
        reason = f"signal: {-code}" if code < 0 else f"exit status {code}"
        self._phase.settle(ExtensionFailed("Extension.Crash", f"{name}: {reason}"))

    def sandbox_ended(self, end: Exit) -> None:
        """Record that no process is left."""
        self._phase.settle(end)
        if self._sandbox is None:  # requested by this environment
            return
        self._sandbox = None
        self._api.restart()
        self._extensions.restart()
        if not self.invoking:
            self._become_ready()

    def freezing(self) -> None:
        """Send the rest of the runtime's response before its processes are stopped."""
        self._api.flush()

    def _on_extension(self) -> None:
        """Start the runtime after every extension has registered; an extension may also request an event."""
        if self._starting and self._extensions.registered and self._sandbox is not None:
            self._sandbox.start_runtime()
        self._on_next()

    def _on_next(self) -> None:
        """Become ready when the runtime and every extension request an event."""
        if self._api.state is not State.READY or not self._extensions.idle:
            return
        if self._starting:
            self._phase.settle(Ready())
        else:
            self._cancel_overrun()
            self._become_ready()

    def _end_soon(self, reason: str) -> None:
        self._reset = self._loop.create_task(self._end_everything(reason))

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
        self.on_ready(self)

    def _freeze(self) -> None:
        if self._sandbox is not None and self.ready and not self._prepared.debugged:
            self._sandbox.freeze()

    def _deliver(self, request: InvocationRequest, seconds_left: float) -> None:
        assert self._sandbox is not None
        self._sandbox.thaw()
        deadline_ms = int((time.time() + seconds_left) * 1000)
        arn = self._prepared.function_arn
        if request.qualifier:
            arn = f"{arn}:{request.qualifier}"
        self._extensions.invoke(request.request_id, deadline_ms, arn, request.trace_id)
        self._api.deliver(
            Event(
                request.request_id, request.payload, deadline_ms, arn, request.trace_id, request.client_context,
                request.tenant_id, request.stream,
            )
        )  # fmt: skip

    async def _read_output(self) -> None:
        """Read the function's output so far: it comes before Lambda's next line."""
        if self._sandbox is None or self._sandbox.drain():
            return
        self._concluding = True
        try:
            await self._sandbox.catch_up()
        finally:
            self._concluding = False

    def _conclude(self, request: InvocationRequest, outcome: Outcome, duration_ms: float) -> Invocation:
        init_ms, self._init_ms = self._init_ms, None
        used_mb = memory_mb(self._sandbox, outcome) or self._failed_mb
        return self._report.ended(request, outcome, duration_ms=duration_ms, init_ms=init_ms, memory_mb=used_mb)

    async def _post(self, port: int, path: str, body: bytes) -> bool:
        return await post(await self._attachment.socket(), (RUNTIME_API_ADDRESS, port), path, body)


def _about(prepared: PreparedVersion) -> About:
    function = prepared.function
    return About(function.function_name, prepared.version, str(function.handler), prepared.account_id)


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
