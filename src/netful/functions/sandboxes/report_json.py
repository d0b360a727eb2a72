"""Lambda's log lines as JSON: the lines of `report`, each an object with its time, type and record.

Types and records are those of the Telemetry API (lambda §3.3). There is no line at the end of an invocation. A line below
`SystemLogLevel` is empty.
"""

from typing import Any, Protocol

import msgspec

from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.invocations.faults import Fault
from netful.functions.invocations.invocation import Usage
from netful.functions.sandboxes import report
from netful.model.core.frozen import Frozen
from netful.model.functions.function import Function

_LEVELS = ("DEBUG", "INFO", "WARN")


class Lines(Protocol):
    """Writer of Lambda's log lines; each line may be empty."""

    def init_start(self, prepared: PreparedVersion) -> str:
        """Return the first line of an environment's log."""

    def init_report(self, duration_ms: float, phase: str, status: str, error_type: str) -> str:
        """Return the line of a failed init."""

    def start(self, request_id: str, version: str) -> str:
        """Return the line before the handler's output."""

    def timed_out(self, request_id: str, timeout: float) -> str:
        """Return the line of an invocation that timed out."""

    def end(self, request_id: str) -> str:
        """Return the line after the handler's output."""

    def report(self, request_id: str, usage: Usage, memory_size: int, fault: Fault | None) -> str:
        """Return the line with the usage of the invocation."""


def lines_of(function: Function) -> Lines:
    """Return the writer for a function."""
    return JsonLines(function.logging.system_log_level) if function.logging.as_json else report


class JsonLines(Frozen):
    """JSON lines at or above a level."""

    level: str

    def init_start(self, prepared: PreparedVersion) -> str:
        """Return the first line of an environment's log."""
        version, arn = report.runtime_version(str(prepared.function.runtime), prepared.region)
        kind = prepared.variables.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        return self._line("INFO", "platform.initStart", {
            "initializationType": kind, "phase": "init", "runtimeVersion": version, "runtimeVersionArn": arn,
            "functionName": prepared.function.function_name, "functionVersion": prepared.version,
        })  # fmt: skip

    def init_report(self, duration_ms: float, phase: str, status: str, error_type: str) -> str:
        """Return the line of a failed init."""
        record: dict[str, Any] = {"phase": phase, "status": status, "metrics": {"durationMs": round(duration_ms, 3)}}
        return self._line("WARN", "platform.initReport", record | ({"errorType": error_type} if error_type else {}))

    def start(self, request_id: str, version: str) -> str:
        """Return the line before the handler's output."""
        return self._line("INFO", "platform.start", {"requestId": request_id, "version": version})

    def timed_out(self, request_id: str, timeout: float) -> str:
        """Return the line of an invocation that timed out, which is text here too."""
        return report.timed_out(request_id, timeout)

    def end(self, _request_id: str) -> str:
        """Return an empty line."""
        return ""

    def report(self, request_id: str, usage: Usage, memory_size: int, fault: Fault | None) -> str:
        """Return the line with the usage of the invocation."""
        metrics: dict[str, Any] = {
            "durationMs": round(usage.duration_ms, 3), "billedDurationMs": usage.billed_ms,
            "memorySizeMB": memory_size, "maxMemoryUsedMB": usage.max_memory_mb,
        }  # fmt: skip
        if usage.init_ms is not None:
            metrics["initDurationMs"] = round(usage.init_ms, 3)
        record = {"requestId": request_id, "metrics": metrics, "status": fault.status if fault else "success"}
        if fault is not None and fault.status == "error":
            record["errorType"] = fault.error_type
        return self._line("WARN" if fault else "INFO", "platform.report", record)

    def _line(self, level: str, kind: str, record: dict[str, Any]) -> str:
        if self.level in _LEVELS and _LEVELS.index(level) < _LEVELS.index(self.level):
            return ""
        return msgspec.json.encode({"time": report.now(), "type": kind, "record": record}).decode() + "\n"
