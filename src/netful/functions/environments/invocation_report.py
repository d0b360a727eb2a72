"""Lambda's own lines and events about an environment: its init, and the start and end of each invocation."""

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Exit
from netful.functions.invocations.invocation import Invocation, Usage
from netful.functions.invocations.logs import LogStream
from netful.functions.invocations.requests import InvocationRequest
from netful.functions.sandboxes.outcome import Expired, Outcome, RuntimeReport, fault_of, init_line
from netful.functions.sandboxes.report import lines_of
from netful.functions.sandboxes.sandbox import Sandbox
from netful.functions.sandboxes.telemetry import Telemetry
from netful.functions.sandboxes.telemetry_events import tell_end, tell_start


class InvocationReport:
    """Reports of one environment, to its log stream and to its telemetry's subscribers."""

    def __init__(self, prepared: PreparedVersion, log_stream: LogStream, telemetry: Telemetry) -> None:
        self._prepared = prepared
        self._log = log_stream
        self._telemetry = telemetry
        self._lines = lines_of(prepared.function)

    def init_started(self) -> None:
        """Report that an init starts."""
        if self._prepared.package.image is None:  # only a runtime of Lambda's has a version
            self._log.platform(self._lines.init_start(self._prepared), in_tail=False)

    def extensions_started(self, extensions: list[tuple[str, list[str]]]) -> None:
        """Report the extensions that run, each with its events."""
        for name, events in extensions:
            self._log.platform(self._lines.extension(name, events), in_tail=False)

    def init_failed(self, outcome: Outcome, elapsed_ms: float, phase: str) -> None:
        """Report an init that failed; `phase` is the one that it belongs to."""
        self._log.platform(init_line(self._lines, outcome, elapsed_ms, phase))

    def started(self, request: InvocationRequest) -> None:
        """Report that an invocation starts."""
        version = self._prepared.version
        self._log.platform(self._lines.start(request.request_id, version))
        if self._telemetry.on:
            tell_start(self._telemetry, request, version)

    def ended(
        self,
        request: InvocationRequest,
        outcome: Outcome,
        *,
        duration_ms: float,
        init_ms: float | None,
        memory_mb: int,
    ) -> Invocation:
        """Report the end of an invocation, after the function's own lines, and return its result."""
        function, request_id = self._prepared.function, request.request_id
        fault = fault_of(outcome, request_id, function.timeout)
        if isinstance(outcome, Expired):
            duration_ms = function.timeout * 1000.0
            self._log.platform(self._lines.timed_out(request_id, function.timeout))
        usage = Usage(duration_ms, init_ms, memory_mb)
        if self._telemetry.on:
            tell_end(self._telemetry, request, outcome, fault, usage, function.memory_size)
        self._log.platform(self._lines.end(request_id))
        self._log.platform(self._lines.report(request, usage, function.memory_size, fault))
        return Invocation(
            request_id=request_id,
            payload=fault.payload if fault else _payload(outcome),
            function_error="Unhandled" if fault else None,
            log_tail=self._log.take_tail(),
            usage=usage,
            executed_version=self._prepared.version,
        )


def memory_mb(sandbox: Sandbox | None, outcome: Outcome) -> int:
    """Return the peak memory of a phase; 0 if it had no processes."""
    if isinstance(outcome, Exit):
        return outcome.peak_mb
    if sandbox is None:
        return 0
    return sandbox.peak_memory_mb(outcome.peak_kb if isinstance(outcome, RuntimeReport) else 0)


def _payload(outcome: Outcome) -> bytes:
    assert isinstance(outcome, RuntimeReport)  # any other outcome is a bug
    return outcome.payload
