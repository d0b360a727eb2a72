"""One execution environment: init, invocations, resets, end (lambda §3.1).

Its life in AWS's words: INIT runs within 10 s; when it fails it runs once more inside the first invocation, under the
function's timeout. A timeout or the end of the runtime kills every process; the next invocation starts new ones in the
same environment (*suppressed init*): /tmp is still there, global state is not.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from netful.functions import faults, report
from netful.functions.attachment import Attachment
from netful.functions.deployment import Deployment
from netful.functions.faults import Exit, Fault
from netful.functions.invocation import Invocation, InvokeRefused, Usage
from netful.functions.logs import LogStream
from netful.functions.runtime_api import Answer, Event, Ready, RuntimeApi, State
from netful.functions.sandbox import Sandbox
from netful.functions.variables import RUNTIME_API_ADDRESS, RUNTIME_API_PORT
from netful.functions.zygote import Zygote

_INIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asks: the event and what describes it."""

    request_id: str
    payload: bytes
    trace_id: str
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class _Expired:
    """Time was up."""


_Outcome = Ready | Answer | Exit | _Expired


class Environment:
    """An execution environment of a function. One invocation at a time; `on_ready` is called when it can take another."""

    def __init__(
        self, deployment: Deployment, attachment: Attachment, zygote: Zygote, on_ready: Callable[[Environment], None]
    ) -> None:
        self.id = secrets.token_hex(16)
        today = datetime.now(UTC).strftime("%Y/%m/%d")
        self.log_stream = LogStream(deployment.log_group, f"{today}/[$LATEST]{self.id}")
        self.idle_since = time.monotonic()
        self._deployment = deployment
        self._attachment = attachment
        self._zygote = zygote
        self._on_ready = on_ready
        self._loop = asyncio.get_running_loop()
        self._api = RuntimeApi(self._settle, self._become_ready)
        self._sandbox: Sandbox | None = None
        self._outcome: asyncio.Future[_Outcome] | None = None
        self._init_ms: float | None = None

    @property
    def ready(self) -> bool:
        """Whether an invocation can start now: the runtime waits, or there is none and a new one will be started."""
        return self._sandbox is None or self._api.state is State.READY

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
        self.log_stream.platform(report.init_start(str(self._deployment.function.runtime), self._deployment.region))
        began = time.perf_counter()
        outcome = await self._init(_INIT_SECONDS)
        elapsed = _ms_since(began)
        if isinstance(outcome, Ready):
            self._init_ms = elapsed
        else:
            self._report_init(outcome, elapsed, "init")

    async def invoke(self, request: Request) -> Invocation:
        """Run the handler for one event."""
        function, began = self._deployment.function, time.perf_counter()
        if self._sandbox is None:
            outcome = await self._init(function.timeout)
            if not isinstance(outcome, Ready):
                if not isinstance(outcome, _Expired):
                    self._report_init(outcome, _ms_since(began), "invoke")
                self.log_stream.platform(report.start(request.request_id))
                return self._conclude(request, outcome, _ms_since(began))
        self.log_stream.platform(report.start(request.request_id))
        left = max(function.timeout - (time.perf_counter() - began), 0.0)
        outcome = await self._phase(left, lambda: self._deliver(request, left))
        duration_ms = _ms_since(began)
        invocation = self._conclude(request, outcome, duration_ms)
        if not isinstance(outcome, Answer):
            await self.stop()
        self._freeze()
        return invocation

    async def stop(self) -> None:
        """End the runtime; the environment stays."""
        sandbox, self._sandbox = self._sandbox, None
        self._api.restart()
        if sandbox is not None:
            await sandbox.kill()

    async def close(self) -> None:
        """End the environment."""
        await self.stop()
        self._zygote.release(self.id)
        self._api.close()
        self._attachment.close()

    async def _init(self, seconds: float) -> _Outcome:
        """Start a runtime and wait until it asks for an event."""
        outcome = await self._phase(seconds, self._start_sandbox)
        if isinstance(outcome, Ready):
            return outcome
        await self.stop()
        if isinstance(outcome, Exit) and outcome.failed:
            raise InvokeRefused(500, "ServiceException", f"a sandbox could not be started: {outcome.failed}")
        return outcome

    def _start_sandbox(self) -> None:
        function = self._deployment.function
        self._api.restart()
        self._sandbox = Sandbox(self._zygote, self.id, self.log_stream, function.memory_size, self._on_exit)
        order = {
            "package": function.id,
            "layers": bool(self._deployment.package.layers),
            "program": self._deployment.package.program,
            "handler": str(function.handler),
            "variables": {**self._deployment.variables, "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream.name},
            "tmp_mb": function.ephemeral_storage,
            "nameserver": self._attachment.nameserver,
        }
        self._sandbox.start(order, self._attachment.netns_fd)

    async def _phase(self, seconds: float, begin: Callable[[], None]) -> _Outcome:
        """Begin a phase and wait for its end, whichever it is."""
        self._outcome = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._settle, _Expired())
        try:
            begin()
            return await self._outcome
        finally:
            timer.cancel()
            self._outcome = None

    def _settle(self, outcome: _Outcome) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)

    def _on_exit(self, end: Exit) -> None:
        self._sandbox = None
        self._api.restart()
        if self._outcome is not None:
            self._settle(end)
        else:
            self._become_ready()

    def _become_ready(self) -> None:
        self.idle_since = time.monotonic()
        if not self.invoking:
            self._freeze()
        self._on_ready(self)

    def _freeze(self) -> None:
        if self._sandbox is not None and self._api.state is State.READY:
            self._sandbox.freeze()

    def _deliver(self, request: Request, seconds_left: float) -> None:
        assert self._sandbox is not None
        self._sandbox.thaw()
        deadline_ms = int((time.time() + seconds_left) * 1000)
        arn = self._deployment.function_arn
        event = Event(request.request_id, request.payload, deadline_ms, arn, request.trace_id, request.client_context)
        self._api.deliver(event)

    def _report_init(self, outcome: _Outcome, elapsed_ms: float, phase: str) -> None:
        match outcome:
            case Answer(error_type=error_type):
                line = report.init_report(elapsed_ms, phase, "error", error_type)
            case Exit():
                line = report.init_report(elapsed_ms, phase, "error", "Runtime.ExitError")
            case _:
                line = report.init_report(elapsed_ms, phase, "timeout", "")
        self.log_stream.platform(line)

    def _conclude(self, request: Request, outcome: _Outcome, duration_ms: float) -> Invocation:
        """The result of an invocation, and Lambda's lines after the function's own."""
        function, request_id = self._deployment.function, request.request_id
        memory_mb = self._memory_mb(outcome)
        fault = self._fault(request_id, outcome)
        if isinstance(outcome, _Expired):
            duration_ms = function.timeout * 1000.0
            self.log_stream.platform(report.timed_out(request_id, function.timeout))
        init_ms, self._init_ms = self._init_ms, None
        usage = Usage(duration_ms, init_ms, memory_mb)
        self.log_stream.platform(report.end(request_id))
        self.log_stream.platform(report.report(request_id, usage, function.memory_size, fault))
        return Invocation(
            request_id=request_id,
            payload=fault.payload if fault else _payload(outcome),
            function_error="Unhandled" if fault else None,
            log_tail=self.log_stream.take_tail(),
            usage=usage,
        )

    def _memory_mb(self, outcome: _Outcome) -> int:
        if isinstance(outcome, Exit):
            return outcome.peak_mb
        if self._sandbox is None:
            return 0
        self._sandbox.drain()
        return self._sandbox.peak_memory_mb()

    def _fault(self, request_id: str, outcome: _Outcome) -> Fault | None:
        match outcome:
            case Answer(error_type="", too_large=False):
                return None
            case Answer(too_large=True):
                return faults.response_too_large()
            case Answer(payload=payload, error_type=error_type):
                return Fault(payload, error_type)
            case Exit():
                return faults.exited(request_id, outcome)
            case _:
                return faults.timed_out(request_id, self._deployment.function.timeout)


def _payload(outcome: _Outcome) -> bytes:
    assert isinstance(outcome, Answer)  # whatever else came is a fault
    return outcome.payload


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
