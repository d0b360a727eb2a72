"""Platform events of an execution environment (lambda §3.3): an init, its extensions, and each invocation."""

import time
from datetime import UTC, datetime
from typing import Any

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Exit, Fault
from netful.functions.invocations.invocation import Usage
from netful.functions.invocations.requests import InvocationRequest
from netful.functions.sandboxes.outcome import Expired, ExtensionFailed, Outcome, Ready, RuntimeReport
from netful.functions.sandboxes.report import runtime_version
from netful.functions.sandboxes.telemetry import Telemetry


class InitTelemetry:
    """Events of one init, from its start: `phase` is `init`, or `invoke` for one that repeats a failed init."""

    def __init__(self, telemetry: Telemetry, prepared: PreparedVersion, phase: str) -> None:
        self._telemetry = telemetry
        self._began = time.perf_counter()
        kind = prepared.variables.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        self._common = {"initializationType": kind, "phase": phase}
        version, arn = runtime_version(str(prepared.function.runtime), prepared.region)
        telemetry.restart()
        telemetry.tell("platform.initStart", {
            **self._common, "runtimeVersion": version, "runtimeVersionArn": arn,
            "functionName": prepared.function.function_name, "functionVersion": prepared.version,
        })  # fmt: skip

    def end(self, outcome: Outcome, extensions: list[tuple[str, list[str]]]) -> None:
        """Report the end; extensions can no longer subscribe."""
        how = {"status": _status(outcome), **_error_type(outcome)}
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
    metrics = {"durationMs": duration_ms, "producedBytes": produced}
    telemetry.tell("platform.runtimeDone", {
        **common, **_tracing(request), "spans": _spans(duration_ms), "metrics": metrics,
    })  # fmt: skip
    telemetry.tell("platform.end", {"requestId": request.request_id})
    report: dict[str, Any] = {
        "durationMs": duration_ms, "billedDurationMs": usage.billed_ms, "memorySizeMB": memory_mb,
        "maxMemoryUsedMB": usage.max_memory_mb,
    }  # fmt: skip
    if usage.init_ms is not None:
        report["initDurationMs"] = round(usage.init_ms, 2)
    telemetry.tell("platform.report", {**common, "metrics": report, **_tracing(request)})


def _spans(duration_ms: float) -> list[dict[str, Any]]:
    """Return the spans of a response that arrives whole: its latency is the whole duration."""
    now = time.time()
    return [
        {"name": "responseLatency", "start": _time(now - duration_ms / 1000), "durationMs": duration_ms},
        {"name": "responseDuration", "start": _time(now), "durationMs": 0.0},
    ]


def _time(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


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


def _error_type(outcome: Outcome) -> dict[str, str]:
    match outcome:
        case (
            RuntimeReport(error_type=error_type) | ExtensionFailed(error_type=error_type) | Exit(error_type=error_type)
        ):
            return {"errorType": error_type}
        case _:
            return {}
