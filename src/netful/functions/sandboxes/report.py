"""Lambda's log lines, as text (lambda §3.7) or as JSON with the types and records of the Telemetry API (lambda §3.3)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from netful.engine.traces.trace_header import TraceHeader
from netful.engine.traces.tracer import SAMPLED
from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Fault
from netful.functions.invocations.invocation import Usage
from netful.functions.invocations.requests import InvocationRequest
from netful.model.core import instant
from netful.model.functions.function import Function
from netful.model.names.arns import aws_arn

_FAMILY = re.compile(r"^([a-z]+)\.?")
_LEVELS = ("DEBUG", "INFO", "WARN")


def now() -> str:
    """Return the present time as Lambda writes it."""
    return instant(datetime.now(UTC))


def init_record(prepared: PreparedVersion, phase: str) -> dict[str, Any]:
    """Return the record of an init that starts."""
    version, arn = _runtime_version(prepared)
    return {
        "initializationType": prepared.variables.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"), "phase": phase,
        "runtimeVersion": version, "runtimeVersionArn": arn,
        "functionName": prepared.function.function_name, "functionVersion": prepared.version,
    }  # fmt: skip


def metrics(usage: Usage, memory_size: int) -> dict[str, Any]:
    """Return the usage of an invocation as the metrics of its report."""
    used: dict[str, Any] = {
        "durationMs": round(usage.duration_ms, 3), "billedDurationMs": usage.billed_ms,
        "memorySizeMB": memory_size, "maxMemoryUsedMB": usage.max_memory_mb,
    }  # fmt: skip
    return used | ({} if usage.init_ms is None else {"initDurationMs": round(usage.init_ms, 3)})


def _runtime_version(prepared: PreparedVersion) -> tuple[str, str]:
    """Return the version of a runtime and its ARN, derived from its name."""
    version = _FAMILY.sub(r"\1:", str(prepared.function.runtime), count=1).removesuffix(".x") + ".v1"
    return version, aws_arn("lambda", prepared.region, "", f"runtime:{hashlib.sha256(version.encode()).hexdigest()}")


def lines_of(function: Function) -> Lines:
    """Return the writer for a function."""
    return JsonLines(function.logging.system_log_level) if function.logging.as_json else Lines()


class Lines:
    """Writer of the lines as text: tabs, two decimals, a tab before REPORT's newline."""

    def init_start(self, prepared: PreparedVersion) -> str:
        """Return the first line of an environment's log."""
        version, arn = _runtime_version(prepared)
        return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"

    def init_report(self, duration_ms: float, phase: str, status: str, error_type: str) -> str:
        """Return the line of a failed init."""
        line = f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: {phase}\tStatus: {status}"
        return f"{line}\tError Type: {error_type}\n" if error_type else f"{line}\n"

    def extension(self, name: str, events: list[str]) -> str:
        """Return the line of an extension that has started."""
        return f"EXTENSION\tName: {name}\tState: Ready\tEvents: [{', '.join(events)}]\n"

    def start(self, request_id: str, version: str) -> str:
        """Return the line before the handler's output."""
        return f"START RequestId: {request_id} Version: {version}\n"

    def timed_out(self, request_id: str, timeout: float) -> str:
        """Return the line of an invocation that timed out, which is text among lines of JSON, too."""
        return f"{now()} {request_id} Task timed out after {timeout:.2f} seconds\n\n"

    def end(self, request_id: str) -> str:
        """Return the line after the handler's output."""
        return f"END RequestId: {request_id}\n"

    def report(self, request: InvocationRequest, usage: Usage, memory_size: int, fault: Fault | None) -> str:
        """Return the line with the usage of the invocation."""
        line = (
            f"REPORT RequestId: {request.request_id}\tDuration: {usage.duration_ms:.2f} ms\t"
            f"Billed Duration: {usage.billed_ms} ms\tMemory Size: {memory_size} MB\t"
            f"Max Memory Used: {usage.max_memory_mb} MB\t"
        )
        if usage.init_ms is not None:
            line += f"Init Duration: {usage.init_ms:.2f} ms\t"
        if fault is not None:
            line += f"Status: {fault.status}"
            line += f"\tError Type: {fault.error_type}" if fault.status == "error" else ""
        trace = TraceHeader.of(request.trace_id)
        if trace.sampled == SAMPLED:
            line += f"\nXRAY TraceId: {trace.root}\tSegmentId: {trace.parent}\tSampled: true\t"
        return line + "\n"


class JsonLines(Lines):
    """Writer of the lines as JSON: each an object with its time, type and record; empty if it is below a level."""

    def __init__(self, level: str) -> None:
        self._level = level

    def init_start(self, prepared: PreparedVersion) -> str:
        """Return the first line of an environment's log."""
        return self._line("INFO", "platform.initStart", init_record(prepared, "init"))

    def init_report(self, duration_ms: float, phase: str, status: str, error_type: str) -> str:
        """Return the line of a failed init."""
        record: dict[str, Any] = {"phase": phase, "status": status, "metrics": {"durationMs": round(duration_ms, 3)}}
        return self._line("WARN", "platform.initReport", record | ({"errorType": error_type} if error_type else {}))

    def extension(self, name: str, events: list[str]) -> str:
        """Return the line of an extension that has started."""
        return self._line("INFO", "platform.extension", {"name": name, "state": "Ready", "events": events})

    def start(self, request_id: str, version: str) -> str:
        """Return the line before the handler's output."""
        return self._line("INFO", "platform.start", {"requestId": request_id, "version": version})

    def end(self, _request_id: str) -> str:
        """Return an empty line."""
        return ""

    def report(self, request: InvocationRequest, usage: Usage, memory_size: int, fault: Fault | None) -> str:
        """Return the line with the usage of the invocation."""
        used, status = metrics(usage, memory_size), fault.status if fault else "success"
        record = {"requestId": request.request_id, "metrics": used, "status": status}
        trace = TraceHeader.of(request.trace_id)
        if trace.sampled == SAMPLED:
            record["tracing"] = {"spanId": trace.parent, "type": "X-Amzn-Trace-Id", "value": request.trace_id}
        if fault is not None and fault.status == "error":
            record["errorType"] = fault.error_type
        return self._line("WARN" if fault else "INFO", "platform.report", record)

    def _line(self, level: str, kind: str, record: dict[str, Any]) -> str:
        if self._level in _LEVELS and _LEVELS.index(level) < _LEVELS.index(self._level):
            return ""
        return msgspec.json.encode({"time": now(), "type": kind, "record": record}).decode() + "\n"
