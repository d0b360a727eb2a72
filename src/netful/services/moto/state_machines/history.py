"""History of an execution, reported to the daemon event by event: for `netful logs`, and for CloudWatch Logs.

moto has a session of CloudWatch Logs for this, which it never opens. This class has its interface.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from secrets import token_hex
from typing import Any

from netful.engine.traces.trace_header import TraceHeader
from netful.engine.traces.tracer import SAMPLED
from netful.services.backends.frames import MachineEvent
from netful.services.moto.call_trace import TRACE
from netful.services.moto.state_machines.outlet import Outlet

_ENTERED, _EXITED = "StateEntered", "StateExited"
_OPEN: ContextVar[tuple[str, ...]] = ContextVar("states", default=())
"""Spans of the states that a thread is in; what its tasks call belongs below the last one."""

_DATA = ("input", "inputDetails", "output", "outputDetails")


class HistorySession:
    """The logging session of one execution."""

    def __init__(self, outlet: Outlet, execution: Any) -> None:
        machine = execution.state_machine
        self.execution_arn = execution.exec_arn
        self.configuration = self
        self.include_execution_data = True  # for moto: `_logged` removes it
        self._outlet = outlet
        self._machine, self._execution = execution.state_machine_arn, execution.name
        self._logging: Mapping[str, Any] = machine.loggingConfiguration or {}
        groups = [one.get("cloudWatchLogsLogGroup", {}) for one in self._logging.get("destinations") or ()]
        self._group = next(
            (str(one["logGroupArn"]).partition(":log-group:")[2].removesuffix(":*") for one in groups), ""
        )
        self._trace = TRACE.get() if TraceHeader.of(TRACE.get()).sampled == SAMPLED else ""
        self._span = token_hex(8)
        _OPEN.set(())
        self._lead_below(self._span)

    def log_level_filter(self, **_about: object) -> bool:
        """Have moto report all events."""
        return True

    def publish_history_log(self, history_log: Mapping[str, Any]) -> None:
        """Report an event."""
        details = {
            name: value for name, value in history_log.get("details", {}).items() if not name.endswith("Details")
        }
        kind = str(getattr(history_log["type"], "value", history_log["type"]))
        logged = self._logged(history_log)
        group = self._group if logged else ""
        shown, traced = json.dumps(details, default=str), (self._trace, self._spanned(kind))
        self._outlet.send(MachineEvent(self._machine, self._execution, kind, shown, logged, group, *traced))

    def _lead_below(self, span: str) -> None:
        """Have calls of this thread, and of those that it starts, name a span as their parent."""
        if self._trace:
            TRACE.set(str(TraceHeader.of(self._trace)._replace(parent=span)))

    def _spanned(self, kind: str) -> str:
        """Return the span of an event: of the state that this thread enters or leaves, or of the execution."""
        if not self._trace or not kind.endswith((_ENTERED, _EXITED)):
            return self._span
        span, above = token_hex(8), _OPEN.get()
        if kind.endswith(_EXITED):
            *rest, span = above or (span,)
            above = tuple(rest)
        _OPEN.set((*above, span) if kind.endswith(_ENTERED) else above)
        self._lead_below((self._span, *_OPEN.get())[-1])
        return span

    def _logged(self, event: Mapping[str, Any]) -> str:
        from moto.stepfunctions.parser.asl.eval.event.logging import is_logging_enabled_for  # noqa: PLC0415  # the interpreter is loaded late

        level: Any = self._logging.get("level") or "OFF"
        if level == "OFF" or not is_logging_enabled_for(level, event["type"]):
            return ""
        if not self._logging.get("includeExecutionData"):
            details = {name: value for name, value in event.get("details", {}).items() if name not in _DATA}
            event = {**event, "details": details}
        return json.dumps(event, default=str)
