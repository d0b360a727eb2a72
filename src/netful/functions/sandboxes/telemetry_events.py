"""Platform events of an execution environment (lambda §3.3): an init, its extensions, and each invocation."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Fault
from netful.functions.invocations.invocation import Usage
from netful.functions.invocations.requests import InvocationRequest
from netful.functions.sandboxes.outcome import Expired, Outcome, Ready, RuntimeReport, error_type_of
from netful.functions.sandboxes.report import init_record, metrics
from netful.functions.sandboxes.telemetry import Telemetry
from netful.model.core import instant


class InitTelemetry:
    """Events of one init, from its start: `phase` is `init`, or `invoke` for one that repeats a failed init."""

    def __init__(self, telemetry: Telemetry, prepared: PreparedVersion, phase: str) -> None:
        self._telemetry = telemetry
        self._began = time.perf_counter()
        record = init_record(prepared, phase)
        self._common = {name: record[name] for name in ("initializationType", "phase")}
        telemetry.restart()
        telemetry.tell("platform.initStart", record)

    def end(self, outcome: Outcome, extensions: list[tuple[str, list[str]]]) -> None:
        """Report the end; extensions can no longer subscribe."""
        error_type = error_type_of(outcome)
        how = {"status": _status(outcome), **({"errorType": error_type} if error_type else {})}
        for name, events in extensions if isinstance(outcome, Ready) else ():
            self._telemetry.tell("platform.extension", {"name": name, "state": "Ready", "events": events})
        self._telemetry.tell("platform.initRuntimeDone", {**self._common, **how})
        metrics = {"durationMs": round((time.perf_counter() - self._began) * 1000, 3)}
        self._telemetry.tell("platform.initReport", {**self._common, **how, "metrics": metrics})
        self._telemetry.started()


def tell_start(telemetry: Telemetry, request: InvocationRequest, version: str) -> None:
    """Report the start of an invocation."""
    telemetry.tell("platform.start", {"requestId": request.request_id, "version": version, **_tracing(request)})


def tell_end(
    telemetry: Telemetry,
    request: InvocationRequest,
    outcome: Outcome,
    fault: Fault | None,
    usage: Usage,
    memory_mb: int,
) -> None:
    """Report the end of an invocation: the runtime is done, and Lambda reports."""
    common: dict[str, Any] = {"requestId": request.request_id, "status": _status(outcome)}
    if fault is not None and fault.status == "error":
        common["errorType"] = fault.error_type
    produced = len(outcome.payload) if isinstance(outcome, RuntimeReport) else 0
    duration_ms = round(usage.duration_ms, 3)
    telemetry.tell("platform.runtimeDone", {
        **common, **_tracing(request), "spans": _spans(duration_ms),
        "metrics": {"durationMs": duration_ms, "producedBytes": produced},
    })  # fmt: skip
    telemetry.tell("platform.end", {"requestId": request.request_id})
    telemetry.tell("platform.report", {**common, "metrics": metrics(usage, memory_mb), **_tracing(request)})


def _spans(duration_ms: float) -> list[dict[str, Any]]:
    """Return the spans of a response that arrives whole: its latency is the whole duration."""
    now = datetime.now(UTC)
    return [
        {
            "name": "responseLatency",
            "start": instant(now - timedelta(milliseconds=duration_ms)),
            "durationMs": duration_ms,
        },
        {"name": "responseDuration", "start": instant(now), "durationMs": 0.0},
    ]


def _tracing(request: InvocationRequest) -> dict[str, Any]:
    return {"tracing": {"type": "X-Amzn-Trace-Id", "value": request.trace_id}}


def _status(outcome: Outcome) -> str:
    match outcome:
        case Ready() | RuntimeReport(error_type="", too_large=False):
            return "success"
        case RuntimeReport():
            return "error"
        case Expired():
            return "timeout"
        case _:
            return "failure"
